"""The class cards."""

import pytest
from playwright.sync_api import Page, expect

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
