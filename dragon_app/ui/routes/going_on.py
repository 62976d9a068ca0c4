"""Runs on their way: stop, pause, go on, train longer."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from dragon_app.ui.routes.runs import shown
from dragon_app.wiring import Session


class More(BaseModel):
    """For how many more epochs a run is to go on."""

    epochs: int


def router(session: Session) -> APIRouter:
    """Serve what ends a run and what takes it up again, below `/dragon/runs/N`."""
    routes = APIRouter(prefix="/dragon")

    @routes.post("/runs/{run_id}/stop")
    def stop(run_id: int) -> dict[str, Any]:
        session.app.runs.stop(run_id)
        return {}

    @routes.post("/runs/{run_id}/pause")
    def pause(run_id: int) -> dict[str, Any]:
        session.app.runs.pause(run_id)
        return {}

    @routes.post("/runs/{run_id}/resume")
    def resume(run_id: int) -> dict[str, Any]:
        return {"run": shown(session.app, session.app.runs.resume(run_id))}

    @routes.post("/runs/{run_id}/extend")
    def extend(run_id: int, more: More) -> dict[str, Any]:
        """Let a run that is over go on for some more epochs."""
        return {"run": shown(session.app, session.app.runs.extend(run_id, more.epochs))}

    return routes
