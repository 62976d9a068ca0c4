"""What a class may be called, and when two names are the same. Pure."""

import unicodedata
from collections.abc import Sequence

from dragon_app.core.errors import ClassNameError

MAX_NAME_LENGTH = 80
_UNREADABLE = {"Cc", "Cs"}  # control characters; halves of a pair, left by undecodable bytes
_TURNS = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}  # turn text round: a mask
# Hues that stay apart from one another for most colour-blind eyes, dark enough on white.
COLOURS = (
    "#9b2226", "#1d4e89", "#2d6a4f", "#b5651d", "#6a4c93", "#0f7173",
    "#a44a6b", "#5c6b1e", "#34495e", "#8d5524", "#3d5a80", "#7b2d43",
)  # fmt: skip


def clean_name(name: str) -> str:
    """Return a class name in NFC with single spaces; raise `ClassNameError` when it is not one."""
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not text:
        raise ClassNameError("A class needs a name.")
    if len(text) > MAX_NAME_LENGTH:
        raise ClassNameError(
            f"A class name has at most {MAX_NAME_LENGTH} characters; this one has {len(text)}."
        )
    kinds = {unicodedata.category(letter) for letter in text}
    if any(map(_is_unreadable, text)):
        raise ClassNameError("A class name cannot hold control or unreadable characters.")
    if kinds <= {"Cf", "Zs"}:
        raise ClassNameError("A class needs a name that can be seen.")
    return text


def shown_name(name: str) -> str:
    """Return a client's file name fit to be stored and printed: what cannot be is replaced."""
    return "".join("\ufffd" if _is_unreadable(x) else x for x in name)


def _is_unreadable(letter: str) -> bool:
    return letter in _TURNS or unicodedata.category(letter) in _UNREADABLE


def name_key(name: str) -> str:
    """Return what two names share when they count as the same: normalised, without case."""
    return unicodedata.normalize("NFC", clean_name(name).casefold())


def next_colour(used: Sequence[str]) -> str:
    """Return the first of the colours that are used least."""
    return min(COLOURS, key=used.count)
