"""A run seen from several places, epoch by epoch, and settings on their way into it."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from dragon_app.wiring import Session
from tests.browser.studio import Studio, fill

EPOCHS = 12  # of the balanced preset
AT_ONCE_S = 0.5


@pytest.fixture
def session(studio: Studio, session: Session) -> Session:
    """Open a workspace with photos of two classes."""
    fill(session)
    return session


def start(page: Page) -> None:
    page.get_by_role("tab", name="Train").click()
    page.locator(".train-button").click()
    expect(page.locator(".run-phase")).to_be_visible()


def open_advanced(page: Page) -> None:
    page.get_by_role("tab", name="Train").click()
    page.locator(".advanced > summary").click()


def test_a_run_ends_in_a_sentence_that_promises_no_more_than_it_knows(
    page: Page, studio: Studio
) -> None:
    start(page)
    studio.allow(EPOCHS)
    expect(page.locator(".run-sentence")).to_contain_text(re.compile(r"Right on \d+ of \d+"))
    expect(page.locator(".run-result")).to_contain_text("With so few held-out photos")
    expect(page.locator(".run-result")).to_contain_text("The best of 12 epochs is kept: epoch 12.")
    expect(page.locator(".run-head")).to_contain_text("It began from the starter network.")
    expect(page.locator(".chart-kept-words").first).to_have_text("kept: epoch 12")


def test_status_follows_the_epochs_and_the_choice_outlives_a_reload(
    page: Page, studio: Studio
) -> None:
    start(page)
    page.locator(".preset.is-quick").click()
    studio.allow(3)
    expect(page.locator(".run [role=status]")).to_contain_text(f"Epoch 3 of {EPOCHS}")
    page.reload()
    page.get_by_role("tab", name="Train").click()
    expect(page.locator('input[value="quick"]')).to_be_checked()


def test_curves_go_on_after_a_reload_in_mid_run(page: Page, studio: Studio) -> None:
    start(page)
    studio.allow(3)
    expect(page.locator(".run-phase")).to_have_text(f"Epoch 3 of {EPOCHS}")
    page.reload()
    page.get_by_role("tab", name="Train").click()
    curve = page.get_by_role("img", name=re.compile("Right answers"))
    expect(curve).to_have_attribute("aria-label", re.compile("after epoch 3"))
    studio.allow(2)
    expect(curve).to_have_attribute("aria-label", re.compile("after epoch 5"))
    expect(page.locator(".run-facts")).to_contain_text("90 % in epoch 5")


def test_another_browser_shows_the_same_run(
    page: Page, browser: Browser, address: str, studio: Studio
) -> None:
    start(page)
    studio.allow(4)
    other = browser.new_context()
    second = other.new_page()
    second.goto(address)
    second.get_by_role("tab", name="Train").click()
    expect(second.locator(".run-phase")).to_have_text(f"Epoch 4 of {EPOCHS}")
    other.close()


def test_stop_keeps_the_epochs_that_were_done(page: Page, studio: Studio) -> None:
    start(page)
    studio.allow(2)
    expect(page.locator(".run-phase")).to_have_text(f"Epoch 2 of {EPOCHS}")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".run-result")).to_contain_text("by epoch 2 is kept")


def test_try_it_tries_the_run_beside_it_also_where_another_was_promoted(
    page: Page, session: Session, studio: Studio
) -> None:
    start(page)
    studio.allow(EPOCHS)
    said = page.locator(".run [role=status]")
    expect(said).to_contain_text("Right on")
    session.app.predictions.choose_run(1)
    page.locator(".train-button").click()
    expect(page.locator(".run-head")).to_contain_text("Run 2: Balanced")
    expect(said).not_to_contain_text("Right on")
    studio.allow(EPOCHS)
    expect(said).to_contain_text("Right on")
    page.get_by_role("button", name="Try it", exact=True).click()
    expect(page.get_by_text("Run 2 answers: right on")).to_be_visible()
    expect(page.locator(".d-toast")).to_contain_text("Run 2 answers in Try from now on.")


def test_after_a_computed_last_layer_the_next_step_is_to_learn_deeper(
    page: Page, studio: Studio
) -> None:
    page.get_by_role("tab", name="Train").click()
    page.locator(".preset.is-quick").click()
    page.locator(".train-button").click()
    studio.allow(1 + EPOCHS)
    expect(page.get_by_role("button", name="Train longer")).to_be_hidden()
    page.get_by_role("button", name="Train deeper", exact=True).click()
    expect(page.locator(".run-head")).to_contain_text("Run 2: Balanced")
    expect(page.locator(".run-head")).to_contain_text(f"{EPOCHS} epochs")
    assert [str(config.optimizer) for config in studio.configs] == ["exact", "adamw"]


def test_a_click_while_training_is_answered_at_once(page: Page, studio: Studio) -> None:
    start(page)
    before = time.monotonic()
    page.locator(".preset.is-quick").click()
    page.locator('input[value="quick"]:checked').wait_for(state="attached")
    assert time.monotonic() - before < AT_ONCE_S


def test_a_value_that_is_no_number_does_not_start(page: Page, session: Session) -> None:
    open_advanced(page)
    page.get_by_label("Learning rate", exact=True).fill("fast")
    page.locator(".train-button").click()
    expect(page.locator("#setting-head_lr-error")).to_have_text(
        "Learning rate must be a number, not 'fast'."
    )
    expect(page.locator(".train-why")).to_have_text("One setting under Advanced is wrong.")
    assert session.app.runs.all() == []


def test_network_and_stages_reach_the_run(page: Page, studio: Studio) -> None:
    open_advanced(page)
    backbone = page.get_by_label("Backbone", exact=True)
    expect(backbone).to_contain_text("resnet18")
    backbone.select_option("resnet18")
    freeze = page.get_by_label("What stays as it is", exact=True)
    expect(freeze).to_contain_text("The first 2 of 4 stages")
    freeze.select_option("2")
    page.get_by_label("Epochs", exact=True).fill("4")
    page.locator(".train-button").click()
    studio.allow(4)
    expect(page.locator(".run-sentence")).to_be_visible()
    config = studio.configs[0]
    assert (config.backbone, config.freeze, config.epochs) == ("resnet18", 2, 4)


def test_weights_that_cannot_be_fetched_are_said_politely(page: Page) -> None:
    open_advanced(page)
    page.get_by_role("button", name="Fetch ImageNet").click()
    expect(page.locator(".weights")).to_contain_text("there is no connection")
