"""Photos on their way in."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from dragon_app.core.ports import Pixels
from dragon_app.imaging import sample
from dragon_app.wiring import Session
from tests.browser.acts import drop, expect_count, files, tiles
from tests.browser.conftest import Faults
from tests.photos import photo_bytes

# Some of what is dropped cannot be read: a file, a whole folder, a folder after its first photo.
_UNREADABLE = """() => {
  const refuse = (_, fail) => fail(new DOMException('no right to it', 'NotReadableError'));
  DataTransferItem.prototype.webkitGetAsEntry = function () {
    const file = this.getAsFile(), name = file.name;
    if (name.startsWith('gone')) return { name, isFile: true, file: refuse };
    if (!name.startsWith('folder')) return file;
    let inside = name.endsWith('half') ? [{ name, isFile: true, file: (give) => give(file) }] : [];
    const readEntries = (give, fail) => {
      if (!inside.length) return refuse(give, fail);
      give(inside);
      inside = [];
    };
    return { name, isFile: false, createReader: () => ({ readEntries }) };
  };
}"""


def test_refused_file_is_named_and_the_rest_is_in(page: Page) -> None:
    drop(page.locator("body"), [*files(range(10)), ("letter.jpg", b"Dear Sir")])
    expect(page.get_by_text("10 added, 1 not taken")).to_be_visible()
    expect(page.locator(".upload-refused")).to_contain_text("letter.jpg is not a picture")
    expect(tiles(page)).to_have_count(10)
    drop(page.locator("body"), files(range(10)))
    expect(page.get_by_text("0 added, 10 already there")).to_be_visible()


def test_the_end_of_one_upload_does_not_take_away_what_the_next_one_says(page: Page) -> None:
    page.clock.install()
    drop(page.locator("body"), files([1]))
    expect(page.get_by_text("1 added", exact=True)).to_be_visible()
    drop(page.locator("body"), [("letter.jpg", b"Dear Sir")])
    expect(page.get_by_text("0 added, 1 not taken", exact=True)).to_be_visible()
    page.clock.run_for(7_000)
    expect(page.get_by_text("0 added, 1 not taken", exact=True)).to_be_visible()


def test_what_cannot_be_read_is_named_and_the_rest_is_in(page: Page) -> None:
    page.evaluate(_UNREADABLE)
    broken = [("gone.png", b"x"), ("folder shut", b"x"), ("folder half", photo_bytes(9))]
    drop(page.locator("body"), [*files(range(2)), *broken])
    expect(page.get_by_text("3 added, 3 not taken")).to_be_visible()
    refused = page.locator(".upload-refused li")
    expect(refused).to_have_text(
        [
            "gone.png could not be read: no right to it",
            "folder shut could not be read: no right to it",
            "The rest of folder half could not be read: no right to it",
        ]
    )
    drop(page.locator("body"), broken[:1])
    expect(page.get_by_text("0 added, 1 not taken")).to_be_visible()


def test_failed_batch_does_not_hide_what_was_added_before(page: Page, faults: Faults) -> None:
    faults.expected = ("507",)
    left: list[int] = []

    def second_fails(route: Route) -> None:
        form = route.request.post_data_buffer or b""
        left.append(int(form.split(b'name="remaining_bytes"\r\n\r\n')[1].split(b"\r\n")[0]))
        if len(left) == 1:
            route.continue_()
        else:
            page.wait_for_timeout(500)
            route.fulfill(status=507, json={"error": "The disk is full."})

    page.route("**/dragon/uploads", second_fails)
    sent = files(range(80))
    drop(page.locator("body"), sent)
    expect(page.get_by_text("8 added, ended after 8 of 80")).to_be_visible()
    expect(page.get_by_text("The disk is full.")).to_be_visible()
    expect_count(page, "All photos", 8)
    sizes = [len(data) for _, data in sent]
    assert left[0] == sum(sizes[:8])  # no more is known yet
    assert left[-1] <= sum(sizes[8:])


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
    drop(page.locator("body"), files(range(100)))
    expect(page.get_by_text("24 of 100 photos", exact=True)).to_be_visible()
    expect(page.locator('.header-saved[data-is="saving"]')).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("24 added, stopped after 24 of 100")).to_be_visible()
    expect(page.locator('.header-saved[data-is="saved"]')).to_be_visible()
    expect_count(page, "All photos", 24)


@pytest.mark.timeout(120)
def test_five_hundred_photos_at_once(page: Page, session: Session) -> None:
    drop(page.locator("body"), files(range(500)))
    expect(page.get_by_role("progressbar", name="Adding photos")).to_be_visible()
    expect(page.get_by_text("500 added")).to_be_visible(timeout=60_000)
    assert session.app.dataset.summary().total == 500


def test_sample_button_fills_an_empty_workspace(
    page: Page, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = replace(sample.SAMPLES["dragons"], per_class=3)
    monkeypatch.setitem(sample.SAMPLES, "dragons", few)
    page.get_by_role("button", name="Dragon or not").click()
    expect(page.get_by_text("6 added")).to_be_visible()
    expect(page.locator(".next")).to_contain_text("Ready to train")
    assert [count.total for count in session.app.dataset.summary().classes] == [3, 3]


def test_a_sample_goes_on_over_a_reload_and_can_be_stopped(
    page: Page, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    allowed = threading.Semaphore(12)
    drawn = sample.SAMPLES["dragons"].draw

    def slow(index: int, number: int) -> Pixels:
        assert allowed.acquire(timeout=60)
        return drawn(index, number)

    few = replace(sample.SAMPLES["dragons"], per_class=30, draw=slow)
    monkeypatch.setitem(sample.SAMPLES, "dragons", few)
    page.get_by_role("button", name="Dragon or not").click()
    expect(page.locator(".upload")).to_contain_text("12 of 60 photos")
    page.reload()
    expect(page.locator(".upload")).to_contain_text("12 of 60 photos")
    allowed.release(12)
    expect(page.locator(".upload")).to_contain_text("24 of 60 photos")
    expect_count(page, "All photos", 24)
    stop = page.locator(".upload").get_by_role("button", name="Stop")
    with page.expect_response("**/stop"):
        stop.click()
    expect(stop).to_be_disabled()
    allowed.release(12)
    expect(page.get_by_text("36 added, stopped after 36 of 60")).to_be_visible()
    assert [count.total for count in session.app.dataset.summary().classes] == [18, 18]
