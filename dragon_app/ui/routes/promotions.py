"""Which run answers in Try: promoted, stepped back from, and since when."""

from typing import Any

from fastapi import APIRouter

from dragon_app.wiring import App, Session

_MOST = 20


def router(session: Session) -> APIRouter:
    """Serve `/dragon/promotions`, `/dragon/promotions/back` and `/dragon/promotions/spare`."""
    routes = APIRouter(prefix="/dragon")

    @routes.get("/promotions")
    def promotions() -> dict[str, Any]:
        return shown_promotions(session.app)

    @routes.post("/promotions/back")
    def back() -> dict[str, Any]:
        """Let the run answer that did before the last promotion."""
        session.app.predictions.step_back()
        return shown_promotions(session.app)

    @routes.get("/promotions/spare")
    def spare() -> dict[str, Any]:
        """Name the run to ask instead of one that cannot be read.

        `run` is null without need, and when no other can be read.
        """
        found = session.app.predictions.spare()
        if found is None:
            return {"run": None, "val_accuracy": None}
        return {"run": found.id, "val_accuracy": found.val_accuracy}

    return routes


def shown_promotions(app: App) -> dict[str, Any]:
    """Return who answers, who would after a step back, and the history, newest first, as JSON."""
    current = app.predictions.current_run()
    return {
        "run": None if current is None else current.id,
        "before": app.predictions.run_before(),
        "history": [
            {"run": each.run_id, "at": each.at.isoformat(), "is_return": each.is_return}
            for each in app.predictions.promotions()[:_MOST]
        ],
    }
