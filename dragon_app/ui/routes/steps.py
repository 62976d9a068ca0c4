"""Undo and redo, emptying the bin, and what a batch did in words for people."""

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from dragon_app.core.errors import DragonError
from dragon_app.core.types import BatchResult, ClassEventKind, EventKind
from dragon_app.services.labelling import Labelling
from dragon_app.storage.labels import PERSON
from dragon_app.ui.routes.answers import at_work
from dragon_app.wiring import Session

Batch = Annotated[str, Field(min_length=8, max_length=64)]
ClassId = TypeVar("ClassId", int, int | None)

_MOST_NAMED = 3
_PHOTO_WORDS = {
    EventKind.CLASS: "Label",
    EventKind.SPLIT: "Part",
    EventKind.KEPT: "Keeping as it is",
}
_GESTURE_WORDS = {
    (EventKind.CLASS, None): "Taking away the class",
    (EventKind.SKIPPED, "1"): "Skip",
    (EventKind.SKIPPED, "0"): "Asking again",
    (EventKind.BINNED, "1"): "Move to the bin",
    (EventKind.BINNED, "0"): "Putting back",
}
_CLASS_WORDS = {
    ClassEventKind.NAME: "New name of",
    ClassEventKind.DELETED: "Deletion of",
    ClassEventKind.MERGED: "Merging of",
}


class Step(BaseModel):
    """Undo or redo; `batch` is its id, made by the client: a repeat changes nothing."""

    batch: Batch


class Undoing(Step):
    """An undo; `of` names what to take back, the newest gesture if it is left out."""

    of: Batch | None = None


class Emptying(BaseModel):
    """Empty the bin of as many photos as the person agreed to."""

    batch: Batch
    expected: int


def as_seen(image_ids: Sequence[int], class_ids: Sequence[ClassId]) -> dict[int, ClassId]:
    """Return `image id -> class id` of photos and, in the same order, what a person saw of each."""
    if len(image_ids) != len(class_ids):
        raise DragonError("Every photo needs the class that it was seen with.")
    return dict(zip(image_ids, class_ids, strict=True))


def router(session: Session) -> APIRouter:
    """Serve `/dragon/undo`, `/dragon/redo` and `/dragon/bin/empty`."""
    routes = APIRouter(prefix="/dragon", dependencies=[Depends(at_work(session))])

    @routes.post("/undo")
    def undo(asked: Undoing) -> dict[str, Any]:
        return undo_step(session.app.labelling, asked.batch, of=asked.of)

    @routes.post("/redo")
    def redo(asked: Step) -> dict[str, Any]:
        return redo_step(session.app.labelling, asked.batch)

    @routes.post("/bin/empty")
    def empty_bin(asked: Emptying) -> dict[str, Any]:
        labelling = session.app.labelling
        emptied = labelling.empty_bin(expected=asked.expected, batch=asked.batch)
        words = f"{_photos(emptied.removed)} removed for good."
        if emptied.kept:
            words += f" {_photos(emptied.kept)} kept: a run that is not over needs them."
        return {"words": words, "removed": emptied.removed, "kept": emptied.kept}

    return routes


def undo_step(
    labelling: Labelling, batch: str | None, *, of: str | None = None, who: str = PERSON
) -> dict[str, Any]:
    """Take a step back, the one named by `of` or the newest, and say what that did."""
    result = labelling.undo(batch=batch, of=of, who=who)
    return _nothing("undo") if result is None else done(labelling, result, "undone")


def redo_step(labelling: Labelling, batch: str | None, *, who: str = PERSON) -> dict[str, Any]:
    """Take a step forward again and say what that did."""
    result = labelling.redo(batch=batch, who=who)
    return _nothing("redo") if result is None else done(labelling, result, "redone")


def done(labelling: Labelling, result: BatchResult, verb: str = "done") -> dict[str, Any]:
    """Say what a batch did, and name the photos it left."""
    left = labelling.photo_names(result.left)
    return {
        "ok": True,
        "words": _words(result, left, verb),
        "changed": result.changed,
        "left": left,
        "images": result.images,
    }


def _nothing(verb: str) -> dict[str, Any]:
    words = f"There is nothing to {verb}."
    return {"ok": False, "words": words, "changed": 0, "left": [], "images": []}


def _words(result: BatchResult, left: list[str], verb: str) -> str:
    if result.class_kind is not None:
        what = f"{_CLASS_WORDS[result.class_kind]} {result.class_name}"
    else:
        kind = result.kind or EventKind.CLASS
        what = _GESTURE_WORDS.get((kind, result.value)) or _PHOTO_WORDS[kind]
    where = f" on {_photos(result.changed)}"
    words = f"{what} {verb}{where if result.changed or result.class_kind is None else ''}."
    if left:
        named = ", ".join(left[:_MOST_NAMED])
        more = f" and {len(left) - _MOST_NAMED:,} more" if len(left) > _MOST_NAMED else ""
        words += f" Left as they are, because they changed since or are gone: {named}{more}."
    return words


def _photos(n: int) -> str:
    return f"{n:,} {'photo' if n == 1 else 'photos'}"
