from collections.abc import Callable
from pathlib import Path

import pytest

from dragon_app.core.errors import NotFoundError
from dragon_app.core.training import RunStatus
from dragon_app.storage.database import Database
from dragon_app.storage.migrations import MIGRATIONS, migrate
from dragon_app.storage.promotions import PromotionStore
from dragon_app.storage.workspace import Workspace
from tests.told import finetune_result


@pytest.fixture
def train(workspace: Workspace) -> Callable[[], int]:
    """Store a finished run with a model and return its number."""
    snapshot = workspace.snapshots.take()

    def finished() -> int:
        run_id = workspace.runs.create("{}", snapshot.id).id
        workspace.runs.add_checkpoint(run_id, finetune_result(Path("x")), folder="f")
        workspace.runs.end(run_id, RunStatus.FINISHED)
        return run_id

    return finished


def test_the_newest_run_answers_until_one_is_promoted(
    workspace: Workspace, train: Callable[[], int]
) -> None:
    promotions = workspace.promotions
    assert promotions.champion() is None
    first, second = train(), train()
    assert promotions.champion() == second
    promotions.promote(first)
    train()
    assert promotions.champion() == first


def test_a_stopped_run_answers_only_while_none_has_finished(
    workspace: Workspace, train: Callable[[], int]
) -> None:
    finished, stopped = train(), train()
    workspace.runs.end(stopped, RunStatus.STOPPED)
    assert workspace.promotions.champion() == finished


def test_steps_back_lead_through_the_promotions_to_what_answered_first(
    workspace: Workspace, train: Callable[[], int]
) -> None:
    promotions = workspace.promotions
    first, second, third = train(), train(), train()
    promotions.promote(first)
    promotions.promote(second)
    promotions.promote(second)  # a repeat is no step
    assert promotions.before() == first
    assert promotions.step_back() == first
    assert promotions.step_back() == third  # it answered before anything was promoted
    with pytest.raises(NotFoundError, match="none to go back to"):
        promotions.step_back()
    promotions.promote(second)
    assert (promotions.champion(), promotions.before()) == (second, third)
    told = [(each.run_id, each.is_return) for each in promotions.history()]
    assert told == [(second, False), (third, True), (first, True), (second, False), (first, False)]


def test_the_run_that_answers_already_may_be_promoted_to_stay(
    workspace: Workspace, train: Callable[[], int]
) -> None:
    only = train()
    workspace.promotions.promote(only)
    newer = train()
    assert workspace.promotions.champion() == only != newer
    assert workspace.promotions.before() is None


def test_the_choice_of_an_older_version_is_kept(folder: Path) -> None:
    folder.mkdir()
    database = Database(folder / "dragon.db")
    with database.writing() as db:
        MIGRATIONS.apply(db, stop_before="009_what_went_into_runs")
        db.execute("insert into snapshots (digest, class_names, created_at) values ('a', '[]', '')")
        db.execute(
            "insert into runs (status, config, snapshot_id, created_at) values"
            " ('finished', '{}', 1, '2026-01-01')"
        )
        db.execute("insert into settings values ('try_run', '1')")
    migrate(database)
    promotions = PromotionStore(database)
    assert (promotions.champion(), promotions.before()) == (1, None)
    assert [each.run_id for each in promotions.history()] == [1]
