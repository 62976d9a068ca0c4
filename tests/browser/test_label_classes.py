"""The class cards."""

import pytest
from playwright.sync_api import Locator, Page, expect

from dragon_app.wiring import Session
from tests.browser.acts import card, drop, expect_count, files, fill, make_class, tiles
from tests.browser.conftest import Faults


def test_class_is_made_renamed_coloured_and_deleted(session: Session, page: Page) -> None:
    fill(session, unlabelled=1)
    make_class(page, "Rose")
    card(page, "Rose").get_by_role("button").first.dblclick()
    field = page.get_by_label("New name of Rose")
    expect(field).to_be_focused()
    field.fill("Red rose")
    field.press("Enter")
    expect(card(page, "Red rose")).to_be_visible()
    card(page, "Red rose").hover()
    page.get_by_role("button", name="Change Red rose").click()
    page.get_by_label("Colour 5").check(force=True)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert session.app.labelling.classes()[0].colour == "#6a4c93"
    card(page, "Red rose").hover()
    page.get_by_role("button", name="Change Red rose").click()
    page.get_by_role("button", name="Delete").click()
    expect(card(page, "Red rose")).to_have_count(0)


def change(page: Page, name: str) -> Locator:
    """Open the dialog of a class."""
    card(page, name).hover()
    page.get_by_role("button", name=f"Change {name}", exact=True).click()
    return page.get_by_role("dialog", name="Class", exact=True)


def names(page: Page) -> Locator:
    return page.locator(".class-card[data-class] .class-show > .d-cut")


def test_names_typed_without_waiting_become_classes_in_their_order(
    session: Session, page: Page
) -> None:
    fill(session, unlabelled=1)
    page.get_by_label("Name of a new class").click()
    for name in ("Rose", "Tulip", "Daisy"):
        page.keyboard.type(name)
        page.keyboard.press("Enter")
    expect(page.locator(".class-card .class-count")).to_have_count(5)  # and the two groups
    names = page.locator(".class-card .d-cut")
    expect(names).to_have_text(["All photos", "Unlabelled", "Rose", "Tulip", "Daisy"])


def test_class_has_a_key_of_its_own(session: Session, page: Page) -> None:
    fill(session, unlabelled=1, Rose=1, Tulip=1)
    expect_count(page, "Tulip", 1)
    dialog = change(page, "Tulip")
    dialog.get_by_label("Key", exact=True).fill("t")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(card(page, "Tulip").locator("kbd")).to_have_text("T")
    expect(card(page, "Rose").locator("kbd")).to_have_text("1")
    card(page, "Unlabelled").get_by_role("button").click()
    expect(tiles(page)).to_have_count(1)
    tiles(page).first.click()
    page.keyboard.press("t")
    expect_count(page, "Tulip", 2)


def test_key_that_is_the_boards_is_said_and_nothing_is_lost(
    session: Session, page: Page, faults: Faults
) -> None:
    faults.expected = ("400",)
    fill(session, Rose=1)
    dialog = change(page, "Rose")
    dialog.get_by_label("Key", exact=True).fill("x")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.get_by_text("The key X is for the bin")).to_be_visible()
    dialog.get_by_label("Key", exact=True).fill("")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(card(page, "Rose").locator("kbd")).to_have_text("1")


def test_class_is_merged_with_the_name_just_typed_and_that_undone_and_redone(
    session: Session, page: Page
) -> None:
    fill(session, Rose=2, Tulip=3)
    expect_count(page, "Tulip", 3)
    dialog = change(page, "Rose")
    dialog.get_by_label("Name", exact=True).fill("Dog rose")
    dialog.get_by_label("Merge Rose into", exact=True).select_option("Tulip")
    dialog.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text("Dog rose merged into Tulip: 2 photos.", exact=True)).to_be_visible()
    expect_count(page, "Tulip", 5)
    expect(card(page, "Tulip").locator("kbd")).to_have_text("2")  # fingers know it
    expect(card(page, "Dog rose")).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Merging of Dog rose undone on 2 photos.", exact=True)).to_be_visible()
    expect_count(page, "Dog rose", 2)
    page.keyboard.press("Control+Shift+z")
    expect_count(page, "Tulip", 5)
    expect(card(page, "Dog rose")).to_have_count(0)


def test_class_with_photos_is_deleted_and_comes_back_after_a_reload(
    session: Session, page: Page
) -> None:
    fill(session, Rose=2)
    expect_count(page, "Rose", 2)
    change(page, "Rose").get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("Rose deleted; 2 photos unlabelled.", exact=True)).to_be_visible()
    expect_count(page, "Unlabelled", 2)
    page.reload()
    expect_count(page, "Unlabelled", 2)
    page.keyboard.press("u")
    expect_count(page, "Rose", 2)
    expect_count(page, "Unlabelled", 0)


def test_class_at_rest_keeps_its_photos_and_has_no_key(session: Session, page: Page) -> None:
    fill(session, Rose=2, Tulip=1)
    expect_count(page, "Tulip", 1)
    dialog = change(page, "Rose")
    dialog.get_by_label("Used in training and by key", exact=True).uncheck()
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".class-card.is-off")).to_contain_text("Rose")
    expect(page.locator(".class-card.is-off kbd")).to_have_count(0)
    expect(card(page, "Tulip").locator("kbd")).to_have_text("2")
    assert session.app.dataset.summary().classes[0].total == 2


def test_classes_are_put_in_order_by_keyboard(session: Session, page: Page) -> None:
    fill(session, Rose=1, Tulip=1, Lily=1)
    expect(names(page)).to_have_text(["Rose", "Tulip", "Lily"])
    dialog = change(page, "Lily")
    up = dialog.get_by_role("button", name="Move up", exact=True)
    up.focus()
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(["Rose", "Lily", "Tulip"])
    page.keyboard.press("Enter")
    expect(names(page)).to_have_text(["Lily", "Rose", "Tulip"])
    expect(dialog.get_by_text("1 of 3", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    expect(card(page, "Lily").locator("kbd")).to_have_text("1")


def test_class_deleted_elsewhere_is_said_where_it_is_changed(
    session: Session, page: Page, faults: Faults
) -> None:
    faults.expected = ("404",)
    fill(session, Rose=1)
    dialog = change(page, "Rose")
    session.app.labelling.delete_class(1)
    dialog.get_by_label("Name", exact=True).fill("Red rose")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog.get_by_text("There is no class 1. It may have been deleted.")).to_be_visible()


def test_name_that_is_taken_is_said(session: Session, page: Page, faults: Faults) -> None:
    faults.expected = ("400",)  # Chromium writes down every refusal
    fill(session, Rose=1)
    expect_count(page, "Rose", 1)
    page.get_by_label("Name of a new class").fill("ROSE")
    page.get_by_role("button", name="Make the class").click()
    expect(page.get_by_text("There is a class 'ROSE' already")).to_be_visible()


def test_card_shows_only_its_photos(session: Session, page: Page) -> None:
    fill(session, unlabelled=3, Rose=2, Tulip=4)
    expect(tiles(page)).to_have_count(9)
    card(page, "Tulip").get_by_role("button").first.click()
    expect(tiles(page)).to_have_count(4)
    expect(page.get_by_role("heading", name="Tulip")).to_be_visible()
    card(page, "All photos").get_by_role("button").click()
    expect(tiles(page)).to_have_count(9)


def test_drop_onto_a_card_decides_the_class(session: Session, page: Page) -> None:
    fill(session, Rose=1, Tulip=1)
    expect_count(page, "Tulip", 1)
    drop(card(page, "Tulip"), files(range(3)))
    expect_count(page, "Tulip", 4)
    expect(page.get_by_text("3 added")).to_be_visible()
    drop(page.locator(".grid"), files(range(3, 5)))
    expect_count(page, "Unlabelled", 2)


EVIL = [
    "<img src=x onerror=window.hacked=1>",
    "${window.hacked=1}",
    "`+(window.hacked=1)+`",
    "{{window.hacked=1}}",
]


@pytest.mark.parametrize("name", EVIL)
def test_names_are_text_and_nothing_else(name: str, session: Session, page: Page) -> None:
    session.app.labelling.create_class(name)
    drop(page.locator("body"), [(f"{name}.png", files([1])[0][1]), (f"{name}.jpg", b"no picture")])
    expect(page.locator(".upload-refused")).to_contain_text(f"{name}.jpg")
    tiles(page).first.click()
    page.keyboard.press("1")
    expect(page.get_by_text(f"1 photo now {name}")).to_be_visible()
    expect(page.locator(".tile-class").first).to_have_text(name)
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog").get_by_text(f"{name}.png")).to_be_visible()
    page.reload()
    expect(page.locator(".tile-class").first).to_have_text(name)
    assert page.evaluate("window.hacked === undefined")
