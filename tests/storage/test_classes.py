from concurrent.futures import ThreadPoolExecutor

import pytest

from dragon_app.core.errors import ClassNameError, NotFoundError
from dragon_app.core.types import EventKind
from dragon_app.storage.workspace import Workspace
from tests.conftest import add_rows


def label(workspace: Workspace, image_id: int, class_id: int) -> None:
    changes = {image_id: str(class_id)}
    workspace.labels.apply(EventKind.CLASS, changes, batch=f"label {image_id}", who="person")


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
    workspace.classes.rename(dragon.id, "wyvern")
    assert [(c.image_class.name, c.total) for c in workspace.classes.counts()] == [("wyvern", 1)]


def test_a_class_can_change_the_case_of_its_own_name(workspace: Workspace) -> None:
    dragon = workspace.classes.create("dragon")
    workspace.classes.rename(dragon.id, "Dragon")
    assert workspace.classes.get(dragon.id).name == "Dragon"


def test_a_class_cannot_take_the_name_of_another(workspace: Workspace) -> None:
    workspace.classes.create("dragon")
    knight = workspace.classes.create("knight")
    with pytest.raises(ClassNameError, match="'Dragon' already"):
        workspace.classes.rename(knight.id, "Dragon")


@pytest.mark.parametrize("class_id", [99, 2**70])
def test_a_class_that_is_not_there_cannot_be_changed(workspace: Workspace, class_id: int) -> None:
    with pytest.raises(NotFoundError):
        workspace.classes.rename(class_id, "x")
    with pytest.raises(NotFoundError):
        workspace.classes.get(class_id)


def test_a_class_with_photos_cannot_be_deleted(workspace: Workspace) -> None:
    dragon = workspace.classes.create("dragon")
    (image_id,) = add_rows(workspace, 1)
    label(workspace, image_id, dragon.id)
    with pytest.raises(ClassNameError, match="1 photo carries this class"):
        workspace.classes.delete(dragon.id)


def test_a_class_with_photos_in_the_bin_cannot_be_deleted(workspace: Workspace) -> None:
    # A restored photo would carry a class that is in no list.
    dragon = workspace.classes.create("dragon")
    (image_id,) = add_rows(workspace, 1)
    label(workspace, image_id, dragon.id)
    workspace.labels.apply(EventKind.BINNED, {image_id: "1"}, batch="bin", who="person")
    with pytest.raises(ClassNameError, match="1 of them in the bin"):
        workspace.classes.delete(dragon.id)


def test_a_deleted_class_leaves_its_name_free(workspace: Workspace) -> None:
    dragon = workspace.classes.create("dragon")
    workspace.classes.delete(dragon.id)
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
