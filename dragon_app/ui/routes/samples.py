"""Drawn pictures to try the app with, added a few at a time."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from dragon_app.services.sample import add_sample, samples
from dragon_app.ui.routes.uploads import answer
from dragon_app.wiring import Session


class SampleRequest(BaseModel):
    """Which pictures to add: those numbered `first` to `last` of every class."""

    sample: str
    first: int
    last: int


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
    def add(asked: SampleRequest) -> dict[str, Any]:
        dataset = session.app.dataset
        return answer(add_sample(dataset, asked.sample, first=asked.first, last=asked.last))

    return routes
