"""The yardstick for backbones: how far a linear classifier gets on what a frozen network sees.

    python scripts/probe_backbone.py ../shared/data/flowers --weights data/starter --size 96

Photos are read as the app reads them: `train/CLASS` and `val/CLASS`, or class folders alone, of
which the last fifth validates. Takes 100 training photos a class and three seeds.
"""

import argparse
import json
import math
import os
import statistics
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import torch
from linear_probe import Probe, probe
from starter_data import photos_in
from torch import Tensor, nn

from dragon_app.core.disk import write_file
from dragon_app.core.errors import DragonError
from dragon_app.imaging.decode import decode_file
from dragon_app.vision.backbone import empty_network, random_network
from dragon_app.vision.sources import Pretrained, starter
from dragon_app.vision.transforms import EvalTransform, compact, eval_view, normalised
from dragon_app.vision.weights import fill

PER_CLASS = 100
SEEDS = 3
VALIDATES = 5  # one photo in so many, where no folder says which
BATCH = 50
MARGIN = 1.14
RANDOM_PX = 128
SPEED_PHOTOS = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Photos' paths and classes (N,)."""

    paths: tuple[Path, ...]
    targets: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Backbone:
    """A network that gives features, frozen, and how it reads photos."""

    name: str
    body: nn.Module
    transform: EvalTransform


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The yardstick's answer; `photos_error` is what another draw of photos would change."""

    accuracy: float
    seeds_error: float
    photos_error: float
    probes: tuple[Probe, ...]


def main(arguments: list[str] | None = None) -> int:
    """Print the score and speed of a backbone on a set of photos."""
    options = _options(arguments)
    torch.set_num_threads(1)  # on a busy machine one thread is many times as fast as two
    try:
        backbone = open_backbone(options.weights, options.architecture, size_px=options.size)
        train, val = open_splits(options.photos)
        score = score_backbone(backbone, train, val, per_class=options.per_class)
    except DragonError as error:
        print(error, file=sys.stderr)
        return 1
    seen = backbone.transform
    facts: dict[str, object] = {
        "photos": str(options.photos),
        "weights": options.weights,
        "architecture": backbone.name,
        "resize_px": seen.resize_px,
        "crop_px": seen.crop_px,
        "accuracy": round(score.accuracy, 4),
        "standard_error_of_seeds": round(score.seeds_error, 4),
        "standard_error_of_photos": round(score.photos_error, 4),
        "l2": [probe.strength for probe in score.probes],
        "fold_accuracy": [round(probe.fold_accuracy, 4) for probe in score.probes],
    }
    if options.speed:
        facts["photos_per_s"] = speeds(backbone, threads=os.cpu_count() or 1)
    print(json.dumps(facts, indent=1))
    if options.note:
        note(Path(options.weights), options.note, facts)
    return 0


def note(weights: Path, name: str, facts: dict[str, object]) -> None:
    """Write a result into the starter's card, under scores."""
    path = next(iter(sorted(weights.glob("*.json")))) if weights.is_dir() else weights
    card = json.loads(path.read_text())
    kept = {key: facts[key] for key in facts if key not in {"photos", "weights", "architecture"}}
    card.setdefault("scores", {}).setdefault("linear_probe_100_per_class", {})[name] = kept
    write_file(path, (json.dumps(card, indent=1) + "\n").encode())


def open_backbone(weights: str, architecture: str | None, *, size_px: int | None) -> Backbone:
    """Open a starter (card or folder), a weights file with its architecture, or `random`."""
    name, found = _find(weights, architecture, size_px)
    transform = found.transform if size_px is None else found.transform.resized(size_px)
    crop_px = transform.crop_px
    if found.path is None:
        generator = torch.Generator().manual_seed(0)
        network = random_network(name, classes=1, image_size_px=crop_px, generator=generator)
    else:
        network = empty_network(name, classes=1, image_size_px=crop_px)
        fill(network, replace(found, transform=transform), name)
    return Backbone(name=name, body=network.body.eval(), transform=transform)


def _find(weights: str, architecture: str | None, size_px: int | None) -> tuple[str, Pretrained]:
    """Return the architecture's name and its weights; no path when they are random."""
    path = Path(weights)
    if path.is_dir() or path.suffix == ".json":
        own = starter(path if path.is_dir() else path.parent)
        if own is None:
            raise DragonError(f"There is no starter's card in {path}.")
        found = Pretrained(
            words="", transform=own.transform, path=own.path, sha256_prefix=own.sha256
        )
        return own.backbone, found
    if architecture is None:
        raise DragonError(f"Say --architecture, or give a starter's card instead of {weights}.")
    crop_px = size_px or RANDOM_PX
    seen = EvalTransform(resize_px=round(crop_px * MARGIN), crop_px=crop_px)
    is_random = weights == "random"
    return architecture, Pretrained(words="", transform=seen, path=None if is_random else path)


def open_splits(folder: Path) -> tuple[Split, Split]:
    """Find training and validation photos; of plain class folders the last fifth validates."""
    if (folder / "train").is_dir() and (folder / "val").is_dir():
        return _split(folder / "train"), _split(folder / "val")
    whole = _split(folder)
    is_val = torch.zeros(len(whole.targets), dtype=torch.bool)
    for target in sorted(set(whole.targets.tolist())):
        members = (whole.targets == target).nonzero()[:, 0]
        is_val[members[-max(1, len(members) // VALIDATES) :]] = True
    return _chosen(whole, ~is_val), _chosen(whole, is_val)


def _split(folder: Path) -> Split:
    names = sorted(path for path in folder.iterdir() if path.is_dir())
    found = [(path, target) for target, name in enumerate(names) for path in photos_in(name)]
    if not found:
        raise DragonError(f"There are no photos in folders below {folder}.")
    return Split(
        paths=tuple(path for path, _ in found),
        targets=torch.tensor([target for _, target in found]),
    )


def _chosen(split: Split, which: Tensor) -> Split:
    indices = which.nonzero()[:, 0]
    paths = tuple(split.paths[index] for index in indices.tolist())
    return Split(paths=paths, targets=split.targets[indices])


def score_backbone(backbone: Backbone, train: Split, val: Split, *, per_class: int) -> Score:
    """Return the mean accuracy over the seeds, each with its own photos and folds."""
    features = body_features(backbone, train.paths)  # (N, D)
    unseen = body_features(backbone, val.paths)  # (M, D)
    probes = []
    for seed in range(SEEDS):
        drawn = _draw(train.targets, per_class, seed=seed)
        probes.append(probe(features[drawn], train.targets[drawn], unseen, val.targets, seed=seed))
    accuracies = [each.accuracy for each in probes]
    mean = statistics.mean(accuracies)
    return Score(
        accuracy=mean,
        seeds_error=statistics.stdev(accuracies) / math.sqrt(SEEDS),
        photos_error=math.sqrt(mean * (1 - mean) / len(val.targets)),
        probes=tuple(probes),
    )


def _draw(targets: Tensor, per_class: int, *, seed: int) -> Tensor:
    """Return the indices of at most so many photos of each class."""
    generator = torch.Generator().manual_seed(seed)
    drawn = []
    for target in sorted(set(targets.tolist())):
        members = (targets == target).nonzero()[:, 0]
        order = torch.randperm(len(members), generator=generator)
        drawn.append(members[order[:per_class]])
    return torch.cat(drawn).sort().values


@torch.no_grad()
def body_features(backbone: Backbone, paths: tuple[Path, ...]) -> Tensor:
    """Return features (N, D) of photos, float32, read as the app reads them."""
    seen = backbone.transform
    features = []
    for start in range(0, len(paths), BATCH):
        photos = [
            compact(decode_file(path, shortest_px=seen.resize_px), seen)
            for path in paths[start : start + BATCH]
        ]
        images = normalised([eval_view(photo, seen) for photo in photos], seen, torch.device("cpu"))
        features.append(backbone.body(images))
    return torch.cat(features)


@torch.no_grad()
def speeds(backbone: Backbone, *, threads: int) -> dict[str, float]:
    """Return photos per second forward: plain, and in bfloat16 with channels last."""
    torch.set_num_threads(threads)
    size = backbone.transform.crop_px
    images = torch.randn(BATCH, 3, size, size)
    plain = _speed(backbone.body, images)
    with torch.autocast("cpu", torch.bfloat16):
        fast_images = images.contiguous(memory_format=torch.channels_last)
        fast = _speed(backbone.body.to(memory_format=torch.channels_last), fast_images)
    return {"float32": round(plain), "bfloat16_channels_last": round(fast)}


def _speed(body: nn.Module, images: Tensor) -> float:
    body(images)
    started = time.monotonic()
    rounds = math.ceil(SPEED_PHOTOS / len(images))
    for _ in range(rounds):
        body(images)
    return rounds * len(images) / (time.monotonic() - started)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("photos", type=Path, help="folder with train and val, or with class folders")
    add("--weights", default="data/starter", help="card or folder, weights file, or random")
    add("--architecture", help="of torchvision.models; not needed with a card")
    add("--size", type=int, help="side of the photos in pixels (default: the card's)")
    add("--per-class", type=int, default=PER_CLASS, help="training photos")
    add("--note", metavar="NAME", help="write the result into the card under this name")
    add("--speed", action="store_true", help="measure photos per second as well")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
