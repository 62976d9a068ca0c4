"""cleanlab's rankings of labels by doubt, in an environment of its own:

    python3.11 -m venv FOLDER
    FOLDER/bin/pip install cleanlab==2.9.0

Reads `.npz` files of out-of-fold probabilities `likely` (N, C) and `labels` (N,) and prints, for
each, the places of the photos in three orders, the most doubtful first.
"""

import json
import sys

import cleanlab
import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores


def orders(path: str) -> dict[str, list[int]]:
    """Return each order's places; issues are followed by no other photo."""
    with np.load(path) as file:
        likely, labels = file["likely"], file["labels"]
    ranked = {
        method: np.argsort(get_label_quality_scores(labels, likely, method=method), kind="stable")
        for method in ("self_confidence", "normalized_margin")
    }
    ranked["find_label_issues"] = find_label_issues(
        labels, likely, return_indices_ranked_by="self_confidence"
    )
    return {name: order.tolist() for name, order in ranked.items()}


if __name__ == "__main__":
    answer = {
        "version": cleanlab.__version__,
        "orders": [orders(path) for path in sys.argv[1:]],
    }
    sys.stdout.write(json.dumps(answer) + "\n")
