"""What a person says about photos: one gesture for all that are chosen."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from dragon_app.core.types import BatchResult
from dragon_app.services.labelling import Labelling
from dragon_app.ui.routes.answers import at_work
from dragon_app.ui.routes.steps import Batch
from dragon_app.wiring import Session

_MOST_PHOTOS = 200_000


class Gesture(StrEnum):
    """What can be done to the chosen photos."""

    CLASS = "class"
    BIN = "bin"
    RESTORE = "restore"
    SKIP = "skip"
    UNSKIP = "unskip"


class LabelRequest(BaseModel):
    """One gesture; `batch` is its id, made by the client: a repeat changes nothing."""

    gesture: Gesture
    batch: Batch
    image_ids: Annotated[list[int], Field(max_length=_MOST_PHOTOS)] = []
    class_id: int | None = None


def router(session: Session) -> APIRouter:
    """Serve `/dragon/labels`."""
    routes = APIRouter(prefix="/dragon", dependencies=[Depends(at_work(session))])

    @routes.post("/labels")
    def label(asked: LabelRequest) -> dict[str, Any]:
        labelling = session.app.labelling
        result = _do(labelling, asked)
        left = labelling.photo_names(result.left)
        return {"changed": result.changed, "left": left, "images": result.images}

    return routes


def _do(labelling: Labelling, asked: LabelRequest) -> BatchResult:
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
