"""Ready-made photos to try the app with, drawn by its own code: the same pictures on every machine.

Knows what the samples are called and how they become files; knows no dataset.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from dragon_app.core.ports import Pixels
from dragon_app.imaging.knights import KNIGHTS, draw_knight
from dragon_app.imaging.tales import DRAGON_OR_NOT, draw_tale

_JPEG_QUALITY = 88


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSet:
    """A set of drawn photos; `draw` takes the index of a class and a number and is repeatable."""

    key: str
    class_names: tuple[str, ...]
    per_class: int
    draw: Callable[[int, int], Pixels]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePicture:
    """One drawn photo as a JPEG file, with the class it belongs to."""

    name: str
    class_name: str
    data: bytes


SAMPLES: dict[str, SampleSet] = {
    "knights": SampleSet(
        key="knights",
        class_names=KNIGHTS,
        per_class=40,
        draw=draw_knight,
    ),
    "dragons": SampleSet(
        key="dragons",
        class_names=DRAGON_OR_NOT,
        per_class=60,
        draw=draw_tale,
    ),
}


def sample_picture(sample: SampleSet, index: int, number: int) -> SamplePicture:
    """Draw picture `number`, from 1, of the class at `index`. Safe to call from threads."""
    class_name = sample.class_names[index]
    stem = class_name.lower().replace(" ", "-")
    return SamplePicture(
        name=f"{stem}-{number:02}.jpg",
        class_name=class_name,
        data=_jpeg(sample.draw(index, number)),
    )


def _jpeg(pixels: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=_JPEG_QUALITY)
    return file.getvalue()
