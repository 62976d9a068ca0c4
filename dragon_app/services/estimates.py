"""How long a training will take, from what earlier ones took on this machine. Pure numbers."""

from collections.abc import Sequence

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.training import Run, RunStatus

# Settings that decide how much work one photo is; the rest changes the time little.
_WORK = ("backbone", "freeze", "image_size_px", "augment", "device")


def seconds_for(config: FinetuneConfig, *, val_photos: int, runs: Sequence[Run]) -> float | None:
    """Scale the newest finished run of the same work per photo; None when there is none.

    Photos are compared by those measured on, which are the same share of every dataset.
    """
    for run in runs:
        measured_on = sum(map(sum, run.val_confusion))
        if run.status is not RunStatus.FINISHED or not (run.seconds and measured_on):
            continue
        past = FinetuneConfig.from_json(run.config_json)
        if all(getattr(past, name) == getattr(config, name) for name in _WORK):
            epochs = config.epochs / past.epochs
            return run.seconds * epochs * val_photos / measured_on
    return None
