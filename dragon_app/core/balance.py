"""When classes are so unequal that rare ones should count more, and by how much. Pure numbers."""

from collections.abc import Sequence

from dragon_app.core.config import Balance

UNEQUAL_ABOVE = 3.0  # times as many photos in the largest class as in the smallest


def is_unequal(counts: Sequence[int]) -> bool:
    """Whether the largest class has far more photos than the smallest; empty ones do not count."""
    present = [count for count in counts if count]
    return bool(present) and max(present) > UNEQUAL_ABOVE * min(present)


def settled(balance: Balance, counts: Sequence[int]) -> Balance:
    """Return what is done where classes have so many training photos: AUTO is one of the others.

    The loss, not the sampling: as good on unequal flowers, and every epoch sees all photos.
    """
    if balance is not Balance.AUTO:
        return balance
    return Balance.LOSS if is_unequal(counts) else Balance.OFF


def class_weights(counts: Sequence[int]) -> tuple[float, ...]:
    """Return how much a photo of each class counts, so that all classes count alike.

    The mean over all photos is 1; a class without photos has no weight.
    """
    present = sum(1 for count in counts if count)
    return tuple(sum(counts) / (present * count) if count else 0.0 for count in counts)


def unequal_words(names: Sequence[str], counts: Sequence[int]) -> str:
    """Return the largest and the smallest class, as "120 knight, 20 dragon"; none when equal."""
    if not is_unequal(counts):
        return ""
    present = [(count, name) for name, count in zip(names, counts, strict=True) if count]
    ends = max(present), min(present)
    return ", ".join(f"{count} {name}" for count, name in ends)
