"""Which photos the Label tab shows, and in which order."""

from collections.abc import Sequence
from functools import partial

import pytest
from playwright.sync_api import Locator, Page, expect

from dragon_app.services.intake import IncomingFile
from dragon_app.wiring import Session
from tests.browser.acts import card, chosen, expect_count, fill, tiles
from tests.photos import incoming, photo_bytes

NAMES = ["tulip 10.png", "Tulip 9.png", "rose.png", "daisy.png"]


def add(session: Session, names: Sequence[str], class_name: str | None = None) -> None:
    files = [
        IncomingFile(name=name, read=partial(photo_bytes, seed, size=(40 + 9 * seed, 40)))
        for seed, name in enumerate(names, start=1)
    ]
    session.app.dataset.add(files, class_name=class_name)


@pytest.fixture
def named(session: Session, page: Page) -> Page:
    """A page with four photos, each larger than the one before."""
    add(session, NAMES)
    expect(tiles(page)).to_have_count(4)
    return page


def expect_names(page: Page, names: Sequence[str]) -> None:
    """Wait until the grid shows these photos in this order."""
    expect(tiles(page)).to_have_count(len(names))
    for place, name in enumerate(names):
        expect(tiles(page).nth(place)).to_have_attribute("title", name)


def choice(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name)


def test_order_is_by_date_name_or_size(named: Page) -> None:
    order = choice(named, "Order")
    expect_names(named, NAMES[::-1])
    order.select_option("Oldest first")
    expect_names(named, NAMES)
    order.select_option("By name")
    expect_names(named, ["daisy.png", "rose.png", "Tulip 9.png", "tulip 10.png"])
    sizes = {name: len(photo_bytes(n, size=(40 + 9 * n, 40))) for n, name in enumerate(NAMES, 1)}
    order.select_option("Largest first")
    expect_names(named, sorted(NAMES, key=lambda name: -sizes[name]))
    order.select_option("Smallest first")
    expect_names(named, sorted(NAMES, key=lambda name: sizes[name]))


def test_search_finds_and_clears(named: Page) -> None:
    search = named.get_by_role("searchbox", name="Search names")
    search.fill("tuLIP")
    expect_names(named, ["Tulip 9.png", "tulip 10.png"])
    expect(named.get_by_text("2 photos", exact=True)).to_be_visible()
    search.fill("nettle")
    expect(named.get_by_text("No photo fits the search and the choices above.")).to_be_visible()
    named.get_by_role("button", name="Clear them").click()
    expect(search).to_have_value("")
    expect_names(named, NAMES[::-1])


def test_new_photos_join_a_search_and_an_order_by_name(named: Page, session: Session) -> None:
    choice(named, "Order").select_option("By name")
    named.get_by_role("searchbox", name="Search names").fill("tulip")
    expect_names(named, ["Tulip 9.png", "tulip 10.png"])
    session.app.dataset.add([incoming(photo_bytes(77), "tulip 9b.png")])
    session.app.dataset.add([incoming(photo_bytes(78), "nettle.png")])
    expect_names(named, ["Tulip 9.png", "tulip 9b.png", "tulip 10.png"])


def test_parts_and_imports_are_told_apart(session: Session, page: Page) -> None:
    fill(session, Rose=5, unlabelled=2)
    with session.app.workspace.images._database.writing() as db:
        db.execute("update images set added_at = '2026-03-01T10:00:00+00:00' where id <= 3")
    page.reload()
    expect(tiles(page)).to_have_count(7)
    choice(page, "Their part").select_option("Held-out")
    expect(tiles(page)).to_have_count(1)
    choice(page, "Their part").select_option("Any part")
    choice(page, "When they were added").select_option(index=2)
    expect(tiles(page)).to_have_count(3)
    expect(page.get_by_text("3 photos", exact=True)).to_be_visible()
    card(page, "Unlabelled").get_by_role("button").click()
    expect(tiles(page)).to_have_count(2)
    choice(page, "When they were added").select_option("Added any time")
    expect(tiles(page)).to_have_count(2)


def test_what_has_nothing_to_choose_is_not_shown(named: Page) -> None:
    expect(choice(named, "Order")).to_be_visible()
    expect(choice(named, "Their part")).to_be_hidden()
    expect(choice(named, "When they were added")).to_be_hidden()


def test_photo_leaves_a_list_that_it_no_longer_fits(session: Session, page: Page) -> None:
    fill(session, Rose=3, Tulip=1)
    expect_count(page, "Tulip", 1)  # its key works when the class is there
    card(page, "Rose").get_by_role("button").first.click()
    expect(tiles(page)).to_have_count(3)
    tiles(page).nth(1).click()
    third = tiles(page).nth(2).get_attribute("title") or ""
    page.keyboard.press("2")
    expect(tiles(page)).to_have_count(2)
    expect(chosen(page)).to_have_attribute("title", third)  # the one that moved up
    page.keyboard.press("u")
    expect(tiles(page)).to_have_count(3)
    expect(chosen(page)).to_have_attribute("aria-posinset", "2")


@pytest.mark.parametrize(
    "name",
    [
        "<img src=x onerror=window.hacked=1>.png",
        "${window.hacked=1}.png",
        "\u202egnp.exe\u200f.png",
        "long " * 2000 + ".png",
        "'; drop table images; --.png",
    ],
)
def test_any_file_name_is_text_can_be_searched_and_ordered(
    name: str, session: Session, page: Page
) -> None:
    add(session, [name, "plain.png"])
    name = name.replace("\u202e", "\ufffd")  # what turns text round is replaced
    expect_names(page, ["plain.png", name])
    choice(page, "Order").select_option("By name")
    expect(tiles(page)).to_have_count(2)
    page.get_by_role("searchbox", name="Search names").fill(name[:200])
    expect_names(page, [name])
    tiles(page).first.dblclick()
    preview = page.get_by_role("dialog", name="Photo")
    expect(preview.get_by_text(name, exact=True)).to_be_visible()
    assert page.evaluate("window.hacked === undefined")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
