"""How long a training will take, by what was measured here or earlier ones took. Pure numbers."""

from collections.abc import Sequence

from dragon_app.core.config import Arithmetic, FinetuneConfig, Freeze
from dragon_app.core.networks import FreezeCost, TrainingCosts
from dragon_app.core.training import Run, RunStatus

START_S = 2.0  # until weights are read and the network stands

# Settings that decide how much work one photo is; the rest changes the time little.
_WORK = (
    "backbone",
    "freeze",
    "image_size_px",
    "optimizer",
    "augment",
    "device",
)


def seconds_measured(config: FinetuneConfig, costs: TrainingCosts) -> float:
    """Return the seconds of a training with the settings' own freezing."""
    return seconds_at(costs.by_frozen[frozen_in_the_end(config, len(costs.stages))], config, costs)


def frozen_in_the_end(config: FinetuneConfig, stages: int) -> int:
    """Return how many of a backbone's stages never learn."""
    match config.freeze:
        case Freeze.BACKBONE:
            return stages
        case Freeze.ALL_BUT_LAST_STAGE:
            return stages - 1
        case Freeze.NOTHING:
            return 0
        case count:
            return min(count, stages)


def seconds_at(cost: FreezeCost, config: FinetuneConfig, costs: TrainingCosts) -> float:
    """Return the seconds of a training that freezes as `cost` says in the end.

    While only the head learns, the whole backbone is frozen.
    """
    head = costs.by_frozen[-1]
    first = config.unfreeze_after
    once_s = head.once_s if first else cost.once_s
    return START_S + once_s + first * head.epoch_s + (config.epochs - first) * cost.epoch_s


def seconds_for(config: FinetuneConfig, *, val_photos: int, runs: Sequence[Run]) -> float | None:
    """Scale the newest finished run of the same work per photo; None when there is none.

    Photos are compared by those measured on, which are the same share of every dataset.
    """
    for run in runs:
        measured_on = sum(map(sum, run.val_confusion))
        if run.status is not RunStatus.FINISHED or not (run.seconds and measured_on):
            continue
        past = FinetuneConfig.from_json(run.config_json)
        if _is_same_work(past, config):
            epochs = config.epochs / (run.epochs_done or past.epochs)
            return run.seconds * epochs * val_photos / measured_on
    return None


def _is_same_work(past: FinetuneConfig, config: FinetuneConfig) -> bool:
    """Compare with what a run used: it settled what these settings leave open."""
    return all(
        getattr(past, name) == getattr(config, name) for name in _WORK
    ) and config.arithmetic in {Arithmetic.AUTO, past.arithmetic}
