"""Photos on their way in."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from dragon_app.wiring import Session
from tests.browser.acts import drop, expect_count, files, tiles
from tests.photos import photo_bytes


def test_refused_file_is_named_and_the_rest_is_in(page: Page) -> None:
    drop(page.locator("body"), [*files(range(10)), ("letter.jpg", b"Dear Sir")])
    expect(page.get_by_text("10 added, 1 not taken")).to_be_visible()
    expect(page.locator(".upload-refused")).to_contain_text("letter.jpg is not a picture")
    expect(tiles(page)).to_have_count(10)
    drop(page.locator("body"), files(range(10)))
    expect(page.get_by_text("0 added, 10 already there")).to_be_visible()


def test_folder_of_class_folders_labels_its_photos(page: Page, tmp_path: Path) -> None:
    for seed, name in enumerate(["Rose", "Rose", "Tulip"]):
        folder = tmp_path / "flowers" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{seed}.png").write_bytes(photo_bytes(seed))
        (folder / ".hidden").write_text("x")
    page.locator("input[webkitdirectory]").set_input_files(tmp_path / "flowers")
    expect(page.get_by_text("3 added")).to_be_visible()
    expect_count(page, "Rose", 2)
    expect_count(page, "Tulip", 1)


def test_drop_on_another_tab_leads_to_label(page: Page) -> None:
    page.get_by_role("tab", name="Results").click()
    drop(page.locator("body"), files([1]))
    expect(page.get_by_role("tab", name="Label")).to_have_attribute("aria-selected", "true")
    expect(tiles(page)).to_have_count(1)


def test_stop_keeps_what_is_in(page: Page) -> None:
    held: list[Route] = []

    def third_waits(route: Route) -> None:
        held.append(route)
        if len(held) < 3:
            route.continue_()

    page.route("**/dragon/uploads", third_waits)
    drop(page.locator("body"), files(range(40)))
    expect(page.get_by_text("16 of 40 photos")).to_be_visible()
    expect(page.locator('.header-saved[data-is="saving"]')).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("16 added, stopped after 16 of 40")).to_be_visible()
    expect(page.locator('.header-saved[data-is="saved"]')).to_be_visible()
    expect(tiles(page)).to_have_count(16)


@pytest.mark.timeout(120)
def test_five_hundred_photos_at_once(page: Page, session: Session) -> None:
    drop(page.locator("body"), files(range(500)))
    expect(page.get_by_role("progressbar", name="Adding photos")).to_be_visible()
    expect(page.get_by_text("500 added")).to_be_visible(timeout=60_000)
    assert session.app.dataset.summary().total == 500


def test_sample_button_fills_an_empty_workspace(
    page: Page, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from dragon_app.imaging import sample

    few = replace(sample.SAMPLES["dragons"], per_class=3)
    monkeypatch.setitem(sample.SAMPLES, "dragons", few)
    page.get_by_role("button", name="Dragon or not").click()
    expect(page.get_by_text("6 added")).to_be_visible()
    expect(page.locator(".next")).to_contain_text("Ready to train")
    assert [count.total for count in session.app.dataset.summary().classes] == [3, 3]
