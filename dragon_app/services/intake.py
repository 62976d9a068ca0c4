"""From what a person points at to the files to add: folders, classes, parts. Opens no image."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dragon_app.core.errors import BadImageError, NotFoundError
from dragon_app.core.names import shown_name
from dragon_app.core.split import part_named
from dragon_app.core.types import Split
from dragon_app.imaging.decode import read_file

NO_CLASS = "unlabelled"  # what exports call the folder of photos without a class


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingFile:
    """A file that may become a photo. `read` returns its bytes, or raises `BadImageError`.

    `is_skipped` counts for a photo that is new and has no class.
    """

    name: str
    read: Callable[[], bytes]
    size_bytes: int = 0
    class_name: str | None = None
    split: Split | None = None
    is_skipped: bool = False


def scan(paths: Sequence[Path]) -> list[IncomingFile]:
    """List files and everything visible in folders, in the order of their names.

    In a folder the first level names the class. Where that level is train, val and test, the
    level below names the class and the part is kept; a lone `train` is a class like any other.
    """
    files: list[IncomingFile] = []
    for path in paths:
        try:
            is_there, is_folder = path.exists(), path.is_dir()
        except OSError as error:
            raise NotFoundError(f"{path} cannot be opened: {error.strerror}.") from error
        if not is_there:
            raise NotFoundError(f"There is no file or folder {path}.")
        files.extend(_scan_folder(path) if is_folder else [_incoming(path)])
    return files


def place(folders: Sequence[str], inside: Iterable[str]) -> tuple[str | None, Split | None]:
    """Say which class and part a file has by the folders it lies in, outermost first.

    `inside` names every folder of the first level: only together they tell a part from a class.
    """
    levels = {part for each in inside if (part := part_named(each)) is not None}
    has_levels = Split.TRAIN in levels and len(levels) > 1
    split = part_named(folders[0]) if has_levels and folders else None
    class_folders = folders[1:] if split else folders
    if class_folders and class_folders[0].casefold() == NO_CLASS:
        class_folders = []
    if split is Split.TRAIN and Split.VAL not in levels:
        split = None  # a part to measure on is still needed
    return (class_folders[0] if class_folders else None), split


def _scan_folder(root: Path) -> Iterable[IncomingFile]:
    unreadable: list[OSError] = []
    visited: set[tuple[int, int]] = set()
    inside: list[str] = []
    for folder, subfolders, names in os.walk(root, onerror=unreadable.append, followlinks=True):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        parts = Path(folder).relative_to(root).parts
        if not parts:
            inside = list(subfolders)
        stat = Path(folder).stat()
        if (stat.st_dev, stat.st_ino) in visited:  # links can lead round in a circle
            subfolders.clear()
            continue
        visited.add((stat.st_dev, stat.st_ino))
        class_name, split = place(parts, inside)
        for name in sorted(name for name in names if not name.startswith(".")):
            file = _incoming(Path(folder) / name)
            yield replace(file, class_name=class_name, split=split)
    for error in unreadable:
        yield _unreadable(Path(str(error.filename)), error)


def _incoming(path: Path) -> IncomingFile:
    try:
        size = path.stat().st_size
    except OSError:
        size = 0  # a broken link: reading it says so
    return IncomingFile(name=shown_name(path.name), read=partial(read_file, path), size_bytes=size)


def _unreadable(folder: Path, error: OSError) -> IncomingFile:
    """Stand for everything in a folder that cannot be opened, so that it is refused by name."""

    def refuse() -> bytes:
        raise BadImageError(f"is a folder that cannot be opened: {error.strerror}")

    return IncomingFile(name=shown_name(folder.name), read=refuse)
