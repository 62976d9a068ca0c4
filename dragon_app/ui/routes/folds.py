"""A surer number for few photos, measured in the background: begun, watched, stopped."""

from typing import Any

from fastapi import APIRouter

from dragon_app.core.metrics import percent, percent_range
from dragon_app.services.folding import Fold, Folded
from dragon_app.wiring import Session


def router(session: Session) -> APIRouter:
    """Serve `/dragon/runs/N/folds`."""
    routes = APIRouter(prefix="/dragon/runs")

    @routes.get("/{run_id}/folds")
    def now(run_id: int) -> dict[str, Any]:
        return _shown(session.app.folding.now(run_id))

    @routes.post("/{run_id}/folds")
    def start(run_id: int) -> dict[str, Any]:
        """Begin to hold out each of a run's photos in turn; takes seconds."""
        return _shown(session.app.folding.start(run_id))

    @routes.post("/{run_id}/folds/stop")
    def stop(run_id: int) -> dict[str, Any]:
        folding = session.app.folding
        folding.stop(run_id)
        return _shown(folding.now(run_id))

    return routes


def _shown(now: Fold) -> dict[str, Any]:
    return {
        "is_measuring": now.is_measuring,
        "lines": [] if now.found is None else _words(now.found),
        "problem": now.problem,
    }


def _words(found: Folded) -> list[str]:
    name, recall = found.weakest
    ahead = found.ahead
    were = "photo of this run was" if found.gone == 1 else "photos of this run were"
    gone = f"{found.gone} {were} removed for good since and could not be asked about."
    return [
        f"Each of the {found.n} photos was held out in turn, ten times over: a new last layer is "
        f"right on {percent(found.right)}, likely "
        f"{percent_range(found.low, found.high)}.",
        f"With twice as many photos, {found.more} in all, expect about {percent(ahead.right)} "
        f"({percent_range(ahead.low, ahead.high)}).",
        f"Most would come from photos of {name}: it is found {percent(recall)} of the time.",
        *([gone] if found.gone else []),
    ]
