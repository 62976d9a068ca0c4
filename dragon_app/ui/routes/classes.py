"""The classes: made, changed, put in order, merged, deleted."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from dragon_app.ui.routes.answers import at_work
from dragon_app.ui.routes.steps import Batch, done
from dragon_app.wiring import Session

_MOST_CLASSES = 10_000


class NewClass(BaseModel):
    """A class to make."""

    name: str


class ClassChange(BaseModel):
    """What to change about a class. A `hotkey` of "" leaves the key to the place."""

    name: str | None = None
    colour: str | None = None
    hotkey: str | None = None
    is_disabled: bool | None = None
    batch: Batch | None = None


class ClassOrder(BaseModel):
    """All classes, first to last."""

    ids: Annotated[list[int], Field(max_length=_MOST_CLASSES)]


class Closing(BaseModel):
    """The id of a gesture that takes a class away; a repeat changes nothing."""

    batch: Batch | None = None


class Merging(Closing):
    """Which class gets the photos."""

    into: int


def router(session: Session) -> APIRouter:
    """Serve `/dragon/classes` and what lies below."""
    routes = APIRouter(prefix="/dragon/classes", dependencies=[Depends(at_work(session))])

    @routes.post("")
    def create(asked: NewClass) -> dict[str, Any]:
        made = session.app.labelling.create_class(asked.name)
        return {"id": made.id, "name": made.name, "colour": made.colour}

    @routes.post("/order")
    def order(asked: ClassOrder) -> dict[str, Any]:
        session.app.labelling.order_classes(asked.ids)
        return {}

    @routes.post("/{class_id}")
    def change(class_id: int, asked: ClassChange) -> dict[str, Any]:
        labelling = session.app.labelling
        if asked.name is not None:
            labelling.rename_class(class_id, asked.name, batch=asked.batch)
        if asked.colour is not None:
            labelling.recolour_class(class_id, asked.colour)
        if asked.hotkey is not None:
            labelling.set_class_key(class_id, asked.hotkey)
        if asked.is_disabled is not None:
            (labelling.disable_class if asked.is_disabled else labelling.enable_class)(class_id)
        return {}

    @routes.post("/{class_id}/merge")
    def merge(class_id: int, asked: Merging) -> dict[str, Any]:
        labelling = session.app.labelling
        return done(labelling, labelling.merge_class(class_id, asked.into, batch=asked.batch))

    @routes.post("/{class_id}/delete")
    def delete(class_id: int, asked: Closing) -> dict[str, Any]:
        labelling = session.app.labelling
        return done(labelling, labelling.delete_class(class_id, batch=asked.batch))

    return routes
