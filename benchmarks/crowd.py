"""A workspace of 100,000 photos to measure on, made in a minute or two.

Every photo has its own row, digest, perceptual hash and thumbnail file. Their pictures are a few
hundred drawn ones, and the photos themselves are hard links to those: no benchmark reads them all.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.drawn import photo
from dragon_app.core.near import NearIndex
from dragon_app.core.types import EventKind, NewImage
from dragon_app.imaging.decode import inspect_bytes
from dragon_app.imaging.thumbnails import thumbnail
from dragon_app.storage.labels import IMPORTER
from dragon_app.storage.workspace import Workspace, open_workspace

CLASSES = ("dragon", "knight", "castle", "forest", "lake")
_PICTURES = 300
_STEP = 5000
_LABELLED = 0.4


def build(folder: Path, count: int) -> None:
    """Make a workspace with so many photos, two of five labelled."""
    workspace = open_workspace(folder)
    try:
        originals = [folder / "drawn" / str(i) for i in range(_PICTURES)]
        originals[0].parent.mkdir()
        small: list[bytes] = []
        for number, path in enumerate(originals):
            data = photo(number)
            path.write_bytes(data)
            small.append(thumbnail(inspect_bytes(data).pixels))
        ids: list[int] = []
        index = NearIndex()
        for start in range(0, count, _STEP):
            images = list(_rows(start, min(count, start + _STEP)))
            for number, image in enumerate(images, start):
                _link(originals[number % _PICTURES], workspace.blobs.path(image.digest))
                workspace.blobs.put_thumbnail(image.digest, small[number % _PICTURES])
            ids += workspace.images.add(images, index)
        _label(workspace, ids)
    finally:
        workspace.close()


def _rows(first: int, end: int) -> Iterator[NewImage]:
    for number in range(first, end):
        yield NewImage(
            digest=hashlib.sha256(f"crowd {number}".encode()).hexdigest(),
            perceptual_hash=np.random.default_rng((7, number)).bytes(16).hex(),
            format="JPEG",
            width_px=800,
            height_px=600,
            size_bytes=100_000 + number % 5000,
            name=f"photo {number:06}.jpg",
        )


def _label(workspace: Workspace, ids: list[int]) -> None:
    classes = [str(workspace.classes.create(name).id) for name in CLASSES]
    rng = np.random.default_rng(8)
    for start in range(0, len(ids), _STEP):
        chosen = [i for i in ids[start : start + _STEP] if rng.random() < _LABELLED]
        labels: dict[int, str | None] = {i: classes[int(rng.integers(5))] for i in chosen}
        workspace.labels.apply(EventKind.CLASS, labels, batch=f"crowd-{start:09}", who=IMPORTER)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    os.link(source, target)
