"""How sure suggestions say they are, against how often they are right, by the number of labels.

    python benchmarks/draft_confidence.py [--data FOLDER] [--seeds 10]

Labels of the photos to learn from are drawn at random, at least three of each class in use; the
drafts of the validation photos are looked at. FOLDER has `train` and `val`, a folder a class.
Nothing is timed.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.flower_vectors import Part, read_parts
from dragon_app.core.vectors import Floats
from dragon_app.services.drafts import cautious
from dragon_app.vision.embedding import fit_head

ROOT = Path(__file__).parents[1]
FEWEST = 3
CASES = ((2, 6), (2, 10), (2, 20), (5, 15), (5, 20), (5, 50), (5, 100), (5, 200), (5, 500))
SURE = (0.9, 0.99)


def drafts(train: Part, val: Part, classes: int, labels: int, seed: int) -> tuple[Floats, ...]:
    """Return how sure the head is (N,), how sure the drafts are, and which are right."""
    random = np.random.default_rng(seed)
    used = random.permutation(train.targets.max() + 1)[:classes]
    order = [i for i in random.permutation(len(train.targets)) if train.targets[i] in used]
    first = [i for each in used for i in [i for i in order if train.targets[i] == each][:FEWEST]]
    taken = np.array((first + [i for i in order if i not in set(first)])[:labels])
    head = fit_head(
        train.vectors.rows[taken],
        np.searchsorted(np.sort(used), train.targets[taken]),
        classes=classes,
        start=None,
        should_stop=lambda: False,
    )
    asked = np.isin(val.targets, used)
    likely = head.probabilities(val.vectors.rows[asked])
    is_right = np.sort(used)[likely.argmax(1)] == val.targets[asked]
    return likely.max(1), cautious(likely, labels).max(1), is_right.astype(np.float32)


def main() -> None:
    """Print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "flowers")
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        train, val = read_parts(options.data, Path(cache))
    heads = " | ".join(f"at least {each:.0%}: how many, right" for each in SURE)
    sys.stdout.write(
        f"| classes, labels | head | draft | right | {heads} |\n|---|---|---|---|---|---|\n"
    )
    for classes, labels in CASES:
        found = [drafts(train, val, classes, labels, seed) for seed in range(options.seeds)]
        sure = np.concatenate([each[0] for each in found])
        said = np.concatenate([each[1] for each in found])
        right = np.concatenate([each[2] for each in found])
        cells = []
        for least in SURE:
            some = right[said >= least]
            cells.append(f"{len(some) / len(right):.0%}, {some.mean():.3f}" if len(some) else "0 %")
        sys.stdout.write(
            f"| {classes}, {labels} | {sure.mean():.3f} | {said.mean():.3f} | {right.mean():.3f} | "
            f"{' | '.join(cells)} |\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
