"""How far off the forecast of more photos is: told from a few, then measured with all of them.

    python benchmarks/forecast.py FLOWERS --per-class 20 --seeds 3

FLOWERS holds a folder for each class. Each seed draws so many photos of each class, asks the folds
what all photos would bring, and compares that with what the folds find on all photos.
"""

import argparse
import hashlib
import os
import sys
import tempfile
from pathlib import Path
from random import Random
from statistics import mean

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parents[1]))

from dragon_app.core.forecast import FoldScores, forecast
from dragon_app.core.metrics import accuracy
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.training import CacheFolder, TrainingPhoto, TrainingPhotos
from dragon_app.vision.kfold import fold_scores


def main() -> None:
    """Measure all photos once, then tell each seed's forecast beside that."""
    parser = argparse.ArgumentParser(description="How far off the forecast of more photos is.")
    parser.add_argument("folder", type=Path, metavar="FLOWERS")
    parser.add_argument("--per-class", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    photos = _photos(options.folder)
    with tempfile.TemporaryDirectory() as name:
        cache = CacheFolder(path=Path(name))
        everything = _score(photos, cache)
        found, learned = accuracy(everything.confusion), everything.curves[0][-1][0]
        print(f"all {everything.n} photos: {found:.1%} right, learned from {learned}", flush=True)
        errors = []
        for seed in range(options.seeds):
            few = _score(_some(photos, options.per_class, seed), cache)
            ahead = forecast(few.curves, photos=learned, measured_on=few.n)
            errors.append(abs(ahead.right - found))
            is_inside = "inside" if ahead.low <= found <= ahead.high else "outside"
            print(
                f"seed {seed}: {few.n} photos are {accuracy(few.confusion):.1%} right; forecast "
                f"{ahead.right:.1%} ({ahead.low:.1%} to {ahead.high:.1%}), {is_inside}",
                flush=True,
            )
    print(f"off by {mean(errors):.1%} on average")


def _photos(folder: Path) -> TrainingPhotos:
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    folders = [(target, folder / name) for target, name in enumerate(names)]
    files = [(target, path) for target, each in folders for path in sorted(each.iterdir())]
    return TrainingPhotos(
        class_names=tuple(names),
        train=tuple(
            TrainingPhoto(
                path=path, digest=hashlib.sha256(path.read_bytes()).hexdigest(), target=target
            )
            for target, path in files
        ),
        val=(),
    )


def _some(photos: TrainingPhotos, per_class: int, seed: int) -> TrainingPhotos:
    chosen = []
    for target in range(len(photos.class_names)):
        of_class = [photo for photo in photos.train if photo.target == target]
        chosen += Random(seed).sample(of_class, per_class)
    return TrainingPhotos(class_names=photos.class_names, train=tuple(chosen), val=())


def _score(photos: TrainingPhotos, cache: CacheFolder) -> FoldScores:
    groups = range(len(photos.train))
    config = PRESETS[Preset.QUICK]
    return fold_scores(config, photos, groups, cache=cache, should_stop=lambda: False)


if __name__ == "__main__":
    main()
