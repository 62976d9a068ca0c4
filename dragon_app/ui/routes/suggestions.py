"""Suggestions for photos that wait, and two orders of the board that go by how photos look."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from dragon_app.core.errors import DragonError
from dragon_app.core.vectors import Ids
from dragon_app.services.suggesting import FEWEST
from dragon_app.ui.routes.answers import at_work
from dragon_app.ui.routes.steps import Batch, as_seen
from dragon_app.wiring import App, Session

_MOST_PHOTOS = 200_000
_Ids = Annotated[list[int], Field(max_length=_MOST_PHOTOS)]


class Acceptance(BaseModel):
    """Photos and, in the same order, the classes that the person saw suggested for them."""

    batch: Batch
    image_ids: _Ids
    class_ids: _Ids


class Choice(BaseModel):
    """What is changed about the help; what is left out stays."""

    is_on: bool | None = None
    is_paused: bool | None = None
    by: str | None = None  # "labels", or the number of a run


def router(session: Session) -> APIRouter:
    """Serve `/dragon/suggestions`, `/dragon/board/useful` and `/dragon/board/like`."""
    routes = APIRouter(prefix="/dragon")
    by_people = [Depends(at_work(session))]  # what the page asks by itself is not among them

    @routes.get("/suggestions")
    def drafts() -> Response:
        return _numbers(session.app.suggesting.drafts())

    @routes.post("/suggestions", dependencies=by_people)
    def choose(choice: Choice) -> dict[str, Any]:
        suggesting, embedding = session.app.suggesting, session.app.embedding
        if choice.is_on is not None:
            (suggesting.turn_on if choice.is_on else suggesting.turn_off)()
        if choice.is_paused is not None:
            (embedding.pause if choice.is_paused else embedding.resume)()
        if choice.by is not None:
            suggesting.suggest_by(None if choice.by == "labels" else _run(choice.by))
        return shown_help(session.app)

    @routes.post("/suggestions/accept", dependencies=by_people)
    def accept(asked: Acceptance) -> dict[str, Any]:
        app = session.app
        classes = as_seen(asked.image_ids, asked.class_ids)
        result = app.suggesting.accept(classes, batch=asked.batch)
        left = app.labelling.photo_names(result.left)
        return {"changed": result.changed, "left": left, "images": result.images}

    @routes.get("/board/useful", dependencies=by_people)
    def useful() -> Response:
        return _numbers(_packed(session.app.ordering.useful()))

    @routes.get("/board/like", dependencies=by_people)
    def like(image_id: Annotated[int, Query(ge=0)]) -> Response:
        return _numbers(_packed(session.app.ordering.like(image_id)))

    return routes


def shown_help(app: App) -> dict[str, Any]:
    """Return where suggestions and the look at the photos stand, as JSON."""
    suggested, looking = app.suggesting.suggested(), app.embedding.looking()
    return {
        "version": suggested.version,
        "is_on": suggested.is_on,
        "by": "labels" if suggested.run_id is None else str(suggested.run_id),
        "who": suggested.who,
        "fewest": FEWEST,
        "problem": suggested.problem or looking.problem,
        "looking": {
            "is_wanted": looking.is_wanted,
            "is_paused": looking.is_paused,
            "done": looking.done,
            "total": looking.total,
            "seconds_left": looking.seconds_left,
        },
    }


def _run(by: str) -> int:
    if not by.isdecimal():
        raise DragonError(f"{by[:40]!r} is no run. Name the labels, or a run by its number.")
    return int(by)


def _packed(ids: Ids) -> bytes:
    return ids.astype(">u4").tobytes()


def _numbers(packed: bytes) -> Response:
    return Response(packed, media_type="application/octet-stream")
