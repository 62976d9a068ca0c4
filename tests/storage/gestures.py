"""What people do to photos, straight to the stores: say something, go back, go forward."""

import uuid

from dragon_app.core.types import BatchResult, EventKind
from dragon_app.storage.workspace import Workspace

CLASS, SKIPPED, BINNED = EventKind.CLASS, EventKind.SKIPPED, EventKind.BINNED


def apply(
    workspace: Workspace,
    kind: EventKind,
    changes: dict[int, str | None],
    *,
    batch: str | None = None,
    who: str = "person",
) -> BatchResult:
    return workspace.labels.apply(kind, changes, batch=batch or uuid.uuid4().hex, who=who)


def undo(workspace: Workspace, batch: str | None = None) -> BatchResult | None:
    return workspace.steps.undo(batch=batch or uuid.uuid4().hex, who="person")


def redo(workspace: Workspace, batch: str | None = None) -> BatchResult | None:
    return workspace.steps.redo(batch=batch or uuid.uuid4().hex, who="person")


def class_of(workspace: Workspace, image_id: int) -> int | None:
    return workspace.images.get(image_id).class_id
