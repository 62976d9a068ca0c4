"""A comparison in the shell: said beforehand, watched, and shown as a table."""

from typing import Any

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.metrics import percent, percent_range
from dragon_app.core.strategies import Compared
from dragon_app.output import say
from dragon_app.services.comparing import Contender, Plan, Standing
from dragon_app.services.forewarning import warnings_before
from dragon_app.wiring import App

_ASK_EVERY_S = 0.5
_COLUMNS = ("", "right", "likely", "seconds", "learns")


def compare(app: App, what: Compared, config: FinetuneConfig, *, epochs: int | None) -> Standing:
    """Train one way after the other; Ctrl-C ends all and keeps what was learned."""
    plan = app.comparing.plan(what, config, epochs=epochs)
    while plan.is_measuring:
        app.measuring.wait(timeout_s=_ASK_EVERY_S)
        plan = app.comparing.plan(what, config, epochs=epochs)
    for words in warnings_before(config, backbones=app.backbones, dataset=app.dataset):
        say(words)
    say(_plan_words(plan))
    standing = app.comparing.start(what, config, epochs=epochs)
    try:
        _watch(app, standing)
    except KeyboardInterrupt:
        say("Stopping after this batch ...")
        app.comparing.cancel(standing.comparison.id)
        for run_id in standing.comparison.run_ids:
            app.runs.wait(run_id)
    return app.comparing.get(standing.comparison.id)


def table(standing: Standing) -> str:
    """Return the results in columns, and which one won."""
    rows = [_COLUMNS, *map(_row, standing.contenders)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(_COLUMNS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([*lines, standing.words])


def answer(standing: Standing) -> dict[str, Any]:
    """Return the results for scripts."""
    winner = standing.winner
    return {
        "comparison": standing.comparison.id,
        "what": standing.comparison.what,
        "winner": None if winner is None else winner.run.id,
        "is_clear": standing.is_clear,
        "words": standing.words,
        "runs": [_facts(each) for each in standing.contenders],
    }


def _watch(app: App, standing: Standing) -> None:
    for contender in standing.contenders:
        run_id = contender.run.id
        say(f"{contender.run.label}: run {run_id}")
        ended = app.runs.wait(run_id, poll_s=_ASK_EVERY_S)
        say(ended.reason or f"{percent(ended.val_accuracy or 0)} right")


def _plan_words(plan: Plan) -> str:
    names = ", ".join(each.variant.label for each in plan.estimates)
    takes = "" if plan.seconds is None else f" About {plan.seconds:.0f} seconds in all."
    return f"{names}: {plan.epochs} epochs each, one after the other, on the same photos.{takes}"


def _row(contender: Contender) -> tuple[str, ...]:
    run, score, share = contender.run, contender.score, contender.trainable_share
    interval = run.status if score is None else percent_range(*score.interval)
    return (
        run.label,
        "" if run.val_accuracy is None else percent(run.val_accuracy),
        interval,
        "" if contender.seconds is None else f"{contender.seconds:.1f}",
        "" if share is None else _learns(share),
    )


def _learns(share: float) -> str:
    """Say a share of the weights: a last layer alone is often less than one in a hundred."""
    return percent(share) if share >= 0.01 else f"{share * 100:.2f} %"


def _facts(contender: Contender) -> dict[str, Any]:
    run, score, best = contender.run, contender.score, contender.best
    return {
        "run": run.id,
        "label": run.label,
        "status": run.status,
        "reason": run.reason,
        "val_accuracy": run.val_accuracy,
        "interval": None if score is None else score.interval,
        "seconds": contender.seconds,
        "best_s": None if best is None else best[0],
        "trainable_share": contender.trainable_share,
    }
