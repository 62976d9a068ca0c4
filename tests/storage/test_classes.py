import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from dragon_app.core.errors import ClassNameError, NotFoundError
from dragon_app.core.types import BatchResult, EventKind
from dragon_app.storage.labels import IMPORTER
from dragon_app.storage.workspace import Workspace
from tests.conftest import add_rows
from tests.storage.gestures import redo, undo


def label(workspace: Workspace, image_id: int, class_id: int) -> None:
    changes = {image_id: str(class_id)}
    workspace.labels.apply(EventKind.CLASS, changes, batch=f"label {image_id}", who="person")


def rename(workspace: Workspace, class_id: int, name: str) -> BatchResult:
    batch = uuid.uuid4().hex
    return workspace.classes.rename(class_id, name, batch=batch, who="person")


def delete(workspace: Workspace, class_id: int) -> BatchResult:
    return workspace.classes.delete(class_id, batch=uuid.uuid4().hex, who="person")


def merge(workspace: Workspace, class_id: int, into: int) -> BatchResult:
    return workspace.classes.merge(class_id, into, batch=uuid.uuid4().hex, who="person")


def names(workspace: Workspace) -> list[str]:
    return [each.name for each in workspace.classes.all()]


def classes_of(workspace: Workspace, ids: list[int]) -> list[int | None]:
    return [workspace.images.get(image_id).class_id for image_id in ids]


@pytest.fixture
def ids(workspace: Workspace) -> list[int]:
    """Two photos of the class 1, dragon, one of the class 2, knight, and one without."""
    workspace.classes.create("dragon")
    workspace.classes.create("knight")
    ids = add_rows(workspace, 4)
    for image_id, class_id in zip(ids, (1, 1, 2), strict=False):
        label(workspace, image_id, class_id)
    return ids


def test_classes_come_in_the_order_in_which_they_were_made(workspace: Workspace) -> None:
    for name in ("c", "a", "b"):
        workspace.classes.create(name)
    assert [each.name for each in workspace.classes.all()] == ["c", "a", "b"]


def test_a_name_is_stored_clean(workspace: Workspace) -> None:
    assert workspace.classes.create("  Sir   Robin ").name == "Sir Robin"


@pytest.mark.parametrize("name", ["Dragon", "DRAGON", " dragon  "])
def test_a_name_can_be_taken_once(workspace: Workspace, name: str) -> None:
    workspace.classes.create("dragon")
    with pytest.raises(ClassNameError, match="already"):
        workspace.classes.create(name)


def test_named_finds_a_class_whatever_its_case(workspace: Workspace) -> None:
    dragon = workspace.classes.create("Drache\u0308")
    assert workspace.classes.named("DRACHE\u0308") == dragon


def test_named_makes_a_class_when_there_is_none(workspace: Workspace) -> None:
    made = workspace.classes.named("dragon")
    assert workspace.classes.all() == [made]


def test_a_renamed_class_keeps_its_photos(workspace: Workspace) -> None:
    dragon = workspace.classes.create("dragon")
    (image_id,) = add_rows(workspace, 1)
    label(workspace, image_id, dragon.id)
    rename(workspace, dragon.id, "wyvern")
    assert [(c.image_class.name, c.total) for c in workspace.classes.counts()] == [("wyvern", 1)]


def test_a_class_can_change_the_case_of_its_own_name(workspace: Workspace) -> None:
    dragon = workspace.classes.create("dragon")
    rename(workspace, dragon.id, "Dragon")
    assert workspace.classes.get(dragon.id).name == "Dragon"


def test_a_class_cannot_take_the_name_of_another(workspace: Workspace) -> None:
    workspace.classes.create("dragon")
    knight = workspace.classes.create("knight")
    with pytest.raises(ClassNameError, match="'Dragon' already"):
        rename(workspace, knight.id, "Dragon")


@pytest.mark.parametrize("class_id", [99, 2**70])
def test_a_class_that_is_not_there_cannot_be_changed(workspace: Workspace, class_id: int) -> None:
    with pytest.raises(NotFoundError):
        rename(workspace, class_id, "x")
    with pytest.raises(NotFoundError):
        workspace.classes.get(class_id)


def test_a_deleted_class_leaves_its_name_free(workspace: Workspace) -> None:
    dragon = workspace.classes.create("dragon")
    delete(workspace, dragon.id)
    assert workspace.classes.all() == []
    assert workspace.classes.create("dragon").id != dragon.id


def test_binned_photos_are_not_counted(workspace: Workspace) -> None:
    dragon = workspace.classes.create("dragon")
    first, second = add_rows(workspace, 2)
    label(workspace, first, dragon.id)
    label(workspace, second, dragon.id)
    workspace.labels.apply(EventKind.BINNED, {second: "1"}, batch="bin", who="person")
    assert workspace.classes.counts()[0].total == 1


def test_a_thirteenth_class_gets_another_colour_than_the_fourteenth(workspace: Workspace) -> None:
    colours = [workspace.classes.create(f"class {n}").colour for n in range(14)]
    assert len(set(colours[:12])) == 12
    assert colours[12] != colours[13]


def test_classes_made_by_threads_at_once_are_made_once(workspace: Workspace) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(workspace.classes.named, ["dragon"] * 16))
    assert len({each.id for each in made}) == 1


def test_a_renaming_can_be_undone_and_redone(workspace: Workspace, ids: list[int]) -> None:
    rename(workspace, 1, "wyvern")
    assert undo(workspace) == BatchResult(changed=0)
    assert names(workspace) == ["dragon", "knight"]
    redo(workspace)
    assert names(workspace) == ["wyvern", "knight"]


def test_a_merged_class_gives_its_photos_away_in_one_step(
    workspace: Workspace, ids: list[int]
) -> None:
    assert merge(workspace, 1, 2) == BatchResult(changed=2)
    assert names(workspace) == ["knight"]
    assert classes_of(workspace, ids) == [2, 2, 2, None]
    assert [event.after for event in workspace.labels.history(ids[0])] == ["1", "2"]


def test_a_merge_can_be_undone_and_redone(workspace: Workspace, ids: list[int]) -> None:
    merge(workspace, 1, 2)
    assert undo(workspace) == BatchResult(changed=2)
    assert names(workspace) == ["dragon", "knight"]
    assert classes_of(workspace, ids) == [1, 1, 2, None]
    assert redo(workspace) == BatchResult(changed=2)
    assert names(workspace) == ["knight"]
    assert classes_of(workspace, ids) == [2, 2, 2, None]


def test_a_class_is_not_merged_into_itself_or_into_nothing(
    workspace: Workspace, ids: list[int]
) -> None:
    with pytest.raises(ClassNameError, match="into itself"):
        merge(workspace, 1, 1)
    with pytest.raises(NotFoundError, match="no class 9"):
        merge(workspace, 1, 9)
    assert classes_of(workspace, ids) == [1, 1, 2, None]


def test_photos_of_a_deleted_class_become_unlabelled_in_one_step(
    workspace: Workspace, ids: list[int]
) -> None:
    workspace.labels.apply(EventKind.BINNED, {ids[0]: "1"}, batch="bin", who="person")
    assert delete(workspace, 1) == BatchResult(changed=2)
    assert names(workspace) == ["knight"]
    assert classes_of(workspace, ids) == [None, None, 2, None]
    assert undo(workspace) == BatchResult(changed=2)
    assert names(workspace) == ["dragon", "knight"]
    assert classes_of(workspace, ids) == [1, 1, 2, None]


def test_a_deleted_class_comes_back_under_a_free_name(workspace: Workspace, ids: list[int]) -> None:
    delete(workspace, 1)
    workspace.classes.create("Dragon")
    workspace.classes.create("dragon (2)")
    assert undo(workspace) == BatchResult(changed=2)
    assert names(workspace) == ["dragon (3)", "knight", "Dragon", "dragon (2)"]
    assert classes_of(workspace, ids) == [1, 1, 2, None]
    redo(workspace)
    assert names(workspace) == ["knight", "Dragon", "dragon (2)"]
    undo(workspace)
    assert names(workspace) == ["dragon (3)", "knight", "Dragon", "dragon (2)"]


def test_an_old_name_comes_back_with_a_number_when_another_class_has_it(
    workspace: Workspace, ids: list[int]
) -> None:
    rename(workspace, 1, "x" * 80)
    rename(workspace, 1, "wyvern")
    workspace.classes.create("X" * 80)
    undo(workspace)
    assert names(workspace)[0] == "x" * 76 + " (2)"
    redo(workspace)
    assert names(workspace)[0] == "wyvern"


def test_a_class_comes_back_without_a_key_that_another_has_now(
    workspace: Workspace, ids: list[int]
) -> None:
    workspace.classes.set_hotkey(1, "d")
    delete(workspace, 1)
    workspace.classes.set_hotkey(2, "d")
    undo(workspace)
    assert [each.hotkey for each in workspace.classes.all()] == [None, "d"]


def test_photos_that_came_with_files_go_along_when_a_merge_is_redone(
    workspace: Workspace, ids: list[int]
) -> None:
    merge(workspace, 1, 2)
    undo(workspace)
    workspace.labels.label_first({ids[3]: "1"}, batch="files", who=IMPORTER)
    assert redo(workspace) == BatchResult(changed=3)
    assert classes_of(workspace, ids) == [2, 2, 2, 2]


def test_a_repeated_merge_or_deletion_answers_the_same(
    workspace: Workspace, ids: list[int]
) -> None:
    for _ in range(2):
        result = workspace.classes.merge(1, 2, batch="merge", who="person")
        assert result == BatchResult(changed=2)
    for _ in range(2):
        assert workspace.classes.delete(2, batch="gone", who="person") == BatchResult(changed=3)


def test_a_new_class_ends_no_redo_but_a_deletion_does(workspace: Workspace, ids: list[int]) -> None:
    undo(workspace)
    empty = workspace.classes.create("wyvern")
    assert redo(workspace) is not None
    undo(workspace)
    delete(workspace, empty.id)
    assert redo(workspace) is None


def test_classes_are_put_in_order_and_new_ones_come_last(
    workspace: Workspace, ids: list[int]
) -> None:
    workspace.classes.create("wyvern")
    workspace.classes.set_order([3, 1, 3, 99])
    assert names(workspace) == ["wyvern", "dragon", "knight"]
    workspace.classes.create("wyrm")
    assert names(workspace) == ["wyvern", "dragon", "knight", "wyrm"]


def places(workspace: Workspace) -> dict[str, int]:
    return {each.name: each.key_place for each in workspace.classes.all()}


def test_the_others_keep_their_keys_when_a_class_goes_and_a_new_one_takes_the_free_one(
    workspace: Workspace, ids: list[int]
) -> None:
    workspace.classes.create("wyvern")
    merge(workspace, 1, 2)
    workspace.classes.set_disabled(2, is_disabled=True)
    assert places(workspace) == {"knight": 2, "wyvern": 3}
    undo(workspace)
    assert places(workspace) == {"dragon": 1, "knight": 2, "wyvern": 3}
    delete(workspace, 1)
    workspace.classes.create("wyrm")
    undo(workspace)
    assert places(workspace) == {"dragon": 4, "knight": 2, "wyvern": 3, "wyrm": 1}


def test_a_new_order_deals_the_keys_anew_to_disabled_classes_last(
    workspace: Workspace, ids: list[int]
) -> None:
    workspace.classes.create("wyvern")
    workspace.classes.set_disabled(2, is_disabled=True)
    workspace.classes.set_order([3, 2, 1])
    assert places(workspace) == {"wyvern": 1, "knight": 3, "dragon": 2}


def test_a_key_belongs_to_one_class(workspace: Workspace, ids: list[int]) -> None:
    workspace.classes.set_hotkey(1, "d")
    with pytest.raises(ClassNameError, match="key D belongs to 'dragon'"):
        workspace.classes.set_hotkey(2, "d")
    workspace.classes.set_hotkey(1, None)
    workspace.classes.set_hotkey(2, "d")
    assert [each.hotkey for each in workspace.classes.all()] == [None, "d"]


def test_a_disabled_class_keeps_its_photos(workspace: Workspace, ids: list[int]) -> None:
    workspace.classes.set_disabled(1, is_disabled=True)
    assert workspace.classes.get(1).is_disabled
    assert classes_of(workspace, ids) == [1, 1, 2, None]
    workspace.classes.set_disabled(1, is_disabled=False)
    assert not workspace.classes.get(1).is_disabled
