"""The Fix tab: photos worth another look, one key each."""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.types import ImageRecord
from dragon_app.wiring import Session
from tests.browser.conftest import Faults, Server
from tests.conftest import wait_until
from tests.fakes import FakeVision
from tests.photos import incoming, photo_bytes

DARK, LIGHT = 1, 2
WORST, SECOND, THIRD = 15, 13, 14  # called dark; a copy of each is called light


@pytest.fixture
def filled(vision: FakeVision, session: Session) -> Session:
    """Fill the workspace so that its inbox begins with three photos of one wrong label each."""
    session.app.suggesting.open()
    for name, seeds, brighter in (
        ("dark", range(6), 0), ("light", range(10, 16), 30), ("dark", range(10, 13), 20),
    ):  # fmt: skip
        session.app.dataset.add(
            [
                incoming(photo_bytes(seed, brighter=brighter), f"{seed}.png", class_name=name)
                for seed in seeds
            ]
        )
    wait_until(lambda: session.app.inbox.standing().status == "ready")
    return session


@pytest.fixture
def fix(filled: Session, page: Page) -> Page:
    """Open the tab with a click and wait for the worst photo."""
    page.get_by_role("tab", name="Fix", exact=True).click()
    expect_chosen(page, WORST)
    return page


def expect_chosen(page: Page, image_id: int) -> None:
    expect(page.locator('.fix-option[aria-selected="true"]')).to_have_id(f"fix-{image_id}")


def said(page: Page) -> Locator:
    return page.locator(".d-toast")


def of(session: Session, image_id: int) -> ImageRecord:
    return session.app.dataset.described([image_id])[0]


def test_one_key_each_and_undo_brings_them_back_in_turn(filled: Session, fix: Page) -> None:
    photo = fix.get_by_role("region", name="The chosen photo", exact=True)
    expect(photo.get_by_role("listitem")).to_contain_text(["almost the same as a photo of light"])
    expect(photo).to_contain_text("Looks like it \u00b7 light")
    fix.keyboard.press("Enter")
    expect(said(fix)).to_contain_text("12.png is now light.")
    expect_chosen(fix, SECOND)
    fix.keyboard.press("k")
    expect(said(fix)).to_contain_text("10.png is right as it is.")
    expect_chosen(fix, THIRD)
    fix.keyboard.press("x")
    expect(said(fix)).to_contain_text("11.png is in the bin.")
    expect(fix.locator(".header-saved")).to_have_attribute("data-is", "saved")
    assert (of(filled, WORST).class_id, of(filled, SECOND).class_id) == (LIGHT, DARK)
    assert of(filled, THIRD).is_binned
    for words, image_id in (
        ("Move to the bin undone", THIRD),
        ("Keeping as it is undone", SECOND),
        ("Label undone", WORST),
    ):
        fix.keyboard.press("u" if image_id != SECOND else "Control+z")
        expect(said(fix)).to_contain_text(words)
        expect_chosen(fix, image_id)
    assert of(filled, WORST).class_id == DARK
    assert not of(filled, THIRD).is_binned


def test_keys_of_classes_relabel_and_the_one_it_has_keeps_it(filled: Session, fix: Page) -> None:
    fix.keyboard.press("ArrowDown")
    expect_chosen(fix, SECOND)
    fix.keyboard.press("1")
    expect(said(fix)).to_contain_text("10.png is right as it is.")
    expect_chosen(fix, THIRD)
    fix.keyboard.press("2")
    expect(said(fix)).to_contain_text("11.png is now light.")
    assert of(filled, THIRD).class_id == LIGHT
    filled.app.labelling.assign([WORST], LIGHT)  # elsewhere, after the toast's own gesture
    said(fix).get_by_role("button", name="Undo", exact=True).click()
    wait_until(lambda: of(filled, THIRD).class_id == DARK)
    assert of(filled, WORST).class_id == LIGHT


def test_what_was_said_of_a_gesture_goes_with_its_tab(fix: Page) -> None:
    fix.keyboard.press("k")
    expect(said(fix)).to_contain_text("12.png is right as it is.")
    fix.get_by_role("tab", name="Fix", exact=True).click()  # not another one
    expect(said(fix)).to_have_count(1)
    fix.get_by_role("tab", name="Label", exact=True).click()
    expect(said(fix)).to_have_count(0)


def test_nothing_fires_while_somebody_types_or_reads_the_keys(filled: Session, fix: Page) -> None:
    fix.locator(".fix").evaluate("(node) => node.prepend(document.createElement('input'))")
    fix.locator(".fix > input").press_sequentially("kx1u?")
    fix.locator(".fix > input").press("Enter")
    fix.locator(".fix > input").evaluate("(node) => node.remove()")
    fix.keyboard.press("?")
    keys = fix.get_by_role("dialog", name="Keys", exact=True)
    expect(keys).to_contain_text("not a mistake")
    fix.keyboard.press("x")
    fix.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    fix.get_by_role("button", name="Likely wrong label").click()
    expect(fix.locator(f"#fix-{SECOND}")).to_have_count(0)
    expect_chosen(fix, WORST)
    fix.get_by_role("button", name="All").click()
    expect(fix.locator(f"#fix-{SECOND}")).to_be_visible()
    assert [each.image_id for each in filled.app.inbox.findings()][:3] == [WORST, SECOND, THIRD]


def test_a_photo_is_put_right_in_the_large_view(filled: Session, fix: Page) -> None:
    fix.keyboard.press("Space")
    large = fix.get_by_role("dialog", name="Photo", exact=True)
    expect(large.get_by_role("img", name="12.png")).to_be_visible()
    expect(large).to_contain_text("It looks almost the same as a photo of light")
    fix.keyboard.press("ArrowRight")
    expect(large.get_by_role("img", name="10.png")).to_be_visible()
    fix.keyboard.press("ArrowLeft")
    expect(large.get_by_role("img", name="12.png")).to_be_visible()
    fix.keyboard.press("+")
    expect(large.locator(".large-photo")).to_have_attribute("data-zoom", "1.50")
    fix.keyboard.press("Enter")
    expect(large.locator(".large-photo")).to_have_attribute("data-zoom", "1.00")
    expect(large.locator(".d-toast")).to_contain_text("12.png is now light.")
    expect(large.get_by_role("img", name="10.png")).to_be_visible()
    large.get_by_role("button", name="Not a mistake").click()
    expect(large.get_by_role("img", name="11.png")).to_be_visible()
    wait_until(lambda: of(filled, WORST).class_id == LIGHT)
    fix.keyboard.press("u")
    expect(large.get_by_role("img", name="10.png")).to_be_visible()
    fix.keyboard.press("Space")
    expect(large).to_have_count(0)
    expect(said(fix)).to_contain_text("undone on 1 photo")
    expect_chosen(fix, SECOND)
    fix.get_by_role("button", name="Show it large", exact=True).click()
    expect(large.get_by_role("img", name="10.png")).to_be_visible()
    assert of(filled, SECOND).class_id == DARK


def test_the_large_view_hears_keys_after_a_pressed_button_went(fix: Page) -> None:
    def without_suggestion(route: Route) -> None:
        answer = route.fetch().json()
        for each in answer["findings"]:
            each["suggestion"] = each["suggestion"] if each["id"] == WORST else None
        route.fulfill(json=answer)

    fix.route("**/dragon/inbox?*", without_suggestion)
    with fix.expect_response("**/dragon/inbox?*"):
        fix.get_by_role("button", name="All").click()
    expect_chosen(fix, WORST)
    fix.get_by_role("button", name="Show it large", exact=True).click()
    large = fix.get_by_role("dialog", name="Photo", exact=True)
    take = large.get_by_role("button", name="It is light")
    take.press("Enter")
    expect(large.get_by_role("img", name="10.png")).to_be_visible()
    expect(take).to_be_hidden()
    fix.keyboard.press("+")
    zoomed = large.locator(".large-photo")
    expect(zoomed).to_have_attribute("data-zoom", "1.50")
    large.locator(".d-toast").get_by_role("button", name="Close", exact=True).click()
    expect(said(fix)).to_have_count(0)
    fix.keyboard.press("-")
    expect(zoomed).to_have_attribute("data-zoom", "1.00")
    fix.unroute_all(behavior="ignoreErrors")


def test_a_photo_that_is_not_listed_is_not_jumped_to_later(fix: Page) -> None:
    fix.get_by_role("button", name="Likely wrong label").click()
    expect(fix.locator(f"#fix-{SECOND}")).to_have_count(0)
    with fix.expect_response("**/dragon/inbox?*kind=label*"):
        fix.evaluate(f"dragon.showFix({{ kind: 'label', id: {SECOND} }})")
    expect_chosen(fix, WORST)
    fix.get_by_role("button", name="All").click()
    expect(fix.locator(f"#fix-{SECOND}")).to_be_visible()
    expect_chosen(fix, WORST)


def test_a_list_is_seen_to_its_end_and_not_beyond(fix: Page) -> None:
    def many(route: Route) -> None:
        asked.append(int(parse_qs(urlsplit(route.request.url).query)["limit"][0]))
        answer = route.fetch().json()
        worst = answer["findings"][0]
        shown = [{**worst, "id": 100 + i} for i in range(min(70, asked[-1]))]
        route.fulfill(json={**answer, "open": 70, "findings": shown})

    asked: list[int] = []
    fix.route("**/dragon/inbox?*", many)
    fix.get_by_role("button", name="All").click()
    expect(fix.locator(".fix-option")).to_have_count(60)
    fix.keyboard.press("End")
    expect(fix.locator(".fix-option")).to_have_count(70)
    fix.unroute_all(behavior="ignoreErrors")
    assert max(asked) == 70  # the app refuses to give more than the longest list


def test_what_is_done_without_the_app_waits_and_holds_after_a_reload(
    filled: Session, fix: Page, server: Server, faults: Faults
) -> None:
    faults.expected = ("ERR_CONNECTION_REFUSED", "ERR_EMPTY_RESPONSE", "ERR_CONNECTION_RESET")
    server.stop()
    fix.keyboard.press("Enter")
    expect_chosen(fix, SECOND)
    expect(said(fix).first).to_contain_text("Not saved yet")
    said(fix).first.hover()  # it is being read
    fix.get_by_role("tab", name="Try").click()
    expect(said(fix).first).to_contain_text("Not saved yet")
    fix.get_by_role("tab", name="Fix", exact=True).click()
    expect(fix.locator(".header-saved")).to_have_attribute("data-is", "offline")
    assert of(filled, WORST).class_id == DARK
    server.start()
    wait_until(lambda: of(filled, WORST).class_id == LIGHT)
    expect(fix.locator(".header-saved")).to_have_attribute("data-is", "saved")
    fix.reload()
    expect(fix.locator('.fix-option[aria-selected="true"]')).to_be_visible()
    expect(fix.locator(f"#fix-{WORST}")).to_have_count(0)


def test_after_the_next_run_it_says_what_the_fixes_brought(filled: Session, fix: Page) -> None:
    filled.app.runs.wait(filled.app.runs.start(FinetuneConfig()).id)
    fix.keyboard.press("Enter")
    waiting = fix.locator(".fix-waiting")
    expect(waiting).to_contain_text("1 fix (1 relabelled) since run 1 began.")
    waiting.get_by_role("button", name="Go to Train", exact=True).click()
    expect(fix.get_by_role("tab", name="Train")).to_have_attribute("aria-selected", "true")
    filled.app.runs.wait(filled.app.runs.start(FinetuneConfig()).id)
    fix.get_by_role("tab", name="Fix", exact=True).click()
    expect(fix.locator(".fix-brought")).to_contain_text(
        re.compile(r"After 1 fix \(1 relabelled\): of the \d+ photos that both held out, run 1")
    )
    expect(waiting).to_be_hidden()


def test_without_photos_and_without_labels_the_next_step_is_named(
    vision: FakeVision, session: Session, open_page: Callable[..., Page]
) -> None:
    page = open_page("/#fix")
    empty = page.locator(".fix-empty")
    expect(empty).to_contain_text("There is no photo yet.")
    session.app.dataset.add([incoming(photo_bytes(1), "1.png")])
    expect(empty).to_contain_text("Label 3 photos of each of two classes")
    empty.get_by_role("button", name="Go to Label", exact=True).click()
    expect(page.get_by_role("tab", name="Label")).to_have_attribute("aria-selected", "true")


def test_with_nothing_left_the_next_step_is_what_fits(filled: Session, fix: Page) -> None:
    def none_left(route: Route) -> None:
        answer = route.fetch().json()
        route.fulfill(json={**answer, "status": "ready", "all": 0, "open": 0, "findings": []})

    fix.route("**/dragon/inbox?*", none_left)
    ways = fix.locator(".fix-empty").get_by_role("button")
    expect(ways).to_have_text(["Go to Train"])
    filled.app.runs.wait(filled.app.runs.start(FinetuneConfig()).id)
    expect(ways).to_have_text(["Go to Try", "Go to Results"])
    ways.first.click()
    expect(fix.get_by_role("tab", name="Try")).to_have_attribute("aria-selected", "true")
    fix.unroute_all(behavior="ignoreErrors")
