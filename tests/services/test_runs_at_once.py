"""Requests that come at the moment in which a run changes its state by itself."""

import threading
from collections.abc import Callable

import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.training import RunStatus
from dragon_app.storage.runs import RunStore
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.services.conftest import Gate, finish

CONFIG = FinetuneConfig()
MOMENT_S = 0.2  # in which a request that is not held back would be through


class Presser:
    """Presses a button once, in its own thread, just before the rows hear of a run's end."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.press: Callable[[], object] = lambda: None
        self.thread: threading.Thread | None = None
        end = RunStore.end

        def pressed(store: RunStore, run_id: int, status: RunStatus, reason: str = "") -> None:
            if self.thread is None:
                self.thread = threading.Thread(target=self.press)
                self.thread.start()
                self.thread.join(MOMENT_S)
            end(store, run_id, status, reason)

        patch.setattr(RunStore, "end", pressed)

    def wait(self) -> None:
        wait_until(lambda: self.thread is not None and not self.thread.is_alive())


@pytest.fixture
def presser(monkeypatch: pytest.MonkeyPatch) -> Presser:
    return Presser(monkeypatch)


def test_a_stop_just_as_a_run_pauses_is_not_lost(
    ready_app: App, gate: Gate, presser: Presser
) -> None:
    run = ready_app.runs.start(CONFIG)
    presser.press = lambda: ready_app.runs.stop(run.id)
    gate.entered.wait(10)
    ready_app.runs.pause(run.id)
    finish(ready_app, run)
    presser.wait()
    assert ready_app.runs.get(run.id).status is RunStatus.STOPPED


@pytest.mark.parametrize("name", ["stop", "pause"])
def test_a_request_just_as_a_run_finishes_changes_nothing(
    ready_app: App, gate: Gate, presser: Presser, name: str
) -> None:
    run = ready_app.runs.start(CONFIG)
    presser.press = lambda: getattr(ready_app.runs, name)(run.id)
    gate.entered.wait(10)
    gate.opened.set()
    finish(ready_app, run)
    presser.wait()
    assert ready_app.runs.get(run.id).status is RunStatus.FINISHED


def test_going_on_just_as_a_run_pauses_is_not_refused(
    ready_app: App, vision: FakeVision, gate: Gate, presser: Presser
) -> None:
    run = ready_app.runs.start(CONFIG)
    presser.press = lambda: ready_app.runs.resume(run.id)
    gate.entered.wait(10)
    ready_app.runs.pause(run.id)
    wait_until(lambda: presser.thread is not None)
    gate.opened.set()
    presser.wait()
    finish(ready_app, run)
    assert ready_app.runs.get(run.id).status is RunStatus.FINISHED
    assert len(vision.trained_on) == 2


def test_many_requests_at_once_leave_a_run_in_a_state_that_somebody_asked_for(
    ready_app: App, vision: FakeVision
) -> None:
    def learn(report: Report, should_stop: ShouldStop) -> None:
        wait_until(should_stop)

    vision.learn = learn
    runs = [ready_app.runs.start(CONFIG) for _ in range(6)]

    def press(name: str) -> None:
        for run in runs:
            getattr(ready_app.runs, name)(run.id)

    threads = [threading.Thread(target=press, args=[name]) for name in ("pause", "stop") * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert {finish(ready_app, run).status for run in runs} == {RunStatus.STOPPED}
    assert not ready_app.runs.is_training()


def test_a_run_that_goes_on_takes_the_turn_that_pages_show(ready_app: App, gate: Gate) -> None:
    first, second, third = (ready_app.runs.start(CONFIG) for _ in range(3))
    gate.entered.wait(10)
    ready_app.runs.pause(second.id)
    ready_app.runs.resume(second.id)
    shown = [run.id for run in ready_app.runs.unfinished()]
    gate.opened.set()
    ended = [finish(ready_app, run) for run in (first, second, third)]
    ended.sort(key=lambda run: run.started_at or run.created_at)
    assert [run.id for run in ended] == shown


def test_a_run_whose_end_could_not_be_written_can_still_be_stopped(
    ready_app: App, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    run = ready_app.runs.start(CONFIG)
    gate.entered.wait(10)
    with monkeypatch.context() as patch:
        patch.setattr(RunStore, "end", full)
        gate.opened.set()
        finish(ready_app, run)
    assert ready_app.runs.get(run.id).status is RunStatus.RUNNING
    ready_app.runs.stop(run.id)
    assert ready_app.runs.get(run.id).status is RunStatus.STOPPED
