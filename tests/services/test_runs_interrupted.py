"""Runs and the end of the app: closed, or cut off by a crash."""

from pathlib import Path

from dragon_app import wiring
from dragon_app.core.config import FinetuneConfig
from dragon_app.core.training import RunStatus
from dragon_app.wiring import App
from tests.fakes import FakeVision
from tests.services.conftest import Gate, finish

CONFIG = FinetuneConfig()


def test_closing_interrupts_the_run_and_keeps_what_it_reached(
    folder: Path, ready_app: App, gate: Gate
) -> None:
    run = ready_app.runs.start(CONFIG)
    gate.entered.wait(10)
    ready_app.close()
    reopened = wiring.open_app(folder)
    ended = reopened.runs.get(run.id)
    model = reopened.workspace.runs.checkpoint_folder(run.id)
    reopened.close()
    assert ended.status is RunStatus.INTERRUPTED
    assert ended.reason == "The app was closed while this run was training."
    assert (folder / model / "classes.txt").is_file()


def test_waiting_runs_survive_closing_and_are_taken_up_again(
    folder: Path, ready_app: App, gate: Gate
) -> None:
    _, second, third = (ready_app.runs.start(CONFIG) for _ in range(3))
    gate.entered.wait(10)
    ready_app.runs.stop(third.id)
    ready_app.close()
    gate.opened.set()
    reopened = wiring.open_app(folder)
    assert reopened.runs.get(second.id).status is RunStatus.QUEUED
    reopened.runs.take_up_queue()
    ended = finish(reopened, second)
    stopped = reopened.runs.get(third.id)
    reopened.close()
    assert ended.status is RunStatus.FINISHED
    assert stopped.status is RunStatus.STOPPED


def test_a_waiting_run_that_is_taken_up_again_goes_once(
    ready_app: App, vision: FakeVision, gate: Gate
) -> None:
    first, second = (ready_app.runs.start(CONFIG) for _ in range(2))
    gate.entered.wait(10)
    ready_app.runs.take_up_queue()
    gate.opened.set()
    third = ready_app.runs.start(CONFIG)
    ended = [finish(ready_app, run) for run in (third, first, second)]
    assert [run.status for run in ended] == [RunStatus.FINISHED] * 3
    assert len(vision.trained_on) == 3


def test_a_run_cut_off_by_a_crash_shows_as_interrupted(folder: Path, ready_app: App) -> None:
    snapshot = ready_app.workspace.snapshots.take()
    run = ready_app.workspace.runs.create(CONFIG.to_json(), snapshot.id)
    ready_app.workspace.runs.begin(run.id)  # and no worker that would end it
    ready_app.close()
    reopened = wiring.open_app(folder)
    ended = reopened.runs.get(run.id)
    reopened.close()
    assert ended.status is RunStatus.INTERRUPTED
    assert "ended while this run was training" in ended.reason


def test_a_run_cut_off_shows_as_interrupted_to_who_looks_before_the_next_start(
    folder: Path, ready_app: App
) -> None:
    snapshot = ready_app.workspace.snapshots.take()
    run = ready_app.workspace.runs.create(CONFIG.to_json(), snapshot.id)
    ready_app.workspace.runs.begin(run.id)
    reader = wiring.open_reader(folder)
    assert reader.runs.all()[0].status is RunStatus.RUNNING
    ready_app.workspace.close()  # as a crash lets go of it
    assert reader.runs.all()[0].status is RunStatus.INTERRUPTED
    assert reader.runs.all()[0].reason.startswith("The app ended")
