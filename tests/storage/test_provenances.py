from dataclasses import replace

from dragon_app.core.machine import provenance_now
from dragon_app.core.provenance import Origin
from dragon_app.storage.workspace import Workspace


def test_a_run_that_goes_on_elsewhere_keeps_both_beginnings(workspace: Workspace) -> None:
    snapshot = workspace.snapshots.take()
    first, other = (workspace.runs.create("{}", snapshot.id).id for _ in range(2))
    here = provenance_now(Origin(weights_digest="ab", device="cpu", threads=2))
    elsewhere = replace(here, origin=replace(here.origin, threads=4))
    for each in (here, here, elsewhere):
        workspace.provenances.add(first, each)
    assert workspace.provenances.of_run(first) == [here, elsewhere]
    assert workspace.provenances.of_run(other) == []
