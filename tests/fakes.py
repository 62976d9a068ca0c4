"""A vision that learns nothing: it reports a few events and writes a folder. Loads no torch."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.config import Arithmetic, Augment, FinetuneConfig
from dragon_app.core.errors import NotFoundError, WeightsError
from dragon_app.core.forecast import FoldScores
from dragon_app.core.heat import HeatMap, HeatMethod, seen_share
from dragon_app.core.networks import (
    BackboneInfo,
    FreezeCost,
    LrCurve,
    StageInfo,
    StarterInfo,
    TrainingCosts,
)
from dragon_app.core.portable import Portable
from dragon_app.core.ports import ByteProgress, Pixels, Predictor, Report, SeenPhoto, ShouldStop
from dragon_app.core.provenance import Origin
from dragon_app.core.training import (
    CacheFolder,
    FinetuneResult,
    Phase,
    RunFolders,
    TrainingPhoto,
    TrainingPhotos,
)
from dragon_app.core.vectors import DraftHead, Floats, PhotoFile
from dragon_app.imaging.decode import decode_file
from tests.told import epoch_metrics, finetune_result, step_metrics

BEGINS_FROM = Origin(weights_digest="w1", device="cpu", threads=2)
NETWORK = BackboneInfo(
    name="regnet_y_400mf",
    parameters=4_000_000,
    image_size_px=224,
    imagenet_top1=74.0,
    imagenet_megabytes=16.8,
    imagenet_is_here=False,
    is_starter=True,
    starter=StarterInfo(
        megabytes=7.9, image_size_px=128, terms="for teaching", probes=(("flowers", 0.66),)
    ),
    stages=tuple(
        StageInfo(index=i, name=f"stage {i}", modules=(f"s{i}",), parameters=9, output_size_px=7)
        for i in range(5)
    ),
)


@dataclass(frozen=True)
class FakePredictor:
    """Is the surer of a photo's second class the brighter the photo is."""

    class_names: tuple[str, ...]
    decode_px: int = 32

    def probabilities(self, photos: Sequence[Pixels]) -> NDArray[np.float32]:
        brightness = np.array([photo.mean() / 255 for photo in photos], np.float32)
        rest = np.zeros((len(photos), len(self.class_names) - 2), np.float32)
        return np.column_stack([1 - brightness, brightness, rest])

    def look(self, photos: Sequence[Pixels]) -> tuple[Floats, Floats]:
        colours = np.array([photo.mean(axis=(0, 1)) / 255 for photo in photos], np.float32)
        return self.probabilities(photos), colours  # (N, 3)

    def explain(self, photo: Pixels, target: int) -> HeatMap:
        """Find the left half warm for the second class, nothing for the first."""
        values = np.zeros((4, 4), np.float32)
        values[:, :2] = target
        height, width = photo.shape[:2]
        return HeatMap(
            values=values,
            seen=seen_share(width, height, view=1.0),
            method=HeatMethod.GRAD_CAM,
        )


@dataclass
class FakeEmbedder:
    """Makes of a photo its mean colour, each channel from 0 to 1."""

    asked: list[str] = field(default_factory=list)
    learn: Callable[[], None] = lambda: None
    width: int = 3

    def rows(self, photos: Sequence[PhotoFile]) -> NDArray[np.float16]:
        self.learn()
        self.asked += [photo.digest for photo in photos]
        colours = [decode_file(photo.path).mean((0, 1)) / 255 for photo in photos]
        return np.array(colours, np.float16)

    def rest(self) -> None:
        pass


@dataclass
class FakeVision:
    """Implements `core.ports.Vision`; `learn` runs between the first event and the last."""

    learn: Callable[[Report, ShouldStop], None] = lambda report, should_stop: None
    trained_on: list[TrainingPhotos] = field(default_factory=list)
    loaded: list[Path] = field(default_factory=list)
    embeds: FakeEmbedder = field(default_factory=FakeEmbedder)
    reason: str = ""  # why the run cannot go on after its first epoch
    groups: tuple[int, ...] = ()  # of the photos that folds were asked about
    begins_from: Origin = BEGINS_FROM
    enough: str = ""  # why it need not
    went_on_from: list[Path | None] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)  # of the runs
    problem_of_model: WeightsError | None = None

    def finetune(
        self,
        config: FinetuneConfig,
        photos: TrainingPhotos,
        folders: RunFolders,
        *,
        report: Report,
        should_stop: ShouldStop,
    ) -> FinetuneResult:
        self.trained_on.append(photos)
        self.went_on_from.append(folders.standing)
        self.folders.append(folders.checkpoints)
        report(Phase(words="Reading photos", done=1, total=2))
        report(step_metrics(1))
        report(self.begins_from)
        self.learn(report, should_stop)
        report(epoch_metrics(1, epochs=config.epochs))
        folder = folders.checkpoints
        (folder / "best").mkdir(parents=True, exist_ok=True)
        (folder / "best" / "classes.txt").write_text("\n".join(photos.class_names))
        is_open = config.arithmetic is Arithmetic.AUTO
        used = replace(config, arithmetic=Arithmetic.FLOAT32) if is_open else config
        return finetune_result(
            folder / "best", config=used, was_stopped=should_stop(), reason=self.reason,
            enough=self.enough,
            val_probabilities=self.said(len(photos.val), len(photos.class_names)),
        )  # fmt: skip

    def said(self, photos: int, classes: int) -> NDArray[np.float32]:
        """Return what a trained run says: 70 % the first class, whatever the photo."""
        rest = [0.3] + [0.0] * (classes - 2)
        return np.array([[0.7, *rest]] * photos, np.float32)

    def costs(
        self, config: FinetuneConfig, *, photos: int, cache: CacheFolder, should_stop: ShouldStop
    ) -> TrainingCosts:
        stages = NETWORK.stages
        return TrainingCosts(
            backbone=NETWORK.name, image_size_px=128, photos=photos, batch_size=config.batch_size,
            arithmetic="float32", photos_per_s=50.0, stages=stages,
            by_frozen=tuple(
                FreezeCost(
                    frozen=frozen, trainable_parameters=9 * (len(stages) - frozen) + 3,
                    memory_bytes=10**8 * (len(stages) + 1 - frozen), once_s=0.1 * frozen,
                    epoch_s=1.0 * (len(stages) - frozen),
                )
                for frozen in range(len(stages) + 1)
            ),
        )  # fmt: skip

    def find_lr(
        self,
        config: FinetuneConfig,
        photos: TrainingPhotos,
        *,
        cache: CacheFolder,
        report: Report,
        should_stop: ShouldStop,
    ) -> LrCurve:
        report(step_metrics(1))
        self.learn(report, should_stop)
        return LrCurve(points=((1e-5, 1.6), (1e-3, 1.2), (1e-1, 4.0)), suggestion=1e-3)

    def fold_scores(
        self,
        config: FinetuneConfig,
        photos: TrainingPhotos,
        groups: Sequence[int],
        *,
        cache: CacheFolder,
        should_stop: ShouldStop,
    ) -> FoldScores:
        self.groups = tuple(groups)
        self.learn(lambda event: None, should_stop)
        curve = ((3, 0.5), (6, 0.75))
        return FoldScores(n=8, confusion=((8, 0), (4, 4)), curves=(curve, curve))

    def origin(self, config: FinetuneConfig) -> Origin:
        return self.begins_from

    def see(self, config: FinetuneConfig, photos: Sequence[TrainingPhoto]) -> tuple[SeenPhoto, ...]:
        plain = [np.full((8, 8, 3), 40 * place, np.uint8) for place in range(len(photos))]
        count = 0 if config.augment is Augment.OFF else 4
        return tuple(SeenPhoto(plain=each, varied=(each + 9,) * count) for each in plain)

    def embedder(self, cache: CacheFolder, *, should_stop: ShouldStop) -> FakeEmbedder:
        return self.embeds

    def fit_head(
        self,
        rows: Floats,
        targets: NDArray[np.int64],
        *,
        classes: int,
        start: DraftHead | None,
        should_stop: ShouldStop,
    ) -> DraftHead:
        """Draw a photo to the class whose mean is nearest."""
        means = np.stack([rows[targets == each].mean(0) for each in range(classes)])  # (C, D)
        return DraftHead(
            weight=40 * means, bias=-20 * np.square(means).sum(1), strength=1.0, labels=len(rows)
        )

    def out_of_fold(
        self,
        rows: Floats,
        targets: NDArray[np.int64],
        groups: NDArray[np.int64],
        *,
        classes: int,
        should_stop: ShouldStop,
    ) -> Floats:
        """Be sure of the class whose mean is nearest."""
        head = self.fit_head(rows, targets, classes=classes, start=None, should_stop=should_stop)
        likely = np.full((len(rows), classes), 0.1 / (classes - 1), np.float32)
        likely[np.arange(len(rows)), head.probabilities(rows).argmax(1)] = 0.9
        return likely

    def load_predictor(self, checkpoint: Path, *, device: str = "auto") -> Predictor:
        self.loaded.append(checkpoint)
        return FakePredictor(tuple((checkpoint / "classes.txt").read_text().split("\n")))

    def portable(self, checkpoint: Path, *, temperature: float) -> Portable:
        if self.problem_of_model:
            raise self.problem_of_model
        return Portable(
            weights_file=checkpoint / "classes.txt",
            facts=json.dumps({"temperature": temperature}),
            requirements=("torch>=2.15",),
        )

    def backbones(self) -> tuple[BackboneInfo, ...]:
        return (NETWORK,)

    def backbone(self, name: str) -> BackboneInfo:
        if name != NETWORK.name:
            raise NotFoundError(f"There is no network {name!r}.")
        return NETWORK

    def fetch_imagenet(self, name: str, *, report: ByteProgress) -> Path:
        raise NotImplementedError
