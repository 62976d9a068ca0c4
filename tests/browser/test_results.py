"""The Results tab: the runs, the chosen one in full, which one Try uses."""

import json

import pytest
from playwright.sync_api import Page, expect

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import TrainingError
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.wiring import Session
from tests.browser.studio import Studio, fill
from tests.conftest import wait_until


@pytest.fixture
def session(studio: Studio, session: Session) -> Session:
    """Open a workspace with photos of two classes."""
    studio.allow(100)  # every epoch passes at once
    fill(session)
    return session


def train(session: Session, *, epochs: int, seed: int = 0) -> None:
    run = session.app.runs.start(FinetuneConfig(epochs=epochs, seed=seed))
    session.app.runs.wait(run.id)


def test_without_a_run_the_next_step_is_named(page: Page) -> None:
    page.get_by_role("tab", name="Results").click()
    page.get_by_role("button", name="Go to Train").click()
    expect(page.get_by_role("tab", name="Train")).to_have_attribute("aria-selected", "true")


def test_a_run_shows_its_matrix_classes_and_settings(session: Session, page: Page) -> None:
    train(session, epochs=3)
    page.get_by_role("tab", name="Results").click()
    matrix = page.get_by_role("table", name="Confusion matrix")
    expect(matrix.get_by_role("rowheader")).to_have_text(["Dragon", "Meadow"])
    expect(matrix.get_by_role("columnheader")).to_have_text(["Dragon", "Meadow"])
    expect(page.locator(".detail")).to_contain_text("Meadow taken for Dragon (1 photo)")
    expect(page.get_by_role("table", name="Class by class")).to_contain_text("100 %")
    expect(page.locator(".settings")).to_contain_text("3 passes")
    expect(page.locator(".settings")).to_contain_text("Starter (studio)")
    expect(page.locator(".settings")).not_to_contain_text("Momentum")  # AdamW has none


def test_a_computed_last_layer_shows_neither_rate_nor_epochs(session: Session, page: Page) -> None:
    exact = PRESETS[Preset.QUICK].changed({"arithmetic": "bfloat16-channels-last"})
    session.app.runs.wait(session.app.runs.start(exact).id)
    page.get_by_role("tab", name="Results").click()
    settings = page.locator(".settings")
    expect(settings).to_contain_text("Computed at once, in no steps")
    expect(settings).to_contain_text("Half the digits, pixel by pixel")
    expect(settings).not_to_contain_text("Learning rate")
    expect(settings).not_to_contain_text("Epochs")
    expect(page.locator(".detail")).not_to_contain_text("How it learned")
    expect(page.get_by_role("table", name="Runs")).not_to_contain_text("epoch")


def test_another_run_can_answer_in_try(session: Session, page: Page) -> None:
    train(session, epochs=2)
    train(session, epochs=3)
    page.get_by_role("tab", name="Results").click()
    page.get_by_role("button", name="Promote run 1", exact=True).click()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("Run 1 answers: right on 75 %")).to_be_visible()


def test_a_number_of_the_matrix_opens_its_photos_and_a_label_is_changed_there(
    session: Session, page: Page
) -> None:
    train(session, epochs=2)
    page.get_by_role("tab", name="Results").click()
    page.get_by_role("button", name="Meadow, taken for Dragon: 1 photo", exact=True).click()
    mistakes = page.get_by_role("region", name="Meadow, taken for Dragon", exact=True)
    expect(mistakes.get_by_role("listitem")).to_have_count(1)
    expect(mistakes.get_by_role("listitem")).to_contain_text("90 % sure: Dragon")
    label = mistakes.get_by_role("combobox")
    label.select_option("Dragon")
    expect(page.locator(".d-toast")).to_contain_text("is now Dragon")
    dragon, meadow = session.app.dataset.summary().classes
    assert (dragon.total, meadow.total) == (9, 7)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".d-toast")).not_to_contain_text("is now Dragon")
    expect(label.locator("option:checked")).to_have_text("Meadow")
    page.get_by_role("button", name="Close these photos", exact=True).click()
    expect(mistakes).to_be_hidden()
    page.get_by_text("How sure it is", exact=True).click()
    expect(page.locator(".calibration-drawing")).to_be_visible()


def test_undo_on_a_message_takes_back_what_it_says_and_nothing_newer(
    session: Session, page: Page
) -> None:
    train(session, epochs=2)
    page.get_by_role("tab", name="Results").click()
    page.get_by_role("button", name="Meadow, taken for Dragon: 1 photo", exact=True).click()
    mistakes = page.get_by_role("region", name="Meadow, taken for Dragon", exact=True)
    mistakes.get_by_role("combobox").select_option("Dragon")
    expect(page.locator(".d-toast")).to_contain_text("is now Dragon")
    session.app.labelling.bin([1])
    page.locator(".d-toast").get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".d-toast")).to_contain_text("Label undone on 1 photo.")
    dragon, meadow = session.app.dataset.summary().classes
    assert (dragon.total, meadow.total) == (7, 8)


def test_cells_of_a_run_at_work_keep_the_focus(
    session: Session, studio: Studio, page: Page
) -> None:
    run = session.app.runs.start(FinetuneConfig(epochs=102))
    page.get_by_role("tab", name="Results").click()
    cell = page.get_by_role("button", name="Meadow, taken for Dragon: 1 photo", exact=True)
    cell.focus()
    studio.allow(1)
    expect(page.get_by_role("row", name="Run 1")).to_contain_text("101 epochs")
    expect(cell).to_be_focused()
    studio.allow(1)
    session.app.runs.wait(run.id)
    expect(page.get_by_role("group", name="What to do with this run")).to_contain_text(
        "Train again"
    )


def test_two_runs_are_compared_promoted_and_stepped_back_from(session: Session, page: Page) -> None:
    train(session, epochs=2)
    train(session, epochs=3, seed=1)
    page.get_by_role("tab", name="Results").click()
    compare = page.get_by_role("button", name="Compare two runs", exact=True)
    expect(compare).to_be_disabled()
    for number in (1, 2):
        page.get_by_role("checkbox", name=f"Compare run {number}", exact=True).check()
    compare.click()
    both = page.get_by_role("region", name="Run 1 against run 2", exact=True)
    expect(both).to_contain_text("run 2 alone on 1. So small a difference may be chance.")
    expect(both.get_by_role("row", name="Epochs")).to_contain_text("2 passes")
    expect(both.get_by_role("row", name="Seed")).to_be_visible()
    expect(both.get_by_role("listitem")).to_contain_text(["It is Meadow"])
    both.get_by_role("button", name="Promote run 1", exact=True).click()
    expect(page.get_by_text("Run 1 answers in Try, since")).to_be_visible()
    expect(page.get_by_role("button", name="Run 2 did better: compare", exact=True)).to_be_visible()
    page.get_by_role("button", name="Back to run 2", exact=True).click()
    expect(page.get_by_text("Run 2 answers in Try, since")).to_be_visible()
    both.get_by_role("button", name="Close the comparison", exact=True).click()
    expect(page.get_by_role("region", name="The chosen run", exact=True)).to_be_visible()


def test_a_run_tells_what_went_into_it_and_is_trained_again_just_so(
    session: Session, page: Page
) -> None:
    train(session, epochs=2)
    page.get_by_role("tab", name="Results").click()
    page.get_by_text("What went into this run", exact=True).click()
    went_in = page.locator(".provenance")
    expect(went_in).to_contain_text("16 photos, fingerprint")
    whole = session.app.repeating.record(1).snapshot.digest
    expect(went_in).not_to_contain_text(whole)
    went_in.get_by_role("button", name=whole[:12]).click()
    expect(went_in).to_contain_text(whole)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as JSON", exact=True).click()
    assert download.value.suggested_filename == "dragon-run-1.json"
    assert len(json.loads(download.value.path().read_text("utf-8"))["photos"]) == 16
    page.get_by_role("button", name="Show its photos then and now", exact=True).click()
    then = page.get_by_role("table", name="Its photos then and now")
    expect(then.get_by_role("row")).to_have_count(17)
    page.get_by_role("button", name="Train again just so", exact=True).click()
    page.get_by_role("button", name="Run 2", exact=True).click()
    detail = page.get_by_role("region", name="The chosen run", exact=True)
    expect(detail).to_contain_text("just as run 1: the same model, to the last bit.")
    session.app.labelling.bin([1])
    session.app.labelling.empty_bin(expected=1)
    page.get_by_role("button", name="Train again just so", exact=True).click()
    refusal = page.get_by_role("dialog", name="Run 2 cannot be trained again just so")
    expect(refusal).to_contain_text("1 of its 16 photos was removed for good")
    refusal.get_by_role("button", name="Close", exact=True).click()
    assert len(session.app.runs.all()) == 2


def test_measuring_more_surely_goes_on_over_a_reload_and_can_be_stopped(
    session: Session, studio: Studio, page: Page
) -> None:
    def until_stopped(report: Report, should_stop: ShouldStop) -> None:
        wait_until(should_stop)
        raise TrainingError("The scoring was stopped.")

    train(session, epochs=2)
    studio.learn = until_stopped
    detail = page.get_by_role("region", name="The chosen run", exact=True)
    measure = detail.get_by_role("button", name="Measure more surely", exact=True)
    stop = detail.get_by_role("button", name="Stop", exact=True)
    page.get_by_role("tab", name="Results").click()
    measure.click()
    expect(stop).to_be_visible()
    page.reload()
    expect(stop).to_be_visible()
    expect(measure).to_be_hidden()
    stop.click()
    expect(measure).to_be_visible()
    studio.learn = lambda report, should_stop: None
    measure.click()
    expect(detail).to_contain_text("is right on 75 %, likely")
    page.reload()
    expect(detail).to_contain_text("is right on 75 %, likely")
    expect(measure).to_be_hidden()


def test_a_shortcut_is_told_with_photos_that_show_it(session: Session, page: Page) -> None:
    """The meadows are drawn less colourful than the dragons, each of them."""
    train(session, epochs=2)
    page.get_by_role("tab", name="Results").click()
    notice = page.get_by_role("region", name="A possible shortcut", exact=True)
    expect(notice).to_contain_text("How colourful it is alone tells Meadow from Dragon")
    expect(notice).to_contain_text("Add photos of Meadow that are more and less colourful")
    notice.get_by_text("Photos of Meadow that show it, and others", exact=True).click()
    expect(notice.locator("img")).to_have_count(8)
