"""What gives classes away besides what is on the photos, with photos that show it."""

from typing import Any

from fastapi import APIRouter

from dragon_app.services.shortcuts import Shortcuts
from dragon_app.ui.routes.results import shown_photo
from dragon_app.wiring import Session


def router(session: Session) -> APIRouter:
    """Serve `/dragon/shortcuts` and `/dragon/runs/N/shortcuts`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/shortcuts")
    def of_today() -> dict[str, Any]:
        """Look at the photos that have a class now; the first time it takes seconds."""
        return shown_shortcuts(session.app.shortcuts.of_today())

    @routes.get("/runs/{run_id}/shortcuts")
    def of_run(run_id: int) -> dict[str, Any]:
        """Say what was found; while `is_looking`, ask again."""
        found = session.app.shortcuts.seen_of_run(run_id)
        if found is None:
            return {"is_looking": True, "shortcuts": []}
        return {"is_looking": False, **shown_shortcuts(found)}

    return routes


def shown_shortcuts(found: Shortcuts) -> dict[str, Any]:
    """Return shortcuts as JSON: photos of the class that show it best, and others that do not."""
    return {
        **found.facts(),
        "shortcuts": [
            {
                **each.facts(),
                "photos": [shown_photo(image) for image in each.typical],
                "others": [shown_photo(image) for image in each.others],
            }
            for each in found.warnings
        ],
    }
