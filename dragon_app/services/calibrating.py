"""How sure a run may sound, from what it said about its held-out photos. Knows no model.

It is computed when it is needed: the answers are kept, so nothing can be out of date.
"""

import numpy as np
from numpy.typing import NDArray

from dragon_app.core.temperature import Probabilities, fit_temperature
from dragon_app.core.types import Split
from dragon_app.storage.workspace import Workspace


def temperature_of(workspace: Workspace, run_id: int, checkpoint: str) -> float | None:
    """Return the temperature of a run's checkpoint; 1.0 where its answers are few or damaged.

    None while there are no answers: they may be asked for later.
    """
    if not workspace.answers.has(checkpoint):
        return None
    run = workspace.runs.get(run_id)
    targets = np.array(
        [
            sample.target
            for sample in workspace.snapshots.get(run.snapshot_id).samples
            if sample.split is Split.VAL
        ],
        np.int64,
    )
    rows = workspace.answers.get(checkpoint, photos=len(targets), classes=len(run.class_names))
    return 1.0 if rows is None else fitted(rows, targets)


def fitted(rows: Probabilities, targets: NDArray[np.int64]) -> float:
    """Return the temperature by the held-out photos that still can be known, the finite rows."""
    is_known = np.isfinite(rows).all(axis=1)
    return fit_temperature(rows[is_known], targets[is_known])
