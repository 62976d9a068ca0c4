"""The Label tab while the app hangs: it takes requests and never answers."""

import json

from playwright.sync_api import Page, Request, Route, expect

from dragon_app.wiring import Session
from tests.browser.acts import expect_count, fill, make_class, tiles
from tests.browser.conftest import Faults


def test_hung_app_is_announced_and_a_late_label_counts_once(
    page: Page, session: Session, faults: Faults
) -> None:
    faults.expected = ("net::ERR_",)
    fill(session, unlabelled=2)
    make_class(page, "Rose")
    expect(tiles(page)).to_have_count(2)
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/dragon/labels"):
            sent.append(json.loads(request.post_data or "{}")["batch"])

    def do_and_never_answer(route: Route) -> None:
        route.fetch()

    page.on("request", note)
    page.route("**/dragon/labels", do_and_never_answer)
    page.route("**/dragon/state", lambda route: None)
    tiles(page).first.click()
    page.keyboard.press("1")
    banner = page.get_by_role("alert").filter(has_text="does not answer")
    expect(banner).to_be_visible()
    expect(page.locator(".header-saved")).to_have_attribute("data-is", "offline")
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")
    expect(banner).to_be_hidden()
    expect(page.get_by_text("1 photo now Rose")).to_be_visible()
    expect(page.locator(".header-saved")).to_have_attribute("data-is", "saved")
    expect_count(page, "Rose", 1)
    assert len(sent) == 2
    assert len(set(sent)) == 1
    page.keyboard.press("ControlOrMeta+z")
    expect_count(page, "Rose", 0)
    page.keyboard.press("ControlOrMeta+z")
    expect(page.get_by_text("There is nothing to undo.")).to_be_visible()
