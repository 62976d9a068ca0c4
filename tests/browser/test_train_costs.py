"""What the freezing map says of costs: of the position, while they are measured, after a run."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dragon_app import wiring
from dragon_app.core.config import FinetuneConfig
from dragon_app.core.networks import TrainingCosts
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.training import CacheFolder
from dragon_app.wiring import Session
from tests.browser.train_map import learning_map, slider
from tests.conftest import wait_until
from tests.fakes import NETWORK, FakeVision
from tests.photos import incoming_photos

STAGES = len(NETWORK.stages)


def test_costs_of_the_position_are_shown(map_page: Page) -> None:
    facts = learning_map(map_page).locator(".map-facts")
    expect(facts).to_contain_text("about 200 MB")
    slider(map_page).press("Home")
    expect(facts).to_contain_text("48 of 48")
    expect(facts).to_contain_text("about 600 MB")
    expect(facts).to_contain_text("5 s an epoch")
    slider(map_page).press("End")
    expect(facts).to_contain_text("3 of 48")
    expect(facts).to_contain_text("under 1 s once, then under 1 s an epoch")


def test_blocks_have_the_sizes_at_the_chosen_image_size(
    vision: FakeVision,
    ready: Session,
    open_page: Callable[..., Page],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The list knows a network at its own size; what was measured stands for the chosen one."""
    known = FakeVision().costs

    def costs(config: FinetuneConfig, **given: Any) -> TrainingCosts:
        stages = tuple(replace(stage, output_size_px=7) for stage in NETWORK.stages)
        return replace(known(config, **given), stages=stages)

    monkeypatch.setattr(vision, "costs", costs)
    page = open_page("/#train")
    expect(learning_map(page).get_by_text("7 px", exact=True)).to_have_count(STAGES)


def test_costs_follow_the_photos(map_page: Page, ready: Session) -> None:
    facts = learning_map(map_page).locator(".map-facts")
    expect(facts).to_contain_text("1 s an epoch")
    ready.app.dataset.add(incoming_photos(range(8, 24), "dark"))
    expect(facts).to_contain_text("3 s an epoch")


class SlowVision(FakeVision):
    """Measures for as long as a test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.measured = threading.Event()

    def costs(
        self, config: FinetuneConfig, *, photos: int, cache: CacheFolder, should_stop: ShouldStop
    ) -> TrainingCosts:
        wait_until(lambda: self.measured.is_set() or should_stop())
        return super().costs(config, photos=photos, cache=cache, should_stop=should_stop)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowVision]:
    """Replace the networks by slow ones."""
    made = SlowVision()
    monkeypatch.setattr(wiring, "vision", lambda: made)
    yield made
    made.measured.set()


def test_the_map_works_while_costs_are_measured(slow: SlowVision, page: Page) -> None:
    page.get_by_role("tab", name="Train").click()
    facts = learning_map(page).locator(".map-facts")
    expect(facts).to_contain_text("being measured")
    slider(page).press("Home")
    expect(page.locator(".map-block.is-learning")).to_have_count(STAGES + 1)
    slow.measured.set()
    expect(facts).to_contain_text("about 600 MB")


def test_costs_wait_for_a_run_and_are_measured_after_it(
    ready: Session, vision: FakeVision, open_page: Callable[..., Page]
) -> None:
    over = threading.Event()

    def learn(report: Report, should_stop: ShouldStop) -> None:
        wait_until(lambda: over.is_set() or should_stop())

    vision.learn = learn
    ready.app.runs.start(FinetuneConfig())
    page = open_page("/#train")
    expect(learning_map(page).get_by_role("status")).to_contain_text("A training is under way")
    over.set()
    expect(learning_map(page).locator(".map-facts")).to_contain_text("about 200 MB")
    expect(learning_map(page).get_by_role("status")).to_be_hidden()
