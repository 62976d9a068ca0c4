from concurrent.futures import ThreadPoolExecutor

import pytest

from dragon_app.core.errors import NotFoundError
from dragon_app.core.types import BatchResult, EventKind, Shown
from dragon_app.storage.labels import IMPORTER
from dragon_app.storage.workspace import Workspace
from tests.conftest import add_rows
from tests.storage.gestures import BINNED, CLASS, SKIPPED, apply, class_of, undo


@pytest.fixture
def ids(workspace: Workspace) -> list[int]:
    """Three photos, beside the classes 1 and 2."""
    workspace.classes.create("dragon")
    workspace.classes.create("knight")
    return add_rows(workspace, 3)


def test_a_label_changes_the_class_and_is_written_down(
    workspace: Workspace, ids: list[int]
) -> None:
    assert apply(workspace, CLASS, {ids[0]: "1"}, batch="b", who="me") == BatchResult(changed=1)
    assert class_of(workspace, ids[0]) == 1
    (event,) = workspace.labels.history(ids[0])
    assert (event.batch, event.kind, event.before, event.after, event.who) == (
        "b",
        CLASS,
        None,
        "1",
        "me",
    )
    assert event.at.utcoffset() is not None


def test_history_tells_everything_oldest_first(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    apply(workspace, BINNED, {ids[0]: "1"})
    apply(workspace, CLASS, {ids[0]: "2", ids[1]: "1"})
    undo(workspace)
    told = [(event.kind, event.before, event.after) for event in workspace.labels.history(ids[0])]
    assert told == [(CLASS, None, "1"), (BINNED, "0", "1"), (CLASS, "1", "2"), (CLASS, "2", "1")]


def test_only_what_differs_is_changed(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    assert apply(workspace, CLASS, dict.fromkeys(ids, "1")).changed == 2


@pytest.mark.parametrize("kind", [SKIPPED, BINNED])
def test_photos_are_skipped_and_binned(
    workspace: Workspace, ids: list[int], kind: EventKind
) -> None:
    apply(workspace, kind, {ids[0]: "1"})
    image = workspace.images.get(ids[0])
    assert (image.is_skipped, image.is_binned) == (kind is SKIPPED, kind is BINNED)


def test_a_repeated_batch_is_ignored(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, CLASS, {ids[0]: "1"}, batch="b")
    apply(workspace, CLASS, {ids[0]: "2"})
    assert apply(workspace, CLASS, {ids[0]: "1"}, batch="b") == BatchResult(changed=1)
    assert class_of(workspace, ids[0]) == 2


def test_a_repeated_batch_that_changed_nothing_is_ignored_too(
    workspace: Workspace, ids: list[int]
) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    apply(workspace, CLASS, {ids[0]: "1"}, batch="b")
    apply(workspace, CLASS, {ids[0]: "2"})
    apply(workspace, CLASS, {ids[0]: "1"}, batch="b")
    assert class_of(workspace, ids[0]) == 2


def test_an_unknown_photo_stops_the_whole_batch(workspace: Workspace, ids: list[int]) -> None:
    with pytest.raises(NotFoundError, match="no photo 99"):
        apply(workspace, CLASS, {ids[0]: "1", 99: "1"})
    assert class_of(workspace, ids[0]) is None


@pytest.mark.parametrize("class_id", ["9", str(2**80)])
def test_an_unknown_class_stops_the_whole_batch(
    workspace: Workspace, ids: list[int], class_id: str
) -> None:
    with pytest.raises(NotFoundError):
        apply(workspace, CLASS, {ids[0]: "1", ids[1]: class_id})
    assert class_of(workspace, ids[0]) is None


def test_a_deleted_class_cannot_be_given(workspace: Workspace, ids: list[int]) -> None:
    workspace.classes.delete(2, batch="delete", who="person")
    with pytest.raises(NotFoundError, match="no class 2"):
        apply(workspace, CLASS, {ids[0]: "2"})


def test_a_batch_of_thousands_is_one_step(workspace: Workspace) -> None:
    workspace.classes.create("dragon")
    ids = add_rows(workspace, 2500)
    assert apply(workspace, CLASS, dict.fromkeys(ids, "1")).changed == 2500
    assert undo(workspace) == BatchResult(changed=2500)
    assert workspace.images.counts()[Shown.UNLABELLED] == 2500


def test_two_identical_batches_at_once_are_one(workspace: Workspace, ids: list[int]) -> None:
    with ThreadPoolExecutor(4) as pool:
        results = list(
            pool.map(
                lambda _: apply(workspace, CLASS, dict.fromkeys(ids, "1"), batch="b"), range(4)
            )
        )
    assert results == [BatchResult(changed=3)] * 4
    assert len(workspace.labels.history(ids[0])) == 1
    with ThreadPoolExecutor(4) as pool:
        undone = list(pool.map(lambda _: undo(workspace, "u"), range(4)))
    assert undone == [BatchResult(changed=3)] * 4
    assert undo(workspace) is None


def test_a_first_label_does_not_replace_what_a_person_said(
    workspace: Workspace, ids: list[int]
) -> None:
    apply(workspace, CLASS, {ids[0]: "2"})
    labels = dict.fromkeys(ids, "1")
    for _ in range(2):
        result = workspace.labels.label_first(labels, batch="files", who=IMPORTER)
        assert result == BatchResult(changed=2)
    assert [class_of(workspace, image_id) for image_id in ids] == [2, 1, 1]
