"""Whether rare classes count more in a training, in words: before it, and of one that was begun."""

from collections.abc import Sequence

from dragon_app.core.balance import settled, unequal_words
from dragon_app.core.config import Balance
from dragon_app.core.training import Run
from dragon_app.core.types import ClassCount
from dragon_app.storage.workspace import Workspace


def balance_words(counts: Sequence[ClassCount], balance: Balance) -> str:
    """Say how far apart classes are and what is done about it; nothing when they are not."""
    used = [count for count in counts if count.train and not count.image_class.is_disabled]
    ends = unequal_words(
        [count.image_class.name for count in used], [count.train for count in used]
    )
    if not ends:
        return ""
    if balance is Balance.OFF:
        return (
            f"Your classes are unequal ({ends}), and every photo counts alike: rare classes may be "
            "overlooked."
        )
    return f"Your classes are unequal ({ends}): rare classes will count more."


def what_was_done(workspace: Workspace, run: Run, balance: Balance) -> str:
    """Say whether all classes counted alike in a run, and how many photos they had."""
    counts = workspace.snapshots.learned_from(run.snapshot_id)
    ends = unequal_words(run.class_names, counts)
    found = f" ({ends})" if ends else ""
    match settled(balance, counts):
        case Balance.OFF if balance is Balance.AUTO:
            return "By itself: the classes are near enough, every photo counted alike"
        case Balance.OFF:
            return f"Off: every photo counted alike{found}"
        case Balance.SAMPLING:
            return f"Photos of rare classes were shown more often{found}"
        case _:
            return f"Mistakes on rare classes counted more{found}"
