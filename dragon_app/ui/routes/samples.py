"""Drawn pictures to try the app with, added in the background."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from dragon_app.services.drawing import Drawn
from dragon_app.services.sample import samples
from dragon_app.wiring import Session


class SampleRequest(BaseModel):
    """Which sample to draw."""

    sample: str


def router(session: Session) -> APIRouter:
    """Serve `/dragon/samples`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/samples")
    def available() -> list[dict[str, Any]]:
        return [
            {"key": each.key, "classes": len(each.class_names), "per_class": each.per_class}
            for each in samples()
        ]

    @routes.post("/samples")
    def draw(asked: SampleRequest) -> dict[str, Any]:
        return shown_drawing(session.app.drawing.start(asked.sample))

    @routes.get("/samples/drawings/{drawing_id}")
    def progress(drawing_id: int) -> dict[str, Any]:
        return shown_drawing(session.app.drawing.progress(drawing_id))

    @routes.post("/samples/drawings/{drawing_id}/stop")
    def stop(drawing_id: int) -> dict[str, Any]:
        session.app.drawing.stop(drawing_id)
        return {}

    return routes


def shown_drawing(now: Drawn) -> dict[str, Any]:
    """Return where a drawing stands, as JSON."""
    return {
        "id": now.id,
        "sample": now.sample,
        "done": now.done,
        "total": now.total,
        "added": now.added,
        "duplicates": now.duplicates,
        "seconds_left": now.seconds_left,
        "is_over": now.is_over,
        "is_stopped": now.is_stopped,
        "problem": now.problem,
    }
