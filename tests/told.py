"""What a run tells while it trains and when it ends, as tests need it."""

import hashlib
import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.ports import Report
from dragon_app.core.training import EpochMetrics, FinetuneResult, SavedStanding, StepMetrics


def step_metrics(step: int, *, loss: float = 0.5) -> StepMetrics:
    """Return what a step reports."""
    return StepMetrics(
        step=step, epoch=1, steps_per_epoch=2, epochs=2, loss=loss, lrs=(0.1,), images_per_s=10.0,
        seconds_left=3.0,
    )  # fmt: skip


def epoch_metrics(epoch: int, *, epochs: int = 2, val_loss: float = 0.4) -> EpochMetrics:
    """Return what an epoch reports."""
    return EpochMetrics(
        epoch=epoch, epochs=epochs, train_loss=0.5, train_accuracy=0.8, val_loss=val_loss,
        val_accuracy=0.75, lrs=(0.1,), images_per_s=10.0, seconds=1.0, seconds_left=1.0,
        is_best=True,
    )  # fmt: skip


def finetune_result(
    folder: Path,
    *,
    config: FinetuneConfig | None = None,
    was_stopped: bool = False,
    reason: str = "",
    enough: str = "",
    val_probabilities: NDArray[np.float32] | None = None,
) -> FinetuneResult:
    """Return how a run of two epochs ends."""
    return FinetuneResult(
        epochs_done=2, best_epoch=2, val_accuracy=0.75, val_loss=0.4,
        val_confusion=((2, 0), (1, 1)), weights="none", config=config or FinetuneConfig(),
        was_stopped=was_stopped, reason=reason, enough=enough, checkpoint=folder, digest="d1",
        val_probabilities=val_probabilities,
    )  # fmt: skip


def save_standing(folder: Path, report: Report, *, epoch: int, data: bytes = b"standing") -> None:
    """Save where a run stands at the beginning of an epoch, and tell it."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"standing-{epoch:04d}-{os.urandom(4).hex()}.safetensors"
    file.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    report(SavedStanding(file=file, digest=digest, epoch=epoch, steps=0, best=None))
