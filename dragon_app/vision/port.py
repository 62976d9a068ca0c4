"""Everything services ask of the networks, in one value. Importing this loads torch."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.forecast import FoldScores
from dragon_app.core.networks import BackboneInfo, LrCurve, TrainingCosts
from dragon_app.core.portable import Portable
from dragon_app.core.ports import ByteProgress, Embedder, Predictor, Report, SeenPhoto, ShouldStop
from dragon_app.core.provenance import Origin
from dragon_app.core.training import (
    CacheFolder,
    FinetuneResult,
    RunFolders,
    TrainingPhoto,
    TrainingPhotos,
)
from dragon_app.core.vectors import DraftHead, Floats
from dragon_app.vision.pair import check_pair, wait_quietly

wait_quietly()
check_pair()

from dragon_app.vision import catalogue, download  # noqa: E402  # after the pair was checked
from dragon_app.vision.costs import costs  # noqa: E402
from dragon_app.vision.embedding import StarterEmbedder, fit_head  # noqa: E402
from dragon_app.vision.finetune import finetune  # noqa: E402
from dragon_app.vision.heap import memory_kept  # noqa: E402
from dragon_app.vision.kfold import fold_scores  # noqa: E402
from dragon_app.vision.lr_finder import find_lr  # noqa: E402
from dragon_app.vision.origin import origin_of  # noqa: E402
from dragon_app.vision.out_of_fold import out_of_fold  # noqa: E402
from dragon_app.vision.portable import describe  # noqa: E402
from dragon_app.vision.predictor import load_predictor  # noqa: E402
from dragon_app.vision.preview import see  # noqa: E402


class TorchVision:
    """`core.ports.Vision` on torch and torchvision; holds nothing."""

    def finetune(
        self,
        config: FinetuneConfig,
        photos: TrainingPhotos,
        folders: RunFolders,
        *,
        report: Report,
        should_stop: ShouldStop,
    ) -> FinetuneResult:
        """Train, keeping the best checkpoint in its folder."""
        with memory_kept():
            return finetune(config, photos, folders, report=report, should_stop=should_stop)

    def costs(
        self, config: FinetuneConfig, *, photos: int, cache: CacheFolder, should_stop: ShouldStop
    ) -> TrainingCosts:
        """Measure what training costs with 0 to all stages frozen."""
        with memory_kept():
            return costs(config, photos=photos, cache=cache, should_stop=should_stop)

    def find_lr(
        self,
        config: FinetuneConfig,
        photos: TrainingPhotos,
        *,
        cache: CacheFolder,
        report: Report,
        should_stop: ShouldStop,
    ) -> LrCurve:
        """Train a little at ever higher rates and say which one to take."""
        with memory_kept():
            return find_lr(config, photos, cache=cache, report=report, should_stop=should_stop)

    def fold_scores(
        self,
        config: FinetuneConfig,
        photos: TrainingPhotos,
        groups: Sequence[int],
        *,
        cache: CacheFolder,
        should_stop: ShouldStop,
    ) -> FoldScores:
        """Score last layers on few photos, each held out in turn."""
        return fold_scores(config, photos, groups, cache=cache, should_stop=should_stop)

    def origin(self, config: FinetuneConfig) -> Origin:
        """Say what these settings would begin from now."""
        return origin_of(config)

    def see(self, config: FinetuneConfig, photos: Sequence[TrainingPhoto]) -> tuple[SeenPhoto, ...]:
        """Return photos as training will see them."""
        return see(config, photos)

    def embedder(self, cache: CacheFolder, *, should_stop: ShouldStop) -> Embedder:
        """Load the starter as what turns photos into vectors."""
        return StarterEmbedder(cache, should_stop=should_stop)

    def fit_head(
        self,
        rows: Floats,
        targets: NDArray[np.int64],
        *,
        classes: int,
        start: DraftHead | None,
        should_stop: ShouldStop,
    ) -> DraftHead:
        """Fit a last layer to vectors and their classes."""
        return fit_head(rows, targets, classes=classes, start=start, should_stop=should_stop)

    def out_of_fold(
        self,
        rows: Floats,
        targets: NDArray[np.int64],
        groups: NDArray[np.int64],
        *,
        classes: int,
        should_stop: ShouldStop,
    ) -> Floats:
        """Say what heads that did not learn from a row make of it."""
        return out_of_fold(rows, targets, groups, classes=classes, should_stop=should_stop)

    def load_predictor(self, checkpoint: Path, *, device: str = "auto") -> Predictor:
        """Read a checkpoint folder."""
        return load_predictor(checkpoint, device=device)

    def portable(self, checkpoint: Path, *, temperature: float) -> Portable:
        """Check a checkpoint and describe it for use elsewhere."""
        return describe(checkpoint, temperature=temperature)

    def backbones(self) -> tuple[BackboneInfo, ...]:
        """Every network that can be fine-tuned, without stages."""
        return catalogue.backbones()

    def backbone(self, name: str) -> BackboneInfo:
        """One network with its stages."""
        return catalogue.backbone(name)

    def fetch_imagenet(self, name: str, *, report: ByteProgress) -> Path:
        """Download ImageNet weights unless they are here."""
        return download.fetch_imagenet(name, report=report)
