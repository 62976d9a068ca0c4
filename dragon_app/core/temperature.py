"""How sure a model may sound: one number, the temperature, fitted to photos it did not learn from.

Pure numbers. Which class is likeliest never changes; only how likely it is said to be.
"""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FEWEST = 20  # held-out photos; fewer say nothing about how sure to be
SPREAD = 0.5  # of log T beforehand: without it, photos that are all right ask for certainty
_WIDEST = math.log(20)
_LEAST = 1e-12
_GOLDEN = (math.sqrt(5) - 1) / 2

Probabilities = NDArray[np.float32]  # (N, C)


def fit_temperature(probabilities: Probabilities, targets: NDArray[np.int64]) -> float:
    """Return the temperature under which the targets (N,) are likeliest; 1.0 when N is small."""
    if len(targets) < FEWEST:
        return 1.0
    scores = np.log(np.maximum(probabilities.astype(np.float64), _LEAST))  # (N, C)

    def cost(log_t: float) -> float:
        scaled = scores / math.exp(log_t)
        totals = np.log(
            np.exp(scaled).sum(axis=1)
        )  # (N,): none above 1 in `scores`, none overflows
        missed = totals - scaled[np.arange(len(targets)), targets]
        return float(missed.sum()) + 0.5 * (log_t / SPREAD) ** 2

    return math.exp(_lowest(cost))


def tempered(probabilities: Probabilities, temperature: float) -> Probabilities:
    """Return probabilities (N, C) less sure for a temperature above 1, surer below."""
    if temperature == 1.0:
        return probabilities
    scores = np.log(np.maximum(probabilities.astype(np.float64), _LEAST)) / temperature
    likely = np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(likely / likely.sum(axis=1, keepdims=True), np.float32)


def _lowest(cost: Callable[[float], float]) -> float:
    """Search by the golden section for where a function with one valley is lowest."""
    low, high = -_WIDEST, _WIDEST
    while high - low > 1e-3:
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        if cost(left) <= cost(right):
            high = right
        else:
            low = left
    return (low + high) / 2
