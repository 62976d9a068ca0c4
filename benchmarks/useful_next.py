"""How many labels reach 95 % of the accuracy with all, most useful next against random order, and
how many of all are given by hand where suggestions are accepted.

    python benchmarks/useful_next.py [--data FOLDER] [--seeds 5]

The photos to learn from answer with their own class, ten at a time; after each ten the head is
fitted anew and measured on the validation photos. FOLDER has `train` and `val`, a folder a class.
Needs an even hand, not a quiet machine: nothing is timed.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.flower_vectors import Part, read_parts
from dragon_app.core.useful import most_useful
from dragon_app.core.vectors import DraftHead, Floats, Ids, Vectors
from dragon_app.vision.embedding import fit_head

ROOT = Path(__file__).parents[1]
STEP = 10  # labels between two fits
ENOUGH = 0.95  # of the accuracy with all labels
Order = Callable[[Vectors, Ids, Ids, Floats | None, np.random.Generator], Ids]


@dataclass(frozen=True)
class Course:
    """Accuracy on the validation photos after each ten labels, and how many were given by hand.

    By hand is what had no suggestion yet, or a wrong one; the rest was one press of Enter each.
    """

    accuracies: tuple[float, ...]
    by_hand: int

    def labels_for(self, accuracy: float) -> int:
        """Return how many labels first reached an accuracy."""
        reached = [i for i, each in enumerate(self.accuracies) if each >= accuracy]
        return STEP * (reached[0] + 1)


def at_random(
    vectors: Vectors,
    waiting: Ids,
    labelled: Ids,
    likely: Floats | None,
    random: np.random.Generator,
) -> Ids:
    """Return any order."""
    return random.permutation(waiting)


def by_use(
    vectors: Vectors,
    waiting: Ids,
    labelled: Ids,
    likely: Floats | None,
    random: np.random.Generator,
) -> Ids:
    """Return the app's order."""
    return waiting[most_useful(vectors, waiting, labelled, likely, batch=STEP)]


def by_doubt(
    vectors: Vectors,
    waiting: Ids,
    labelled: Ids,
    likely: Floats | None,
    random: np.random.Generator,
) -> Ids:
    """Return the least certain first, random before any label."""
    if likely is None:
        return random.permutation(waiting)
    two = np.partition(likely, -2, axis=1)[:, -2:]
    return waiting[np.argsort(two[:, 1] - two[:, 0])]


def by_variety(
    vectors: Vectors,
    waiting: Ids,
    labelled: Ids,
    likely: Floats | None,
    random: np.random.Generator,
) -> Ids:
    """Return what is unlike the rest first."""
    return waiting[most_useful(vectors, waiting, labelled, None, batch=STEP)]


ORDERS: dict[str, Order] = {
    "random": at_random,
    "most useful next": by_use,
    "doubt alone": by_doubt,
    "variety alone": by_variety,
}


def label_all(train: Part, val: Part, order: Order, *, seed: int) -> Course:
    """Label all photos in an order, from a random first one; return how accuracy grows."""
    random = np.random.default_rng(seed)
    vectors = train.vectors
    labelled = random.integers(len(vectors.ids), size=1)
    waiting = np.setdiff1d(np.arange(len(vectors.ids)), labelled)
    head: DraftHead | None = None
    known = np.empty(0, np.int64)
    accuracies = []
    by_hand = len(labelled)
    while len(waiting):
        likely = None if head is None else head.probabilities(vectors.rows[waiting])
        count = STEP - len(labelled) % STEP
        taken = order(vectors, waiting, labelled, likely, random)[:count]
        by_hand += len(taken)
        if head is not None:
            drafts = known[head.probabilities(vectors.rows[taken]).argmax(1)]
            by_hand -= int((drafts == train.targets[taken]).sum())
        labelled = np.concatenate([labelled, taken])
        waiting = np.setdiff1d(waiting, taken)
        known, targets = np.unique(train.targets[labelled], return_inverse=True)
        is_same = head is not None and len(head.bias) == len(known)
        if len(known) < 2:
            accuracies.append(float((val.targets == known[0]).mean()))
            continue
        head = fit_head(
            vectors.rows[labelled],
            targets.astype(np.int64),
            classes=len(known),
            start=head if is_same else None,
            should_stop=lambda: False,
        )
        said = known[head.probabilities(val.vectors.rows).argmax(1)]
        accuracies.append(float((said == val.targets).mean()))
    return Course(tuple(accuracies), by_hand)


def main() -> None:
    """Print a table of the orders."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "flowers")
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        train, val = read_parts(asked.data, Path(cache))
    courses: dict[str, list[Course]] = {}
    for name, order in ORDERS.items():
        courses[name] = [label_all(train, val, order, seed=seed) for seed in range(asked.seeds)]
        sys.stderr.write(f"{name} done\n")
    full = mean(course.accuracies[-1] for each in courses.values() for course in each)
    sys.stdout.write(f"all labels: {full:.3f}; enough: {ENOUGH * full:.3f}\n")
    sys.stdout.write(
        "| order | labels until enough, each seed | mean | after 50 | after 100 | by hand |\n"
    )
    sys.stdout.write("|---|---|---|---|---|---|\n")
    for name, each in courses.items():
        needed = [course.labels_for(ENOUGH * full) for course in each]
        early = [mean(c.accuracies[n // STEP - 1] for c in each) for n in (50, 100)]
        sys.stdout.write(
            f"| {name} | {', '.join(map(str, needed))} | {mean(needed):.0f} | {early[0]:.3f} "
            f"| {early[1]:.3f} | {mean(course.by_hand for course in each):.0f} |\n"
        )


if __name__ == "__main__":
    main()
