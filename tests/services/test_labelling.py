import pytest

from dragon_app.core.errors import ClassNameError, NotFoundError
from dragon_app.core.types import BatchResult
from dragon_app.wiring import App
from tests.photos import incoming_photos


@pytest.fixture
def ids(app: App) -> list[int]:
    """Three photos, beside the class 1."""
    app.labelling.create_class("dragon")
    return list(app.dataset.add(incoming_photos(range(3))).image_ids)


def test_photos_get_a_class_and_lose_it(app: App, ids: list[int]) -> None:
    assert app.labelling.assign(ids, 1).changed == 3
    assert app.labelling.assign(ids[:1], None).changed == 1
    assert [app.dataset.image(image_id).class_id for image_id in ids] == [None, 1, 1]


def test_a_gesture_sent_twice_counts_once(app: App, ids: list[int]) -> None:
    app.labelling.assign(ids, 1, batch="g1")
    app.labelling.assign(ids, None, batch="g2")
    assert app.labelling.assign(ids, 1, batch="g1").changed == 3  # the answer of the first time
    assert app.dataset.image(ids[0]).class_id is None


def test_a_photo_named_twice_in_a_gesture_changes_once(app: App, ids: list[int]) -> None:
    assert app.labelling.assign([ids[0], ids[0]], 1).changed == 1


def test_the_bin_hides_photos_and_gives_them_back(app: App, ids: list[int]) -> None:
    app.labelling.bin(ids[:2])
    assert app.dataset.summary().total == 1
    app.labelling.restore(ids[:1])
    assert app.dataset.summary().binned == 1


def test_undo_takes_back_one_gesture_after_the_other(app: App, ids: list[int]) -> None:
    app.labelling.assign(ids, 1)
    app.labelling.bin(ids[:1])
    app.labelling.undo()
    app.labelling.undo()
    assert app.labelling.undo() is None
    image = app.dataset.image(ids[0])
    assert (image.class_id, image.is_binned) == (None, False)


def test_redo_puts_back_what_undo_took(app: App, ids: list[int]) -> None:
    app.labelling.assign(ids, 1)
    app.labelling.skip(ids[:1])
    app.labelling.undo()
    app.labelling.undo()
    assert app.labelling.redo() == BatchResult(changed=3)
    assert app.labelling.redo() == BatchResult(changed=1)
    assert app.labelling.redo() is None
    image = app.dataset.image(ids[0])
    assert (image.class_id, image.is_skipped) == (1, True)


def test_a_skipped_photo_is_asked_about_again(app: App, ids: list[int]) -> None:
    app.labelling.skip(ids)
    app.labelling.unskip(ids[:1])
    assert [app.dataset.image(image_id).is_skipped for image_id in ids] == [False, True, True]


def test_photos_are_named_in_the_order_asked(app: App, ids: list[int]) -> None:
    assert app.labelling.photo_names([ids[1], ids[0], 99]) == ["1.png", "0.png", "photo 99"]


def test_what_a_person_did_is_signed(app: App, ids: list[int]) -> None:
    app.labelling.assign(ids, 1)
    assert [event.who for event in app.workspace.labels.history(ids[0])] == ["person"]


def test_an_unknown_class_or_photo_is_not_found(app: App, ids: list[int]) -> None:
    with pytest.raises(NotFoundError):
        app.labelling.assign(ids, 99)
    with pytest.raises(NotFoundError):
        app.labelling.assign([99], 1)
    with pytest.raises(NotFoundError):
        app.labelling.assign([2**70], 1)


def test_a_class_is_recoloured(app: App) -> None:
    made = app.labelling.create_class("dragon")
    app.labelling.recolour_class(made.id, "#ABCDEF")
    assert app.labelling.classes()[0].colour == "#abcdef"


@pytest.mark.parametrize("colour", ["red", "#abc", "#abcdeg", "#abcdef;", "#abcdef\n", ""])
def test_what_is_no_colour_is_refused(app: App, colour: str) -> None:
    made = app.labelling.create_class("dragon")
    with pytest.raises(ClassNameError, match="not a colour"):
        app.labelling.recolour_class(made.id, colour)


def test_a_class_is_deleted_with_its_labels_and_comes_back(app: App, ids: list[int]) -> None:
    app.labelling.assign(ids, 1)
    app.labelling.delete_class(1)
    assert app.labelling.classes() == []
    assert app.dataset.image(ids[0]).class_id is None
    app.labelling.undo()
    assert app.dataset.image(ids[0]).class_id == 1


def test_a_class_has_a_key_of_its_own_or_that_of_its_place(app: App) -> None:
    made = app.labelling.create_class("dragon")
    app.labelling.set_class_key(made.id, "D")
    assert app.labelling.classes()[0].hotkey == "d"
    app.labelling.set_class_key(made.id, "")
    assert app.labelling.classes()[0].hotkey is None


def test_a_disabled_class_is_left_out_of_training(ready_app: App) -> None:
    dark = ready_app.labelling.classes()[0]
    ready_app.labelling.disable_class(dark.id)
    assert "Training needs two classes or more" in ready_app.runs.missing()
    ready_app.labelling.enable_class(dark.id)
    assert ready_app.runs.missing() == []


def test_classes_are_put_in_order(app: App) -> None:
    first, second = (app.labelling.create_class(name) for name in "ab")
    app.labelling.order_classes([second.id, first.id])
    assert [each.id for each in app.labelling.classes()] == [second.id, first.id]
