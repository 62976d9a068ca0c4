"""How many more photos would help: a power law through what fewer photos gave. Pure numbers.

The share of mistakes falls about like a power of the number of photos (Cortes and others, 1993).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.metrics import Confusion, wilson_interval

Curve = Sequence[tuple[int, float]]  # (photos learned from, share right), from few to many


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldScores:
    """How last layers did on `n` photos that they did not learn from, over several repeats.

    `confusion[true][said]` counts all repeats; each has a curve of what fewer photos gave.
    """

    n: int
    confusion: Confusion
    curves: tuple[tuple[tuple[int, float], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The share right to expect when so many photos are learned from, and how far off it may be."""

    photos: int
    right: float
    low: float
    high: float


def forecast(curves: Sequence[Curve], *, photos: int, measured_on: int) -> Forecast:
    """Carry the law on to `photos` learned from.

    The range holds four of five repeats, and what Wilson's interval of today leaves open: all
    repeats see the same photos. `measured_on` is how many those are; half a mistake is added, so
    that no mistake at all has a logarithm too.
    """
    together = [(n, right) for curve in curves for n, right in curve]
    expected = _carried_on(together, photos, measured_on)
    each = [_carried_on(curve, photos, measured_on) for curve in curves]
    low, high = np.quantile(each, [0.1, 0.9])
    today = float(np.mean([curve[-1][1] for curve in curves]))
    least, most = wilson_interval(round(today * measured_on), measured_on)
    wrong = (1 - expected) / max(1 - today, 0.5 / measured_on)  # of today's mistakes, what stays
    return Forecast(
        photos=photos,
        right=expected,
        low=max(0.0, min(float(low), expected, 1 - wrong * (1 - least))),
        high=max(float(high), expected, 1 - wrong * (1 - most)),
    )


def _carried_on(points: Curve, photos: int, measured_on: int) -> float:
    sizes: NDArray[np.float64] = np.log([n for n, _ in points])
    mistakes = np.log([1 - right + 0.5 / measured_on for _, right in points])
    centred = sizes - sizes.mean()
    spread = float(centred @ centred)
    slope = float(centred @ mistakes) / spread if spread else 0.0
    slope = min(slope, 0.0)  # more photos do not make it worse
    wrong = np.exp(mistakes.mean() + slope * (np.log(photos) - sizes.mean())) - 0.5 / measured_on
    return float(np.clip(1 - wrong, 0, 1))
