"""Right or wrong: a photo that was tried goes into the dataset with the class a person names."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, UploadFile

from dragon_app.ui.routes.steps import Batch
from dragon_app.ui.routes.uploads import incoming_file
from dragon_app.wiring import Session


def router(session: Session) -> APIRouter:
    """Serve `/dragon/lessons`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/lessons")
    def untaught() -> dict[str, Any]:
        """Say how many labelled photos the newest run has not seen."""
        found = session.app.teaching.untaught()
        return {"photos": found.photos, "run": found.run_id}

    @routes.post("/lessons")
    def take(
        file: UploadFile, class_id: Annotated[int, Form()], batch: Annotated[Batch, Form()]
    ) -> dict[str, Any]:
        """Add a photo and give it a class; one undo step."""
        lesson = session.app.teaching.take(incoming_file(file), class_id, batch=batch)
        return {
            "image_id": lesson.image_id,
            "was_there": lesson.was_there,
            "changed": lesson.labelled.changed,
        }

    return routes
