import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import NotFoundError
from dragon_app.core.strategies import Compared, Variant, variants
from dragon_app.core.training import RunStatus
from dragon_app.storage.workspace import Workspace

WAYS = variants(Compared.STRATEGIES, FinetuneConfig())


def test_a_comparison_is_stored_with_its_waiting_runs_in_order(workspace: Workspace) -> None:
    assert workspace.comparisons.newest() is None
    snapshot = workspace.snapshots.take()
    made = workspace.comparisons.create(Compared.STRATEGIES, WAYS, snapshot.id)
    runs = [workspace.runs.get(run_id) for run_id in made.run_ids]
    assert [run.label for run in runs] == [each.label for each in WAYS]
    assert [FinetuneConfig.from_json(run.config_json) for run in runs] == [w.config for w in WAYS]
    assert {(run.status, run.comparison_id) for run in runs} == {(RunStatus.QUEUED, made.id)}
    assert {run.snapshot_id for run in runs} == {snapshot.id}
    assert workspace.comparisons.get(made.id) == made
    assert workspace.comparisons.newest() == made.id


def test_a_comparison_is_stored_whole_or_not_at_all(workspace: Workspace) -> None:
    snapshot = workspace.snapshots.take()
    broken = Variant(label=None, what="", config=FinetuneConfig())  # type: ignore[arg-type]
    with pytest.raises(Exception, match="NOT NULL"):
        workspace.comparisons.create(Compared.RATES, [*WAYS, broken], snapshot.id)
    assert workspace.comparisons.newest() is None
    assert workspace.runs.all() == []


def test_an_unknown_comparison_is_said(workspace: Workspace) -> None:
    with pytest.raises(NotFoundError, match="no comparison 9"):
        workspace.comparisons.get(9)


def test_a_run_of_its_own_belongs_to_no_comparison(workspace: Workspace) -> None:
    run = workspace.runs.create(FinetuneConfig().to_json(), workspace.snapshots.take().id)
    assert (run.comparison_id, run.label) == (None, "")
