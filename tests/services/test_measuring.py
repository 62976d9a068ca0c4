"""Measuring on demand: one thing at a time, and training comes first."""

import os
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import NotEnoughImagesError, TrainingError
from dragon_app.core.networks import TrainingCosts
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.training import CacheFolder, RunStatus
from dragon_app.services.measuring import MeasureStatus, Measuring
from dragon_app.storage.workspace import Workspace
from dragon_app.wiring import App
from tests.conftest import wait_until
from tests.fakes import FakeVision

BALANCED = PRESETS[Preset.BALANCED]
OTHER = replace(BALANCED, image_size_px=96)


class PatientVision(FakeVision):
    """Measures until it is let go or stopped; `error` is what goes wrong then."""

    def __init__(self) -> None:
        super().__init__(learn=self.linger)
        self.is_let_go = threading.Event()
        self.error: Exception | None = None
        self.measured: list[FinetuneConfig] = []

    def costs(
        self, config: FinetuneConfig, *, photos: int, cache: CacheFolder, should_stop: ShouldStop
    ) -> TrainingCosts:
        self.measured.append(config)
        self.linger(lambda _: None, should_stop)
        if should_stop():
            raise TrainingError("The measurement was stopped.")
        return super().costs(config, photos=photos, cache=cache, should_stop=should_stop)

    def linger(self, report: Report, should_stop: ShouldStop) -> None:
        wait_until(lambda: self.is_let_go.is_set() or should_stop())
        if self.error is not None:
            raise self.error


@pytest.fixture
def vision(monkeypatch: pytest.MonkeyPatch) -> PatientVision:
    patient = PatientVision()
    monkeypatch.setattr("dragon_app.wiring.vision", lambda: patient)
    return patient


@pytest.fixture
def measuring(workspace: Workspace, vision: PatientVision) -> Iterator[Measuring]:
    opened = Measuring(workspace, lambda: vision, is_training=lambda: False)
    yield opened
    opened.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux knows niceness of single threads")
def test_whoever_labels_goes_before_a_measurement(
    measuring: Measuring, vision: PatientVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[int] = []

    def linger(report: Report, should_stop: ShouldStop) -> None:
        found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    monkeypatch.setattr(vision, "linger", linger)
    measuring.costs(BALANCED)
    measuring.wait()
    assert found
    assert found[0] >= 10


def test_costs_are_measured_once_and_kept(measuring: Measuring, vision: PatientVision) -> None:
    assert measuring.known_costs(BALANCED) is None
    assert measuring.costs(BALANCED).status is MeasureStatus.MEASURING
    assert measuring.costs(replace(BALANCED, epochs=3)).status is MeasureStatus.MEASURING
    vision.is_let_go.set()
    measuring.wait()
    vision.measured.clear()
    answer = measuring.costs(BALANCED)
    assert answer.status is MeasureStatus.READY
    assert answer.costs == measuring.known_costs(replace(BALANCED, head_lr=0.1))
    assert not vision.measured


def test_one_measurement_tells_the_costs_of_all_presets_on_that_network(
    measuring: Measuring, vision: PatientVision
) -> None:
    vision.is_let_go.set()
    measuring.costs(replace(BALANCED, batch_size=7))
    measuring.wait()
    known = {preset for preset in Preset if measuring.known_costs(PRESETS[preset]) is not None}
    assert known == {Preset.QUICK, Preset.BALANCED, Preset.THOROUGH}


def test_another_question_replaces_what_nobody_asks_for_any_more(
    measuring: Measuring, vision: PatientVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dragon_app.services.measuring.ABANDONED_S", 0)
    measuring.costs(BALANCED)
    wait_until(lambda: vision.measured)
    measuring.costs(OTHER)
    vision.is_let_go.set()
    measuring.wait()
    assert measuring.costs(OTHER).status is MeasureStatus.READY
    assert measuring.known_costs(BALANCED) is None


def test_another_question_waits_its_turn(measuring: Measuring, vision: PatientVision) -> None:
    measuring.costs(BALANCED)
    answer = measuring.costs(OTHER)
    assert (answer.status, answer.words[:7]) == (MeasureStatus.MEASURING, "Waiting")
    vision.is_let_go.set()
    measuring.wait()
    assert measuring.known_costs(BALANCED) is not None
    assert measuring.known_costs(OTHER) is None
    assert "how fast" in measuring.costs(OTHER).words


def test_a_failure_is_told_once_and_the_next_question_tries_again(
    measuring: Measuring, vision: PatientVision
) -> None:
    vision.error = TrainingError("This network is too large.")
    vision.is_let_go.set()
    measuring.costs(BALANCED)
    measuring.wait()
    answer = measuring.costs(BALANCED)
    assert (answer.status, answer.words) == (MeasureStatus.FAILED, "This network is too large.")
    vision.error = None
    assert measuring.costs(BALANCED).status is MeasureStatus.MEASURING
    measuring.wait()
    assert measuring.costs(BALANCED).status is MeasureStatus.READY


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_leaves_nobody_waiting(ready_app: App, vision: PatientVision) -> None:
    vision.error = ZeroDivisionError("a bug")
    vision.is_let_go.set()
    measuring = ready_app.measuring
    measuring.costs(BALANCED)
    measuring.wait()
    assert "inside the app" in measuring.costs(BALANCED).words
    measuring.find_rate(BALANCED)
    measuring.wait()
    assert measuring.rate().status is MeasureStatus.FAILED
    assert "inside the app" in measuring.rate().words


def test_a_rate_is_found_with_progress(ready_app: App, vision: PatientVision) -> None:
    measuring = ready_app.measuring
    assert measuring.rate().status is MeasureStatus.NONE
    measuring.find_rate(BALANCED)
    wait_until(lambda: measuring.rate().points)
    assert measuring.rate().status is MeasureStatus.MEASURING
    assert (measuring.rate().done, measuring.rate().total) == (1, 4)
    assert measuring.find_rate(OTHER) is measuring.rate()
    assert measuring.costs(OTHER).status is MeasureStatus.BUSY
    vision.is_let_go.set()
    measuring.wait()
    found = measuring.rate()
    assert (found.status, found.suggestion) == (MeasureStatus.READY, 1e-3)
    assert len(found.points) == 3


def test_a_search_stops_when_told(ready_app: App) -> None:
    measuring = ready_app.measuring
    measuring.find_rate(BALANCED)
    measuring.stop_rate()
    measuring.wait()
    assert measuring.rate().status is MeasureStatus.STOPPED


def test_a_search_makes_costs_give_way(ready_app: App, vision: PatientVision) -> None:
    ready_app.measuring.costs(BALANCED)
    ready_app.measuring.find_rate(BALANCED)
    wait_until(lambda: ready_app.measuring.rate().points)
    assert ready_app.measuring.known_costs(BALANCED) is None


def test_a_failed_search_says_why(ready_app: App, vision: PatientVision) -> None:
    vision.error = TrainingError("The loss became nan.")
    vision.is_let_go.set()
    ready_app.measuring.find_rate(BALANCED)
    ready_app.measuring.wait()
    found = ready_app.measuring.rate()
    assert (found.status, found.words) == (MeasureStatus.FAILED, "The loss became nan.")


def test_a_search_needs_photos_as_training_does(app: App) -> None:
    with pytest.raises(NotEnoughImagesError, match="class"):
        app.measuring.find_rate(BALANCED)


def test_a_training_ends_the_measurement_and_goes_first(
    ready_app: App, vision: PatientVision
) -> None:
    measuring = ready_app.measuring
    measuring.find_rate(BALANCED)
    wait_until(lambda: measuring.rate().points)
    run = ready_app.runs.start(BALANCED)
    wait_until(lambda: vision.trained_on)
    assert measuring.rate().status is MeasureStatus.STOPPED
    assert measuring.costs(BALANCED).status is MeasureStatus.BUSY
    assert "training" in measuring.find_rate(BALANCED).words
    vision.is_let_go.set()
    assert ready_app.runs.wait(run.id).status is RunStatus.FINISHED
    wait_until(lambda: not ready_app.runs.is_training())
    assert measuring.costs(BALANCED).status is MeasureStatus.MEASURING


def test_closing_ends_what_is_measured_and_begins_no_more(
    measuring: Measuring, vision: PatientVision
) -> None:
    measuring.costs(BALANCED)
    wait_until(lambda: vision.measured)
    measuring.close()
    assert measuring.costs(OTHER).status is MeasureStatus.BUSY
    assert not vision.is_let_go.is_set()
