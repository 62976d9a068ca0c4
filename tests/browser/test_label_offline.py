"""Labels while the app is away, refused ones, and photos that others moved meanwhile."""

import json
from pathlib import Path

from playwright.sync_api import Page, Request, Route, expect

from dragon_app.wiring import Session
from tests.browser.acts import card, chosen, expect_count, fill, tiles
from tests.browser.conftest import Faults, Server

LOST = ("net::ERR_",)  # what Chromium itself writes when the app is gone
SAVED = '.header-saved[data-is="saved"]'


def ready(session: Session, page: Page) -> list[int]:
    """Show three unlabelled photos before a Rose and a Tulip; return their ids."""
    fill(session, Rose=1, Tulip=1)
    fill(session, unlabelled=3)
    expect_count(page, "Unlabelled", 3)
    expect(tiles(page)).to_have_count(5)
    return [int(tiles(page).nth(n).get_attribute("data-id") or 0) for n in range(3)]


def class_names(session: Session, ids: list[int]) -> list[str]:
    names = {each.id: each.name for each in session.app.labelling.classes()}
    return [names.get(session.app.dataset.image(i).class_id or 0, "") for i in ids]


def test_labels_given_offline_wait_over_a_reload_and_arrive_in_order(
    page: Page, session: Session, server: Server, faults: Faults
) -> None:
    faults.expected = LOST
    ids = ready(session, page)
    tiles(page).nth(0).click()
    server.stop()
    for key in ("1", "2", "1"):
        page.keyboard.press(key)
    expect(page.locator('.header-saved[data-is="offline"]')).to_be_visible()
    expect(tiles(page).nth(1)).to_contain_text("Tulip")  # shown at once
    tiles(page).nth(0).click()
    page.keyboard.press("2")  # a correction, after the first
    assert class_names(session, ids) == ["", "", ""]
    server.start()
    page.reload()
    expect(page.locator(SAVED)).to_be_visible()
    expect_count(page, "Rose", 2)
    expect_count(page, "Tulip", 3)
    assert class_names(session, ids) == ["Tulip", "Tulip", "Rose"]
    assert [event.after is None for event in session.app.workspace.labels.history(ids[0])] == [
        False
    ] * 2
    assert page.evaluate("Object.keys(sessionStorage).filter(k => /waiting/.test(k)).length") == 0
    page.keyboard.press("u")
    expect_count(page, "Rose", 3)


def test_labels_wait_while_another_workspace_is_open(
    page: Page, session: Session, tmp_path: Path, faults: Faults
) -> None:
    faults.expected = ("409", *LOST)
    ids = ready(session, page)
    folder = session.app.workspace.folder
    page.route("**/dragon/state", lambda route: None)  # the page does not know it yet
    session.open(tmp_path / "another")
    tiles(page).nth(0).click()
    page.keyboard.press("1")
    page.keyboard.press("2")
    expect(tiles(page).nth(1)).to_contain_text("Tulip")
    page.unroute_all(behavior="ignoreErrors")
    expect(page.get_by_role("heading", name="Drop photos here", exact=True)).to_be_visible()
    assert session.app.workspace.labels.newest_batch() == 0
    session.open(folder)
    expect_count(page, "Rose", 2)
    expect_count(page, "Tulip", 2)
    assert class_names(session, ids) == ["Rose", "Tulip", ""]


def test_a_label_whose_answer_was_lost_is_done_once(
    page: Page, session: Session, faults: Faults
) -> None:
    faults.expected = LOST
    ids = ready(session, page)
    batches: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/dragon/labels"):
            batches.append(json.loads(request.post_data or "{}")["batch"])

    def lose_the_first_answer(route: Route) -> None:
        if len(batches) == 1:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    page.on("request", note)
    page.route("**/dragon/labels", lose_the_first_answer)
    tiles(page).nth(0).click()
    page.keyboard.press("1")
    page.keyboard.press("2")
    expect_count(page, "Rose", 2)
    expect_count(page, "Tulip", 2)
    assert len(batches) == 3
    assert len(set(batches)) == 2
    assert class_names(session, ids) == ["Rose", "Tulip", ""]
    page.unroute_all(behavior="ignoreErrors")


def test_a_refused_label_is_taken_back_in_words(
    page: Page, session: Session, faults: Faults
) -> None:
    faults.expected = ("507",)
    ready(session, page)

    def refuse(route: Route) -> None:
        route.fulfill(status=507, json={"error": "The disk is full."})

    page.route("**/dragon/labels", refuse, times=1)
    tiles(page).nth(0).click()
    page.keyboard.press("1")
    expect(page.get_by_text("Not done, all is as before: The disk is full.")).to_be_visible()
    expect(tiles(page).nth(0)).not_to_contain_text("Rose")
    expect(chosen(page)).to_have_attribute("aria-posinset", "1")
    page.keyboard.press("1")
    expect_count(page, "Rose", 2)


def test_photo_binned_elsewhere_while_chosen_is_said(page: Page, session: Session) -> None:
    ids = ready(session, page)
    tiles(page).nth(0).click()
    tiles(page).nth(1).click(modifiers=["Shift"])
    session.app.labelling.bin(ids[:1])
    expect(page.get_by_text("1 chosen photo was moved to the bin elsewhere.")).to_be_visible()
    expect(page.get_by_text("1 photo chosen", exact=True)).to_be_visible()
    page.keyboard.press("1")
    expect_count(page, "Rose", 2)
    assert class_names(session, ids) == ["", "Rose", ""]


def test_photo_removed_for_good_elsewhere_while_chosen_is_said(
    page: Page, session: Session, faults: Faults
) -> None:
    faults.expected = ("404",)  # its picture, if that was on its way
    ids = ready(session, page)
    tiles(page).nth(0).click()
    tiles(page).nth(1).click(modifiers=["Shift"])
    page.route("**/dragon/state", lambda route: None)  # both happen between two looks
    session.app.labelling.bin(ids[:1])
    session.app.labelling.empty_bin(expected=1)
    page.keyboard.press("1")
    expect(page.get_by_text("1 photo now Rose; gone and left:")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")
    expect(tiles(page)).to_have_count(4)
    expect_count(page, "Rose", 2)
    assert class_names(session, ids[1:]) == ["Rose", ""]


def test_class_deleted_elsewhere_refuses_the_label_in_words(
    page: Page, session: Session, faults: Faults
) -> None:
    faults.expected = ("404",)
    made = session.app.labelling.create_class("Lily")
    ids = ready(session, page)
    expect(card(page, "Lily")).to_be_visible()
    page.route("**/dragon/state", lambda route: None)
    session.app.labelling.delete_class(made.id)
    tiles(page).nth(0).click()
    page.keyboard.press("1")
    expect(page.get_by_text("It may have been deleted.")).to_be_visible()
    assert class_names(session, ids) == ["", "", ""]
    page.unroute_all(behavior="ignoreErrors")
