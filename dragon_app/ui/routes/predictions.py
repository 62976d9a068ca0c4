"""Photos that nobody labelled, and what the model says is on them. They are not kept."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, UploadFile

from dragon_app.core.errors import DragonError
from dragon_app.core.training import Prediction
from dragon_app.ui.routes.answers import at_work
from dragon_app.ui.routes.photos import MARK_LENGTH
from dragon_app.ui.routes.uploads import incoming_file
from dragon_app.wiring import Session

_MOST_FILES = 32


def router(session: Session) -> APIRouter:
    """Serve `/dragon/predictions`."""
    routes = APIRouter(prefix="/dragon", dependencies=[Depends(at_work(session))])

    @routes.post("/predictions")
    def predict(
        files: list[UploadFile], run: Annotated[int | None, Form()] = None
    ) -> dict[str, Any]:
        """Name what is on each photo, with the run that Try uses unless one is named.

        While `is_learning`, what the photos are like, and how strange they are, is not known yet.
        """
        if len(files) > _MOST_FILES:
            raise DragonError(f"Send at most {_MOST_FILES} files at once; these are {len(files)}.")
        answers = session.app.predictions.predict(
            [incoming_file(file) for file in files], run_id=run, tells_likeness=True
        )
        return {
            "predictions": [_prediction(answer) for answer in answers],
            "run": answers[0].run_id if answers else run,
            "is_learning": session.app.strangers.is_learning(),
        }

    return routes


def _prediction(answer: Prediction) -> dict[str, Any]:
    return {
        "name": answer.name,
        "classes": [{"name": c.name, "probability": c.probability} for c in answer.classes],
        "milliseconds": round(answer.milliseconds, 2),
        "error": answer.error,
        "strangeness": answer.strangeness,
        "held_out": answer.held_out,
        "like": [
            {"id": each.image_id, "v": each.digest[:MARK_LENGTH], "class": each.class_name}
            for each in answer.like
        ],
    }
