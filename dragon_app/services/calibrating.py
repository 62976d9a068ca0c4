"""How sure a run may sound, from what it said about its held-out photos. Knows no model.

It is computed when a model is loaded: the answers are kept, so nothing can be out of date.
"""

import numpy as np

from dragon_app.core.temperature import fit_temperature
from dragon_app.core.types import Split
from dragon_app.storage.workspace import Workspace


def temperature_of(workspace: Workspace, run_id: int) -> float:
    """Return a run's temperature; 1.0 where its answers were not kept or are few."""
    run = workspace.runs.get(run_id)
    targets = np.array(
        [
            sample.target
            for sample in workspace.snapshots.get(run.snapshot_id).samples
            if sample.split is Split.VAL
        ],
        np.int64,
    )
    rows = workspace.answers.get(
        workspace.runs.checkpoint_folder(run_id),
        photos=len(targets),
        classes=len(run.class_names),
    )
    if rows is None:
        return 1.0
    is_known = np.isfinite(rows).all(axis=1)  # of photos that are gone, nothing is known
    return fit_temperature(rows[is_known], targets[is_known])
