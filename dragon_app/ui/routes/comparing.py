"""Comparisons of several ways to train: planned, started, watched, cancelled, the winner used."""

from typing import Any

from fastapi import APIRouter

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import InvalidConfigError
from dragon_app.core.strategies import Compared
from dragon_app.services.comparing import Contender, Plan, Standing
from dragon_app.services.settings import read_settings
from dragon_app.ui.routes.runs import shown
from dragon_app.ui.routes.training import Wish, told
from dragon_app.ui.words import STATUS_WORDS
from dragon_app.wiring import Session


class CompareWish(Wish):
    """What to compare, for how many epochs each, and the settings that stay the same."""

    what: Compared = Compared.STRATEGIES
    epochs: int | None = None


def router(session: Session) -> APIRouter:
    """Serve `/dragon/comparisons` and what lies below."""
    routes = APIRouter(prefix="/dragon/comparisons")

    @routes.post("/plan")
    def plan(wish: CompareWish) -> dict[str, Any]:
        """Say what would be trained and how long that takes; asked again while it measures."""
        planned = session.app.comparing.plan(wish.what, _config(wish), epochs=wish.epochs)
        return shown_plan(planned)

    @routes.post("")
    def start(wish: CompareWish) -> dict[str, Any]:
        comparing = session.app.comparing
        return shown_standing(comparing.start(wish.what, _config(wish), epochs=wish.epochs))

    @routes.get("/newest")
    def newest() -> dict[str, Any]:
        standing = session.app.comparing.newest()
        return {"comparison": None if standing is None else shown_standing(standing)}

    @routes.post("/{comparison_id}/cancel")
    def cancel(comparison_id: int) -> dict[str, Any]:
        return shown_standing(session.app.comparing.cancel(comparison_id))

    @routes.post("/{comparison_id}/use")
    def use(comparison_id: int) -> dict[str, Any]:
        """Let the winner answer in Try; return its run, whose settings the form then shows."""
        app = session.app
        return shown(app, app.comparing.use(comparison_id))

    return routes


def shown_plan(plan: Plan) -> dict[str, Any]:
    """Return a plan as JSON."""
    return {
        "epochs": plan.epochs,
        "seconds": plan.seconds,
        "is_measuring": plan.is_measuring,
        "variants": [
            {"label": each.variant.label, "what": each.variant.what, "seconds": each.seconds}
            for each in plan.estimates
        ],
    }


def shown_standing(standing: Standing) -> dict[str, Any]:
    """Return a comparison as JSON, its runs in the order in which they are trained."""
    winner = standing.winner
    return {
        "id": standing.comparison.id,
        "what": standing.comparison.what,
        "created_at": standing.comparison.created_at.isoformat(),
        "is_over": standing.is_over,
        "words": standing.words,
        "winner": None if winner is None else winner.run.id,
        "is_clear": standing.is_clear,
        "runs": [_contender(each) for each in standing.contenders],
    }


def _contender(contender: Contender) -> dict[str, Any]:
    run, score, best = contender.run, contender.score, contender.best
    low, high = (None, None) if score is None else score.interval
    right = run.val_accuracy if run.val_accuracy is not None or best is None else best[1]
    config = FinetuneConfig.from_json(run.config_json)
    return {
        "run": run.id,
        "label": run.label,
        "status": run.status,
        "status_words": "Trained longer" if run.extended_at else STATUS_WORDS[run.status],
        "is_over": contender.is_over,
        "reason": run.reason,
        "right": right,
        "low": low,
        "high": high,
        "seconds": contender.seconds,
        "best_s": None if best is None else best[0],
        "trainable_share": contender.trainable_share,
        "head_lr": config.head_lr,
        "epochs": config.epochs,
        "points": contender.points,
    }


def _config(wish: CompareWish) -> FinetuneConfig:
    read = read_settings(wish.preset, wish.values)
    if read.config is None:
        raise InvalidConfigError(" ".join(told(read.problems, wish.values).values()))
    return read.config
