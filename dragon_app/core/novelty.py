"""How unlike a photo is to all that a network learned from. Pure numbers; knows no network.

The relative Mahalanobis distance: how far a vector lies from the nearest class, by the spread
within classes, less how far it lies from the middle of all, by the spread of all. The second takes
away what is large for any photo of this kind.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.vectors import Floats

FEWEST = 20  # held-out photos, without which nobody can say what is usual
_SHRINKAGE = 0.5  # toward a round spread: there are about as many photos as numbers in a vector


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Novelty:
    """What is usual; nobody writes into these numbers."""

    means: Floats  # (C, D)
    middle: Floats  # (D,)
    within: Floats  # (D, D), inverse spread within classes
    around: Floats  # (D, D), inverse spread of all
    usual: Floats  # (M,), how strange held-out photos are, ascending

    def strangeness(self, rows: Floats) -> Floats:
        """Return how strange vectors (N, D) are, (N,); only comparisons have a meaning."""
        nearest = np.full(len(rows), np.inf, np.float32)
        for mean in self.means:
            nearest = np.minimum(nearest, _squares(rows - mean, self.within))
        found: Floats = nearest - _squares(rows - self.middle, self.around)
        return found


def fit_novelty(rows: Floats, targets: NDArray[np.int64], *, held_out: Floats) -> Novelty | None:
    """Learn what is usual from vectors (N, D) with classes (N,), and from held-out ones (M, D).

    None where too few were held out.
    """
    if len(held_out) < FEWEST:
        return None
    means = np.stack([rows[targets == target].mean(0) for target in np.unique(targets)])
    place = np.searchsorted(np.unique(targets), targets)
    middle = rows.mean(0)
    fitted = Novelty(
        means=means,
        middle=middle,
        within=_inverse_spread(rows - means[place]),
        around=_inverse_spread(rows - middle),
        usual=np.zeros(0, np.float32),
    )
    return replace(fitted, usual=np.sort(fitted.strangeness(held_out)))


def _squares(offsets: Floats, inverse: Floats) -> Floats:
    found: Floats = ((offsets @ inverse) * offsets).sum(1)
    return found


def _inverse_spread(offsets: Floats) -> Floats:
    spread = offsets.T.astype(np.float64) @ offsets / len(offsets)  # (D, D)
    size = len(spread)
    round_spread = max(float(np.trace(spread)) / size, 1e-12)
    shrunk = (1 - _SHRINKAGE) * spread + _SHRINKAGE * round_spread * np.eye(size)
    return np.asarray(np.linalg.inv(shrunk), np.float32)
