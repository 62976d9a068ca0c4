"""A photo shown large: zoom, and labels without closing it."""

import pytest
from playwright.sync_api import Locator, Page, expect

from dragon_app.wiring import Session
from tests.browser.acts import expect_count, fill, tiles


@pytest.fixture
def preview(session: Session, page: Page) -> Locator:
    """The first of three unlabelled photos, large; a Rose stands last."""
    fill(session, Rose=1)
    fill(session, unlabelled=3)
    expect_count(page, "Unlabelled", 3)
    expect(tiles(page)).to_have_count(4)
    tiles(page).nth(0).click()
    page.keyboard.press("Space")
    dialog = page.get_by_role("dialog", name="Photo", exact=True)
    expect(dialog.get_by_text("1 of 4", exact=True)).to_be_visible()
    return dialog


def test_keys_wheel_and_drag_zoom_and_move(preview: Locator, page: Page) -> None:
    expect(preview.get_by_role("button", name="What it looked at")).to_be_hidden()  # no run yet
    frame = preview.locator(".large-photo")
    page.keyboard.press("+")
    expect(frame).to_have_attribute("data-zoom", "1.50")
    page.keyboard.press("-")
    page.keyboard.press("-")
    expect(frame).to_have_attribute("data-zoom", "1.00")
    frame.hover()
    page.mouse.wheel(0, -600)
    expect(frame).not_to_have_attribute("data-zoom", "1.00")
    layer = frame.locator(".large-layer")
    before = layer.get_attribute("style") or ""
    page.mouse.down()
    page.mouse.move(700, 500)
    page.mouse.up()
    expect(layer).not_to_have_attribute("style", before)  # a busy browser moves a moment later
    page.keyboard.press("ArrowRight")
    expect(preview.get_by_text("2 of 4", exact=True)).to_be_visible()
    expect(frame).to_have_attribute("data-zoom", "1.00")
    page.keyboard.press("Escape")
    expect(preview).to_have_count(0)


def test_label_goes_on_to_the_next_unlabelled_photo(preview: Locator, page: Page) -> None:
    page.keyboard.press("1")
    expect(preview.get_by_text("2 of 4", exact=True)).to_be_visible()
    page.keyboard.press("s")
    expect(preview.get_by_text("3 of 4", exact=True)).to_be_visible()
    page.keyboard.press("u")
    expect(preview.get_by_text("2 of 4", exact=True)).to_be_visible()
    preview.get_by_role("group", name="Its class").get_by_role("button", name="Rose").click()
    expect(preview.get_by_text("3 of 4", exact=True)).to_be_visible()
    expect_count(page, "Rose", 3)
    page.keyboard.press("Space")
    expect(preview).to_have_count(0)
    expect(page.get_by_role("listbox", name="Photos")).to_be_focused()


def test_keyboard_keeps_its_place_among_the_classes(preview: Locator, page: Page) -> None:
    rose = preview.get_by_role("group", name="Its class", exact=True).get_by_role("button")
    rose.focus()
    page.keyboard.press("Enter")
    expect(preview.get_by_text("2 of 4", exact=True)).to_be_visible()
    expect_count(page, "Rose", 2)
    expect(rose).to_be_focused()
    expect(rose).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("ArrowLeft")
    expect(rose).to_have_attribute("aria-pressed", "true")


def test_last_photo_of_a_list_leaves_and_the_view_closes(preview: Locator, page: Page) -> None:
    for n in (3, 2, 1):
        page.keyboard.press("x")
        expect(preview.get_by_text(f"1 of {n}", exact=True)).to_be_visible()
    page.keyboard.press("x")
    expect(preview).to_have_count(0)
    expect(page.get_by_text("Every photo is in the bin.", exact=True)).to_be_visible()
