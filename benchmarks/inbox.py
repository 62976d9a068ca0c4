"""How many wrong labels the first tenth of the fix-it inbox holds, beside cleanlab's rankings.

    python benchmarks/inbox.py [--data FOLDER] [--seeds 10] [--cleanlab PYTHON]

The photos of FOLDER/train, a folder a class, are added to a workspace; 5 % of their labels, drawn
by each seed, become another class; the inbox is made and read in its own order, all kinds together.
PYTHON is that of an environment with cleanlab (`benchmarks/peers/cleanlab_ranks.py` tells how to
make it): it ranks the same labels by the same out-of-fold probabilities. Nothing is timed.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from dragon_app.core.vectors import Floats, Ids
from dragon_app.services.inbox import Inbox
from dragon_app.services.inspecting import Inspecting
from dragon_app.services.intake import scan
from dragon_app.wiring import App, open_app, vision

ROOT = Path(__file__).parents[1]
FLIPPED = 0.05
READ = 0.1  # of the photos: so far a person reads


@dataclass(frozen=True)
class Trial:
    """One seed: which photos carry a wrong label, in what order the inbox lists photos."""

    flipped: Ids  # places, not ids
    listed: Ids
    likely: Floats  # (N, C)
    labels: Ids  # (N,)

    def recall(self, order: Sequence[int] | Ids) -> float:
        """Return the share of the wrong labels within the first tenth."""
        first = order[: round(READ * len(self.labels))]
        return float(np.isin(self.flipped, first).mean())


def try_seed(app: App, seed: int) -> Trial:
    """Flip labels, read the inbox, and put the labels back."""
    images = app.dataset.described(range(1, app.dataset.summary().total + 1))
    ids = np.array([image.id for image in images])
    truths = np.array([image.class_id for image in images])
    class_ids = np.unique(truths)
    random = np.random.default_rng(seed)
    flipped = random.choice(len(ids), round(FLIPPED * len(ids)), replace=False)
    labels = truths.copy()
    for place in flipped:
        labels[place] = random.choice(class_ids[class_ids != truths[place]])
        app.labelling.assign([int(ids[place])], int(labels[place]))
    inspecting = Inspecting(app.workspace, vision, app.results, app.history)
    inbox = Inbox(app.workspace, app.dataset, app.embedding, inspecting, is_busy=lambda: False)
    inbox.wait(report=lambda words: None)
    listed = np.array([finding.image_id for finding in inbox.findings()])
    inbox.close()
    vectors = app.embedding.vectors()
    if vectors is None:
        raise SystemExit("The photos could not be looked at.")
    targets = np.searchsorted(class_ids, labels)
    likely = vision().out_of_fold(
        vectors.rows[vectors.places(ids)],
        targets,
        np.array([image.group_id for image in images]),
        classes=len(class_ids),
        should_stop=lambda: False,
    )
    for place in flipped:
        app.labelling.assign([int(ids[place])], int(truths[place]))
    return Trial(flipped, np.searchsorted(ids, listed), likely, targets)


def peers(python: Path, trials: Sequence[Trial]) -> dict[str, list[float]]:
    """Return the recall of cleanlab's orders, each seed."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.npz" for number in range(len(trials))]
        for file, trial in zip(files, trials, strict=True):
            np.savez(file, likely=trial.likely, labels=trial.labels)
        script = ROOT / "benchmarks" / "peers" / "cleanlab_ranks.py"
        done = subprocess.run(
            [python, script, *files], stdout=subprocess.PIPE, check=True, text=True
        )
    answer = json.loads(done.stdout)
    return {
        f"cleanlab {answer['version']}, {name}": [
            trial.recall(orders[name])
            for trial, orders in zip(trials, answer["orders"], strict=True)
        ]
        for name in answer["orders"][0]
    }


def main() -> None:
    """Print a table of the orders."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "flowers")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--cleanlab", type=Path, metavar="PYTHON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = open_app(Path(folder) / "workspace")
        app.dataset.add(scan([asked.data / "train"]))
        app.embedding.open(on_more=lambda: None)
        try:
            trials = [try_seed(app, seed) for seed in range(asked.seeds)]
        finally:
            app.embedding.close()
            app.close()
    rows = {"the inbox, all kinds": [trial.recall(trial.listed) for trial in trials]}
    if asked.cleanlab is not None:
        rows |= peers(asked.cleanlab, trials)
    right = mean(float((t.likely.argmax(1) == t.labels).mean()) for t in trials)
    print(
        f"{len(trials[0].labels)} photos, {len(trials[0].flipped)} labels wrong; out of fold ",
        end="",
    )
    print(f"{right:.3f} of the labels as given are the likeliest class")
    print("| order | wrong labels within the first tenth, mean | each seed |\n|---|---|---|")
    for name, each in rows.items():
        print(f"| {name} | {mean(each):.3f} | {', '.join(f'{r:.2f}' for r in each)} |")


if __name__ == "__main__":
    main()
