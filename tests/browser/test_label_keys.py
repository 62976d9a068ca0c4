"""The keys of the Label tab."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dragon_app.core.types import Shown
from dragon_app.wiring import Session
from tests.browser.acts import card, chosen, expect_count, fill, tiles, wait_for_picture
from tests.browser.conftest import Server


@pytest.fixture
def labelled(session: Session, page: Page) -> Page:
    """A page with 12 unlabelled photos, and one each of Rose and Tulip, which stand last."""
    fill(session, Rose=1, Tulip=1)
    fill(session, unlabelled=12)
    expect_count(page, "Unlabelled", 12)
    expect(tiles(page)).to_have_count(14)
    return page


def count(session: Session, shown: Shown) -> int:
    return session.app.workspace.images.counts()[shown]


def expect_here(page: Page, place: int) -> None:
    """Wait until one photo is chosen, at a place counted from 1."""
    expect(chosen(page)).to_have_count(1)
    expect(chosen(page)).to_have_attribute("aria-posinset", str(place))


def test_a_label_moves_the_choice_to_the_next_unlabelled_photo(labelled: Page) -> None:
    tiles(labelled).nth(1).click()
    labelled.keyboard.press("1")
    expect_here(labelled, 3)
    tiles(labelled).nth(0).click()
    labelled.keyboard.press("2")
    expect_here(labelled, 3)  # the second has its class already
    tiles(labelled).nth(11).click()
    labelled.keyboard.press("2")
    expect_here(labelled, 3)  # around the end
    expect_count(labelled, "Tulip", 3)


def test_a_correction_stays_where_it_is(labelled: Page) -> None:
    tiles(labelled).nth(13).click()
    labelled.keyboard.press("2")
    expect_count(labelled, "Tulip", 2)
    expect_here(labelled, 14)


def test_zero_gives_the_tenth_class_and_a_letter_its_own(session: Session, page: Page) -> None:
    fill(session, unlabelled=3, **dict.fromkeys("ABCDEFGHIJK", 1))
    session.app.labelling.set_class_key(session.app.labelling.classes()[10].id, "w")
    expect_count(page, "K", 1)
    expect(tiles(page)).to_have_count(14)
    card(page, "Unlabelled").get_by_role("button").click()
    expect(tiles(page)).to_have_count(3)
    tiles(page).nth(0).click()
    page.keyboard.press("0")
    expect_count(page, "J", 2)
    page.keyboard.press("w")
    expect_count(page, "K", 2)


def test_s_skips_and_takes_the_skip_back(labelled: Page, session: Session) -> None:
    tiles(labelled).nth(0).click()
    labelled.keyboard.press("s")
    expect_count(labelled, "Unlabelled", 11)
    expect_here(labelled, 2)
    expect(tiles(labelled).nth(0)).to_contain_text("Skipped")
    tiles(labelled).nth(0).click()
    labelled.keyboard.press("s")
    expect_count(labelled, "Unlabelled", 12)
    assert count(session, Shown.SKIPPED) == 0


def test_x_bins_and_in_the_bin_puts_back(labelled: Page) -> None:
    tiles(labelled).nth(4).click()
    labelled.keyboard.press("x")
    expect_count(labelled, "Bin", 1)
    expect(tiles(labelled)).to_have_count(13)
    expect_here(labelled, 5)
    card(labelled, "Bin").get_by_role("button").click()
    expect(tiles(labelled)).to_have_count(1)
    tiles(labelled).nth(0).click()
    labelled.keyboard.press("1")
    expect(labelled.get_by_text("What is in the bin gets no class", exact=False)).to_be_visible()
    labelled.keyboard.press("x")
    expect(labelled.get_by_text("The bin is empty.", exact=True)).to_be_visible()
    expect_count(labelled, "Rose", 1)
    expect_count(labelled, "All photos", 14)


def test_u_undoes_and_ctrl_shift_z_redoes_also_after_a_restart(
    labelled: Page, session: Session, server: Server
) -> None:
    for place, key in ((0, "1"), (1, "2")):
        tiles(labelled).nth(place).click()
        labelled.keyboard.press(key)
    expect_count(labelled, "Tulip", 2)
    labelled.keyboard.press("u")
    expect(labelled.get_by_text("Label undone on 1 photo.", exact=True)).to_be_visible()
    expect_here(labelled, 2)
    expect_count(labelled, "Tulip", 1)
    folder = session.app.workspace.folder
    server.stop()
    session.close()
    session.open(folder)
    server.start()
    labelled.reload()
    expect_count(labelled, "Rose", 2)
    labelled.keyboard.press("ControlOrMeta+Shift+z")
    expect_count(labelled, "Tulip", 2)
    labelled.keyboard.press("ControlOrMeta+z")
    labelled.keyboard.press("ControlOrMeta+z")
    expect_count(labelled, "Rose", 1)
    expect_count(labelled, "Tulip", 1)


def test_slash_searches_and_keys_typed_there_are_text(labelled: Page, session: Session) -> None:
    tiles(labelled).nth(0).click()
    labelled.keyboard.press("/")
    search = labelled.get_by_role("searchbox", name="Search names")
    expect(search).to_be_focused()
    labelled.keyboard.type("1usx?/")
    labelled.keyboard.press("Delete")
    labelled.keyboard.press("ControlOrMeta+a")
    expect(search).to_have_value("1usx?/")
    expect(labelled.get_by_text("No photo fits the search", exact=False)).to_be_visible()
    labelled.keyboard.press("Escape")
    expect(search).to_have_value("")
    expect(tiles(labelled)).to_have_count(14)
    assert count(session, Shown.UNLABELLED) == 12
    assert count(session, Shown.BINNED) == 0
    labelled.keyboard.press("ArrowRight")  # the keys are the grid's again
    expect(chosen(labelled)).to_have_count(1)


def test_question_mark_shows_the_keys_and_none_of_them_fires_meanwhile(
    labelled: Page, session: Session
) -> None:
    tiles(labelled).nth(0).click()
    labelled.keyboard.press("?")
    keys = labelled.get_by_role("dialog", name="Keys")
    expect(keys.get_by_text("undo", exact=True)).to_be_visible()
    for key in ("1", "s", "x", "u", "/", "Delete"):
        labelled.keyboard.press(key)
    labelled.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    labelled.keyboard.press("2")
    expect_count(labelled, "Tulip", 2)
    assert (count(session, Shown.UNLABELLED), count(session, Shown.BINNED)) == (11, 0)
    assert session.app.workspace.labels.newest_batch() == 3  # two came with files


def test_a_key_held_down_labels_once(labelled: Page, session: Session) -> None:
    tiles(labelled).nth(0).click()
    for _ in range(5):
        labelled.keyboard.down("1")  # all but the first are repeats
    labelled.keyboard.up("1")
    expect_count(labelled, "Rose", 2)
    labelled.keyboard.press("2")
    expect_count(labelled, "Tulip", 2)
    assert count(session, Shown.UNLABELLED) == 10


def test_page_keys_go_a_screen_further(session: Session, page: Page) -> None:
    fill(session, unlabelled=90)
    expect(card(page, "All photos").locator(".class-count")).to_have_text("90")
    expect(tiles(page).first).to_be_visible()
    tiles(page).nth(0).click()
    page.keyboard.press("PageDown")
    wait_for_picture(page)
    place = int(chosen(page).get_attribute("aria-posinset") or 0)
    assert place > 12
    page.keyboard.press("PageUp")
    expect_here(page, 1)
    page.keyboard.press("End")
    expect_here(page, 90)
    page.keyboard.press("Home")
    expect_here(page, 1)


def test_no_key_is_lost_however_fast(session: Session, page: Page) -> None:
    fill(session, unlabelled=60, **dict.fromkeys("ABCDE", 1))
    card(page, "Unlabelled").get_by_role("button").click()
    expect_count(page, "Unlabelled", 60)
    expect(tiles(page).first).to_be_visible()
    tiles(page).first.click()
    newest_first = sorted(session.app.dataset.by_name(), reverse=True)
    photos = map(session.app.dataset.image, newest_first)
    order = [photo.id for photo in photos if photo.class_id is None]
    for n in range(60):
        page.keyboard.press(str(n * 7 % 5 + 1))
    expect_count(page, "Unlabelled", 0)
    expect(page.locator('.header-saved[data-is="saved"]')).to_be_visible()
    classes = [each.id for each in session.app.labelling.classes()]
    given = [session.app.dataset.image(image_id).class_id for image_id in order]
    assert given == [classes[n * 7 % 5] for n in range(60)]


def test_two_windows_keep_both_histories_and_see_each_other(
    labelled: Page, open_page: Callable[..., Page], session: Session
) -> None:
    other = open_page()
    expect(tiles(other)).to_have_count(14)
    labelled.bring_to_front()
    photo = tiles(labelled).nth(0).get_attribute("data-id") or ""
    tiles(labelled).nth(0).click()
    labelled.keyboard.press("1")
    other.bring_to_front()
    expect(other.locator(f'.tile[data-id="{photo}"]')).to_contain_text("Rose")
    other.locator(f'.tile[data-id="{photo}"]').click()
    other.keyboard.press("2")
    labelled.bring_to_front()
    expect(labelled.locator(f'.tile[data-id="{photo}"]')).to_contain_text("Tulip")
    history = [event.after for event in session.app.workspace.labels.history(int(photo))]
    assert len(history) == 2


def test_arrows_and_space_are_the_photos_after_a_list_was_clicked(labelled: Page) -> None:
    card(labelled, "Unlabelled").get_by_role("button").click()
    expect(tiles(labelled)).to_have_count(12)
    labelled.keyboard.press("ArrowRight")
    expect_here(labelled, 1)
    card(labelled, "Rose").get_by_role("button", name="Change Rose").focus()
    labelled.keyboard.press("2")
    expect_count(labelled, "Tulip", 2)
    labelled.keyboard.press("Space")
    expect(labelled.get_by_role("dialog", name="Photo")).to_be_visible()


def test_escape_leaves_the_field_of_a_new_class_for_the_photos(labelled: Page) -> None:
    field = labelled.get_by_label("Name of a new class")
    field.fill("Ro")
    field.press("Escape")
    expect(field).to_have_value("")
    labelled.keyboard.press("ArrowRight")
    expect_here(labelled, 1)


def test_the_list_of_keys_begins_at_its_top(labelled: Page) -> None:
    labelled.set_viewport_size({"width": 1280, "height": 600})
    labelled.keyboard.press("?")
    keys = labelled.get_by_role("dialog", name="Keys")
    expect(keys.get_by_role("heading", name="Keys", exact=True)).to_be_in_viewport()


def test_the_first_arrow_goes_to_the_first_photo_also_after_others_came(
    session: Session, page: Page
) -> None:
    fill(session, unlabelled=2)
    expect(tiles(page)).to_have_count(2)
    fill(session, unlabelled=3)
    expect(tiles(page)).to_have_count(5)
    page.keyboard.press("ArrowRight")
    expect_here(page, 1)
