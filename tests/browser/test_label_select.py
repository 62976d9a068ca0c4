"""Choosing photos on the Label tab with mouse, finger and by ear."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dragon_app.wiring import Session
from tests.browser.acts import card, chosen, expect_count, fill, tiles
from tests.browser.conftest import Faults, watch

_IS_ABOVE_THE_BAR = """() => {
  const place = (what) => document.querySelector(what).getBoundingClientRect();
  return place('.tile[aria-selected="true"]').bottom <= place('.chosen').top;
}"""


@pytest.fixture
def labelled(session: Session, page: Page) -> Page:
    """A page with 13 unlabelled photos, in three rows, and one Rose."""
    fill(session, Rose=1)
    fill(session, unlabelled=13)
    expect_count(page, "Unlabelled", 13)
    expect(tiles(page)).to_have_count(14)
    return page


def corner(tile: Locator, *, right: bool = False, below: bool = False) -> tuple[float, float]:
    """Return a point just beside a photo's corner."""
    box = tile.bounding_box()
    assert box is not None
    x = box["x"] + box["width"] + 4 if right else box["x"] - 4
    return x, box["y"] + box["height"] + 4 if below else box["y"] - 4


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end)
    page.mouse.up()


def places(page: Page) -> list[str | None]:
    return [tile.get_attribute("aria-posinset") for tile in chosen(page).all()]


def test_rectangle_chooses_what_it_touches(labelled: Page) -> None:
    photos = tiles(labelled)
    drag(labelled, corner(photos.nth(0)), corner(photos.nth(7), right=True, below=True))
    expect(labelled.get_by_text("4 photos chosen", exact=True)).to_be_visible()
    assert places(labelled) == ["1", "2", "7", "8"]
    labelled.keyboard.down("ControlOrMeta")
    drag(labelled, corner(photos.nth(3)), corner(photos.nth(3), right=True, below=True))
    labelled.keyboard.up("ControlOrMeta")
    expect(labelled.get_by_text("5 photos chosen", exact=True)).to_be_visible()
    labelled.keyboard.press("1")
    expect_count(labelled, "Rose", 6)


def test_rectangle_begins_on_a_photo_with_shift(labelled: Page) -> None:
    box = tiles(labelled).nth(2).bounding_box()
    end = tiles(labelled).nth(9).bounding_box()
    assert box is not None
    assert end is not None
    labelled.keyboard.down("Shift")
    drag(labelled, (box["x"] + 20, box["y"] + 20), (end["x"] + 40, end["y"] + 40))
    labelled.keyboard.up("Shift")
    expect(chosen(labelled)).to_have_count(4)
    assert places(labelled) == ["3", "4", "9", "10"]


def test_press_beside_the_photos_chooses_none(labelled: Page) -> None:
    tiles(labelled).nth(2).click()
    expect(chosen(labelled)).to_have_count(1)
    labelled.mouse.click(*corner(tiles(labelled).nth(13), right=True, below=True))
    expect(chosen(labelled)).to_have_count(0)


def test_ctrl_a_chooses_all_of_the_filter_and_one_undo_takes_it_back(
    labelled: Page, session: Session
) -> None:
    card(labelled, "Unlabelled").get_by_role("button").click()
    expect(tiles(labelled)).to_have_count(13)
    tiles(labelled).nth(0).click()
    labelled.keyboard.press("ControlOrMeta+a")
    expect(labelled.get_by_text("13 photos chosen", exact=True)).to_be_visible()
    labelled.keyboard.press("1")
    expect_count(labelled, "Rose", 14)
    expect(chosen(labelled)).to_have_count(0)
    labelled.keyboard.press("u")
    expect_count(labelled, "Rose", 1)
    expect(labelled.get_by_text("13 photos chosen", exact=True)).to_be_visible()


def test_class_is_given_by_a_click_in_the_bar(labelled: Page) -> None:
    tiles(labelled).nth(0).click()
    bar = labelled.get_by_role("group", name="Chosen photos", exact=True)
    bar.get_by_role("group", name="Give a class").get_by_role("button", name="Rose").click()
    expect_count(labelled, "Rose", 2)
    bar.get_by_role("button", name="Skip").click()
    expect_count(labelled, "Unlabelled", 11)
    tiles(labelled).nth(0).click()
    bar.get_by_role("button", name="No class").click()
    expect_count(labelled, "Unlabelled", 12)
    expect(chosen(labelled)).to_have_attribute("aria-posinset", "1")


def test_keyboard_keeps_its_place_in_the_bar_and_falls_back_to_the_grid(labelled: Page) -> None:
    tiles(labelled).nth(0).click()
    bar = labelled.get_by_role("group", name="Chosen photos", exact=True)
    rose = bar.get_by_role("group", name="Give a class", exact=True).get_by_role("button")
    rose.focus()
    labelled.keyboard.press("Enter")
    expect_count(labelled, "Rose", 2)
    expect(rose).to_be_focused()
    labelled.keyboard.press("Enter")
    expect_count(labelled, "Rose", 3)
    tiles(labelled).nth(0).click()
    bar.get_by_role("button", name="No class", exact=True).focus()
    labelled.keyboard.press("Enter")
    expect_count(labelled, "Rose", 2)
    expect(labelled.get_by_role("listbox", name="Photos", exact=True)).to_be_focused()


def test_a_listener_hears_name_class_and_place_and_keeps_it_while_scrolling(
    session: Session, page: Page
) -> None:
    fill(session, unlabelled=200)
    expect(card(page, "All photos").locator(".class-count")).to_have_text("200")
    expect(tiles(page).first).to_be_visible()
    tiles(page).nth(4).click()
    photos = page.get_by_role("listbox", name="Photos")
    expect(photos).to_be_focused()
    option = page.get_by_role("option", name=".png, unlabelled", selected=True)
    expect(option).to_have_attribute("aria-setsize", "200")
    expect(option).to_have_attribute("aria-posinset", "5")
    identity = option.get_attribute("id")
    page.mouse.wheel(0, 20_000)
    expect(page.locator('[aria-posinset="200"]')).to_be_visible()
    expect(photos).to_be_focused()
    expect(photos).to_have_attribute("aria-activedescendant", identity or "")
    expect(page.locator(f"#{identity}")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    expect(chosen(page)).to_have_attribute("aria-posinset", "6")
    expect(chosen(page)).to_be_in_viewport()


def test_finger_taps_presses_long_and_taps_a_class(
    browser: Browser, address: str, session: Session, faults: Faults
) -> None:
    fill(session, Rose=1)
    fill(session, unlabelled=5)
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    watch(page, faults)
    page.goto(address)
    tiles(page).nth(0).tap()
    page.wait_for_function(_IS_ABOVE_THE_BAR)
    tiles(page).nth(1).tap()
    tiles(page).nth(1).tap()
    tiles(page).nth(2).tap()
    expect(page.get_by_text("2 photos chosen", exact=True)).to_be_visible()
    page.get_by_role("group", name="Give a class").get_by_role("button", name="Rose").tap()
    expect_count(page, "Rose", 3)
    expect(chosen(page)).to_be_in_viewport()  # above the bar, which is high on a telephone
    box = chosen(page).bounding_box()
    assert box is not None
    touch = context.new_cdp_session(page)
    point = {"x": box["x"] + 40, "y": box["y"] + 40}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    expect(page.get_by_role("dialog", name="Photo")).to_be_visible()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(
        page.get_by_role("dialog", name="Photo").get_by_text("4 of 6", exact=True)
    ).to_be_visible()
    context.close()


def test_the_chosen_photo_stays_in_sight_when_the_window_gets_narrower(
    session: Session, page: Page
) -> None:
    fill(session, unlabelled=60)
    expect_count(page, "All photos", 60)
    tiles(page).nth(0).click()
    page.keyboard.press("End")
    expect(chosen(page)).to_have_attribute("aria-posinset", "60")
    page.keyboard.press("PageUp")
    page.set_viewport_size({"width": 600, "height": 700})
    expect(chosen(page)).to_be_in_viewport()
    page.wait_for_function(_IS_ABOVE_THE_BAR)
