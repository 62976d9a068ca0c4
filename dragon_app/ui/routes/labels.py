"""What a person says about photos, and the classes they say it with."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from dragon_app.core.types import BatchResult, EventKind
from dragon_app.services.labelling import Labelling
from dragon_app.wiring import Session

_MOST_PHOTOS = 200_000
_MOST_NAMED = 3
_KIND_WORDS = {
    EventKind.CLASS: "Label",
    EventKind.SKIPPED: "Skip",
    EventKind.BINNED: "Bin",
    EventKind.SPLIT: "Part",
}


class Gesture(StrEnum):
    """What can be done to the chosen photos."""

    CLASS = "class"
    BIN = "bin"
    RESTORE = "restore"
    SKIP = "skip"
    UNSKIP = "unskip"
    UNDO = "undo"


class LabelRequest(BaseModel):
    """One gesture; `batch` is its id, made by the client: a repeat changes nothing."""

    gesture: Gesture
    batch: Annotated[str, Field(min_length=8, max_length=64)]
    image_ids: Annotated[list[int], Field(max_length=_MOST_PHOTOS)] = []
    class_id: int | None = None


class StepRequest(BaseModel):
    """Undo or redo; `batch` is its id, made by the client: a repeat changes nothing."""

    batch: Annotated[str, Field(min_length=8, max_length=64)]


class NewClass(BaseModel):
    """A class to make."""

    name: str


class ClassChange(BaseModel):
    """What to change about a class."""

    name: str | None = None
    colour: str | None = None


def router(session: Session) -> APIRouter:
    """Serve `/dragon/labels` and `/dragon/classes`."""
    routes = APIRouter(prefix="/dragon")

    @routes.post("/labels")
    def label(asked: LabelRequest) -> dict[str, Any]:
        result = _do(session.app.labelling, asked)
        if result is None:
            return {"changed": 0, "left": [], "nothing_to_undo": True}
        return {"changed": result.changed, "left": result.left, "images": result.images}

    @routes.post("/undo")
    def undo(asked: StepRequest) -> dict[str, Any]:
        labelling = session.app.labelling
        return step_answer(labelling, labelling.undo(batch=asked.batch), verb="undo")

    @routes.post("/redo")
    def redo(asked: StepRequest) -> dict[str, Any]:
        labelling = session.app.labelling
        return step_answer(labelling, labelling.redo(batch=asked.batch), verb="redo")

    @routes.post("/classes")
    def create(asked: NewClass) -> dict[str, Any]:
        made = session.app.labelling.create_class(asked.name)
        return {"id": made.id, "name": made.name, "colour": made.colour}

    @routes.post("/classes/{class_id}")
    def change(class_id: int, asked: ClassChange) -> dict[str, Any]:
        labelling = session.app.labelling
        if asked.name is not None:
            labelling.rename_class(class_id, asked.name)
        if asked.colour is not None:
            labelling.recolour_class(class_id, asked.colour)
        return {}

    @routes.post("/classes/{class_id}/delete")
    def delete(class_id: int) -> dict[str, Any]:
        session.app.labelling.delete_class(class_id)
        return {}

    return routes


def step_answer(labelling: Labelling, result: BatchResult | None, *, verb: str) -> dict[str, Any]:
    """Say what an undo or a redo did, and name the photos it left."""
    if result is None:
        words = f"There is nothing to {verb}."
        return {"ok": False, "words": words, "changed": 0, "left": [], "images": []}
    left = labelling.photo_names(result.left)
    return {
        "ok": True,
        "words": _step_words(result, left, verb=verb),
        "changed": result.changed,
        "left": left,
        "images": result.images,
    }


def _step_words(result: BatchResult, left: list[str], *, verb: str) -> str:
    what = _KIND_WORDS[result.kind] if result.kind else "Change"
    done = "undone" if verb == "undo" else "redone"
    words = f"{what} {done} on {result.changed:,} {'photo' if result.changed == 1 else 'photos'}."
    if left:
        named = ", ".join(left[:_MOST_NAMED])
        more = f" and {len(left) - _MOST_NAMED:,} more" if len(left) > _MOST_NAMED else ""
        words += f" Left as they are, because they changed since: {named}{more}."
    return words


def _do(labelling: Labelling, asked: LabelRequest) -> BatchResult | None:
    match asked.gesture:
        case Gesture.CLASS:
            return labelling.assign(asked.image_ids, asked.class_id, batch=asked.batch)
        case Gesture.BIN:
            return labelling.bin(asked.image_ids, batch=asked.batch)
        case Gesture.RESTORE:
            return labelling.restore(asked.image_ids, batch=asked.batch)
        case Gesture.SKIP:
            return labelling.skip(asked.image_ids, batch=asked.batch)
        case Gesture.UNSKIP:
            return labelling.unskip(asked.image_ids, batch=asked.batch)
        case Gesture.UNDO:
            return labelling.undo(batch=asked.batch)
