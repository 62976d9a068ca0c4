"""Photos as training will see them, small enough to travel inside the answer."""

import base64
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from dragon_app import wiring
from dragon_app.core.errors import DragonError
from dragon_app.services.previewing import preview
from dragon_app.services.settings import read_settings
from dragon_app.ui.routes.training import Wish, told
from dragon_app.wiring import Session


class Look(Wish):
    """How a person wants to train, and which photos are shown of it: each turn others."""

    turn: Annotated[int, Field(ge=0, lt=10**6)] = 0


def router(session: Session) -> APIRouter:
    """Serve `/dragon/views`."""
    routes = APIRouter(prefix="/dragon")

    @routes.post("/views")
    def views(look: Look) -> dict[str, Any]:
        """Show photos plain and varied, or say why not; the first time this loads the engine."""
        read = read_settings(look.preset, look.values)
        if read.config is None:
            words = " ".join(told(read.problems, look.values).values())
            return {"photos": [], "words": words}
        try:
            photos = preview(session.app.workspace, wiring.vision(), read.config, turn=look.turn)
        except DragonError as error:  # nothing went wrong: there is nothing to show yet
            return {"photos": [], "words": str(error)}
        return {
            "words": "",
            "photos": [
                {
                    "id": photo.image_id,
                    "name": photo.name,
                    "plain": _inline(photo.plain),
                    "varied": [_inline(each) for each in photo.varied],
                }
                for photo in photos
            ],
        }

    return routes


def _inline(picture: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(picture).decode()}"
