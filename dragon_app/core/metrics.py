"""Numbers about predictions: confusion, precision, recall, intervals. Pure; knows no model."""

from collections.abc import Sequence
from math import floor, sqrt

Confusion = tuple[tuple[int, ...], ...]


def confusion_matrix(
    truths: Sequence[int], predictions: Sequence[int], *, classes: int
) -> Confusion:
    """Count `[true][predicted]` pairs of class indices."""
    counts = [[0] * classes for _ in range(classes)]
    for truth, prediction in zip(truths, predictions, strict=True):
        counts[truth][prediction] += 1
    return tuple(tuple(row) for row in counts)


def accuracy(confusion: Confusion) -> float:
    """Return the share on the diagonal, 0 when the matrix is empty."""
    total = sum(map(sum, confusion))
    return sum(row[i] for i, row in enumerate(confusion)) / total if total else 0.0


def balanced_accuracy(confusion: Confusion) -> float:
    """Return the mean recall of the classes that have photos: each counts alike."""
    recalls = [row[i] / sum(row) for i, row in enumerate(confusion) if sum(row)]
    return sum(recalls) / len(recalls) if recalls else 0.0


def per_class(confusion: Confusion, names: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return precision, recall, F1 and the number of photos (`n`) of every class by its name."""
    scores: dict[str, dict[str, float]] = {}
    for i, name in enumerate(names):
        hits = confusion[i][i]
        truths = sum(confusion[i])
        claims = sum(row[i] for row in confusion)
        precision = hits / claims if claims else 0.0
        recall = hits / truths if truths else 0.0
        both = precision + recall
        f1 = 2 * precision * recall / both if both else 0.0
        scores[name] = {"precision": precision, "recall": recall, "f1": f1, "n": truths}
    return scores


def percent(share: float) -> str:
    """Return a share in words, "95 %": never 100 % while something is missing, as the page says."""
    if 0.995 <= share < 1:
        return f"{floor(share * 1000) / 10:g} %"
    return f"{floor(share * 100 + 0.5)} %"


def percent_range(low: float, high: float) -> str:
    """Return where a share likely lies in words, "88 to 98 %"."""
    return f"{percent(low).removesuffix(' %')} to {percent(high)}"


def wilson_interval(hits: int, n: int, *, z: float = 1.96) -> tuple[float, float]:
    """Return the Wilson interval of a share, 95 % by default; (0, 1) when there is no photo."""
    if n == 0:
        return 0.0, 1.0
    share = hits / n
    centre = share + z * z / (2 * n)
    spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    low = 0.0 if hits == 0 else max(0.0, (centre - spread) / scale)  # exactly, not but for rounding
    high = 1.0 if hits == n else min(1.0, (centre + spread) / scale)
    return low, high
