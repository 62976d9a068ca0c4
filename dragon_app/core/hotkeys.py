"""Which key gives which class. Pure: knows no page and no table."""

import unicodedata
from collections.abc import Sequence

from dragon_app.core.errors import ClassNameError
from dragon_app.core.types import ImageClass

DIGITS = "1234567890"
# What these letters do on the board, in the fix-it inbox and in the large view.
TAKEN = {
    "u": "undo",
    "x": "the bin",
    "s": "skipping",
    "b": "the best of look-alikes",
    "l": "photos like this one",
    "k": "keeping a photo as it is",
    "h": "what a run looked at",
}


def clean_hotkey(text: str) -> str:
    """Return a letter or digit in lower case; raise `ClassNameError` when it cannot be a key."""
    key = unicodedata.normalize("NFC", text.strip()).lower()
    if len(key) != 1 or not key.isalnum():
        raise ClassNameError("A key is one letter or one digit.")
    if key in TAKEN:
        raise ClassNameError(f"The key {key.upper()} is for {TAKEN[key]}. Choose another one.")
    return key


def keys(classes: Sequence[ImageClass]) -> dict[int, str]:
    """Return class id -> key: its own, else the digit of its place while no other class has that.

    Disabled classes have no key; their place waits for them.
    """
    enabled = [each for each in classes if not each.is_disabled]
    own = {each.hotkey for each in enabled}
    found: dict[int, str] = {}
    for each in enabled:
        digit = DIGITS[each.key_place - 1 : each.key_place]  # none beyond the tenth place
        if each.hotkey is not None:
            found[each.id] = each.hotkey
        elif digit and digit not in own:
            found[each.id] = digit
    return found
