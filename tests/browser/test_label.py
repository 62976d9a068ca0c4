"""The Label tab: choosing photos and saying what is on them."""

import pytest
from playwright.sync_api import Page, expect

from dragon_app.core.types import Shown
from dragon_app.wiring import Session
from tests.browser.acts import card, chosen, expect_count, fill, tiles, wait_for_picture
from tests.browser.conftest import Faults


@pytest.fixture
def labelled(session: Session, page: Page) -> Page:
    """A page with 12 unlabelled photos, and one each of Rose and Tulip."""
    fill(session, unlabelled=12, Rose=1, Tulip=1)
    expect(tiles(page)).to_have_count(14)
    expect_count(page, "Tulip", 1)  # its key works when the class is there
    return page


def total(session: Session, shown: Shown) -> int:
    return session.app.workspace.images.counts()[shown]


def test_empty_page_says_what_to_do(page: Page) -> None:
    expect(page.get_by_role("heading", name="Drop photos here")).to_be_visible()
    expect(page.get_by_role("button", name="Choose photos").last).to_be_visible()
    expect(page.get_by_role("button", name="Try it with six knights")).to_be_visible()


def test_shift_and_ctrl_choose_several(labelled: Page) -> None:
    photos = tiles(labelled)
    photos.nth(1).click()
    expect(chosen(labelled)).to_have_count(1)
    photos.nth(4).click(modifiers=["Shift"])
    expect(chosen(labelled)).to_have_count(4)
    photos.nth(7).click(modifiers=["ControlOrMeta"])
    photos.nth(2).click(modifiers=["ControlOrMeta"])
    expect(chosen(labelled)).to_have_count(4)
    photos.nth(9).click(modifiers=["Shift", "ControlOrMeta"])
    photos.nth(0).click()
    expect(chosen(labelled)).to_have_count(1)
    labelled.keyboard.press("ControlOrMeta+a")
    expect(labelled.get_by_text("14 photos chosen")).to_be_visible()
    labelled.keyboard.press("Escape")
    expect(chosen(labelled)).to_have_count(0)


def test_number_key_labels_and_ctrl_z_takes_it_back(labelled: Page, session: Session) -> None:
    card(labelled, "Unlabelled").get_by_role("button").click()
    expect(tiles(labelled)).to_have_count(12)
    tiles(labelled).nth(0).click()
    tiles(labelled).nth(2).click(modifiers=["Shift"])
    labelled.keyboard.press("1")
    expect_count(labelled, "Rose", 4)
    expect(tiles(labelled)).to_have_count(9)
    expect(chosen(labelled)).to_have_count(1)  # the next photo: the next key goes to it
    labelled.keyboard.press("2")
    expect_count(labelled, "Tulip", 2)
    labelled.keyboard.press("ControlOrMeta+z")
    expect_count(labelled, "Tulip", 1)
    labelled.get_by_role("button", name="Close").click()
    labelled.keyboard.press("ControlOrMeta+z")
    expect_count(labelled, "Rose", 1)
    assert total(session, Shown.UNLABELLED) == 12


def test_bar_assigns_and_toast_undoes(labelled: Page) -> None:
    tiles(labelled).nth(5).click()
    bar = labelled.get_by_role("group", name="Chosen photos", exact=True)
    bar.get_by_role("button", name="Tulip").click()
    expect_count(labelled, "Tulip", 2)
    labelled.get_by_role("status").get_by_role("button", name="Undo").click()
    expect_count(labelled, "Tulip", 1)


def test_deleted_photos_go_to_the_bin_and_come_back(labelled: Page) -> None:
    tiles(labelled).nth(0).click()
    tiles(labelled).nth(1).click(modifiers=["ControlOrMeta"])
    labelled.keyboard.press("Delete")
    expect_count(labelled, "Bin", 2)
    expect_count(labelled, "All photos", 12)
    card(labelled, "Bin").get_by_role("button").click()
    expect(tiles(labelled)).to_have_count(2)
    tiles(labelled).nth(0).click()
    labelled.get_by_role("button", name="Put back").click()
    expect_count(labelled, "All photos", 13)
    expect_count(labelled, "Bin", 1)


def test_undo_chooses_what_came_back(labelled: Page) -> None:
    tiles(labelled).nth(3).click()
    name = chosen(labelled).get_attribute("aria-label") or ""
    labelled.keyboard.press("Delete")
    expect_count(labelled, "Bin", 1)
    expect(chosen(labelled)).not_to_have_attribute("aria-label", name)
    labelled.keyboard.press("ControlOrMeta+z")
    expect(tiles(labelled)).to_have_count(14)
    expect(chosen(labelled)).to_have_attribute("aria-label", name)
    expect(labelled.locator(".tile.is-here")).to_have_attribute("aria-label", name)


def test_ctrl_arrow_moves_only_and_ctrl_space_adds(labelled: Page) -> None:
    tiles(labelled).nth(0).click()
    labelled.keyboard.press("ControlOrMeta+ArrowRight")
    labelled.keyboard.press("ControlOrMeta+ArrowRight")
    expect(labelled.locator(".tile.is-here")).to_have_attribute("aria-posinset", "3")
    expect(chosen(labelled)).to_have_count(1)
    labelled.keyboard.press("ControlOrMeta+Space")
    expect(chosen(labelled)).to_have_count(2)
    labelled.keyboard.press("Shift+ArrowRight")
    labelled.keyboard.press("Shift+ArrowRight")
    expect(chosen(labelled)).to_have_count(3)
    labelled.keyboard.press("ControlOrMeta+Space")
    expect(chosen(labelled)).to_have_count(2)
    expect(labelled.get_by_role("dialog")).to_have_count(0)


def test_arrows_move_and_space_shows_a_photo_large(labelled: Page) -> None:
    tiles(labelled).nth(0).click()
    labelled.keyboard.press("ArrowRight")
    labelled.keyboard.press("ArrowDown")
    wait_for_picture(labelled)
    first = chosen(labelled).get_attribute("aria-label") or ""
    labelled.keyboard.press("Space")
    preview = labelled.get_by_role("dialog", name="Photo")
    image = preview.get_by_role("img", name=first.split(",")[0])
    expect(image).to_be_visible()
    labelled.wait_for_function("document.querySelector('.large img').naturalWidth > 0")
    labelled.keyboard.press("1")
    expect(preview.get_by_text("Rose")).to_be_visible()
    labelled.keyboard.press("ArrowRight")
    expect(image).to_have_count(0)
    labelled.keyboard.press("Escape")
    expect(preview).to_have_count(0)
    expect_count(labelled, "Rose", 2)


def test_nothing_is_labelled_while_somebody_types(labelled: Page, session: Session) -> None:
    tiles(labelled).nth(0).click()
    labelled.get_by_label("Name of a new class").fill("")
    labelled.get_by_label("Name of a new class").press_sequentially("12")
    labelled.get_by_label("Name of a new class").press("Delete")
    labelled.get_by_label("Name of a new class").press("Backspace")
    expect(labelled.get_by_label("Name of a new class")).to_have_value("1")
    assert total(session, Shown.UNLABELLED) == 12
    assert total(session, Shown.BINNED) == 0


def test_photos_dragged_onto_a_card_get_its_class(labelled: Page) -> None:
    tiles(labelled).nth(0).click()
    tiles(labelled).nth(2).click(modifiers=["Shift"])
    tiles(labelled).nth(1).drag_to(card(labelled, "Rose"))
    expect_count(labelled, "Rose", 3)  # one of the three had it


def test_thousands_of_photos_draw_only_what_is_seen(
    session: Session, page: Page, faults: Faults
) -> None:
    faults.expected = ("404",)  # these photos have rows and no files
    from tests.conftest import add_rows

    add_rows(session.app.workspace, 3000)
    page.evaluate("dragon.changed()")
    expect(card(page, "All photos").locator(".class-count")).to_have_text("3,000")
    expect(tiles(page).first).to_be_visible()
    assert tiles(page).count() < 120
    page.keyboard.press("End")
    expect(page.locator('[aria-posinset="3000"]')).to_be_visible()
    assert tiles(page).count() < 120


def test_what_another_tab_or_script_did_shows_by_itself(labelled: Page, session: Session) -> None:
    fill(session, Lily=2)
    expect_count(labelled, "Lily", 2)
    expect(tiles(labelled)).to_have_count(16)


@pytest.mark.usefixtures("vision")
def test_next_step_is_said(labelled: Page, session: Session) -> None:
    hint = labelled.locator(".next")
    expect(hint).to_contain_text("Rose needs 2 more photos")
    card(labelled, "Unlabelled").get_by_role("button").click()
    expect(tiles(labelled)).to_have_count(12)
    for key in ("1", "2"):
        tiles(labelled).nth(0).click()
        tiles(labelled).nth(4).click(modifiers=["Shift"])
        labelled.keyboard.press(key)
        expect(labelled.get_by_text("5 photos now")).to_contain_text(
            "Rose" if key == "1" else "Tulip"
        )
        expect(chosen(labelled)).to_have_count(1)
    expect(hint).to_contain_text("Ready to train")
    hint.get_by_role("button", name="Go to Train").click()
    expect(labelled.get_by_role("tab", name="Train")).to_have_attribute("aria-selected", "true")
    assert labelled.url.endswith("#train")


def test_what_comes_next_is_not_covered_by_the_classes(session: Session, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    fill(session, unlabelled=60, Rose=1)
    expect_count(page, "Unlabelled", 60)
    page.evaluate("scrollTo(0, 300)")
    foot = page.locator(".classes").bounding_box()
    hint = page.locator(".next").bounding_box()
    assert foot
    assert hint
    assert hint["y"] >= foot["y"] + foot["height"]
