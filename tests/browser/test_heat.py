"""What a run looked at, in Try and on a photo opened from Results."""

import pytest
from playwright.sync_api import Locator, Page, expect

from dragon_app.core.config import FinetuneConfig
from dragon_app.wiring import Session
from tests.browser.acts import tiles
from tests.browser.gestures import drop
from tests.browser.studio import Studio, fill, photo


@pytest.fixture
def trained(studio: Studio, session: Session) -> Session:
    """Train once on photos of two classes; with seed 0 one of them is mistaken."""
    studio.allow(100)  # every epoch passes at once
    fill(session)
    session.app.runs.wait(session.app.runs.start(FinetuneConfig(epochs=2, seed=0)).id)
    return session


def lies_over(veil: Locator, picture: Locator) -> bool:
    """Whether the map has the place and the shape of its photo."""
    shapes = [
        each.evaluate(
            """(image) => { const box = image.getBoundingClientRect();
            return [box.x, box.y, box.width, box.height].map(Math.round)
              .concat(Math.round(100 * image.naturalWidth / image.naturalHeight)); }"""
        )
        for each in (veil, picture)
    ]
    return all(abs(a - b) <= 1 for a, b in zip(*shapes, strict=True))


@pytest.mark.usefixtures("trained")
def test_a_map_lies_over_the_tried_photo_until_it_is_taken_away(page: Page) -> None:
    page.get_by_role("tab", name="Try").click()
    expect(page.get_by_role("button", name="Choose a photo")).to_be_visible()
    drop(page.locator(".trying"), {"new.png": photo("Meadow", 99)})
    expect(page.locator(".answer-headline")).to_have_text("Meadow")
    button = page.get_by_role("button", name="What it looked at")
    veil = page.locator(".stage .heat-veil")
    expect(veil).to_be_hidden()
    button.click()
    expect(page.locator(".trying .heat-words")).to_contain_text("Warm places spoke for Meadow")
    expect(veil).to_be_visible()
    assert lies_over(veil, page.locator(".tried-photo"))
    page.get_by_label("What spoke for").select_option("Dragon")
    expect(page.locator(".trying .heat-words")).to_contain_text("Warm places spoke for Dragon")
    button.click()
    expect(veil).to_be_hidden()
    button.click()
    expect(veil).to_be_visible()
    drop(page.locator(".trying"), {"b.png": photo("Dragon", 9), "c.png": photo("Dragon", 8)})
    expect(page.locator(".tried li")).to_have_count(2)
    expect(veil).to_be_hidden()
    expect(button).to_be_hidden()


@pytest.mark.usefixtures("trained")
def test_a_mistake_of_the_matrix_shows_what_was_looked_at(page: Page) -> None:
    page.get_by_role("tab", name="Results").click()
    page.get_by_role("button", name="Meadow, taken for Dragon: 1 photo", exact=True).click()
    photos = page.locator(".cell-photos")
    photos.get_by_role("button", name="What it looked at").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".heat-words")).to_contain_text("Warm places spoke for Dragon")
    expect(dialog.locator(".heat-veil")).to_be_visible()
    assert lies_over(dialog.locator(".heat-veil"), dialog.locator(".said-large"))


def test_h_shows_it_in_the_large_view_of_label(trained: Session, page: Page) -> None:
    tiles(page).first.click()
    page.keyboard.press("Space")
    large = page.get_by_role("dialog", name="Photo", exact=True)
    button = large.get_by_role("button", name="What it looked at")
    veil = large.locator(".heat-veil")
    expect(button).to_be_visible()
    page.keyboard.press("h")
    expect(large.locator(".heat-words")).to_contain_text("Run 1: Meadow 80 %. Warm places spoke")
    page.keyboard.press("+")
    expect(large.locator(".large-photo")).to_have_attribute("data-zoom", "1.50")
    expect(veil).to_be_visible()
    assert lies_over(veil, large.get_by_role("img"))
    large.get_by_label("What spoke for").select_option("Dragon")
    expect(large.locator(".heat-words")).to_contain_text("Run 1: Dragon 20 %.")
    button.click()
    expect(veil).to_be_hidden()
    button.click()
    expect(veil).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(large).to_contain_text("2 of 16")
    expect(veil).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("what a trained run looked at")


def test_h_shows_it_in_the_large_view_of_fix(trained: Session, page: Page) -> None:
    trained.app.suggesting.open()
    page.get_by_role("tab", name="Fix", exact=True).click()
    chosen = page.locator('.fix-option[aria-selected="true"]')
    expect(chosen).to_contain_text("Mistake of the model")
    page.keyboard.press("Space")
    large = page.get_by_role("dialog", name="Photo", exact=True)
    expect(large).to_contain_text("Run 1 says Dragon")
    page.keyboard.press("h")
    expect(large.locator(".heat-words")).to_contain_text("Run 1: Meadow 80 %. Warm places spoke")
    expect(large.locator(".heat-veil")).to_be_visible()
    page.keyboard.press("h")
    expect(large.locator(".heat-veil")).to_be_hidden()


def test_mistakes_of_a_cell_are_gone_through_in_fix(trained: Session, page: Page) -> None:
    trained.app.suggesting.open()
    page.get_by_role("tab", name="Results").click()
    page.get_by_role("button", name="Meadow, taken for Dragon: 1 photo", exact=True).click()
    name = page.locator(".cell-photos .said .d-cut").inner_text()
    page.get_by_role("button", name="Go through the mistakes in Fix", exact=True).click()
    kind = page.get_by_role("button", name="Mistake of the model")
    expect(kind).to_have_attribute("aria-pressed", "true")
    expect(page.locator('.fix-option[aria-selected="true"]')).to_have_attribute("title", name)
