"""Which photo is learned from and which is measured on. A pure rule; decided once, then stored."""

from dragon_app.core.types import ClassCount, Split

VAL_SHARE = 0.2
_PART_NAMES = {
    **dict.fromkeys(("train", "training"), Split.TRAIN),
    **dict.fromkeys(("val", "valid", "validation"), Split.VAL),
    **dict.fromkeys(("test", "testing"), Split.TEST),
}
MIN_TRAIN = 2
MIN_VAL = 1
MIN_CLASSES = 2


def part_named(name: str) -> Split | None:
    """Return the part that a folder or a table calls so; None when it is no part's name."""
    return _PART_NAMES.get(name.strip().casefold())


def choose_split(*, train: int, val: int, size: int = 1) -> Split:
    """Choose the part of a new group of `size` photos of a class that holds `train` and `val`.

    Every class comes as near to 80/20 as whole groups allow; the third single photo is the
    first to be measured on, so that three photos are enough to train.
    """
    wanted = round(VAL_SHARE * (train + val + size))
    return Split.VAL if val + size <= wanted else Split.TRAIN


def missing_photos(counts: list[ClassCount]) -> list[str]:
    """Say in plain words what is missing before training can start; empty when nothing is."""
    enabled = [count for count in counts if not count.image_class.is_disabled]
    used = [count for count in enabled if count.train + count.val]
    problems: list[str] = []
    if len(enabled) < MIN_CLASSES:
        problems.append("Training needs two classes or more")
    for count in used if len(used) >= MIN_CLASSES else enabled:
        name = count.image_class.name
        short = MIN_TRAIN + MIN_VAL - count.train - count.val
        if short > 0:
            problems.append(f"{name} needs {short} more {'photo' if short == 1 else 'photos'}")
        elif count.train < MIN_TRAIN or count.val < MIN_VAL:
            problems.append(f"{name} needs photos that differ more from one another")
    return problems
