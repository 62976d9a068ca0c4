"""The Train tab, on a vision that learns nothing for as long as a test wants."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import fields

import pytest
from playwright.sync_api import Page, Route, expect

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import TrainingError
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.training import StepMetrics
from dragon_app.ui.settings import SETTINGS
from dragon_app.wiring import Session
from tests.fakes import FakeVision
from tests.photos import incoming_photos

ANSWER_MS = 3000
STEPS_PER_EPOCH, EPOCHS = 50, 12


class Lesson:
    """A run that goes on, step by step, until the test ends it or somebody stops it."""

    def __init__(self) -> None:
        self.over = threading.Event()

    def __call__(self, report: Report, should_stop: ShouldStop) -> None:
        step = 0
        while not self.over.wait(0.02) and not should_stop():
            report(
                StepMetrics(
                    step=step % STEPS_PER_EPOCH + 1,
                    epoch=min(step // STEPS_PER_EPOCH + 1, EPOCHS),
                    steps_per_epoch=STEPS_PER_EPOCH,
                    epochs=EPOCHS,
                    loss=1 / (1 + step / 20),
                    lrs=(0.1,),
                    images_per_s=120.0,
                    seconds_left=30.0,
                )
            )
            step += 1


@pytest.fixture
def lesson(vision: FakeVision) -> Iterator[Lesson]:
    """Let every run of the test last until it is told to end."""
    lesson = Lesson()
    vision.learn = lesson
    yield lesson
    lesson.over.set()


def test_disabled_button_says_what_is_missing(
    vision: FakeVision, session: Session, open_page: Callable[..., Page]
) -> None:
    page = open_page("/#train")
    train = page.get_by_role("button", name="Train", exact=True)
    expect(train).to_be_disabled()
    expect(train).to_have_accessible_description(re.compile("class"))
    page.get_by_role("button", name="Add photos in Label").click()
    expect(page.get_by_role("tab", name="Label")).to_have_attribute("aria-selected", "true")
    session.app.dataset.add(
        [*incoming_photos(range(4), "Arthur"), *incoming_photos([8], "Lancelot")]
    )
    page.get_by_role("tab", name="Train").click()
    expect(page.locator(".train-missing")).to_contain_text("Lancelot needs")
    session.app.dataset.add(incoming_photos(range(9, 13), "Lancelot"))
    expect(train).to_be_enabled()
    expect(train).to_have_accessible_description(re.compile("9 photos of 2 classes"))
    expect(train).to_have_accessible_description(re.compile("held-out photo"))
    expect(page.locator(".preset.is-quick")).to_contain_text("for your 9 photos")


def test_presets_are_a_radio_group_by_keyboard(
    ready: Session, open_page: Callable[..., Page]
) -> None:
    page = open_page("/#train")
    group = page.get_by_role("group", name="How thoroughly?")
    radios = group.get_by_role("radio")
    expect(radios).to_have_count(4)
    balanced = group.get_by_role("radio", name=re.compile("^Balanced"))
    expect(balanced).to_be_checked()
    balanced.focus()
    page.keyboard.press("ArrowRight")
    thorough = group.get_by_role("radio", name=re.compile("^Thorough"))
    expect(thorough).to_be_checked()
    expect(thorough).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_focused()
    page.locator("summary", has_text="Advanced").click()
    expect(page.get_by_label("Epochs", exact=True)).to_have_value("20")


def test_advanced_holds_every_setting(ready: Session, open_page: Callable[..., Page]) -> None:
    page = open_page("/#train")
    page.locator("summary", has_text="Advanced").click()
    page.get_by_label("Optimizer", exact=True).select_option("sgd")  # brings the momentum
    page.get_by_label("Starting weights", exact=True).select_option("file")  # brings its path
    assert {each.name for each in SETTINGS} == {each.name for each in fields(FinetuneConfig)}
    for setting in SETTINGS:
        field = page.locator(f"#setting-{setting.name}")
        expect(field).to_have_count(1)
        expect(field).to_have_accessible_name(setting.label)
        expect(field).to_have_accessible_description(re.compile(re.escape(setting.hint)))


def test_advanced_names_a_bad_value_next_to_its_field_and_resets(
    ready: Session, open_page: Callable[..., Page]
) -> None:
    page = open_page("/#train")
    page.locator("summary", has_text="Advanced").click()
    epochs = page.get_by_label("Epochs", exact=True)
    epochs.fill("5000")
    expect(page.locator("#setting-epochs-error")).to_have_text(
        "Epochs must be 1 to 1000, not 5000."
    )
    expect(epochs).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(epochs).to_be_focused()
    assert ready.app.runs.all() == []
    page.get_by_role("button", name="Reset Epochs").click()
    expect(epochs).to_have_value("12")
    expect(page.locator("#setting-epochs-error")).to_be_hidden()
    page.get_by_label("Seed", exact=True).fill("7")
    expect(page.locator(".advanced-count")).to_have_text("1 setting changed")
    page.get_by_role("button", name="Reset all").click()
    expect(page.get_by_label("Seed", exact=True)).to_have_value("0")
    expect(page.locator(".advanced-count")).to_have_text("")


def test_changed_setting_reaches_the_run(
    ready: Session, lesson: Lesson, open_page: Callable[..., Page]
) -> None:
    page = open_page("/#train")
    page.locator("summary", has_text="Advanced").click()
    page.get_by_label("Seed", exact=True).fill("7")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("region", name="Run")).to_contain_text("Balanced, changed")
    assert FinetuneConfig.from_json(ready.app.runs.all()[0].config_json).seed == 7


def test_what_was_chosen_outlives_a_reload(ready: Session, open_page: Callable[..., Page]) -> None:
    """Once a reload kept the preset and lost every setting under Advanced."""
    page = open_page("/#train")
    page.locator(".preset.is-thorough").click()
    page.locator("summary", has_text="Advanced").click()
    page.get_by_label("Seed", exact=True).fill("7")
    page.get_by_label("Schedule", exact=True).select_option("constant")
    page.reload()
    expect(page.get_by_role("radio", name=re.compile("^Thorough"))).to_be_checked()
    expect(page.locator(".advanced-count")).to_have_text("2 settings changed")
    page.locator("summary", has_text="Advanced").click()
    expect(page.get_by_label("Seed", exact=True)).to_have_value("7")
    expect(page.get_by_label("Schedule", exact=True)).to_have_value("constant")
    page.get_by_role("button", name="Reset all").click()
    page.reload()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    expect(page.locator(".advanced-count")).to_have_text("")


def test_stop_ends_the_run_and_keeps_what_it_learned(
    ready: Session, lesson: Lesson, open_page: Callable[..., Page]
) -> None:
    page = open_page("/#train")
    page.get_by_role("button", name="Train", exact=True).click()
    run = page.get_by_role("region", name="Run")
    expect(run).to_contain_text(re.compile(r"Epoch \d+ of 12"))  # the first passes in a second
    expect(run).to_contain_text("120 photos a second")
    expect(run).to_contain_text("about 30 s")
    run.get_by_role("button", name="Stop").click()
    expect(run.get_by_role("heading", name="Stopped")).to_be_visible()
    expect(run).to_contain_text("Right on 3 of 4 held-out photos")
    expect(run.get_by_role("button", name="Try it")).to_be_visible()


def test_second_tab_and_a_reload_show_the_same_run(
    ready: Session, lesson: Lesson, open_page: Callable[..., Page]
) -> None:
    first = open_page("/#train")
    first.get_by_role("button", name="Train", exact=True).click()
    expect(first.get_by_role("region", name="Run")).to_contain_text("Run 1: Balanced")
    second = open_page("/#train")
    for page in (second, first):
        page.bring_to_front()
        run = page.get_by_role("region", name="Run")
        expect(run).to_contain_text("Run 1: Balanced")
        expect(run.get_by_role("progressbar")).to_be_visible()
        page.reload()
        expect(run.get_by_role("progressbar")).to_be_visible()
    first.get_by_role("button", name="Stop").click()
    for page in (first, second):
        page.bring_to_front()
        run = page.get_by_role("region", name="Run")
        expect(run.get_by_role("heading", name="Stopped")).to_be_visible()


def test_failed_run_shows_its_reason_and_the_way_on(
    vision: FakeVision, ready: Session, open_page: Callable[..., Page]
) -> None:
    reason = "The loss became infinite. Lower the learning rate."

    def fail(report: Report, should_stop: ShouldStop) -> None:
        raise TrainingError(reason)

    vision.learn = fail
    page = open_page("/#train")
    page.get_by_role("button", name="Train", exact=True).click()
    run = page.get_by_role("region", name="Run")
    expect(run.get_by_role("heading", name="The training failed")).to_be_visible()
    expect(run).to_contain_text(reason)
    vision.learn = lambda report, should_stop: None
    run.get_by_role("button", name="Try again").click()
    expect(run.get_by_role("heading", name="Trained")).to_be_visible()


def test_clicks_are_answered_while_a_run_is_at_work(
    ready: Session, lesson: Lesson, open_page: Callable[..., Page]
) -> None:
    page = open_page("/#train")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_role("progressbar", name="Training")).to_be_visible()
    page.get_by_role("tab", name="Results").click(timeout=ANSWER_MS)
    expect(page.get_by_role("table", name="Runs")).to_contain_text("Training", timeout=ANSWER_MS)
    page.get_by_role("tab", name="Label").click(timeout=ANSWER_MS)
    expect(page.get_by_role("heading", name="All photos")).to_be_visible(timeout=ANSWER_MS)
    page.get_by_role("tab", name="Train").click(timeout=ANSWER_MS)
    expect(page.get_by_role("progressbar", name="Training")).to_be_visible(timeout=ANSWER_MS)


def test_a_run_that_was_over_within_one_poll_is_shown(
    ready: Session, open_page: Callable[..., Page]
) -> None:
    """Once an open Train tab missed a run of the shell that ended before it asked again."""
    page = open_page("/#train")
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_enabled()
    page.route("**/dragon/state", lambda route: route.abort())  # between two polls
    page.route("**/dragon/state", lambda route: route.continue_())  # none while we wait below
    for title in ("Run 1:", "Run 2:"):
        run = ready.app.runs.start(FinetuneConfig())
        ready.app.runs.wait(run.id)
        expect(page.get_by_role("region", name="Run")).to_contain_text(title)
    expect(page.get_by_role("heading", name="Trained")).to_be_visible()


def test_form_knows_at_once_that_the_newest_run_is_over(
    ready: Session, open_page: Callable[..., Page]
) -> None:
    """Once it offered to train "after this one" until the next poll of the state."""
    run = ready.app.runs.start(FinetuneConfig())
    ready.app.runs.wait(run.id)
    page = open_page()
    address = page.url
    page.goto("about:blank")  # the old page asks nothing in between
    asked: list[Route] = []

    def answer_once(route: Route) -> None:
        asked.append(route)
        if len(asked) == 1:
            route.continue_()  # the later polls stay open: none comes to help

    page.route("**/dragon/state", answer_once)
    page.goto(address + "#train")
    expect(page.get_by_role("heading", name="Trained")).to_be_visible()
    expect(page.get_by_role("heading", name="Train again")).to_be_visible()
