"""Whether the shortcut detector warns when it should, and only then.

    python benchmarks/shortcuts.py FLOWERS

FLOWERS holds `train` and `val` folders with a folder for each class. Its photos as they are and
the app's drawn samples should give no warning; one class of them changed throughout should. Told
is the largest balanced accuracy, of one class against the others, that each cue reaches alone.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.machine import load, machine
from dragon_app.core import shortcuts
from dragon_app.core.ports import Pixels
from dragon_app.core.vectors import Floats, Ids
from dragon_app.imaging.decode import decode_file
from dragon_app.imaging.sample import SAMPLES
from dragon_app.imaging.tints import tint_of

_CHANGED = 2  # the class whose photos are changed
_DRAWS = 200


def main() -> None:
    """Print a line for each set of photos."""
    parser = argparse.ArgumentParser(description="Whether the shortcut detector warns rightly.")
    parser.add_argument("flowers", type=Path, metavar="FLOWERS")
    options = parser.parse_args()
    print(f"{machine()}; load {load():.1f}; a warning from {shortcuts.LARGE}")
    photos, targets = _flowers(options.flowers)
    _tell("flowers", photos, targets)
    for name, change in _changes().items():
        changed = [change(p) if t == _CHANGED else p for p, t in zip(photos, targets, strict=True)]
        _tell(f"flowers, one class {name}", changed, targets)
    for key, sample in SAMPLES.items():
        numbers = [(i, n) for i in range(len(sample.class_names)) for n in range(sample.per_class)]
        drawn = [sample.draw(i, n + 1) for i, n in numbers]
        _tell(f"drawn {key}", drawn, np.array([i for i, _ in numbers]))
    _by_chance(_cues(photos), targets)


def _flowers(folder: Path) -> tuple[list[Pixels], Ids]:
    names = sorted(path.name for path in (folder / "train").iterdir())
    paths = [
        (target, path)
        for part in ("train", "val")
        for target, name in enumerate(names)
        for path in sorted((folder / part / name).iterdir())
    ]
    return [decode_file(path) for _, path in paths], np.array([target for target, _ in paths])


def _changes() -> dict[str, Callable[[Pixels], Pixels]]:
    return {
        "at 0.7 of its light": lambda p: (p * 0.7).astype(np.uint8),
        "at 0.5 of its light": lambda p: (p * 0.5).astype(np.uint8),
        "halved in size": lambda p: p[::2, ::2],
        "at 200 x 200": lambda p: np.asarray(Image.fromarray(p).resize((200, 200))),
        "with a red border": lambda p: _framed(p, (200, 30, 30)),
        "with a grey border": lambda p: _framed(p, (128, 128, 128)),
        "without colour": lambda p: p.mean(2, keepdims=True).repeat(3, 2).astype(np.uint8),
    }


def _framed(pixels: Pixels, colour: tuple[int, int, int]) -> Pixels:
    framed = pixels.copy()
    width = max(2, round(0.03 * min(pixels.shape[:2])))
    framed[:width] = framed[-width:] = colour
    framed[:, :width] = framed[:, -width:] = colour
    return framed


def _cues(photos: Sequence[Pixels]) -> dict[shortcuts.Cue, Floats]:
    tints = np.stack([tint_of(photo) for photo in photos])
    sizes = np.array([photo.shape[1::-1] for photo in photos], np.float32)
    cue = shortcuts.Cue
    return {
        cue.SIZE: sizes,
        cue.BRIGHTNESS: tints[:, :1],
        cue.COLOUR: tints[:, 1:2],
        cue.BORDER: tints[:, 2:],
    }


def _tell(name: str, photos: Sequence[Pixels], targets: Ids) -> None:
    cues = _cues(photos)
    began = time.perf_counter()
    groups = np.arange(len(targets))
    best = {}
    for cue, numbers in cues.items():
        found = shortcuts.shortcuts({cue: numbers}, targets, groups, large=0.0)
        best[cue] = max((each.balanced for each in found), default=0.5)
    took = time.perf_counter() - began
    told = ", ".join(f"{cue} {share:.2f}" for cue, share in best.items())
    print(f"{name}: {told} ({took * 1000:.0f} ms)", flush=True)


def _by_chance(cues: dict[shortcuts.Cue, Floats], targets: Ids) -> None:
    """Give real photos classes by chance, few and many: how often is there a warning?"""
    generator = np.random.default_rng(0)
    for classes, per_class in ((2, 8), (2, 20), (5, 20)):
        alarms = 0
        for _ in range(_DRAWS):
            some = generator.choice(len(targets), classes * per_class, replace=False)
            drawn = {cue: numbers[some] for cue, numbers in cues.items()}
            by_chance = np.arange(len(some)) % classes
            alarms += bool(shortcuts.shortcuts(drawn, by_chance, np.arange(len(some))))
        print(f"{classes} classes of {per_class} by chance: {alarms} of {_DRAWS} warn", flush=True)


if __name__ == "__main__":
    main()
