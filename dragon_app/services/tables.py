"""What tables say: about the files of a zip, and about photos that are here. Opens no file."""

import posixpath
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from dragon_app.core.errors import ClassNameError, TableError
from dragon_app.core.hotkeys import clean_hotkey
from dragon_app.core.names import clean_name, name_key, shown_name
from dragon_app.core.tables import MAX_ROWS, ClassRow, LabelRow, read_table
from dragon_app.core.types import Refusal, Split
from dragon_app.storage.classes import ClassStore
from dragon_app.storage.labels import PERSON
from dragon_app.storage.workspace import Workspace

_SUFFIXES = (".csv", ".tsv")
_MOST_NAMED = 100  # of what could not be done


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """How many photos a table gave a class, how many had it already, and what it could not do."""

    labelled: int
    had_it: int
    refused: tuple[Refusal, ...]


def is_table(name: str) -> bool:
    """Whether a file is called like a table of files and classes."""
    return name.casefold().endswith(_SUFFIXES)


class Said:
    """What the tables of a zip say about its files, and what in them cannot be followed."""

    def __init__(self, times: Mapping[str, int]) -> None:
        self.rows: dict[str, LabelRow] = {}
        self._paths = {_key(path): path for path in times}
        self._times = times
        self._by_name: dict[str, str] = {}
        self._times_of_name: Counter[str] = Counter()
        for path, count in times.items():
            name = posixpath.basename(_key(path))
            self._by_name.setdefault(name, path)
            self._times_of_name[name] += count
        self._lines = 0
        self._refused: list[Refusal] = []
        self._unnamed = 0
        self._disputed: set[str] = set()

    def read(self, table: str, rows: Sequence[LabelRow]) -> None:
        """Match the rows of a table: by path from where it lies, else by a name that is there once.

        A name that stands twice, or a file with two classes, is listed and not guessed. Raise
        `TableError` when there were too many lines already.
        """
        self._lines += len(rows)
        if self._lines > MAX_ROWS:
            raise TableError(f"is one too many: tables of a zip have {MAX_ROWS:,} lines together")
        folder = posixpath.dirname(table)
        for row in rows:
            path = self._paths.get(_key(posixpath.normpath(posixpath.join(folder, row.file))))
            times = 0 if path is None else self._times[path]
            if path is None:
                name = posixpath.basename(_key(row.file))
                path, times = self._by_name.get(name, ""), self._times_of_name.get(name, 0)
            if times == 0:
                self._refuse(row.file, f"is named in {shown_path(table)} and is not in the zip")
            elif times > 1:
                self._refuse(row.file, f"stands {times} times in the zip: which is meant?")
            else:
                self._take(path, row)

    def refused(self) -> list[Refusal]:
        """Return what could not be followed: the first by name, of the rest how many."""
        if not self._unnamed:
            return self._refused
        reason = f"have {self._unnamed:,} more lines like these"
        return [*self._refused, Refusal(name="The tables", reason=reason)]

    def _take(self, path: str, row: LabelRow) -> None:
        known = self.rows.get(path)
        if path in self._disputed or (known and known.class_name == row.class_name):
            return
        if known is None:
            self.rows[path] = row
            return
        del self.rows[path]
        self._disputed.add(path)
        classes = f"{known.class_name or 'none'} and {row.class_name or 'none'}"
        self._refuse(path, f"has two classes in the tables, {classes}: it came without one")

    def _refuse(self, name: str, reason: str) -> None:
        if len(self._refused) < _MOST_NAMED:
            self._refused.append(Refusal(name=shown_path(name), reason=reason))
        else:
            self._unnamed += 1


def shown_path(path: str) -> str:
    """Return the path of a file in a zip as people are shown it."""
    return shown_name(path)[-200:]


def label_photos(workspace: Workspace, data: bytes, name: str, *, batch: str) -> Labelled:
    """Give photos that are here and have no class the one that a table says; one undo step.

    They are found by the digest of their file, else by a name that only one of them has. Who
    has another class keeps it and is listed, as is a name that is absent or stands twice.
    """
    rows = read_table(data)
    if all(row.class_name is None for row in rows):
        raise TableError("has no column that says the class; a line is file,class")
    refused: list[Refusal] = []
    meant: dict[int, LabelRow] = {}
    disputed: set[int] = set()
    for row, found in zip(rows, _found(workspace, rows), strict=True):
        reason = _unclear(found, name)
        if not reason and meant.setdefault(found[0], row).class_name != row.class_name:
            disputed.add(found[0])
            reason = f"has two classes in {name}: it got none"
        if reason:
            refused.append(Refusal(name=shown_name(row.file)[-200:], reason=reason))
    clear = {image_id: row for image_id, row in meant.items() if image_id not in disputed}
    had_it, labels, parts = _wanted(workspace, clear, refused)
    if parts:
        workspace.labels.give_parts(parts)
    result = workspace.labels.label_first(labels, batch=batch, who=PERSON)
    return Labelled(labelled=result.changed, had_it=had_it, refused=_shortened(refused, name))


def make_classes(store: ClassStore, rows: Sequence[ClassRow]) -> list[Refusal]:
    """Make the classes of a table with their colours and keys; return those that cannot be.

    Classes that are here stay as they are. A key that another class has is left out.
    """
    known = {name_key(each.name) for each in store.all()}
    refused: list[Refusal] = []
    for row in rows:
        try:
            if name_key(row.name) in known:
                continue
            made = store.create(row.name)
        except ClassNameError as error:
            refused.append(Refusal(name=shown_name(row.name)[:80], reason=str(error)))
            continue
        known.add(name_key(made.name))
        if row.colour:
            store.recolour(made.id, row.colour)
        if row.is_disabled:
            store.set_disabled(made.id, is_disabled=True)
        if row.key:
            with suppress(ClassNameError):
                store.set_hotkey(made.id, clean_hotkey(row.key))
    return refused


def _found(workspace: Workspace, rows: Sequence[LabelRow]) -> list[list[int]]:
    """Return the photos that each row may mean."""
    images = workspace.images
    by_digest = images.ids_by_digest([row.digest for row in rows if row.digest])
    names = [_last_part(row.file) for row in rows]
    by_name = images.ids_by_name(set(names))
    return [
        [by_digest[row.digest]] if row.digest in by_digest else by_name.get(called, [])
        for row, called in zip(rows, names, strict=True)
    ]


def _wanted(
    workspace: Workspace, meant: dict[int, LabelRow], refused: list[Refusal]
) -> tuple[int, dict[int, str], dict[int, Split]]:
    """Return how many photos have their class, the classes to give, and the parts."""
    names = workspace.classes.all_names()
    had_it = 0
    labels: dict[int, str] = {}
    parts: dict[int, Split] = {}
    class_ids: dict[str, str] = {}
    for image in workspace.images.described(list(meant)):
        row = meant[image.id]
        try:
            wanted = clean_name(row.class_name or "") if row.class_name else ""
        except ClassNameError as error:
            reason = f"cannot have that class ({str(error).rstrip('.')})"
            refused.append(Refusal(name=image.name, reason=reason))
            continue
        if not wanted:
            continue
        if wanted not in class_ids:
            class_ids[wanted] = str(workspace.classes.named(wanted).id)
        if image.class_id is None:
            labels[image.id] = class_ids[wanted]
            if row.split is not None:
                parts[image.id] = row.split
        elif str(image.class_id) == class_ids[wanted]:
            had_it += 1
        else:
            reason = f"is {names[image.class_id]} already; the table says {wanted}"
            refused.append(Refusal(name=image.name, reason=reason))
    return had_it, labels, parts


def _unclear(found: Sequence[int], table: str) -> str:
    """Return why the photos that a row may mean are not one; nothing when they are."""
    if not found:
        return f"is named in {table} and is not here"
    return f"is the name of {len(found)} photos: which is meant?" if len(found) > 1 else ""


def _shortened(refused: Sequence[Refusal], table: str) -> tuple[Refusal, ...]:
    if len(refused) <= _MOST_NAMED:
        return tuple(refused)
    rest = Refusal(name=table, reason=f"has {len(refused) - _MOST_NAMED:,} more lines like these")
    return (*refused[:_MOST_NAMED], rest)


def _last_part(path: str) -> str:
    return unicodedata.normalize("NFC", posixpath.basename(path.replace("\\", "/")))


def _key(path: str) -> str:
    """Return what two ways of writing one path share."""
    return unicodedata.normalize("NFC", path.replace("\\", "/")).removeprefix("./")
