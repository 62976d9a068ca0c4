"""What suggestions cost with vectors at hand: fitting, scoring, the nearest photos, what is next.

    python benchmarks/suggest.py [--times 5]

Made-up vectors of 440 numbers around 20 middles. Needs a quiet machine.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from dragon_app.core.useful import most_useful
from dragon_app.core.vectors import DraftHead, Vectors
from dragon_app.vision.embedding import fit_head

WIDTH = 440
LABELS, PHOTOS, MANY = 2_000, 10_000, 100_000
NEW = 10  # labels since the last fit


def made_up(count: int, classes: int) -> tuple[Vectors, np.ndarray]:
    """Return vectors as a network ends in, none below zero, and their classes (N,)."""
    random = np.random.default_rng(0)
    targets = random.integers(classes, size=count)
    rows = random.normal(0, 0.35, (classes, WIDTH))[targets].astype(np.float32)
    rows += random.standard_normal((count, WIDTH), np.float32)
    np.maximum(rows, 0, out=rows)
    return Vectors(ids=np.arange(count), rows=rows, squares=np.square(rows).sum(1)), targets


def seconds(times: int, work: Callable[[], object]) -> float:
    """Return the median of so many turns."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return median(taken)


def fits(times: int, classes: int) -> None:
    """Print the seconds of a refit and of a fit that chooses its strength, scoring included."""
    vectors, targets = made_up(PHOTOS, classes)

    def head(labels: int, start: DraftHead | None) -> DraftHead:
        found = fit_head(
            vectors.rows[:labels],
            targets[:labels],
            classes=classes,
            start=start,
            should_stop=lambda: False,
        )
        found.probabilities(vectors.rows)
        return found

    before = head(LABELS - NEW, None)
    again = seconds(times, lambda: head(LABELS, before))
    anew = seconds(1, lambda: head(LABELS, None))
    what = f"{LABELS:,} labels of {classes} classes on {PHOTOS:,} photos"
    sys.stdout.write(
        f"| {what} | {again:.2f} s (limit 0.5) |\n"
        f"| the same where the folds choose the strength | {anew:.1f} s |\n"
    )


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=5)
    times = parser.parse_args().times
    sys.stdout.write("| what | median |\n|---|---|\n")
    for classes in (5, 20):
        fits(times, classes)
    vectors, _ = made_up(MANY, 20)
    near = 1000 * seconds(times, lambda: vectors.nearest(7))
    sys.stdout.write(f"| the nearest of {MANY:,} | {near:.0f} ms (limit 100) |\n")
    likely = np.full((MANY, 20), 0.05, np.float32)
    useful = seconds(times, lambda: most_useful(vectors, vectors.ids, vectors.ids[:300], likely))
    sys.stdout.write(f"| the most useful of {MANY:,} | {useful:.2f} s |\n")


if __name__ == "__main__":
    main()
