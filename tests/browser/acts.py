"""What people do to the Label tab, and what they then see. Knows the page, no test."""

import base64
import re
from collections.abc import Sequence

from playwright.sync_api import Locator, Page, expect

from dragon_app.wiring import Session
from tests.photos import incoming_photos, photo_bytes

_DROP = """(target, {files}) => {
  const transfer = new DataTransfer();
  for (const [name, data] of files) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  for (const kind of ['dragenter', 'dragover', 'drop']) {
    const how = { bubbles: true, cancelable: true, dataTransfer: transfer };
    target.dispatchEvent(new DragEvent(kind, how));
  }
}"""
File = tuple[str, bytes]


def files(seeds: Sequence[int]) -> list[File]:
    """Return a photo for each seed, named by it."""
    return [(f"{seed}.png", photo_bytes(seed)) for seed in seeds]


def drop(target: Locator, dropped: Sequence[File]) -> None:
    """Drop files on a part of the page."""
    encoded = [(name, base64.b64encode(data).decode()) for name, data in dropped]
    target.evaluate(_DROP, {"files": encoded})


def fill(session: Session, *, unlabelled: int = 0, **classes: int) -> None:
    """Add new photos on the server's side: so many without a class, so many of each class."""
    seed = 1000 + session.app.dataset.summary().total
    for name, n in [("", unlabelled), *classes.items()]:
        session.app.dataset.add(incoming_photos(range(seed, seed + n), name or None))
        seed += n


def tiles(page: Page) -> Locator:
    """Return the photos on the screen."""
    return page.get_by_role("listbox", name="Photos").get_by_role("option")


def chosen(page: Page) -> Locator:
    """Return the photos on the screen that are chosen."""
    return page.locator('.tile[aria-selected="true"]')


def wait_for_picture(page: Page) -> None:
    """Wait until the page shows what keys and clicks did: they act at once, and show later."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def card(page: Page, name: str) -> Locator:
    """Return a class card, or one of the groups above them."""
    called = page.locator(".d-cut", has_text=re.compile(rf"^{re.escape(name)}$"))
    return page.locator(".class-card").filter(has=called)


def expect_count(page: Page, name: str, n: int) -> None:
    """Wait until a card says how many photos there are."""
    expect(card(page, name).locator(".class-count")).to_have_text(str(n))


def make_class(page: Page, name: str) -> None:
    """Type the name of a class and press Enter."""
    field = page.get_by_label("Name of a new class")
    field.fill(name)
    field.press("Enter")
    expect(field).to_have_value("")
