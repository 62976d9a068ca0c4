"""Small real photos with content of their own, and files that hold them. Knows no workspace."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from dragon_app.core.types import NewImage, Split
from dragon_app.services.intake import IncomingFile


def photo_bytes(
    seed: int, *, brighter: int = 0, share: float = 1.0, size: tuple[int, int] = (48, 40)
) -> bytes:
    """Return a PNG of random patches; photos of one seed look alike however bright they are.

    `share` of the light is left.
    """
    patches = (np.random.default_rng(seed).integers(0, 225, (8, 8, 3)) + brighter) * share
    image = Image.fromarray(patches.astype(np.uint8)).resize(size, Image.Resampling.NEAREST)
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def framed_bytes(seed: int) -> bytes:
    """Return a photo with a red frame."""
    pixels = np.array(Image.open(io.BytesIO(photo_bytes(seed))))
    pixels[:3] = pixels[-3:] = (200, 20, 20)
    pixels[:, :3] = pixels[:, -3:] = (200, 20, 20)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def incoming(
    data: bytes,
    name: str = "photo.png",
    *,
    class_name: str | None = None,
    split: Split | None = None,
) -> IncomingFile:
    """Return a file as an upload gives it: its bytes are in memory."""
    return IncomingFile(
        name=name, read=lambda: data, size_bytes=len(data), class_name=class_name, split=split
    )


def incoming_photos(seeds: Sequence[int], class_name: str | None = None) -> list[IncomingFile]:
    """Return one photo for each seed."""
    return [incoming(photo_bytes(s), f"{s}.png", class_name=class_name) for s in seeds]


def write_photos(folder: Path, seeds: Sequence[int]) -> None:
    """Write one photo for each seed into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (folder / f"{seed}.png").write_bytes(photo_bytes(seed))


def new_image(number: int, *, like: int | None = None, split: Split | None = None) -> NewImage:
    """Return a row to add, without a file: `like` gives it the look of another number."""
    look = np.random.default_rng(number if like is None else like).bytes(16).hex()
    return NewImage(
        digest=f"{number:064x}",
        perceptual_hash=look,
        format="PNG",
        width_px=4,
        height_px=3,
        size_bytes=10,
        name=f"{number}.png",
        split=split,
    )


def plain_bytes(grey: int) -> bytes:
    """Return a PNG of one grey, 0 to 255."""
    file = io.BytesIO()
    Image.new("RGB", (32, 32), (grey, grey, grey)).save(file, "PNG")
    return file.getvalue()
