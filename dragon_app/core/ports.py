"""The callables and values that cross layers: what services ask of vision, in core's own words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.forecast import FoldScores
from dragon_app.core.heat import HeatMap
from dragon_app.core.networks import BackboneInfo, LrCurve, TrainingCosts
from dragon_app.core.portable import Portable
from dragon_app.core.provenance import Origin
from dragon_app.core.training import (
    CacheFolder,
    FinetuneResult,
    RunFolders,
    TrainingEvent,
    TrainingPhoto,
    TrainingPhotos,
)
from dragon_app.core.vectors import DraftHead, Floats, PhotoFile

Pixels = NDArray[np.uint8]  # (height, width, 3), upright RGB

Report = Callable[[TrainingEvent], None]
ShouldStop = Callable[[], bool]
ByteProgress = Callable[[int, int], None]  # bytes done, bytes in all (0: not known)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeenPhoto:
    """A photo as a network reads it: plain, as held-out photos are, and varied for training."""

    plain: Pixels
    varied: tuple[Pixels, ...]


class Predictor(Protocol):
    """A checkpoint ready to answer; immutable, safe to call from several threads."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names behind the columns of the answer."""

    @property
    def decode_px(self) -> int:
        """The shorter side, in pixels, below which photos need not be decoded larger."""

    def probabilities(self, photos: Sequence[Pixels]) -> NDArray[np.float32]:
        """Return probabilities (N, C) for photos of any size."""

    def look(self, photos: Sequence[Pixels]) -> tuple[Floats, Floats]:
        """Return probabilities (N, C), and what the last layer reads, (N, D)."""

    def explain(self, photo: Pixels, target: int) -> HeatMap:
        """Return which places of a photo of any size speak for a class."""


class Embedder(Protocol):
    """Turns photos into vectors and remembers them. One thread at a time."""

    @property
    def width(self) -> int:
        """How many numbers a vector has."""

    def rows(self, photos: Sequence[PhotoFile]) -> NDArray[np.float16]:
        """Return vectors (N, D); zeros for a photo that cannot be read."""

    def rest(self) -> None:
        """Bring what was made to the disk and let go of the files; more may be asked later."""


class Vision(Protocol):
    """What services ask of the networks. Importing the real one loads torch; build it late."""

    def finetune(
        self,
        config: FinetuneConfig,
        photos: TrainingPhotos,
        folders: RunFolders,
        *,
        report: Report,
        should_stop: ShouldStop,
    ) -> FinetuneResult:
        """Train, keeping the best checkpoint in its folder; report from the calling thread.

        Now and then, and when it is asked to stop, it saves where it stands and reports that; from
        such a standing it goes on as if it had never stopped. What was saved is never deleted here.

        Raise `DragonError` for what a person can change: weights that do not fit, a loss that is
        not a number.
        """

    def costs(
        self, config: FinetuneConfig, *, photos: int, cache: CacheFolder, should_stop: ShouldStop
    ) -> TrainingCosts:
        """Measure on this machine what training costs with 0 to all stages frozen.

        A measurement is kept in the cache folder: the second question is answered at once.
        """

    def find_lr(
        self,
        config: FinetuneConfig,
        photos: TrainingPhotos,
        *,
        cache: CacheFolder,
        report: Report,
        should_stop: ShouldStop,
    ) -> LrCurve:
        """Train a little at ever higher rates and say which one to take; nothing is kept."""

    def fold_scores(
        self,
        config: FinetuneConfig,
        photos: TrainingPhotos,
        groups: Sequence[int],
        *,
        cache: CacheFolder,
        should_stop: ShouldStop,
    ) -> FoldScores:
        """Score last layers on few photos, each held out in turn; those of one group together.

        `groups` follow the photos to learn from, then those to measure on.
        """

    def origin(self, config: FinetuneConfig) -> Origin:
        """Say what these settings would begin from now; raise `WeightsError` when it is gone."""

    def see(self, config: FinetuneConfig, photos: Sequence[TrainingPhoto]) -> tuple[SeenPhoto, ...]:
        """Return photos as held-out ones are seen, and varied as the first epochs see them.

        Raise `DragonError` where a photo cannot be read or the settings do not suit each other.
        """

    def embedder(self, cache: CacheFolder, *, should_stop: ShouldStop) -> Embedder:
        """Load the starter as what turns photos into vectors; raise `DragonError` without one."""

    def fit_head(
        self,
        rows: Floats,
        targets: NDArray[np.int64],
        *,
        classes: int,
        start: DraftHead | None,
        should_stop: ShouldStop,
    ) -> DraftHead:
        """Return a last layer for rows (N, D) with classes (N,), as good as a draft needs.

        An earlier head for the same classes is a good `start`.
        """

    def out_of_fold(
        self,
        rows: Floats,
        targets: NDArray[np.int64],
        groups: NDArray[np.int64],
        *,
        classes: int,
        should_stop: ShouldStop,
    ) -> Floats:
        """Return probabilities (N, C) of rows (N, D), each held out in turn; groups together.

        No numbers for the rows of a class that has one group alone.
        """

    def load_predictor(self, checkpoint: Path, *, device: str = "auto") -> Predictor:
        """Read a checkpoint folder; raise `WeightsError` when it is damaged."""

    def portable(self, checkpoint: Path, *, temperature: float) -> Portable:
        """Check a checkpoint and describe it for use elsewhere; raise `WeightsError` if damaged."""

    def backbones(self) -> tuple[BackboneInfo, ...]:
        """Every classification network that can be fine-tuned, by name, without stages."""

    def backbone(self, name: str) -> BackboneInfo:
        """One network with its stages; raise `NotFoundError` with near names when unknown."""

    def fetch_imagenet(self, name: str, *, report: ByteProgress) -> Path:
        """Download ImageNet weights unless they are here; check the hash; raise `WeightsError`."""
