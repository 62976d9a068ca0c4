"""How many more photos would help: a law through what fewer photos gave. Pure numbers.

The odds of a mistake fall about like a power of the number of photos. As odds, that law holds near
chance too, where a share of mistakes bends. How fast they fall differs little from task to task
and is badly seen on few photos, so that the slope is drawn toward a usual one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.metrics import Confusion, wilson_interval

USUAL_SLOPE = -0.3  # of the logarithm of the odds, by that of the photos
SLOPE_SPREAD = 0.2  # to either side: what is taken for possible
_PRIOR = 0.5  # what the usual slope weighs: a curve weighs the squares of its log (photos / most)
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

    The range holds what Wilson's interval of today leaves open, carried on, and what slopes differ
    by: repeats see the same photos and would promise too narrow a one. `measured_on` is how many
    those are; at least half a mistake, and half a hit, keep the odds finite.
    """
    points = [(n, right) for curve in curves for n, right in curve]
    most = max(n for n, _ in points)
    ahead = float(np.log(photos / most))
    today, slope = _law(points, most, measured_on, repeats=len(curves))
    then = today + slope * ahead
    right = _right(today)
    lowest, highest = wilson_interval(round(right * measured_on), measured_on)
    grown = SLOPE_SPREAD * ahead
    return Forecast(
        photos=photos,
        right=_right(then),
        low=_right(then + np.hypot(_odds(lowest, measured_on) - today, grown)),
        high=_right(then - np.hypot(today - _odds(highest, measured_on), grown)),
    )


def _law(points: Curve, most: int, measured_on: int, *, repeats: int) -> tuple[float, float]:
    """Return the logarithm of the odds of a mistake at `most` photos, and its slope."""
    places: NDArray[np.float64] = np.log([n / most for n, _ in points])
    odds = np.array([_odds(right, measured_on) for _, right in points])
    prior = _PRIOR * repeats
    matrix = np.array([[len(places), places.sum()], [places.sum(), places @ places + prior]])
    today, slope = np.linalg.solve(matrix, [odds.sum(), places @ odds + prior * USUAL_SLOPE])
    if slope > 0:  # more photos do not make it worse
        return float(odds.mean()), 0.0
    return float(today), float(slope)


def _odds(right: float, measured_on: int) -> float:
    """Return the logarithm of the odds of a mistake."""
    hits = np.clip(right * measured_on, 0.5, measured_on - 0.5)
    return float(np.log((measured_on - hits) / hits))


def _right(odds: float) -> float:
    return float(1 / (1 + np.exp(odds)))
