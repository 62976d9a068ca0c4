"""What the shell says of a run while it trains. Decides nothing, only asks and tells."""

import time

from dragon_app.core.metrics import percent
from dragon_app.core.training import Progress, Run
from dragon_app.output import say
from dragon_app.wiring import App

_ASKED_EVERY_S = 0.5


def watch(app: App, run_id: int) -> Run:
    """Say how far a run is until it is over, then its epochs; return it."""
    shown = ""
    while not app.runs.is_over(run_id):
        run = app.runs.get(run_id)  # which says what it has trouble with
        words = f"{app.runs.trouble(run_id) or run.reason} {_progress_words(run.progress)}".strip()
        if words != shown:
            shown = words
            say(shown)
        time.sleep(_ASKED_EVERY_S)
    for epoch in app.runs.epochs(run_id):
        say(
            f"epoch {epoch.epoch}: loss {epoch.train_loss:.3f}, on held-out photos "
            f"{epoch.val_loss:.3f}, {percent(epoch.val_accuracy)} right"
        )
    return app.runs.get(run_id)


def _progress_words(progress: Progress) -> str:
    if not progress.epoch:
        count = f" {progress.done}/{progress.total}" if progress.total else ""
        return progress.phase + count
    left = f", {progress.seconds_left:.0f} s left" if progress.seconds_left is not None else ""
    rate = f"{progress.images_per_s:.0f} photos a second"
    return f"epoch {progress.epoch}/{progress.epochs}, {rate}{left}"
