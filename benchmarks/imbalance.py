"""What it brings to let rare classes count more: balanced accuracy on unequal flowers, on and off.

    python benchmarks/imbalance.py
    python benchmarks/imbalance.py --rows quick --seeds 10

From the starter, on 100, 50, 25, 12 and 6 training photos of the five classes; each seed draws
others and moves the counts on by one class. Measured on all validation photos, which are equally
many of each class: the share right is the mean recall. Prints a markdown table.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from dragon_app.core.config import Arithmetic, Balance, FinetuneConfig, WeightsSource
from dragon_app.core.metrics import Confusion, balanced_accuracy
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.training import CacheFolder, RunFolders, TrainingPhoto, TrainingPhotos
from dragon_app.vision.finetune import finetune

ROOT = Path(__file__).parents[1]
COUNTS = (100, 50, 25, 12, 6)
FIXED: dict[str, object] = {
    "weights": WeightsSource.STARTER,
    "arithmetic": Arithmetic.FLOAT32,
    "device": "cpu",
}
ROWS: dict[str, FinetuneConfig] = {
    "quick": PRESETS[Preset.QUICK].changed(FIXED),
    "head": FinetuneConfig(epochs=20, head_lr=3e-3).changed(FIXED),
    "balanced": PRESETS[Preset.BALANCED].changed(FIXED),
}
WORDS = {
    "quick": "last layer computed",
    "head": "last layer by steps, 20 epochs",
    "balanced": "the preset Balanced",
}


def unequal_photos(data: Path, seed: int) -> TrainingPhotos:
    """Return a draw of the flowers in which each class has another number of training photos."""
    names = tuple(sorted(folder.name for folder in (data / "train").iterdir() if folder.is_dir()))
    random = np.random.default_rng(seed)
    counts = dict(zip(np.roll(names, seed), COUNTS, strict=True))

    def part(which: str) -> Iterator[TrainingPhoto]:
        for target, name in enumerate(names):
            paths = sorted((data / which / name).iterdir())
            if which == "train":
                paths = [paths[i] for i in random.permutation(len(paths))[: counts[name]]]
            for path in paths:
                yield TrainingPhoto(path=path, digest=f"{name}-{path.name}", target=target)

    return TrainingPhotos(class_names=names, train=tuple(part("train")), val=tuple(part("val")))


def measured(config: FinetuneConfig, photos: TrainingPhotos, cache: Path) -> Confusion:
    """Train and return the confusion of the best epoch."""
    with tempfile.TemporaryDirectory() as folder:
        folders = RunFolders(checkpoints=Path(folder), cache=CacheFolder(path=cache))
        return finetune(
            config, photos, folders, report=lambda _: None, should_stop=lambda: False
        ).val_confusion


def rarest_recall(confusion: Confusion, photos: TrainingPhotos) -> float:
    """Return how many of the photos of the two rarest classes are found."""
    counts = [sum(p.target == i for p in photos.train) for i in range(len(confusion))]
    rare = sorted(range(len(counts)), key=counts.__getitem__)[:2]
    return mean(confusion[i][i] / sum(confusion[i]) for i in rare)


def main() -> None:
    """Print a line for each way to learn and to treat rare classes."""
    options = _options()
    print("| learned | rare classes | balanced accuracy | the two rarest classes found |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as cache:
        for row in options.rows.split(","):
            for balance in (Balance.OFF, Balance.LOSS, Balance.SAMPLING):
                if row == "quick" and balance is Balance.SAMPLING:
                    continue  # a computed layer takes it for the loss
                shares, rare = [], []
                for seed in range(options.seeds):
                    photos = unequal_photos(options.data, seed)
                    config = replace(ROWS[row], balance=balance, seed=seed)
                    confusion = measured(config, photos, Path(cache))
                    shares.append(balanced_accuracy(confusion))
                    rare.append(rarest_recall(confusion, photos))
                told = " | ".join(_spread(numbers) for numbers in (shares, rare))
                print(f"| {WORDS[row]} | {balance} | {told} |", flush=True)


def _spread(numbers: list[float]) -> str:
    spread = f" ± {stdev(numbers):.3f}" if len(numbers) > 1 else ""
    return f"{mean(numbers):.3f}{spread}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What it brings to let rare classes count more.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "flowers")
    parser.add_argument("--rows", default="quick,head", help="of quick, head, balanced")
    parser.add_argument("--seeds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
