"""How far a model's confidence can be taken at its word. Pure numbers; knows no model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The photos of one range of confidence: how many, how sure on average, how often right."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """The bins that hold photos, from unsure to sure, and all photos together.

    `error` is the expected calibration error: how far confidence and share right lie apart, on
    average over the photos, bin by bin.
    """

    bins: tuple[Bin, ...]
    n: int
    confidence: float
    right: float
    error: float


def reliability(
    confidences: NDArray[np.float32], hits: NDArray[np.bool_], *, bins: int = 10
) -> Reliability:
    """Sort photos into bins of equal width by the probability of the class that was said."""
    place = np.minimum((confidences * bins).astype(int), bins - 1)  # (N,)
    found = []
    for number in range(bins):
        inside = place == number
        if inside.any():
            found.append(
                Bin(
                    low=number / bins,
                    high=(number + 1) / bins,
                    n=int(inside.sum()),
                    confidence=float(confidences[inside].mean()),
                    right=float(hits[inside].mean()),
                )
            )
    n = len(hits)
    return Reliability(
        bins=tuple(found),
        n=n,
        confidence=float(confidences.mean()) if n else 0.0,
        right=float(hits.mean()) if n else 0.0,
        error=sum(each.n * abs(each.right - each.confidence) for each in found) / n if n else 0.0,
    )
