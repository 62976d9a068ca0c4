"""What people do with files in a page: drop some, paste some. Knows no tab."""

import base64
from collections.abc import Mapping

from playwright.sync_api import Locator, Page

_TRANSFER = """async (files) => {
  const transfer = new DataTransfer();
  for (const [name, data] of Object.entries(files)) {
    const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
    const type = /[.]png$/.test(name) ? 'image/png' : 'application/octet-stream';
    transfer.items.add(new File([bytes], name, { type }));
  }
  return transfer;
}"""
_PASTE = """(node, transfer) => node.dispatchEvent(
  new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }))"""


def drop(target: Locator, files: Mapping[str, bytes]) -> None:
    """Drop files by name onto an element, as a file manager would."""
    transfer = _transfer(target.page, files)
    for event in ("dragenter", "dragover", "drop"):
        target.dispatch_event(event, {"dataTransfer": transfer})


def paste(page: Page, files: Mapping[str, bytes]) -> None:
    """Paste files, as Ctrl-V does when they are on the clipboard."""
    page.locator("body").evaluate(_PASTE, _transfer(page, files))


def _transfer(page: Page, files: Mapping[str, bytes]) -> object:
    encoded = {name: base64.b64encode(data).decode() for name, data in files.items()}
    return page.evaluate_handle(_TRANSFER, encoded)
