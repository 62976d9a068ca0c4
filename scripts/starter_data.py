"""Training photos as one memory-mapped array: decoded once, read in any order. Trains nothing."""

import io
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from dragon_app.core.disk import write_file
from dragon_app.core.errors import DragonError
from dragon_app.imaging.decode import decode_file

SIDE_PX = 72  # the larger of the packed set's two sizes
HELD_OUT_EVERY = 100  # one photo in so many is never trained on
DECODERS = 2
CHUNK = 4096
_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".heic", ".avif"}

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Photos:
    """Square photos (N, 3, S, S), uint8, on the disk, and their classes (N,)."""

    pixels: Pixels
    targets: Tensor
    class_names: tuple[str, ...]

    def training(self) -> Tensor:
        """Return the indices that are trained on."""
        everything = torch.arange(len(self.targets))
        return everything[everything % HELD_OUT_EVERY != HELD_OUT_EVERY - 1]

    def held_out(self) -> Tensor:
        """Return the indices that are never trained on."""
        everything = torch.arange(len(self.targets))
        return everything[HELD_OUT_EVERY - 1 :: HELD_OUT_EVERY]

    def batch(self, indices: Tensor) -> Tensor:
        """Return photos (n, 3, S, S), uint8."""
        return torch.from_numpy(self.pixels[indices.numpy()])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """Photos not yet decoded: how many, their classes, and how to read one as (S, S, 3)."""

    targets: list[int]
    class_names: tuple[str, ...]
    read: Callable[[int, int], Pixels]  # index, side


def open_photos(data: Path, cache: Path, *, side_px: int = SIDE_PX) -> Photos:
    """Open a packed set or a folder of class folders; decode into `cache` unless done before.

    The photos of class folders are shuffled, so that each part of them holds every class.
    """
    source = _packed(data) if (data / "index.npz").is_file() else _class_folders(data)
    facts = {"data": str(data.resolve()), "photos": len(source.targets), "side_px": side_px}
    array, note = cache / f"photos-{side_px}.npy", cache / f"photos-{side_px}.json"
    if not note.is_file() or json.loads(note.read_text()) != facts:
        cache.mkdir(parents=True, exist_ok=True)
        note.unlink(missing_ok=True)
        _decode(source, array, side_px)
        write_file(note, json.dumps(facts).encode())
    pixels: Pixels = np.load(array, mmap_mode="r")
    return Photos(
        pixels=pixels, targets=torch.tensor(source.targets), class_names=source.class_names
    )


def _decode(source: _Source, array: Path, side_px: int) -> None:
    count = len(source.targets)
    pixels = np.lib.format.open_memmap(
        array, mode="w+", dtype=np.uint8, shape=(count, 3, side_px, side_px)
    )

    def decode(index: int) -> None:
        pixels[index] = source.read(index, side_px).transpose(2, 0, 1)

    with ThreadPoolExecutor(DECODERS) as pool:
        for start in range(0, count, CHUNK):
            for _ in pool.map(decode, range(start, min(count, start + CHUNK))):
                pass
            print(f"decoded {min(count, start + CHUNK):,} of {count:,} photos", flush=True)
    pixels.flush()


def _packed(folder: Path) -> _Source:
    """Read the layout of `images-K.bin`, `index.npz` and `classes.tsv`; photos lie shuffled."""
    with np.load(folder / "index.npz") as index:
        parts, offsets, lengths, labels = (
            index[key].astype(np.int64) for key in ("part", "offset", "length", "label")
        )
    blobs = [np.memmap(folder / f"images-{part}.bin", mode="r") for part in range(parts.max() + 1)]
    lines = (folder / "classes.tsv").read_text("utf-8").splitlines()

    def read(index: int, side_px: int) -> Pixels:
        start = offsets[index]
        data = blobs[parts[index]][start : start + lengths[index]].tobytes()
        with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
            return _square(image.convert("RGB"), side_px)

    return _Source(targets=labels.tolist(), class_names=tuple(lines), read=read)


def _class_folders(folder: Path) -> _Source:
    class_names = tuple(sorted(path.name for path in folder.iterdir() if path.is_dir()))
    found = [
        (path, target)
        for target, name in enumerate(class_names)
        for path in photos_in(folder / name)
    ]
    if not found:
        raise DragonError(f"There are no photos in folders below {folder}.")
    order = np.random.default_rng(0).permutation(len(found))
    shuffled = [found[place] for place in order]

    def read(index: int, side_px: int) -> Pixels:
        pixels = decode_file(shuffled[index][0], shortest_px=side_px)
        return _square(Image.fromarray(pixels), side_px)

    return _Source(targets=[target for _, target in shuffled], class_names=class_names, read=read)


def photos_in(folder: Path) -> Iterator[Path]:
    """Yield a folder's photos in order of their names."""
    return (path for path in sorted(folder.iterdir()) if path.suffix.lower() in _SUFFIXES)


def _square(image: Image.Image, side_px: int) -> Pixels:
    """Return the middle square at one size."""
    width, height = image.size
    side = min(width, height)
    left, top = (width - side) // 2, (height - side) // 2
    if image.size != (side_px, side_px):
        box = (left, top, left + side, top + side)
        image = image.resize((side_px, side_px), Image.Resampling.BICUBIC, box=box)
    return np.asarray(image)
