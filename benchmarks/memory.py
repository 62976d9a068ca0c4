"""Peak memory of a training of few photos and of many. Linux: reads /proc.

python benchmarks/memory.py [--photos 1000 100000]

A few files stand for all photos, each time under another digest, so that nothing is shared but the
files themselves. The network is small and so are the photos; what could grow is what is kept of
each. Every training is a process of its own, which prints megabytes: resident (with what it maps
from the cache on disk, which the system may drop at will) and its own.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from PIL import Image

from dragon_app.core.config import Augment, FinetuneConfig, Freeze, Optimizer, WeightsSource
from dragon_app.core.training import CacheFolder, RunFolders, TrainingPhoto, TrainingPhotos

FILES = 64
CLASSES = 4
FILE_PX = (120, 90)
SIZE_PX = 64
VAL_SHARE = 0.2
SAMPLED_EVERY_S = 0.05
WAYS: dict[str, dict[str, object]] = {
    "frozen": {"freeze": Freeze.BACKBONE},
    "computed": {
        "freeze": Freeze.BACKBONE,
        "optimizer": Optimizer.EXACT,
        "augment": Augment.LIGHT,
    },
    "everything": {"freeze": Freeze.NOTHING},
}


def main() -> None:
    """Start one process for each number of photos and way to train, or be one."""
    parser = argparse.ArgumentParser(description="Peak memory of trainings.")
    parser.add_argument("--photos", type=int, nargs="+", default=[1000, 100_000])
    parser.add_argument("--way", choices=WAYS, help="only this one")
    parser.add_argument("--inside", action="store_true", help="train here, in this process")
    options = parser.parse_args()
    if options.inside:
        print(peak_of_training(options.photos[0], options.way))
        return
    for way in [options.way] if options.way else WAYS:
        for photos in options.photos:
            command = [sys.executable, __file__, f"--photos={photos}", f"--way={way}"]
            ended = subprocess.run(
                [*command, "--inside"], stdout=subprocess.PIPE, text=True, check=True
            )
            print(f"{photos} photos, {way}: {ended.stdout.splitlines()[-1]}", flush=True)


def peak_of_training(photos: int, way: str) -> str:
    """Train for an epoch; return the peaks in words."""
    from dragon_app.vision.port import TorchVision

    config = FinetuneConfig(
        backbone="shufflenet_v2_x0_5",
        weights=WeightsSource.NONE,
        image_size_px=SIZE_PX,
        epochs=1,
        batch_size=64,
        device="cpu",
    ).changed(WAYS[way])
    with tempfile.TemporaryDirectory(prefix="dragon-memory-") as name:
        folder = Path(name)
        known = repeated(write_files(folder), photos)
        folders = RunFolders(checkpoints=folder / "run", cache=CacheFolder(path=folder / "cache"))
        peak = Peak()
        before = peak.own_mb
        started = time.perf_counter()
        with peak:
            TorchVision().finetune(
                config, known, folders, report=lambda event: None, should_stop=lambda: False
            )
        seconds = time.perf_counter() - started
    resident = _megabytes("VmHWM")
    return (
        f"{resident:.0f} MB resident, {peak.own_mb:.0f} MB of its own "
        f"({before:.0f} before), {seconds:.0f} s"
    )


class Peak:
    """The most memory of its own that this process held while inside; a thread looks."""

    def __init__(self) -> None:
        self.own_mb = _megabytes("RssAnon")
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(SAMPLED_EVERY_S):
            self.own_mb = max(self.own_mb, _megabytes("RssAnon"))


def write_files(folder: Path) -> list[Path]:
    """Write a few small photos, one colour for each class."""
    paths = []
    for number in range(FILES):
        noise = np.random.default_rng(number).normal(0, 30, (FILE_PX[1], FILE_PX[0], 3))
        pixels = np.clip(noise + 40 + 50 * (number % CLASSES), 0, 255).astype(np.uint8)
        paths.append(folder / f"{number}.jpg")
        Image.fromarray(pixels).save(paths[-1])
    return paths


def repeated(paths: list[Path], photos: int) -> TrainingPhotos:
    """Return so many photos, each with a digest of its own, of files taken in turn."""

    def part(start: int, end: int) -> tuple[TrainingPhoto, ...]:
        return tuple(
            TrainingPhoto(
                path=paths[number % len(paths)],
                digest=hashlib.sha256(str(number).encode()).hexdigest(),
                target=number % CLASSES,
            )
            for number in range(start, end)
        )

    learned = round(photos * (1 - VAL_SHARE))
    names = tuple(f"class {number}" for number in range(CLASSES))
    return TrainingPhotos(class_names=names, train=part(0, learned), val=part(learned, photos))


def _megabytes(field: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(re.findall(rf"{field}:\s+(\d+)", status)[0]) / 1024


if __name__ == "__main__":
    main()
