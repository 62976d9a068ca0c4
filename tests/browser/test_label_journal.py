"""The story of a photo, the bin emptied for good, the photos of a run."""

import pytest
from playwright.sync_api import Page, expect

from dragon_app import wiring
from dragon_app.core.config import FinetuneConfig
from dragon_app.wiring import Session
from tests.browser.acts import card, expect_count, fill, tiles
from tests.browser.conftest import Faults
from tests.fakes import FakeVision

GONE = ("404",)  # the picture of a photo that was removed while it was on its way


def test_large_view_tells_the_story_of_a_photo(session: Session, page: Page) -> None:
    fill(session, Rose=1)
    session.app.labelling.create_class("<b>Tulip</b>")
    expect_count(page, "Rose", 1)
    expect_count(page, "<b>Tulip</b>", 0)
    tiles(page).first.dblclick()
    dialog = page.get_by_role("dialog", name="Photo", exact=True)
    dialog.get_by_text("History", exact=True).click()
    lines = dialog.locator(".journal-lines li")
    expect(lines).to_have_count(1)
    expect(lines.first).to_contain_text("Rose")
    expect(lines.first).to_contain_text("with its file")
    page.keyboard.press("2")
    expect(lines).to_have_count(2)
    expect(lines.nth(1)).to_contain_text("Rose \u2192 <b>Tulip</b>")
    expect(lines.nth(1)).to_contain_text("by hand")
    page.keyboard.press("u")
    expect(lines).to_have_count(3)
    expect(lines.nth(1)).to_contain_text("undone")
    page.keyboard.press("Control+Shift+z")
    expect(lines).to_have_count(4)
    expect(lines.nth(3)).to_contain_text("Rose \u2192 <b>Tulip</b>")
    page.keyboard.press("Space")  # the focus is on the word History: it is folded, no more
    expect(lines.first).to_be_hidden()
    expect(dialog).to_be_visible()


def test_bin_is_emptied_after_one_question(session: Session, page: Page, faults: Faults) -> None:
    faults.expected = GONE
    fill(session, unlabelled=3)
    ids = [image.id for image in session.app.dataset.described([1, 2, 3])]
    session.app.labelling.bin(ids[:2])
    expect_count(page, "Bin", 2)
    button = page.get_by_role("button", name="Empty the bin", exact=True)
    expect(button).to_be_hidden()
    card(page, "Bin").get_by_role("button").click()
    button.click()
    dialog = page.get_by_role("dialog", name="Empty the bin?", exact=True)
    expect(dialog).to_contain_text("2 photos will be removed from this workspace for good")
    dialog.get_by_role("button", name="Cancel", exact=True).click()
    assert session.app.dataset.summary().binned == 2
    tiles(page).nth(0).click()
    button.click()
    dialog.get_by_role("button", name="Remove for good", exact=True).click()
    expect(page.get_by_text("2 photos removed for good.", exact=True)).to_be_visible()
    expect(button).to_be_hidden()
    expect(tiles(page)).to_have_count(0)
    expect(page.get_by_text("elsewhere")).to_have_count(0)
    assert len(session.app.workspace.blobs.digests()) == 1


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> None:
    vision = FakeVision()
    monkeypatch.setattr(wiring, "vision", lambda: vision)


@pytest.mark.usefixtures("fake")
def test_photos_of_a_run_are_shown_as_they_were(
    session: Session, page: Page, faults: Faults
) -> None:
    faults.expected = GONE
    fill(session, Rose=4, Tulip=4)
    run = session.app.runs.wait(session.app.runs.start(FinetuneConfig()).id)
    here = session.app.history.of_run(run.id).photos
    ids = [photo.image_id for photo in here if photo.image_id is not None]
    fill(session, unlabelled=1)
    session.app.labelling.assign(ids[:1], 2)
    session.app.labelling.bin(ids[1:2])
    session.app.labelling.empty_bin(expected=1)
    page.get_by_role("tab", name="Results", exact=True).click()
    words = "8 photos, 1 has changed since, 1 is gone."
    expect(page.locator(".run-photos")).to_contain_text(words)
    page.get_by_role("button", name="See the photos of this run", exact=True).click()
    expect(page.get_by_role("heading", name=f"Photos of run {run.id}", exact=True)).to_be_visible()
    expect(tiles(page)).to_have_count(7)
    expect(page.locator(".label-run:visible")).to_contain_text(
        "The photos show their class of today."
    )
    expect(page.locator(".class-card.is-shown")).to_have_count(0)
    which = page.get_by_label("Which photos of the run", exact=True)
    which.select_option("Then Rose (3)")
    expect(tiles(page)).to_have_count(3)
    which.select_option("1 photo changed since")
    expect(tiles(page)).to_have_count(1)
    page.get_by_role("button", name="Back to all photos", exact=True).click()
    expect(page.get_by_role("heading", name="All photos", exact=True)).to_be_visible()
    expect(tiles(page)).to_have_count(8)


@pytest.mark.usefixtures("fake")
def test_run_whose_photos_are_all_gone_says_so(
    session: Session, page: Page, faults: Faults
) -> None:
    faults.expected = GONE
    fill(session, Rose=4, Tulip=4)
    session.app.runs.wait(session.app.runs.start(FinetuneConfig()).id)
    session.app.labelling.bin(range(1, 9))
    session.app.labelling.empty_bin(expected=8)
    page.get_by_role("tab", name="Results", exact=True).click()
    page.get_by_role("button", name="See the photos of this run", exact=True).click()
    words = "None of these photos is here any more."
    expect(page.get_by_text(words, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Clear them", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Back to all photos", exact=True).click()
    expect(page.get_by_text(words, exact=True)).to_have_count(0)
