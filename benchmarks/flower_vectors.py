"""A folder of classes as vectors: what the benchmarks of suggestions share. Knows no app."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dragon_app.core.training import CacheFolder
from dragon_app.core.vectors import Ids, PhotoFile, Vectors
from dragon_app.vision.embedding import StarterEmbedder

_BATCH = 32


@dataclass(frozen=True, eq=False)
class Part:
    """Photos as vectors, ids from 0, and their classes (N,)."""

    vectors: Vectors
    targets: Ids


def read_parts(folder: Path, cache: Path) -> tuple[Part, Part]:
    """Return the photos to learn from and those to measure on, `train` and `val`."""
    embedder = StarterEmbedder(CacheFolder(path=cache), should_stop=lambda: False)
    train, val = (_part(folder / name, embedder) for name in ("train", "val"))
    embedder.rest()
    return train, val


def _part(folder: Path, embedder: StarterEmbedder) -> Part:
    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    paths = [path for name in names for path in sorted((folder / name).iterdir())]
    files = [PhotoFile(path=p, digest=hashlib.sha256(p.read_bytes()).hexdigest()) for p in paths]
    rows = np.concatenate(
        [embedder.rows(files[start : start + _BATCH]) for start in range(0, len(files), _BATCH)]
    ).astype(np.float32)
    vectors = Vectors(ids=np.arange(len(rows)), rows=rows, squares=np.square(rows).sum(1))
    return Part(vectors, np.array([names.index(path.parent.name) for path in paths]))
