"""Fetching weights: one at a time, in the background, with a reason when it fails."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from dragon_app.core.config import FinetuneConfig, WeightsSource
from dragon_app.core.errors import WeightsError
from dragon_app.core.networks import BackboneInfo
from dragon_app.core.ports import ByteProgress
from dragon_app.services.backbones import Backbones, FetchStatus
from tests.conftest import wait_until
from tests.fakes import NETWORK, FakeVision


class SlowVision(FakeVision):
    """Fetches until it is told to end; `error` is what goes wrong then."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__()
        self.over = threading.Event()
        self.error = error

    def backbone(self, name: str) -> BackboneInfo:
        return NETWORK if name == NETWORK.name else super().backbone(name)

    def fetch_imagenet(self, name: str, *, report: ByteProgress) -> Path:
        done = 0
        while not self.over.wait(0.01):
            done += 1
            report(done, 100)
        if self.error is not None:
            raise self.error
        return Path(name)


@pytest.mark.parametrize(
    ("weights", "is_here", "words"),
    [
        (WeightsSource.AUTO, True, ""),
        (WeightsSource.AUTO, False, f"nothing: there are no weights for {NETWORK.name} on"),
        (WeightsSource.NONE, True, "It starts from nothing. That needs many photos"),
        (WeightsSource.STARTER, False, ""),
    ],
)
def test_starting_from_nothing_is_told_before(
    weights: WeightsSource, is_here: bool, words: str
) -> None:
    class Bare(FakeVision):
        def backbone(self, name: str) -> BackboneInfo:
            return replace(NETWORK, is_starter=is_here)

    told = Backbones(Bare).warning(FinetuneConfig(weights=weights))
    assert words in told
    assert bool(words) == bool(told)


def test_progress_is_seen_and_the_end() -> None:
    vision = SlowVision()
    backbones = Backbones(lambda: vision)
    backbones.fetch(NETWORK.name)
    wait_until(lambda: backbones.fetching().done_bytes > 2)
    assert backbones.fetching().total_bytes == 100
    vision.over.set()
    wait_until(lambda: backbones.fetching().status is FetchStatus.DONE)


def test_a_repeated_click_joins_the_fetch_under_way() -> None:
    vision = SlowVision()
    backbones = Backbones(lambda: vision)
    backbones.fetch(NETWORK.name)
    assert backbones.fetch(NETWORK.name).status is FetchStatus.FETCHING
    backbones.close()


def test_failure_is_kept_in_words() -> None:
    vision = SlowVision(WeightsError("There is no connection."))
    vision.over.set()
    backbones = Backbones(lambda: vision)
    backbones.fetch(NETWORK.name)
    wait_until(lambda: backbones.fetching().status is FetchStatus.FAILED)
    assert backbones.fetching().error == "There is no connection."


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_does_not_leave_the_fetch_going_on_for_ever() -> None:
    vision = SlowVision(RuntimeError("a bug"))
    vision.over.set()
    backbones = Backbones(lambda: vision)
    backbones.fetch(NETWORK.name)
    wait_until(lambda: backbones.fetching().status is FetchStatus.FAILED)
    assert "inside the app" in backbones.fetching().error
    backbones.close()


def test_closing_ends_a_fetch() -> None:
    backbones = Backbones(lambda: SlowVision())
    backbones.fetch(NETWORK.name)
    backbones.close()
    assert backbones.fetching().status is FetchStatus.FAILED
