"""The runs that wait for their turn, in the order in which they are trained."""

from typing import Any

from fastapi import APIRouter

from dragon_app.core.training import RunStatus
from dragon_app.ui.routes.runs import titled
from dragon_app.wiring import Session


def router(session: Session) -> APIRouter:
    """Serve `/dragon/line`; what waits leaves it by `/dragon/runs/ID/stop`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/line")
    def line() -> list[dict[str, Any]]:
        return [
            {"id": run.id, "title": titled(run), "created_at": run.created_at.isoformat()}
            for run in session.app.runs.unfinished()
            if run.status is RunStatus.QUEUED
        ]

    return routes
