"""Photos as training will see them, on the page, and whether left and right matter."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from dragon_app.vision.preview import see
from dragon_app.wiring import Session
from tests.fakes import FakeVision
from tests.photos import incoming_photos

_PIXELS = """image => image.decode().then(() => {
  const canvas = Object.assign(document.createElement('canvas'), {width: 8, height: 8});
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0, 8, 8);
  return [...pen.getImageData(0, 0, 8, 8).data].join();
})"""

_IS_OTHER = """sources => {
  const images = [...document.querySelectorAll('.seen img')];
  return images.length === sources.length && images.some((each, i) => each.src !== sources[i]);
}"""


@pytest.fixture
def seen(
    vision: FakeVision,
    session: Session,
    open_page: Callable[..., Page],
    monkeypatch: pytest.MonkeyPatch,
) -> Locator:
    """Open the settings over a dataset of few dragons, with the code that really varies photos."""
    monkeypatch.setattr(vision, "see", see)
    session.app.dataset.add(incoming_photos(range(20), "knight"))
    session.app.dataset.add(incoming_photos(range(20, 23), "dragon"))
    page = open_page("/#train")
    page.locator("summary", has_text="Advanced").click()
    return page.get_by_role("region", name="What training sees", exact=True)


def pixels(seen: Locator) -> list[str]:
    return [image.evaluate(_PIXELS) for image in seen.locator("img").all()]


def test_photos_are_shown_as_training_sees_them_and_never_mirrored_where_that_matters(
    seen: Locator,
) -> None:
    page = seen.page
    expect(page.locator(".train-why")).to_contain_text(
        "Your classes are unequal (16 knight, 2 dragon): rare classes will count more."
    )
    rows = seen.get_by_role("img", name=re.compile("as it is, then 4 times as training sees it$"))
    expect(rows).to_have_count(4, timeout=60_000)  # loads the engine
    free = pixels(seen)
    assert len(set(free)) == len(free) == 20
    question = page.get_by_label("Does left and right matter?", exact=True)
    sources = [image.get_attribute("src") for image in seen.locator("img").all()]
    question.select_option("false")
    page.wait_for_function(_IS_OTHER, arg=sources)
    kept = pixels(seen)
    plain = range(0, 20, 5)
    assert [kept[i] for i in plain] == [free[i] for i in plain]
    assert 0 < sum(a != b for a, b in zip(free, kept, strict=True)) < 16
    page.get_by_label("Vary the photos", exact=True).select_option("off")
    expect(seen).to_be_hidden()
    expect(question).to_be_hidden()
    expect(page.locator(".advanced-count")).to_have_text("1 setting changed")


def test_what_begins_from_nothing_stands_beside_the_button(seen: Locator) -> None:
    page = seen.page
    page.get_by_label("Starting weights", exact=True).select_option("none")
    expect(page.locator(".train-why")).to_contain_text("It starts from nothing.")
    page.get_by_label("Starting weights", exact=True).select_option("auto")
    expect(page.locator(".train-why")).not_to_contain_text("nothing")
