"""Small photos of two classes, and networks that learn only when a test lets them."""

import io
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import NotFoundError, NothingKeptError, TrainingError, WeightsError
from dragon_app.core.heat import HeatMap, HeatMethod
from dragon_app.core.metrics import confusion_matrix
from dragon_app.core.networks import BackboneInfo, StageInfo
from dragon_app.core.ports import ByteProgress, Pixels, Report, ShouldStop
from dragon_app.core.training import (
    EpochMetrics,
    FinetuneResult,
    Phase,
    RunFolders,
    StepMetrics,
    TrainingPhotos,
)
from dragon_app.services.intake import IncomingFile
from dragon_app.wiring import Session
from tests.fakes import FakeVision
from tests.told import save_standing

TINTS = {"Dragon": (230, 40, 30), "Meadow": (40, 170, 60)}
_PAUSE_S = 0.1


def photo(class_name: str, seed: int) -> bytes:
    """Draw blocks in the tint of a class, each seed unlike the others."""
    random = np.random.default_rng([seed, *TINTS[class_name]])
    blocks = random.integers(0, 255, (6, 6, 1)) * 0.5 + np.array(TINTS[class_name]) * 0.5
    image = Image.fromarray(blocks.astype(np.uint8)).resize((96, 96), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def fill(session: Session, *, per_class: int = 8) -> None:
    """Add labelled photos of both classes."""
    for name in TINTS:
        files = [
            IncomingFile(name=f"{name}-{i}.png", read=partial(photo, name, i))
            for i in range(per_class)
        ]
        session.app.dataset.add(files, class_name=name)


class Painter:
    """Names a photo by which of the classes' tints is stronger in it."""

    class_names = tuple(TINTS)
    decode_px = 64

    def probabilities(self, photos: Sequence[Pixels]) -> NDArray[np.float32]:
        """Return (N, 2)."""
        reds = [float(each[..., 0].mean()) - float(each[..., 1].mean()) > 0 for each in photos]
        return np.array([[0.9, 0.1] if red else [0.2, 0.8] for red in reds], np.float32)

    def look(self, photos: Sequence[Pixels]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return (N, 2), and their mean colours (N, 3)."""
        colours = np.array([each.mean(axis=(0, 1)) for each in photos], np.float32)
        return self.probabilities(photos), colours

    def explain(self, photo: Pixels, target: int) -> HeatMap:
        """Find the upper half warm."""
        values = np.zeros((4, 4), np.float32)
        values[:2] = 1
        return HeatMap(values=values, seen=(1.0, 1.0), method=HeatMethod.GRAD_CAM)


class Studio(FakeVision):
    """The fake whose training waits: an epoch passes each time that a test allows one.

    With seed 0 the model takes one meadow for a dragon; with any other it is always right.

    Shared with the worker: `_allowed`, a semaphore, and `problem`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._allowed = threading.Semaphore(0)
        self.problem = ""
        self.configs: list[FinetuneConfig] = []

    def allow(self, epochs: int) -> None:
        """Let so many epochs pass."""
        self._allowed.release(epochs)

    def finetune(
        self,
        config: FinetuneConfig,
        photos: TrainingPhotos,
        folders: RunFolders,
        *,
        report: Report,
        should_stop: ShouldStop,
    ) -> FinetuneResult:
        """Report and save like the real one; the loss falls and accuracy rises by the epoch."""
        self.configs.append(config)
        report(self.begins_from)
        report(Phase(words="Reading photos", done=len(photos.train), total=len(photos.train)))
        first = 1 if folders.standing is None else int(folders.standing.name.split("-")[1])
        epoch = first - 1
        step = None
        for epoch in range(first, config.epochs + 1):
            while not self._allowed.acquire(timeout=_PAUSE_S):
                if should_stop():
                    save_standing(folders.checkpoints, report, epoch=epoch)
                    return self._result(config, folders, photos, epoch - 1, was_stopped=True)
                if step is not None:
                    report(step)  # as the steps of a real epoch would
            if self.problem:
                raise TrainingError(self.problem)
            step = _step(config.epochs, epoch)
            report(step)
            report(_measured(config.epochs, epoch))
            report(self._result(config, folders, photos, epoch, was_stopped=False))
        save_standing(folders.checkpoints, report, epoch=config.epochs + 1)
        return self._result(config, folders, photos, epoch, was_stopped=False)

    def _result(
        self,
        config: FinetuneConfig,
        folders: RunFolders,
        photos: TrainingPhotos,
        epoch: int,
        *,
        was_stopped: bool,
    ) -> FinetuneResult:
        folder = folders.checkpoints
        if epoch == 0:
            raise NothingKeptError("Training was stopped before the first epoch ended.")
        folder.mkdir(parents=True, exist_ok=True)
        n = len(photos.val)
        said = _said(photos, mistakes=1 if config.seed == 0 else 0)
        truths = [each.target for each in photos.val]
        return FinetuneResult(
            epochs_done=epoch,
            best_epoch=epoch,
            val_accuracy=1 - (config.seed == 0) / n,
            val_loss=0.1,
            val_confusion=confusion_matrix(truths, said.argmax(axis=1).tolist(), classes=2),
            val_probabilities=said,
            weights="starter (studio)",
            config=config,
            was_stopped=was_stopped,
            checkpoint=folder,
            digest="d1",
        )

    def load_predictor(self, checkpoint: Path, *, device: str = "auto") -> Painter:
        """Return the painter."""
        return Painter()

    def backbones(self) -> tuple[BackboneInfo, ...]:
        """List two networks."""
        return tuple(map(self.backbone, ("regnet_y_400mf", "resnet18")))

    def backbone(self, name: str) -> BackboneInfo:
        """Describe one of the two."""
        if name not in {"regnet_y_400mf", "resnet18"}:
            raise NotFoundError(f"There is no backbone {name}.")
        stages = tuple(
            StageInfo(index=i, name=f"stage {i}", modules=(), parameters=1, output_size_px=None)
            for i in range(4)
        )
        return BackboneInfo(
            name=name,
            parameters=4_300_000,
            image_size_px=128,
            imagenet_top1=75.0,
            imagenet_megabytes=16.8,
            imagenet_is_here=False,
            is_starter=name == "regnet_y_400mf",
            stages=stages,
        )

    def fetch_imagenet(self, name: str, *, report: ByteProgress) -> Path:
        """Be offline."""
        raise WeightsError(f"The weights of {name} could not be fetched: there is no connection.")


def _said(photos: TrainingPhotos, *, mistakes: int) -> NDArray[np.float32]:
    """Return what a model says of the held-out photos, (N, 2), wrong on the first meadows."""
    rows = []
    for photo in photos.val:
        is_wrong = photo.target == 1 and mistakes > 0
        mistakes -= is_wrong
        rows.append([0.9, 0.1] if photo.target == 0 or is_wrong else [0.2, 0.8])
    return np.array(rows, np.float32)


def _step(epochs: int, epoch: int) -> StepMetrics:
    return StepMetrics(
        step=1,
        epoch=epoch,
        steps_per_epoch=1,
        epochs=epochs,
        loss=1 / epoch,
        lrs=(0.1,),
        images_per_s=120.0,
        seconds_left=float(epochs - epoch),
    )


def _measured(epochs: int, epoch: int) -> EpochMetrics:
    return EpochMetrics(
        epoch=epoch,
        epochs=epochs,
        train_loss=1 / epoch,
        train_accuracy=1 - 1 / epoch / 2,
        val_loss=1 / epoch,
        val_accuracy=1 - 1 / epoch / 2,
        lrs=(0.1,),
        images_per_s=120.0,
        seconds=1.0,
        seconds_left=float(epochs - epoch),
        is_best=True,
        elapsed_s=float(epoch),
    )
