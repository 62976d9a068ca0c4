"""Suggestions on the Label tab: plainly drafts, accepted by Enter, or all that are sure enough."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from dragon_app.core.types import Shown
from dragon_app.wiring import Session
from tests.browser.acts import chosen, expect_count, make_class, tiles
from tests.browser.conftest import Faults, watch
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import incoming, photo_bytes

DARK, LIGHT = 0, 30


@pytest.fixture
def drafted(vision: FakeVision, session: Session) -> Session:
    """Three dark and three light photos, and above them five that wait, with their drafts."""
    for name, brighter, seeds in (
        ("Dark", DARK, range(3)),
        ("Light", LIGHT, range(10, 13)),
        (None, DARK, range(20, 23)),
        (None, LIGHT, range(30, 32)),
    ):
        for seed in seeds:
            photo = incoming(photo_bytes(seed, brighter=brighter), f"{seed}.png", class_name=name)
            session.app.dataset.add([photo])
    session.app.suggesting.open()
    wait_until(lambda: len(session.app.suggesting.drafts()) == 12 * 5)
    return session


@pytest.fixture
def suggested(drafted: Session, page: Page) -> Page:
    """A page that shows the drafts."""
    expect(page.locator(".tile.is-draft")).to_have_count(5)
    return page


def labelled(session: Session) -> int:
    return session.app.workspace.images.counts()[Shown.LABELLED]


def test_enter_accepts_what_is_suggested_and_moves_on(suggested: Page, session: Session) -> None:
    first = tiles(suggested).nth(0)
    expect(first.locator(".tile-class")).to_have_text(re.compile(r"^Light\? \d+ %$"))
    expect(first).to_have_attribute("aria-label", re.compile("suggested: Light, .* not saved"))
    first.click()
    suggested.keyboard.press("Enter")
    expect(first.locator(".tile-class")).to_have_text("Light")
    expect(chosen(suggested)).to_have_attribute("aria-posinset", "2")
    expect_count(suggested, "Light", 4)
    assert labelled(session) == 7
    line = session.app.history.of_photo(11)[-1]
    assert line.suggested_by == "starter head, 6 labels"
    first.dblclick()
    suggested.get_by_text("History", exact=True).click()
    expect(suggested.locator(".journal-lines")).to_contain_text(
        "suggested by starter head, 6 labels, accepted by hand"
    )


def test_all_that_are_sure_enough_are_accepted_once_asked_and_taken_back_in_one_step(
    suggested: Page, session: Session
) -> None:
    make_class(suggested, "Grey")
    suggested.get_by_label("Sure by at least, in per cent").fill("50")
    suggested.get_by_role("button", name="Label 5 photos", exact=True).click()
    dialog = suggested.get_by_role("dialog")
    expect(dialog).to_contain_text("Label 5 photos as suggested?")
    expect(dialog).to_contain_text("Grey has fewer than 3 labels and is not suggested yet.")
    dialog.get_by_role("button", name="Label them", exact=True).click()
    wait_until(lambda: labelled(session) == 11)
    expect(suggested.locator(".tile.is-draft")).to_have_count(0)
    suggested.keyboard.press("u")
    wait_until(lambda: labelled(session) == 6)
    expect(suggested.locator(".tile.is-draft")).to_have_count(5)
    tiles(suggested).nth(10).click()
    suggested.keyboard.press("l")  # like this one: it comes first
    expect(suggested.get_by_label("Order", exact=True)).to_have_value("like")
    expect(tiles(suggested).nth(0)).to_have_attribute("title", "0.png")
    suggested.get_by_label("Order", exact=True).select_option("useful")
    expect(suggested.locator(".tile.is-draft[aria-posinset='1']")).to_be_visible()
    suggested.get_by_role("button", name="Turn off", exact=True).click()
    expect(suggested.locator(".tile.is-draft")).to_have_count(0)
    expect(suggested.get_by_role("button", name="Turn on", exact=True)).to_be_visible()


def test_a_finger_accepts_one_and_then_all_that_are_sure_enough(
    browser: Browser, address: str, drafted: Session, faults: Faults
) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    watch(page, faults)
    page.goto(address)
    drafts = page.locator(".tile.is-draft")
    expect(drafts).to_have_count(5)
    drafts.first.tap()
    page.get_by_role("button", name="As suggested", exact=True).tap()
    wait_until(lambda: labelled(drafted) == 7)
    expect(drafts).to_have_count(4)
    page.get_by_label("Sure by at least, in per cent").fill("50")
    page.get_by_role("button", name="Label 4 photos", exact=True).tap()
    page.get_by_role("dialog").get_by_role("button", name="Label them", exact=True).tap()
    wait_until(lambda: labelled(drafted) == 11)
    message = page.locator(".d-toast", has_text="4 photos labelled as suggested")
    message.get_by_role("button", name="Undo", exact=True).tap()
    wait_until(lambda: labelled(drafted) == 7)
    expect(drafts).to_have_count(4)
    context.close()
