"""Where on a photo a run read a class: a map to be laid over the photo. It is not kept."""

import base64
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, UploadFile

from dragon_app.core.errors import DragonError
from dragon_app.services.explaining import Explained
from dragon_app.ui.routes.answers import at_work
from dragon_app.ui.routes.uploads import incoming_file
from dragon_app.wiring import Session


def router(session: Session) -> APIRouter:
    """Serve `/dragon/explanations`."""
    routes = APIRouter(prefix="/dragon", dependencies=[Depends(at_work(session))])

    @routes.post("/explanations")
    def explain(
        file: UploadFile | None = None,
        image_id: Annotated[int | None, Form()] = None,
        run: Annotated[int | None, Form()] = None,
        class_name: Annotated[str | None, Form()] = None,
    ) -> dict[str, Any]:
        """Explain a file or a photo of the workspace: its likeliest class, or the one named."""
        explaining = session.app.explaining
        if file is not None and image_id is None:
            found = explaining.file(incoming_file(file), run_id=run, class_name=class_name)
        elif image_id is not None and file is None:
            found = explaining.photo(image_id, run_id=run, class_name=class_name)
        else:
            raise DragonError("Send either a file or the id of a photo to explain.")
        return _shown(found)

    return routes


def _shown(found: Explained) -> dict[str, Any]:
    return {
        "name": found.name,
        "run": found.run_id,
        "class": found.class_name,
        "probability": found.probability,
        "method": found.heat.method,
        "words": found.words,
        "how": found.heat.method.words,
        "seen": found.heat.seen,
        "map": [[round(float(each), 4) for each in row] for row in found.heat.values],
        "veil": f"data:image/png;base64,{base64.b64encode(found.veil()).decode()}",
    }
