"""What was: the story of a photo, and the photos of a run."""

from typing import Any

from fastapi import APIRouter, Depends

from dragon_app.services.history import JournalLine, RunPhotos
from dragon_app.ui.routes.answers import at_work
from dragon_app.wiring import Session


def router(session: Session) -> APIRouter:
    """Serve `/dragon/photos/ID/journal` and `/dragon/runs/N/photos`."""
    routes = APIRouter(prefix="/dragon", dependencies=[Depends(at_work(session))])

    @routes.get("/photos/{image_id}/journal")
    def journal(image_id: int) -> list[dict[str, Any]]:
        return [_line(line) for line in session.app.history.of_photo(image_id)]

    @routes.get("/runs/{run_id}/photos")
    def photos(run_id: int) -> dict[str, Any]:
        """Return the photos still here by id, each with its class of then: an index of `classes`.

        `words` says how many have changed or gone since.
        """
        found = session.app.history.of_run(run_id)
        here = [photo for photo in found.photos if photo.image_id is not None]
        return {
            "run": run_id,
            "words": _words(found),
            "total": len(found.photos),
            "gone": found.gone,
            "changed": found.changed,
            "classes": found.class_names,
            "ids": [photo.image_id for photo in here],
            "targets": [photo.target for photo in here],
            "splits": [photo.split for photo in here],
        }

    @routes.get("/runs/{run_id}/photos/words")
    def words(run_id: int) -> dict[str, str]:
        return {"words": _words(session.app.history.of_run(run_id))}

    return routes


def _line(line: JournalLine) -> dict[str, Any]:
    return {
        "at": line.at.isoformat(),
        "who": line.who,
        "kind": line.kind,
        "before": line.before,
        "after": line.after,
        "after_now": line.after_now,
        "is_undone": line.is_undone,
        "is_reversal": line.is_reversal,
        "suggested_by": line.suggested_by,
    }


def _words(found: RunPhotos) -> str:
    total, changed = len(found.photos), len(found.changed)
    words = [f"{total:,} {'photo' if total == 1 else 'photos'}"]
    if changed:
        words.append(f"{changed:,} {'has' if changed == 1 else 'have'} changed since")
    if found.gone:
        words.append(f"{found.gone:,} {'is' if found.gone == 1 else 'are'} gone")
    if len(words) == 1:
        words.append("all as they were")
    return f"{', '.join(words)}."
