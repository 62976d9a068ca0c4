"""How doubtful labels are, by what heads say of photos that they did not learn from. Pure numbers.

The idea is that of confident learning: Northcutt, Jiang and Chuang, "Confident Learning: Estimating
Uncertainty in Dataset Labels", Journal of Artificial Intelligence Research 70 (2021). Here labels
are ranked by their odds against the likeliest other class, and none is spared because its rival
stays below what is usual for that class: see decision 022 for what either costs.
"""

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.vectors import Floats, Ids


def self_confidence(likely: Floats, labels: Ids) -> Floats:
    """Return the probability (N,) of each label, by probabilities (N, C) out of fold."""
    return np.take_along_axis(likely, labels[:, None], 1)[:, 0]


def rivals(likely: Floats, labels: Ids) -> Ids:
    """Return the likeliest class beside the label of each photo, (N,)."""
    others = likely.copy()
    np.put_along_axis(others, labels[:, None], -1, 1)
    return np.asarray(others.argmax(1))


def doubts(likely: Floats, labels: Ids) -> NDArray[np.float64]:
    """Return how likely the rival is where it is either that or the label, (N,): 0.5 is a tie.

    In this order the logarithm of the odds grows.
    """
    label = self_confidence(likely, labels).astype(np.float64)
    rival = self_confidence(likely, rivals(likely, labels)).astype(np.float64)
    return np.asarray(rival / np.maximum(rival + label, 1e-300))
