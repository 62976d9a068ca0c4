"""A run that waits for its test."""

import threading

import pytest

from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.training import Run
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.fakes import FakeVision


class Gate:
    """Holds a run between its first event and its last until it is opened or stopped."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, report: Report, should_stop: ShouldStop) -> None:
        self.entered.set()
        wait_until(lambda: self.opened.is_set() or should_stop())


@pytest.fixture
def gate(vision: FakeVision) -> Gate:
    vision.learn = gate = Gate()
    return gate


def finish(app: App, run: Run) -> Run:
    return app.runs.wait(run.id, poll_s=0.005)
