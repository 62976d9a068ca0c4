"""Classes, and what a person says about photos. Most of it is a batch that can be undone.

`batch` ids come from the client, one a gesture: a repeat gives the same answer.
"""

import re
import uuid
from collections.abc import Sequence

from dragon_app.core.errors import ClassNameError
from dragon_app.core.hotkeys import clean_hotkey
from dragon_app.core.types import BatchResult, EventKind, ImageClass
from dragon_app.storage.bin import Emptied
from dragon_app.storage.labels import PERSON
from dragon_app.storage.workspace import Workspace


class Labelling:
    """Labels photos and minds the classes. Safe from several threads."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def classes(self) -> list[ImageClass]:
        """Return the classes in their order."""
        return self._workspace.classes.all()

    def create_class(self, name: str) -> ImageClass:
        """Make a class; raise `ClassNameError` when the name is taken or not a name."""
        return self._workspace.classes.create(name)

    def rename_class(self, class_id: int, name: str, *, batch: str | None = None) -> BatchResult:
        """Give a class another name; its photos keep it."""
        return self._workspace.classes.rename(class_id, name, batch=_id(batch), who=PERSON)

    def merge_class(self, class_id: int, into: int, *, batch: str | None = None) -> BatchResult:
        """Give all photos of a class another one, and take the class away."""
        return self._workspace.classes.merge(class_id, into, batch=_id(batch), who=PERSON)

    def delete_class(self, class_id: int, *, batch: str | None = None) -> BatchResult:
        """Take a class away; its photos become unlabelled."""
        return self._workspace.classes.delete(class_id, batch=_id(batch), who=PERSON)

    def recolour_class(self, class_id: int, colour: str) -> None:
        """Give a class another colour, `#rrggbb`."""
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
            raise ClassNameError(f"{colour[:80]!r} is not a colour. Write it like #9b2226.")
        self._workspace.classes.recolour(class_id, colour.lower())

    def set_class_key(self, class_id: int, key: str | None) -> None:
        """Give a class a letter or digit of its own; without one its place decides."""
        self._workspace.classes.set_hotkey(class_id, clean_hotkey(key) if key else None)

    def disable_class(self, class_id: int) -> None:
        """Leave a class out of training and of the keys; its photos keep their labels."""
        self._workspace.classes.set_disabled(class_id, is_disabled=True)

    def enable_class(self, class_id: int) -> None:
        """Take a disabled class in again."""
        self._workspace.classes.set_disabled(class_id, is_disabled=False)

    def order_classes(self, class_ids: Sequence[int]) -> None:
        """Put classes in this order; those not named follow."""
        self._workspace.classes.set_order(class_ids)

    def assign(
        self,
        image_ids: Sequence[int],
        class_id: int | None,
        *,
        batch: str | None = None,
        who: str = PERSON,
    ) -> BatchResult:
        """Give photos a class, or none."""
        after = None if class_id is None else str(class_id)
        changes = dict.fromkeys(image_ids, after)
        return self._workspace.labels.apply(EventKind.CLASS, changes, batch=_id(batch), who=who)

    def bin(self, image_ids: Sequence[int], *, batch: str | None = None) -> BatchResult:
        """Move photos to the bin: out of the lists and of training, nothing is deleted."""
        return self._apply(EventKind.BINNED, image_ids, "1", batch)

    def restore(self, image_ids: Sequence[int], *, batch: str | None = None) -> BatchResult:
        """Take photos out of the bin."""
        return self._apply(EventKind.BINNED, image_ids, "0", batch)

    def skip(self, image_ids: Sequence[int], *, batch: str | None = None) -> BatchResult:
        """Pass photos over: they stay, unlabelled, and are not asked about again."""
        return self._apply(EventKind.SKIPPED, image_ids, "1", batch)

    def unskip(self, image_ids: Sequence[int], *, batch: str | None = None) -> BatchResult:
        """Ask about photos again that were passed over."""
        return self._apply(EventKind.SKIPPED, image_ids, "0", batch)

    def empty_bin(self, *, expected: int, batch: str | None = None) -> Emptied:
        """Remove the photos in the bin for good; `expected` is how many the person agreed to."""
        return self._workspace.bin.empty(expected=expected, batch=_id(batch), who=PERSON)

    def undo(
        self, *, batch: str | None = None, of: str | None = None, who: str = PERSON
    ) -> BatchResult | None:
        """Take back a gesture not yet undone, `of` or the newest; None when there is none."""
        return self._workspace.steps.undo(batch=_id(batch), of=of, who=who)

    def redo(self, *, batch: str | None = None, who: str = PERSON) -> BatchResult | None:
        """Put back what the newest undo took back; None when there is none or something new."""
        return self._workspace.steps.redo(batch=_id(batch), who=who)

    def photo_names(self, image_ids: Sequence[int]) -> list[str]:
        """Return what the photos are called, or were, in this order."""
        names = self._workspace.images.names(image_ids) if image_ids else {}
        return [names.get(image_id, f"photo {image_id}") for image_id in image_ids]

    def _apply(
        self, kind: EventKind, image_ids: Sequence[int], after: str | None, batch: str | None
    ) -> BatchResult:
        changes = dict.fromkeys(image_ids, after)
        return self._workspace.labels.apply(kind, changes, batch=_id(batch), who=PERSON)


def _id(batch: str | None) -> str:
    return batch or uuid.uuid4().hex
