"""What a tab of the browser shows is the same after a reload."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from dragon_app.wiring import Session
from tests.browser.acts import card, expect_count, fill, tiles, wait_for_picture


def test_a_reload_shows_the_same_list_with_the_same_photo_in_view(
    session: Session, page: Page, open_page: Callable[..., Page]
) -> None:
    fill(session, Rose=120, Tulip=3)
    expect_count(page, "Tulip", 3)
    card(page, "Rose").get_by_role("button").first.click()
    page.get_by_label("Order", exact=True).select_option("name")
    page.get_by_role("searchbox", name="Search names").fill("1")  # all names hold it
    expect(page.locator(".label-number")).to_have_text("120 photos")
    page.keyboard.press("Enter")
    for key in ("End", "PageUp", "ArrowLeft"):
        page.keyboard.press(key)
    here = page.locator(".tile.is-here")
    wait_for_picture(page)
    photo = here.get_attribute("data-id")
    page.reload()
    expect(page.get_by_role("heading", name="Rose", exact=True)).to_be_visible()
    expect(here).to_have_attribute("data-id", photo or "")
    expect(here).to_be_in_viewport()
    expect(page.get_by_role("searchbox", name="Search names")).to_have_value("1")
    expect(page.get_by_label("Order", exact=True)).to_have_value("name")
    expect(page.locator(".label-number")).to_have_text("120 photos")
    expect(card(page, "Rose").get_by_role("button").first).to_have_attribute("aria-pressed", "true")
    other = open_page()  # a tab of its own begins at the beginning
    expect(other.get_by_role("heading", name="All photos", exact=True)).to_be_visible()
    expect(tiles(other).first).to_be_visible()
