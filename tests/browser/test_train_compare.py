"""What waits in line, and ways to train compared: planned, watched, the winner used."""

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from dragon_app.core.config import Optimizer
from dragon_app.core.metrics import percent
from dragon_app.wiring import Session
from tests.browser.studio import Studio, fill
from tests.conftest import wait_until

EPOCHS = 3


@pytest.fixture
def session(studio: Studio, session: Session) -> Session:
    """Open a workspace with photos of two classes."""
    fill(session)
    return session


def line(page: Page) -> Locator:
    return page.get_by_role("region", name="In line", exact=True)


def open_compare(page: Page) -> None:
    page.get_by_role("tab", name="Train", exact=True).click()
    page.locator(".compare > summary").click()
    page.get_by_label("Epochs for each", exact=True).fill(str(EPOCHS))


def test_what_waits_is_listed_and_one_is_taken_out_by_keyboard(
    page: Page, session: Session, studio: Studio
) -> None:
    page.get_by_role("tab", name="Train", exact=True).click()
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("button", name="Train after this one", exact=True).click()
    expect(line(page).get_by_role("listitem")).to_have_count(1)
    page.locator(".preset.is-quick").click()
    page.get_by_role("button", name="Train after these", exact=True).click()
    expect(line(page).get_by_role("listitem")).to_contain_text(
        ["Run 2: Balancedasked for", "Run 3: Quick lookasked for"]
    )
    expect(line(page)).to_contain_text("Trained one at a time, in this order.")
    expect(page.locator("#train-why")).to_contain_text("begins by itself when all in line are over")
    line(page).get_by_role("button", name="Cancel run 2", exact=True).focus()
    page.keyboard.press("Enter")
    expect(line(page).get_by_role("listitem")).to_have_count(1)
    expect(line(page).get_by_role("button", name="Cancel run 3", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(line(page)).to_be_hidden()
    studio.allow(12)
    wait_until(lambda: not session.app.runs.is_training())
    expect(page.get_by_role("region", name="Run", exact=True)).to_contain_text("Run 1: Balanced")
    assert len(studio.configs) == 1, "what was cancelled never began, nor hides what did"


def test_a_waiting_run_that_began_and_ended_between_two_polls_is_shown(
    page: Page, session: Session, studio: Studio
) -> None:
    """Once the page stayed with the run before it: it had heard of this one while it waited."""
    page.get_by_role("tab", name="Train", exact=True).click()
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_role("button", name="Train after this one", exact=True).click()
    expect(line(page).get_by_role("listitem")).to_have_count(1)
    held: list[Route] = []
    page.route("**/dragon/state", lambda route: held.append(route))
    studio.allow(24)
    wait_until(lambda: not session.app.runs.is_training())
    page.unroute("**/dragon/state")
    for route in held:
        route.continue_()
    expect(page.get_by_role("region", name="Run", exact=True)).to_contain_text("Run 2: Balanced")


def test_strategies_are_compared_and_the_winner_is_used(
    page: Page, session: Session, studio: Studio
) -> None:
    open_compare(page)
    plan = page.locator("#compare-budget")
    expect(plan).to_contain_text(re.compile("^5 runs of 3 epochs each: about .* in all."))
    expect(page.locator(".compare-plan")).to_contain_text("Only the new last layer learns.")
    page.get_by_role("button", name="Compare five ways", exact=True).click()
    now = page.get_by_role("region", name="Comparison", exact=True)
    expect(now.get_by_role("heading")).to_be_focused()
    expect(plan).to_be_hidden()
    rows = now.get_by_role("row")
    expect(rows).to_have_count(6)
    studio.allow(EPOCHS)
    expect(now.get_by_role("status")).to_contain_text("1 of 5 done. Last stage is being trained")
    expect(rows.nth(1)).to_contain_text("75 % (30 to 95 %)")
    expect(rows.nth(1)).to_contain_text("3 s")
    expect(now.get_by_role("img")).to_have_attribute(
        "aria-label", re.compile("Head only: at best 83 % after 3 s, 83 % at the end, after 3 s")
    )
    shares = [0, 0.125, 0.5, 0.9949, 0.9975, 1]
    assert page.evaluate("shares => shares.map(dragon.percent)", shares) == list(
        map(percent, shares)
    )
    page.reload()
    page.get_by_role("tab", name="Train", exact=True).click()
    expect(now.get_by_role("button", name="Cancel the comparison", exact=True)).to_be_visible()
    studio.allow(4 * EPOCHS)
    expect(now.get_by_role("status")).to_contain_text(
        "No clear winner: Head only is quickest among the equals."
    )
    page.locator(".preset.is-tale").click()
    now.get_by_role("button", name="Use Head only", exact=True).click()
    expect(page.locator(".d-toast")).to_contain_text("run 1 answers in Try")
    expect(page.locator(".preset.is-tale input")).not_to_be_checked()
    answering = session.app.predictions.current_run()
    assert answering is not None
    assert answering.id == 1
    page.get_by_role("button", name="Train", exact=True).click()
    wait_until(lambda: len(studio.configs) == 6)
    assert studio.configs[5] == studio.configs[0]


def test_rates_are_compared_cancelled_in_one_click_and_one_is_set(
    page: Page, session: Session, studio: Studio
) -> None:
    open_compare(page)
    page.get_by_role("radio", name="Which learning rate", exact=True).check()
    page.get_by_role("button", name="Compare the rates", exact=True).click()
    now = page.get_by_role("region", name="Comparison", exact=True)
    studio.allow(2 * EPOCHS)
    expect(now.get_by_role("status")).to_contain_text("2 of 5 done.")
    now.get_by_role("button", name="Cancel the comparison", exact=True).click()
    expect(now.get_by_role("status")).to_contain_text(
        "Not trained for the same epochs, so not counted"
    )
    assert not session.app.runs.unfinished()
    now.get_by_role("button", name="Use Rate 0.00011", exact=True).click()
    page.locator(".advanced > summary").click()
    expect(page.get_by_label("Learning rate", exact=True)).to_have_value("0.00011")
    assert {config.optimizer for config in studio.configs} == {Optimizer.ADAMW}
