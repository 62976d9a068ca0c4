"""What holds for the page as a whole: tabs, the lost app, workspaces, the look."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dragon_app.wiring import Session
from tests.browser.acts import expect_count, fill, make_class, tiles
from tests.browser.conftest import Faults, Server, watch

pytestmark = pytest.mark.usefixtures("vision")  # the Train tab asks for costs at once
LOST = ("net::ERR_",)  # what Chromium itself writes when the app is gone

_FOCUS = """() => {
  const at = document.activeElement;
  if (at === document.body) return ['end of the page', ''];
  return [at.ariaLabel || at.textContent.trim(), getComputedStyle(at).outlineStyle];
}"""


def test_page_opens_with_five_tabs(page: Page) -> None:
    expect(page.get_by_role("tab")).to_have_text(["Label", "Train", "Results", "Fix", "Try"])
    expect(page).to_have_title("Dragon")
    assert page.locator("footer").count() == 0


def test_failing_watcher_is_said_and_takes_no_news_from_the_others(
    page: Page, session: Session, faults: Faults
) -> None:
    faults.expected = ("watcher broke",)
    page.evaluate("""() => {
      dragon.watchState(() => { if (window.isBroken) throw new Error('watcher broke'); });
      dragon.watchState(() => { window.news = (window.news ?? 0) + 1; });
      dragon.on('dataset', () => { window.hasDataset = true; });
      window.isBroken = true;
      window.news = 0;
    }""")
    fill(session, unlabelled=1)
    page.wait_for_function("window.news > 0 && window.hasDataset")
    assert any("watcher broke" in each for each in faults)


def test_address_remembers_the_tab(page: Page) -> None:
    page.get_by_role("tab", name="Train").click()
    assert page.url.endswith("#train")
    page.reload()
    expect(page.get_by_role("tab", name="Train")).to_have_attribute("aria-selected", "true")
    page.evaluate("location.hash = 'try'")
    expect(page.get_by_role("tab", name="Try")).to_have_attribute("aria-selected", "true")


def test_arrows_go_from_tab_to_tab(page: Page) -> None:
    page.get_by_role("tab", name="Label").focus()
    for key, tab in (("ArrowRight", "Train"), ("ArrowLeft", "Label"), ("ArrowLeft", "Try")):
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tab", name=tab)).to_be_focused()


def test_eight_tabs_of_one_browser_stay_alive(
    open_page: Callable[..., Page], session: Session
) -> None:
    pages = [open_page() for _ in range(8)]
    fill(session, unlabelled=2)
    for each in pages:
        each.bring_to_front()
        expect(tiles(each)).to_have_count(2)
    make_class(pages[-1], "Rose")
    pages[0].bring_to_front()
    expect_count(pages[0], "Rose", 0)


def test_lost_app_is_announced_and_the_page_goes_on(
    page: Page, server: Server, session: Session, faults: Faults
) -> None:
    faults.expected = LOST
    fill(session, unlabelled=3)
    make_class(page, "Rose")
    expect(tiles(page)).to_have_count(3)
    page.evaluate("window.isSamePage = true")
    server.stop()
    banner = page.get_by_role("alert").filter(has_text="does not answer")
    expect(banner).to_be_visible()
    expect(page.locator('.header-saved[data-is="offline"]')).to_be_visible()
    tiles(page).first.click()
    page.keyboard.press("1")
    expect(page.get_by_text("Not saved yet: it waits here and is sent")).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("Not undone yet: 2 changes wait here")).to_be_visible()
    page.keyboard.press("ControlOrMeta+Shift+z")
    expect(page.get_by_text("Not redone yet: 3 changes wait here")).to_be_visible()
    server.start()
    expect(banner).to_be_hidden()
    expect(page.locator('.header-saved[data-is="saved"]')).to_be_visible()
    expect_count(page, "Rose", 1)
    assert page.evaluate("window.isSamePage")


def test_saved_is_said_only_after_the_app_answered(page: Page, session: Session) -> None:
    fill(session, unlabelled=1, Rose=1)
    expect(tiles(page)).to_have_count(2)
    expect_count(page, "Rose", 1)  # the key works when the class is there
    page.route("**/dragon/labels", lambda route: None)
    tiles(page).first.click()
    page.keyboard.press("1")
    expect(page.locator(".header-saved")).to_have_attribute("data-is", "saving")
    page.unroute_all(behavior="ignoreErrors")


def test_another_workspace_is_made_and_the_first_found_again(
    page: Page, session: Session, tmp_path: Path, faults: Faults
) -> None:
    faults.expected = ("400",)  # Chromium writes down every refusal
    fill(session, unlabelled=2)
    expect(tiles(page)).to_have_count(2)
    page.get_by_role("button", name="Workspaces").click()
    dialog = page.get_by_role("dialog", name="Workspaces")
    expect(dialog).to_contain_text(str(tmp_path / "workspace"))
    expect(dialog).to_contain_text("MB")
    dialog.get_by_label("Make a new one").fill(str(tmp_path / "birds"))
    dialog.get_by_role("button", name="Make").click()
    expect(page.get_by_role("heading", name="Drop photos here")).to_be_visible()
    expect(page.locator(".header-workspace")).to_contain_text("birds")
    page.get_by_role("button", name="Workspaces").click()
    dialog.get_by_label("Open a folder").fill(str(tmp_path / "nowhere"))
    dialog.get_by_role("button", name="Open", exact=True).click()
    expect(dialog.get_by_role("alert")).to_contain_text("There is no workspace in")
    dialog.get_by_role("button", name=str(tmp_path / "workspace")).click()
    expect(tiles(page)).to_have_count(2)


def test_what_is_kept_to_train_faster_is_shown_and_cleared(
    page: Page, session: Session, faults: Faults
) -> None:
    faults.expected = ("400",)
    fill(session, Rose=4, Tulip=4)
    kept = session.app.workspace.cache_folder / "features"
    kept.mkdir(parents=True)
    (kept / "vectors").write_bytes(b"0" * 2_300_000)
    session.app.workspace.runs.create("{}", session.app.workspace.snapshots.take().id)
    page.get_by_role("button", name="Workspaces").click()
    dialog = page.get_by_role("dialog", name="Workspaces")
    expect(dialog.get_by_role("status")).to_have_text("2.3 MB")
    clear = dialog.get_by_role("button", name="Clear", exact=True)
    clear.click()
    expect(dialog.get_by_role("alert")).to_contain_text("A run is training")
    session.app.workspace.runs.end_waiting(1, "Stopped.")
    clear.click()
    expect(dialog.get_by_role("status")).to_have_text("nothing")
    expect(clear).to_be_disabled()
    assert not kept.exists()


def test_second_tab_follows_to_another_workspace(
    page: Page, open_page: Callable[..., Page], session: Session, tmp_path: Path
) -> None:
    fill(session, unlabelled=2)
    expect(tiles(page)).to_have_count(2)
    session.open(tmp_path / "birds")
    expect(page.get_by_role("heading", name="Drop photos here")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_look_follows_the_system_until_somebody_chooses(
    scheme: str, browser: Browser, address: str, faults: Faults
) -> None:
    is_dark = scheme == "dark"
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    watch(page, faults)
    page.goto(address)
    toggle = page.get_by_role("button", name="Light look" if is_dark else "Dark look")
    expect(toggle).to_be_visible()
    paper = "getComputedStyle(document.body).backgroundColor"
    before = page.evaluate(paper)
    assert before == ("rgb(25, 23, 20)" if is_dark else "rgb(250, 247, 241)")
    toggle.click()
    assert page.evaluate(paper) != before
    page.reload()
    expect(
        page.get_by_role("button", name="Dark look" if is_dark else "Light look")
    ).to_be_visible()
    assert page.evaluate(paper) != before
    context.close()


def test_page_can_be_installed(page: Page, address: str) -> None:
    manifest = page.request.get(f"{address}/manifest.json").json()
    assert manifest["name"] == "Dragon"
    assert manifest["display"] == "standalone"
    icon = page.request.get(address + manifest["icons"][0]["src"])
    assert icon.ok
    assert "image/" in icon.headers["content-type"]
    colour = page.locator('meta[name="theme-color"]')
    expect(colour).to_have_attribute("content", "#faf7f1")
    page.get_by_role("button", name="Dark look").click()
    expect(colour).to_have_attribute("content", "#191714")


def test_page_fits_a_telephone(
    browser: Browser, address: str, session: Session, faults: Faults
) -> None:
    fill(session, unlabelled=9, Rose=3, Tulip=3)
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    watch(page, faults)
    page.goto(address)
    tiles(page).nth(0).tap()
    tiles(page).nth(1).tap()
    expect(page.get_by_text("2 photos chosen")).to_be_visible()
    for tab in ("Label", "Train", "Results", "Fix", "Try"):
        page.get_by_role("tab", name=tab).tap()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, tab
    context.close()


def test_everything_is_reached_by_keyboard(page: Page, session: Session) -> None:
    fill(session, unlabelled=2, Rose=1)
    expect_count(page, "Rose", 1)
    expect(tiles(page)).to_have_count(3)
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        name, ring = page.evaluate(_FOCUS)
        if name == "end of the page":
            break
        assert ring == "solid" or name == "Photos", name  # in the grid, the photo has the ring
        reached.add(name)
    assert {"Workspaces", "Dark look", "Label", "Train", "Name of a new class", "Photos"} <= reached
    assert "Choose photos" in reached
    assert "Change Rose" in reached
