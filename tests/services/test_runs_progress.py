"""What a run tells of itself while it learns, and how often that is written."""

import time
from itertools import pairwise

import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import WorkspaceError
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.training import RunStatus, Trouble
from dragon_app.storage.runs import RunStore
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.services.conftest import Gate, finish
from tests.told import save_standing, step_metrics

CONFIG = FinetuneConfig()


def test_metrics_are_written_at_most_four_times_a_second(
    ready_app: App, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [100.0]
    writes: list[float] = []
    record = RunStore.record

    def counted(self: RunStore, run_id: int, **values: object) -> None:
        writes.append(clock[0])
        record(self, run_id, **values)  # type: ignore[arg-type]

    class Time:
        sleep = staticmethod(lambda seconds: None)
        monotonic = staticmethod(lambda: clock[0])

    def learn(report: Report, should_stop: ShouldStop) -> None:
        for step in range(1, 1001):
            clock[0] += 0.01
            report(step_metrics(step))

    monkeypatch.setattr(RunStore, "record", counted)
    monkeypatch.setattr("dragon_app.services.recording.time", Time)
    vision.learn = learn
    run = finish(ready_app, ready_app.runs.start(CONFIG))
    assert len(writes) <= 10 * 4 + 2  # ten seconds, the first event and the rest at the end
    *regular, _ = writes
    assert all(later - earlier > 0.249 for earlier, later in pairwise(regular))
    assert len(ready_app.workspace.runs.step_losses(run.id)) == 1000


def test_progress_tells_the_phase_and_then_the_steps(ready_app: App, vision: FakeVision) -> None:
    gate = Gate()
    seen = []

    def learn(report: Report, should_stop: ShouldStop) -> None:
        seen.append(ready_app.runs.get(1).progress.phase)
        learned_at = time.monotonic()
        wait_until(lambda: time.monotonic() - learned_at > 0.3)
        report(step_metrics(2))
        gate(report, should_stop)

    vision.learn = learn
    run = ready_app.runs.start(CONFIG)
    gate.entered.wait(10)
    progress = ready_app.runs.get(run.id).progress
    gate.opened.set()
    assert seen == ["Starting the training engine"]
    assert (progress.phase, progress.done, progress.total) == ("Learning", 2, 4)
    assert (progress.epoch, progress.epochs, progress.seconds_left) == (1, 2, 3.0)


@pytest.mark.parametrize(("count", "expected"), [(0, 0), (399, 399), (400, 400), (401, 201)])
def test_step_losses_are_thinned_evenly(ready_app: App, count: int, expected: int) -> None:
    snapshot = ready_app.workspace.snapshots.take()
    run = ready_app.workspace.runs.create("{}", snapshot.id)
    steps = [step_metrics(n) for n in range(1, count + 1)]
    ready_app.workspace.runs.record(run.id, progress=run.progress, steps=steps)
    losses = ready_app.runs.step_losses(run.id)
    assert len(losses) == expected
    assert all(step == 1 + i * (losses[1][0] - 1) for i, (step, _) in enumerate(losses))


def test_metrics_that_a_full_disk_refuses_for_a_while_are_written_later(
    ready_app: App, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once a disk that was full for a moment ended the training."""
    record = RunStore.record
    is_full = True
    tried = []
    said: list[str] = []

    def sometimes(self: RunStore, run_id: int, **values: object) -> None:
        if is_full:
            tried.append(run_id)
            raise WorkspaceError("The disk is full.")
        record(self, run_id, **values)  # type: ignore[arg-type]

    def learn(report: Report, should_stop: ShouldStop) -> None:
        nonlocal is_full
        for step in range(1, 10):
            report(step_metrics(step))
        said.append(ready_app.runs.trouble(1))
        is_full = False

    monkeypatch.setattr(RunStore, "record", sometimes)
    vision.learn = learn
    run = finish(ready_app, ready_app.runs.start(CONFIG))
    assert run.status is RunStatus.FINISHED
    assert [step for step, _ in ready_app.runs.step_losses(run.id)] == list(range(1, 10))
    assert len(tried) == 1, "not with every event"
    assert said[0].startswith("The disk is full. The training goes on")
    assert ready_app.runs.trouble(run.id) == ""


def test_what_a_run_has_trouble_with_is_said_while_it_lasts(
    ready_app: App, vision: FakeVision
) -> None:
    said = []

    def learn(report: Report, should_stop: ShouldStop) -> None:
        folder = vision.folders[-1]
        for words in ("The disk is full.", ""):
            report(Trouble(words=words))
            save_standing(folder, report, epoch=1)  # writes all that was told before
            said.append(ready_app.runs.get(1).reason)

    vision.learn = learn
    finish(ready_app, ready_app.runs.start(CONFIG))
    assert said == ["The disk is full.", ""]
