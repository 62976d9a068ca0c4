"""File names that every system takes, made of names that anybody may have given. Pure."""

import unicodedata
from pathlib import PurePosixPath

_LONGEST = 120
_FORBIDDEN = set('<>:"/\\|?*')
_RESERVED = {
    "con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)),
}  # fmt: skip
_AWKWARD_STARTS = (".", "-", "=", "+", "@", "'", "~")  # hidden, an option, a formula
_CUT = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class FileNames:
    """Hands out names, each once: `a.jpg`, then `a (2).jpg`. Case does not tell two apart."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._numbers: dict[str, int] = {}

    def take(self, name: str, suffixes: tuple[str, ...] = ()) -> str:
        """Return a safe name like this one that was not taken yet, ending in one of `suffixes`."""
        stem, suffix = _parted(safe_name(name), suffixes)
        found = whole = stem + suffix
        while found.casefold() in self._taken:
            number = self._numbers.get(whole.casefold(), 1) + 1
            self._numbers[whole.casefold()] = number
            found = f"{stem} ({number}){suffix}"
        self._taken.add(found.casefold())
        return found


def safe_name(name: str) -> str:
    """Return a name without what some system forbids, hides, computes or turns round."""
    letters = [
        "_" if _is_unsafe(letter) else letter for letter in unicodedata.normalize("NFC", name)
    ]
    text = "".join(letters).strip(" .")[:_LONGEST]
    while len(text.encode()) > 2 * _LONGEST:
        text = text[:-1]
    text = text.strip(" .")
    if text.startswith(_AWKWARD_STARTS) or text.split(".")[0].casefold() in _RESERVED:
        text = f"_{text}"
    return text or "photo"


def _is_unsafe(letter: str) -> bool:
    return letter in _FORBIDDEN or unicodedata.category(letter) in _CUT


def _parted(name: str, suffixes: tuple[str, ...]) -> tuple[str, str]:
    if not suffixes:
        return name, ""
    path = PurePosixPath(name)
    return (path.stem, path.suffix) if path.suffix.casefold() in suffixes else (name, suffixes[0])
