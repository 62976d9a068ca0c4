"""The app's own training on the same photos.

With `--calibrate` it trains for one epoch on photos that the real run will not know, so that the
machine's fastest arithmetic is found and kept. A second run in the same store finds the cache warm.
"""

import hashlib
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from dragon_app.vision.port import TorchVision  # isort: skip  # before torch: how its threads wait

import torch

from benchmarks.peers.task import Answer, Task, answer, parser, read_task
from dragon_app.core.config import Augment, FinetuneConfig, Freeze, Optimizer, WeightsSource
from dragon_app.core.training import (
    CacheFolder,
    EpochMetrics,
    RunFolders,
    TrainingEvent,
    TrainingPhoto,
    TrainingPhotos,
)

BASE = FinetuneConfig(optimizer=Optimizer.ADAMW, head_lr=1e-3)
REGIMES = {
    "head": replace(BASE, freeze=Freeze.BACKBONE),
    "head-exact": replace(BASE, freeze=Freeze.BACKBONE, optimizer=Optimizer.EXACT, epochs=1),
    "head-views": replace(BASE, freeze=Freeze.BACKBONE, augment=Augment.LIGHT),
    "last": replace(BASE, freeze=Freeze.ALL_BUT_LAST_STAGE, layer_decay=0.5),
    "last-views": replace(
        BASE, freeze=Freeze.ALL_BUT_LAST_STAGE, layer_decay=0.5, augment=Augment.LIGHT
    ),
    "all": replace(BASE, freeze=Freeze.NOTHING, layer_decay=0.6, augment=Augment.LIGHT),
}
CALIBRATING_PER_CLASS = 2


def config(task: Task) -> FinetuneConfig:
    """Return the settings of a regime."""
    regime = REGIMES[task.regime]
    return replace(
        regime,
        backbone=task.architecture,
        weights=WeightsSource.NONE if task.weights is None else WeightsSource.STARTER,
        image_size_px=task.size_px,
        epochs=1 if regime.optimizer is Optimizer.EXACT else task.epochs,
        batch_size=task.batch_size,
        seed=task.seed,
    )


def photos(data: Path, *, per_class: int | None = None, salt: bytes = b"") -> TrainingPhotos:
    """Return the photos of train/CLASS and val/CLASS; a salt makes them unknown to every cache."""
    names = sorted(folder.name for folder in (data / "train").iterdir() if folder.is_dir())

    def part(which: str) -> tuple[TrainingPhoto, ...]:
        return tuple(
            TrainingPhoto(
                path=path,
                digest=hashlib.sha256(salt + path.read_bytes()).hexdigest(),
                target=target,
            )
            for target, name in enumerate(names)
            for path in sorted((data / which / name).iterdir())[:per_class]
        )

    return TrainingPhotos(class_names=tuple(names), train=part("train"), val=part("val"))


def train(task: Task, known: TrainingPhotos) -> Answer:
    """Train as the app's worker does; return how it went."""
    ends: list[float] = []
    accuracies: list[float] = []
    first_step: list[float] = []

    def report(event: TrainingEvent) -> None:
        if isinstance(event, EpochMetrics):
            ends.append(event.seconds)
            accuracies.append(event.val_accuracy)
            first_step.append(time.perf_counter() - started - event.seconds)

    folders = RunFolders(
        checkpoints=Path(tempfile.mkdtemp(prefix="run-", dir=task.store)),
        cache=CacheFolder(path=task.store / "cache"),
    )
    started = time.perf_counter()
    TorchVision().finetune(config(task), known, folders, report=report, should_stop=lambda: False)
    seconds = time.perf_counter() - started
    return Answer(
        seconds=seconds,
        epoch_s=ends,
        accuracies=accuracies,
        note=f"{first_step[0]:.1f} s before the first epoch; torch {torch.__version__}",
    )


def main() -> None:
    """Calibrate or train."""
    reader = parser()
    reader.add_argument("--calibrate", action="store_true")
    options = reader.parse_args()
    task = read_task(options)
    if options.calibrate:
        few = photos(task.data, per_class=CALIBRATING_PER_CLASS, salt=b"calibration")
        answer(train(replace(task, epochs=1), few))
    else:
        answer(train(task, photos(task.data)))


if __name__ == "__main__":
    main()
