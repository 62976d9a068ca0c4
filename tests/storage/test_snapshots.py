import uuid

import pytest

from dragon_app.core.errors import NotFoundError
from dragon_app.core.near import NearIndex
from dragon_app.core.types import EventKind, Snapshot, Split
from dragon_app.storage.workspace import Workspace
from tests.conftest import add_rows
from tests.photos import new_image


def apply(workspace: Workspace, kind: EventKind, changes: dict[int, str | None]) -> None:
    workspace.labels.apply(kind, changes, batch=uuid.uuid4().hex, who="person")


@pytest.fixture
def ids(workspace: Workspace) -> list[int]:
    """Three photos of class 1, three of class 2, one of none."""
    workspace.classes.create("knight")
    workspace.classes.create("dragon")
    ids = add_rows(workspace, 7)
    apply(
        workspace, EventKind.CLASS, {**dict.fromkeys(ids[:3], "1"), **dict.fromkeys(ids[3:6], "2")}
    )
    return ids


def content(snapshot: Snapshot) -> set[tuple[int, str, Split]]:
    return {(int(s.digest, 16), snapshot.class_names[s.target], s.split) for s in snapshot.samples}


def test_it_holds_every_labelled_photo_with_class_and_part(
    workspace: Workspace, ids: list[int]
) -> None:
    snapshot = workspace.snapshots.take()
    assert snapshot.class_names == ("knight", "dragon")
    assert content(snapshot) == {
        (n, "knight" if n < 3 else "dragon", Split.VAL if n in {2, 5} else Split.TRAIN)
        for n in range(6)
    }


def test_it_is_read_back_as_it_was_taken(workspace: Workspace, ids: list[int]) -> None:
    snapshot = workspace.snapshots.take()
    assert workspace.snapshots.get(snapshot.id) == snapshot


def test_the_same_photos_give_the_same_snapshot(workspace: Workspace, ids: list[int]) -> None:
    assert workspace.snapshots.take() == workspace.snapshots.take()


def test_back_to_the_same_labels_is_back_to_the_same_snapshot(
    workspace: Workspace, ids: list[int]
) -> None:
    first = workspace.snapshots.take()
    apply(workspace, EventKind.CLASS, {ids[0]: "2"})
    second = workspace.snapshots.take()
    workspace.steps.undo(batch="u", who="person")
    assert second.digest != first.digest
    assert workspace.snapshots.take() == first


def test_later_changes_do_not_touch_it(workspace: Workspace, ids: list[int]) -> None:
    snapshot = workspace.snapshots.take()
    apply(workspace, EventKind.CLASS, dict.fromkeys(ids, "2"))
    apply(workspace, EventKind.BINNED, {ids[1]: "1"})
    workspace.classes.rename(1, "Sir", batch="rename", who="person")
    workspace.classes.delete(1, batch="delete", who="person")
    assert workspace.snapshots.get(snapshot.id) == snapshot


def test_a_renamed_class_makes_another_snapshot(workspace: Workspace, ids: list[int]) -> None:
    first = workspace.snapshots.take()
    workspace.classes.rename(1, "Sir", batch="rename", who="person")
    assert workspace.snapshots.take().digest != first.digest


def test_binned_photos_are_left_out(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, EventKind.BINNED, dict.fromkeys(ids[:3], "1"))
    snapshot = workspace.snapshots.take()
    assert snapshot.class_names == ("dragon",)
    assert {s.target for s in snapshot.samples} == {0}


def test_photos_kept_for_testing_are_left_out(workspace: Workspace, ids: list[int]) -> None:
    (kept,) = workspace.images.add([new_image(50, split=Split.TEST)], NearIndex())
    apply(workspace, EventKind.CLASS, {kept: "1"})
    assert len(workspace.snapshots.take().samples) == 6


def test_without_labels_it_is_empty(workspace: Workspace) -> None:
    snapshot = workspace.snapshots.take()
    assert (snapshot.class_names, snapshot.samples) == ((), ())


@pytest.mark.parametrize("snapshot_id", [5, 2**70])
def test_a_snapshot_that_is_not_there_is_not_found(workspace: Workspace, snapshot_id: int) -> None:
    with pytest.raises(NotFoundError):
        workspace.snapshots.get(snapshot_id)


def test_it_tells_how_many_photos_of_each_class_were_learned_from(
    workspace: Workspace, ids: list[int]
) -> None:
    snapshot = workspace.snapshots.take()
    assert workspace.snapshots.learned_from(snapshot.id) == (2, 2)
    apply(workspace, EventKind.CLASS, {ids[0]: "2"})
    assert workspace.snapshots.learned_from(snapshot.id) == (2, 2)
    assert workspace.snapshots.learned_from(workspace.snapshots.take().id) == (1, 3)
