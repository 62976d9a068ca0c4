"""Which photos a photo is like: those in nearly the same direction from the middle of all.

Pure numbers; knows no network.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.vectors import Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Likeness:
    """Photos to compare with; nobody writes into these numbers."""

    middle: Floats  # (D,)
    directions: Floats  # (N, D), each of length 1

    def cosines(self, vectors: Floats) -> Floats:
        """Return how much alike photos (M, D) are to each of these, (M, N), at most 1."""
        return np.asarray(_directions(vectors - self.middle) @ self.directions.T, np.float32)

    def nearest(self, vectors: Floats, count: int) -> NDArray[np.int64]:
        """Return which of these photos (M, D) are most like, (M, count), the nearest first."""
        return np.argsort(-self.cosines(vectors), axis=1, kind="stable")[:, :count]


def fit_likeness(vectors: Floats) -> Likeness:
    """Keep photos (N, D), N at least 1, to compare others with."""
    middle = vectors.mean(0)
    return Likeness(middle=middle, directions=_directions(vectors - middle))


def _directions(rows: Floats) -> Floats:
    lengths = np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    return np.asarray(rows / lengths, np.float32)
