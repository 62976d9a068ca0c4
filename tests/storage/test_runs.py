import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dragon_app.core.errors import NotFoundError
from dragon_app.core.training import Progress, Run, RunStatus
from dragon_app.storage.runs import RunStore
from dragon_app.storage.workspace import Workspace
from tests.told import epoch_metrics, finetune_result, step_metrics


@pytest.fixture
def create(workspace: Workspace) -> Callable[[], Run]:
    """Store a waiting run."""
    snapshot = workspace.snapshots.take()
    return lambda: workspace.runs.create('{"epochs": 3}', snapshot.id)


@pytest.fixture
def runs(workspace: Workspace) -> RunStore:
    return workspace.runs


def test_a_new_run_waits(runs: RunStore, create: Callable[[], Run]) -> None:
    run = create()
    assert (run.status, run.config_json, run.started_at) == ("queued", '{"epochs": 3}', None)
    assert run.progress == Progress()


def test_the_newest_run_has_the_highest_number(runs: RunStore, create: Callable[[], Run]) -> None:
    assert runs.newest() == 0
    create()
    newest = create()
    assert runs.newest() == newest.id


def test_a_run_begins_and_ends(runs: RunStore, create: Callable[[], Run]) -> None:
    run = create()
    assert runs.begin(run.id)
    assert runs.get(run.id).status is RunStatus.RUNNING
    runs.end(run.id, RunStatus.FAILED, "The disk is full.")
    ended = runs.get(run.id)
    assert (ended.status, ended.reason) == (RunStatus.FAILED, "The disk is full.")
    assert ended.seconds >= 0
    assert ended.finished_at is not None


def test_a_run_stopped_while_it_waited_does_not_begin(
    runs: RunStore, create: Callable[[], Run]
) -> None:
    run = create()
    assert runs.end_waiting(run.id, "Stopped before it began.")
    assert not runs.begin(run.id)
    assert runs.get(run.id).status is RunStatus.STOPPED


def test_a_run_that_began_is_not_ended_as_waiting(
    runs: RunStore, create: Callable[[], Run]
) -> None:
    run = create()
    runs.begin(run.id)
    assert not runs.end_waiting(run.id, "x")
    assert runs.get(run.id).status is RunStatus.RUNNING


def test_runs_are_listed_newest_first_and_by_state_oldest_first(
    runs: RunStore, create: Callable[[], Run]
) -> None:
    ids = [create().id for _ in range(3)]
    runs.begin(ids[1])
    assert [run.id for run in runs.all()] == ids[::-1]
    assert [run.id for run in runs.with_status(RunStatus.QUEUED)] == [ids[0], ids[2]]


def test_metrics_come_back_in_order(runs: RunStore, create: Callable[[], Run]) -> None:
    run_id = create().id
    runs.record(
        run_id,
        progress=Progress(phase="Learning", epoch=2, epochs=2, images_per_s=9.5, seconds_left=1.5),
        steps=[step_metrics(2, loss=0.25), step_metrics(1, loss=0.5)],
        epochs=[epoch_metrics(2), epoch_metrics(1)],
    )
    assert runs.step_losses(run_id) == [(1, 0.5), (2, 0.25)]
    assert runs.epochs(run_id) == [epoch_metrics(1), epoch_metrics(2)]
    run = runs.get(run_id)
    assert (run.epochs_done, run.progress.seconds_left) == (2, 1.5)


def test_metrics_of_two_runs_stay_apart(runs: RunStore, create: Callable[[], Run]) -> None:
    first, second = create().id, create().id
    runs.record(first, progress=Progress(), steps=[step_metrics(1)], epochs=[epoch_metrics(1)])
    assert runs.step_losses(second) == []
    assert runs.epochs(second) == []


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_no_number_is_stored_as_null(
    runs: RunStore, create: Callable[[], Run], loss: float
) -> None:
    run_id = create().id
    runs.record(
        run_id,
        progress=Progress(images_per_s=loss, seconds_left=loss),
        steps=[step_metrics(1, loss=loss)],
        epochs=[epoch_metrics(1, val_loss=loss)],
    )
    assert runs.step_losses(run_id) == [(1, None)]
    assert math.isnan(runs.epochs(run_id)[0].val_loss)
    progress = runs.get(run_id).progress
    assert (progress.images_per_s, progress.seconds_left) == (0.0, None)


def test_stored_metrics_are_strict_json(workspace: Workspace, create: Callable[[], Run]) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    run_id = create().id
    workspace.runs.record(
        run_id,
        progress=Progress(images_per_s=math.inf),
        epochs=[epoch_metrics(1, val_loss=math.nan)],
    )
    with workspace.runs._database.reading() as db:
        texts = [row[0] for row in db.execute("select metrics from epoch_metrics")]
        texts += [row[0] for row in db.execute("select progress from runs")]
    assert all(json.loads(text, parse_constant=refuse) for text in texts)


def test_a_checkpoint_brings_its_numbers(runs: RunStore, create: Callable[[], Run]) -> None:
    run_id = create().id
    runs.add_checkpoint(run_id, finetune_result(Path("x")), folder="runs/1/best")
    run = runs.get(run_id)
    assert (run.best_epoch, run.val_accuracy, run.weights) == (2, 0.75, "none")
    assert run.val_confusion == ((2, 0), (1, 1))
    assert runs.checkpoint_folder(run_id) == "runs/1/best"


def test_a_checkpoint_whose_loss_is_no_number_is_kept(
    runs: RunStore, create: Callable[[], Run]
) -> None:
    run_id = create().id
    result = replace(finetune_result(Path("x")), val_loss=math.nan)
    runs.add_checkpoint(run_id, result, folder="runs/1/best")
    assert runs.get(run_id).val_accuracy == 0.75


def test_a_run_without_a_checkpoint_says_so(runs: RunStore, create: Callable[[], Run]) -> None:
    run_id = create().id
    with pytest.raises(NotFoundError, match="has no trained model"):
        runs.checkpoint_folder(run_id)


@pytest.mark.parametrize("run_id", [0, 99, 2**63])
def test_a_run_that_is_not_there_is_not_found(runs: RunStore, run_id: int) -> None:
    with pytest.raises(NotFoundError):
        runs.get(run_id)
    with pytest.raises(NotFoundError):
        runs.checkpoint_folder(run_id)


def test_a_run_that_rests_is_in_no_line_and_keeps_its_time(
    runs: RunStore, create: Callable[[], Run]
) -> None:
    run = create()
    runs.begin(run.id)
    assert not runs.change(run.id, RunStatus.QUEUED, RunStatus.PAUSED)
    runs.end(run.id, RunStatus.PAUSED)
    assert runs.unfinished() == []
    paused = runs.get(run.id)
    assert runs.take_up(paused, '{"epochs": 9}', extended_at=[3])
    assert not runs.take_up(paused, '{"epochs": 5}', extended_at=[])  # asked twice at once
    waiting = runs.get(run.id)
    assert (waiting.status, waiting.config_json) == (RunStatus.QUEUED, '{"epochs": 9}')
    assert (waiting.extended_at, waiting.seconds) == ((3,), paused.seconds)
    assert runs.change(run.id, RunStatus.QUEUED, RunStatus.PAUSED)
    assert runs.get(run.id).seconds == paused.seconds


def test_a_run_cut_off_ended_when_it_was_last_heard_of(
    runs: RunStore, create: Callable[[], Run]
) -> None:
    run = create()
    runs.begin(run.id)
    runs.cut_off(run.id, "The app ended.")
    ended = runs.get(run.id)
    assert (ended.status, ended.reason) == (RunStatus.INTERRUPTED, "The app ended.")
    assert ended.finished_at == ended.started_at


@pytest.mark.parametrize(("steps", "left"), [(0, [1]), (2, [1, 2])])
def test_what_was_measured_after_a_moment_is_forgotten(
    runs: RunStore, create: Callable[[], Run], steps: int, left: list[int]
) -> None:
    run_id = create().id
    runs.record(
        run_id,
        progress=Progress(),
        steps=[replace(step_metrics(n), epoch=n) for n in (1, 2, 3)],
        epochs=[epoch_metrics(n) for n in (1, 2, 3)],
    )
    runs.rewind(run_id, epoch=2, steps=steps, note="It began again.")
    assert [each.epoch for each in runs.epochs(run_id)] == [1]
    assert [step for step, _ in runs.step_losses(run_id)] == left
    assert runs.get(run_id).reason == "It began again."


def test_a_better_checkpoint_takes_the_place_of_the_one_before(
    workspace: Workspace, runs: RunStore, create: Callable[[], Run]
) -> None:
    run_id = create().id
    for epoch in (1, 2):
        result = replace(finetune_result(Path("x")), best_epoch=epoch)
        runs.add_checkpoint(run_id, result, folder=f"runs/1/best-{epoch}")
    assert runs.get(run_id).best_epoch == 2
    with workspace.runs._database.reading() as db:
        assert [row[0] for row in db.execute("select folder from checkpoints")] == ["runs/1/best-2"]
