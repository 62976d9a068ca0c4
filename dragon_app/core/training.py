"""What a run is, what it reports and what it answers, as frozen values. Knows no tensor.

Times are UTC, sizes pixels, probabilities 0..1, losses nats.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.provenance import Origin
from dragon_app.core.types import Refusal


class RunStatus(StrEnum):
    """Where a run stands; the last four are final unless a person takes the run up again."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def is_final(self) -> bool:
        """Whether the run will not change any more."""
        return self not in {RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.PAUSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPhoto:
    """A photo as training reads it: where its file lies and the index of its class."""

    path: Path
    digest: str
    target: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPhotos:
    """The photos of one run, to learn from and to measure on; class names in target order."""

    class_names: tuple[str, ...]
    train: tuple[TrainingPhoto, ...]
    val: tuple[TrainingPhoto, ...]
    snapshot_digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMetrics:
    """One optimizer step; `step` and `epoch` count from 1. `lrs` follow the parameter groups."""

    step: int
    epoch: int
    steps_per_epoch: int
    epochs: int
    loss: float
    lrs: tuple[float, ...]
    images_per_s: float
    seconds_left: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpochMetrics:
    """One pass over the training photos and the measurement after it; `epoch` counts from 1."""

    epoch: int
    epochs: int
    train_loss: float
    train_accuracy: float
    val_loss: float
    val_accuracy: float
    lrs: tuple[float, ...]
    images_per_s: float
    seconds: float
    seconds_left: float | None
    is_best: bool
    elapsed_s: float = 0.0  # since the run first looked at the photos; 0 where it is not known


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """What a run is doing when it is not yet counting steps, in plain words."""

    words: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What a run has trouble with while it goes on, for people; empty once it is over."""

    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FinetuneResult:
    """How a run of `finetune` ended, or how it would end now: reported when a best epoch is saved.

    `checkpoint` is the folder of the kept (best) checkpoint; `val_confusion[true][predicted]` and
    `val_probabilities`, if they are known, belong to it, and `digest` is the SHA-256 of its
    weights. `config` is what was used, with the arithmetic settled, so that the run can be
    repeated; `reason` says why it could not go on, `enough` why it ended well before its last
    epoch.
    """

    epochs_done: int
    best_epoch: int
    val_accuracy: float
    val_loss: float
    val_confusion: tuple[tuple[int, ...], ...]
    weights: str
    config: FinetuneConfig
    was_stopped: bool
    checkpoint: Path
    digest: str
    reason: str = ""
    enough: str = ""
    val_probabilities: NDArray[np.float32] | None = field(default=None, compare=False)  # (N, C)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedStanding:
    """Where a run stands, saved in a file from which it can go on: `steps` into an epoch.

    `epoch` counts from 1; it is one more than there are when all are done. `digest` is the SHA-256
    of the file; `best` is the folder of the best checkpoint until then, which belongs to it.
    """

    file: Path
    digest: str
    epoch: int
    steps: int
    best: Path | None


TrainingEvent = (
    StepMetrics | EpochMetrics | Phase | Trouble | Origin | FinetuneResult | SavedStanding
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The latest state of a running run, as the page polls it."""

    phase: str = ""
    done: int = 0
    total: int = 0
    epoch: int = 0
    epochs: int = 0
    images_per_s: float = 0.0
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One training: its settings as JSON text, what it trained on, how far it got.

    `repeats` is the run that it was started to repeat; `digest` the SHA-256 of the kept weights.
    `standing_epoch` is the epoch in which it can go on, none when nothing was saved for that;
    `extended_at` tells after which epochs more were asked for; `earlier_s` is the time that it
    took before it was last taken up.
    """

    id: int
    status: RunStatus
    config_json: str
    snapshot_id: int
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    reason: str = ""
    weights: str = ""
    best_epoch: int | None = None
    epochs_done: int = 0
    val_accuracy: float | None = None
    val_confusion: tuple[tuple[int, ...], ...] = ()
    class_names: tuple[str, ...] = ()
    progress: Progress = field(default_factory=Progress)
    comparison_id: int | None = None
    label: str = ""  # what it is called within its comparison
    snapshot_digest: str = ""
    repeats: int | None = None
    digest: str = ""
    standing_epoch: int | None = None
    extended_at: tuple[int, ...] = ()
    earlier_s: float = 0.0

    @property
    def seconds(self) -> float:
        """Seconds from start to end, without pauses; those of the last sitting when it is over."""
        if self.started_at is None or self.finished_at is None:
            return self.earlier_s
        return self.earlier_s + (self.finished_at - self.started_at).total_seconds()

    @property
    def can_go_on(self) -> bool:
        """Whether it was cut off and can be taken up where it stood."""
        if self.status in {RunStatus.PAUSED, RunStatus.INTERRUPTED}:
            return True  # from the beginning, where nothing was saved
        return self.status in {RunStatus.STOPPED, RunStatus.FAILED} and bool(self.standing_epoch)


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheFolder:
    """Where what the frozen part of a network made of photos is kept; safe to delete."""

    path: Path
    limit_bytes: int = 10 * 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolders:
    """Where a run keeps its checkpoints, and what it shares with other runs.

    `standing` is the saved file from which it goes on; without one it begins.
    """

    checkpoints: Path
    cache: CacheFolder
    standing: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassProbability:
    """One class and how likely it is."""

    name: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LikePhoto:
    """A photo that a run learned from, and the class that it learned for it."""

    image_id: int
    digest: str
    class_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What a run says about one photo, most likely class first.

    `strangeness` is the share of the run's held-out photos that are less unlike what it learned,
    counted among `held_out` of them; `like` are the photos it learned from that this one is most
    like, the nearest first.
    """

    name: str
    classes: tuple[ClassProbability, ...]
    milliseconds: float
    run_id: int
    error: str = ""
    strangeness: float | None = None  # while it is not known
    held_out: int | None = None  # likewise
    like: tuple[LikePhoto, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A run measured on labelled photos; `confusion[true][predicted]`, by `class_names`."""

    accuracy: float
    n: int
    class_names: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    per_class: Mapping[str, Mapping[str, float]]
    refused: tuple[Refusal, ...] = ()
