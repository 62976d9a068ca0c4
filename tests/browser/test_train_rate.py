"""The learning rate that is found by trying: shown, used, stopped, refused."""

import re
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.networks import LrCurve
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.wiring import Session
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.told import step_metrics


class Search:
    """Goes on until the test ends it or somebody stops it."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def __call__(self, report: Report, should_stop: ShouldStop) -> None:
        report(step_metrics(2))
        wait_until(lambda: self.over.is_set() or should_stop())


@pytest.fixture
def search(vision: FakeVision) -> Iterator[Search]:
    """Let every search, and every run, last until it is told to end."""
    search = Search()
    vision.learn = search
    yield search
    search.over.set()


@pytest.fixture
def advanced(ready: Session, open_page: Callable[..., Page]) -> Page:
    """Open the Train tab with all its settings."""
    page = open_page("/#train")
    page.locator("summary", has_text="Advanced").click()
    return page


def find(page: Page) -> Locator:
    return page.get_by_role("button", name="Find it for me", exact=True)


def panel(page: Page) -> Locator:
    return page.get_by_role("region", name="Learning rate search", exact=True)


def test_a_rate_is_found_shown_and_used_by_keyboard(advanced: Page, ready: Session) -> None:
    find(advanced).focus()
    advanced.keyboard.press("Enter")
    use = panel(advanced).get_by_role("button", name="Use 0.001", exact=True)
    expect(use).to_be_visible()
    chart = panel(advanced).get_by_role("img")
    expect(chart).to_have_attribute(
        "aria-label",
        "Loss by learning rate: 1.60 at a rate of 1e-5, lowest 1.20 at a rate of 0.001, "
        "4.00 at a rate of 0.1. Suggested: 0.001.",
    )
    expect(panel(advanced).locator(".chart-kept-words")).to_have_text("take 0.001")
    field = advanced.get_by_label("Learning rate", exact=True)
    field.fill("0.5")
    use.focus()
    advanced.keyboard.press("Enter")
    expect(field).to_have_value("0.001")
    expect(field).to_be_focused()
    expect(panel(advanced).get_by_role("status")).to_have_text("The learning rate is 0.001 now.")


def test_the_rate_reaches_the_run(
    advanced: Page, ready: Session, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    curve = LrCurve(points=((1e-4, 1.6), (1e-2, 1.2), (1.0, 4.0)), suggestion=0.003123)
    monkeypatch.setattr(vision, "find_lr", lambda *_, **__: curve)
    find(advanced).click()
    panel(advanced).get_by_role("button", name="Use 0.0031", exact=True).click()
    expect(advanced.locator(".map-rate").last).to_have_text("rate 0.0031")
    advanced.get_by_role("button", name="Train", exact=True).click()
    wait_until(ready.app.runs.newest)
    assert FinetuneConfig.from_json(ready.app.runs.get(1).config_json).head_lr == 0.0031


def test_a_search_is_stopped(advanced: Page, search: Search) -> None:
    find(advanced).click()
    bar = panel(advanced).get_by_role("progressbar", name="Looking for a learning rate")
    expect(bar).to_have_attribute("aria-valuenow", "50")
    expect(find(advanced)).to_be_disabled()
    panel(advanced).get_by_role("button", name="Stop", exact=True).click()
    expect(bar).to_be_hidden()
    expect(panel(advanced).get_by_role("status")).to_contain_text("topped")
    expect(find(advanced)).to_be_enabled()


def test_a_search_outlives_a_reload(advanced: Page, search: Search) -> None:
    find(advanced).click()
    expect(panel(advanced).get_by_role("progressbar")).to_be_visible()
    advanced.reload()
    advanced.locator("summary", has_text="Advanced").click()
    expect(panel(advanced).get_by_role("progressbar")).to_be_visible()
    search.over.set()
    expect(panel(advanced).get_by_role("button", name="Use 0.001", exact=True)).to_be_visible()


def test_a_search_is_refused_during_a_run(advanced: Page, ready: Session, search: Search) -> None:
    advanced.get_by_role("button", name="Train", exact=True).click()
    wait_until(lambda: ready.app.runs.newest() and ready.app.runs.get(1).status == "running")
    find(advanced).click()
    expect(panel(advanced).get_by_role("status")).to_contain_text("A training is under way")
    expect(panel(advanced).get_by_role("button", name=re.compile("^Use"))).to_be_hidden()


def test_no_suggestion_is_said_in_words(
    advanced: Page, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "The loss never fell. Look at the labels."
    curve = LrCurve(points=((1e-4, 1.6), (1.0, 1.7)), suggestion=None, words=words)
    monkeypatch.setattr(vision, "find_lr", lambda *_, **__: curve)
    find(advanced).click()
    expect(panel(advanced).get_by_role("status")).to_have_text(words)
    expect(panel(advanced).get_by_role("img")).to_be_visible()
    expect(panel(advanced).get_by_role("button", name=re.compile("^Use"))).to_be_hidden()


def test_a_computed_last_layer_needs_no_rate(advanced: Page) -> None:
    find(advanced).click()
    expect(panel(advanced)).to_be_visible()
    advanced.get_by_label("Learning rate", exact=True).fill("0.5")
    expect(advanced.locator(".advanced-count")).to_have_text("1 setting changed")
    advanced.locator(".preset.is-quick").click()
    expect(advanced.locator(".advanced-count")).to_have_text("")
    expect(find(advanced)).to_be_hidden()
    expect(panel(advanced)).to_be_hidden()
    expect(advanced.locator(".map-words")).to_contain_text("no rate, no epochs")
