from pathlib import Path

import pytest

from dragon_app.core.types import BatchResult
from dragon_app.storage.database import Database
from dragon_app.storage.labels import IMPORTER
from dragon_app.storage.workspace import Workspace, open_workspace
from tests.conftest import add_rows
from tests.storage.gestures import BINNED, CLASS, SKIPPED, apply, class_of, redo, undo


@pytest.fixture
def ids(workspace: Workspace) -> list[int]:
    """Three photos, beside the classes 1 and 2."""
    workspace.classes.create("dragon")
    workspace.classes.create("knight")
    return add_rows(workspace, 3)


def test_a_batch_that_changed_nothing_is_no_step_to_undo(
    workspace: Workspace, ids: list[int]
) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    apply(workspace, CLASS, {ids[0]: "1"})
    assert undo(workspace) == BatchResult(changed=1)
    assert class_of(workspace, ids[0]) is None


def test_undo_takes_back_the_newest_batch_first(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    apply(workspace, CLASS, {ids[0]: "2"})
    undo(workspace)
    assert class_of(workspace, ids[0]) == 1
    undo(workspace)
    assert class_of(workspace, ids[0]) is None
    assert undo(workspace) is None


def test_an_undo_that_names_its_batch_leaves_newer_ones(
    workspace: Workspace, ids: list[int]
) -> None:
    batches = ["first-one", "second-one"]
    for image_id, batch in zip(ids, batches, strict=False):
        workspace.labels.apply(CLASS, {image_id: "1"}, batch=batch, who="a person")
    assert workspace.steps.undo(batch="u", who="a person", of=batches[0]) is not None
    assert (class_of(workspace, ids[0]), class_of(workspace, ids[1])) == (None, 1)
    assert workspace.steps.undo(batch="v", who="a person", of=batches[0]) is None
    assert undo(workspace) == BatchResult(changed=1)
    assert class_of(workspace, ids[1]) is None


def test_undo_can_be_repeated_without_undoing_more(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    apply(workspace, CLASS, {ids[0]: "2"})
    undo(workspace, "u")
    assert undo(workspace, "u") == BatchResult(changed=1)
    assert class_of(workspace, ids[0]) == 1


def test_a_repeated_undo_names_again_what_it_left(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, CLASS, dict.fromkeys(ids, "1"))
    apply(workspace, CLASS, {ids[1]: "2"}, who=IMPORTER)
    assert undo(workspace, "u") == undo(workspace, "u") == BatchResult(changed=2, left=(ids[1],))


def test_redo_puts_back_the_newest_undone_batch_first(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    apply(workspace, CLASS, {ids[0]: "2"})
    undo(workspace)
    undo(workspace)
    redo(workspace)
    assert class_of(workspace, ids[0]) == 1
    redo(workspace)
    assert class_of(workspace, ids[0]) == 2
    assert redo(workspace) is None


def test_undo_and_redo_take_turns_for_ever(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    for _ in range(3):
        assert undo(workspace) == BatchResult(changed=1)
        assert class_of(workspace, ids[0]) is None
        assert redo(workspace) == BatchResult(changed=1)
        assert class_of(workspace, ids[0]) == 1


def test_redo_ends_once_a_person_did_something_new(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    undo(workspace)
    apply(workspace, SKIPPED, {ids[1]: "1"})
    assert redo(workspace) is None
    undo(workspace)
    assert redo(workspace) == BatchResult(changed=1)
    assert redo(workspace) is None


def test_a_batch_that_changed_nothing_does_not_end_redo(
    workspace: Workspace, ids: list[int]
) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    undo(workspace)
    apply(workspace, SKIPPED, {ids[1]: "0"})
    assert redo(workspace) == BatchResult(changed=1)


def test_labels_that_came_with_files_do_not_end_redo(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, CLASS, dict.fromkeys(ids, "1"))
    undo(workspace)
    apply(workspace, CLASS, {ids[1]: "2"}, who=IMPORTER)
    assert redo(workspace) == BatchResult(changed=2, left=(ids[1],))
    assert [class_of(workspace, image_id) for image_id in ids] == [1, 2, 1]


def test_redo_can_be_repeated_without_redoing_more(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    apply(workspace, CLASS, {ids[0]: "2"})
    undo(workspace)
    undo(workspace)
    assert redo(workspace, "r") == redo(workspace, "r") == BatchResult(changed=1)
    assert class_of(workspace, ids[0]) == 1


def test_undo_and_redo_go_on_after_a_restart(folder: Path) -> None:
    first = open_workspace(folder)
    first.classes.create("dragon")
    (image_id,) = add_rows(first, 1)
    apply(first, CLASS, {image_id: "1"})
    first.close()
    second = open_workspace(folder)
    assert undo(second) == BatchResult(changed=1)
    second.close()
    third = open_workspace(folder)
    assert redo(third) == BatchResult(changed=1)
    assert class_of(third, image_id) == 1
    third.close()


def test_undo_leaves_photos_changed_since_and_names_them(
    workspace: Workspace, ids: list[int]
) -> None:
    apply(workspace, CLASS, dict.fromkeys(ids, "1"))
    apply(workspace, CLASS, {ids[1]: "2"}, who=IMPORTER)
    assert undo(workspace) == BatchResult(changed=2, left=(ids[1],))
    assert [class_of(workspace, image_id) for image_id in ids] == [None, 2, None]


def test_labels_that_came_with_files_are_not_undone(workspace: Workspace, ids: list[int]) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    apply(workspace, CLASS, {ids[1]: "1"}, who=IMPORTER)
    undo(workspace)
    assert [class_of(workspace, image_id) for image_id in ids] == [None, 1, None]


def test_an_empty_journal_has_nothing_to_undo(workspace: Workspace) -> None:
    assert undo(workspace) is None


def test_undo_does_not_give_back_a_class_that_an_earlier_version_deleted(
    workspace: Workspace, ids: list[int]
) -> None:
    apply(workspace, CLASS, {ids[0]: "1", ids[1]: "2"})
    apply(workspace, CLASS, dict.fromkeys(ids, "2"))
    with Database(workspace.folder / "dragon.db").writing() as db:
        db.execute("update classes set deleted_at = '2026-01-01' where id = 1")
    assert undo(workspace) == BatchResult(changed=1, left=(ids[0],))
    assert [class_of(workspace, image_id) for image_id in ids] == [2, 2, None]


def test_a_photo_brought_back_from_the_bin_keeps_its_class(
    workspace: Workspace, ids: list[int]
) -> None:
    apply(workspace, CLASS, {ids[0]: "1"})
    apply(workspace, BINNED, {ids[0]: "1"})
    undo(workspace)
    image = workspace.images.get(ids[0])
    assert (image.class_id, image.is_binned) == (1, False)


def test_an_undo_that_found_nothing_finds_nothing_when_repeated(
    workspace: Workspace, ids: list[int]
) -> None:
    assert undo(workspace, "u") is None
    apply(workspace, CLASS, {ids[0]: "1"})
    undo(workspace, "u")
    assert class_of(workspace, ids[0]) == 1
