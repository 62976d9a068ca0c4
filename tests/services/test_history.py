import pytest

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import NotFoundError
from dragon_app.core.types import EventKind
from dragon_app.wiring import App
from tests.photos import incoming_photos


def test_a_photo_tells_who_said_what(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1]), class_name="Rose").image_ids
    tulip = app.labelling.create_class("Tulip")
    app.labelling.assign([image_id], tulip.id)
    app.labelling.undo()
    told = [
        (line.who, line.before, line.after, line.is_undone, line.is_reversal)
        for line in app.history.of_photo(image_id)
    ]
    assert told == [
        ("import", None, "Rose", False, False),
        ("person", "Rose", "Tulip", True, False),
        ("person", "Tulip", "Rose", False, True),
    ]


def test_classes_are_called_as_they_were_and_as_they_are(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1]), class_name="Rose").image_ids
    rose = app.labelling.classes()[0]
    app.labelling.rename_class(rose.id, "Red rose")
    app.labelling.assign([image_id], None)
    app.labelling.rename_class(rose.id, "Dark rose")
    first, second = app.history.of_photo(image_id)
    assert (first.after, first.after_now) == ("Rose", "Dark rose")
    assert (second.before, second.after) == ("Red rose", None)


def test_deleted_classes_keep_their_name_in_the_story(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1]), class_name="Rose").image_ids
    app.labelling.delete_class(1)
    assert [line.after for line in app.history.of_photo(image_id)] == ["Rose", None]


def test_skips_and_the_bin_are_part_of_the_story(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1])).image_ids
    app.labelling.skip([image_id])
    app.labelling.bin([image_id])
    told = [(line.kind, line.before, line.after) for line in app.history.of_photo(image_id)]
    assert told == [(EventKind.SKIPPED, "0", "1"), (EventKind.BINNED, "0", "1")]


def test_a_photo_that_is_not_there_has_no_story(app: App) -> None:
    with pytest.raises(NotFoundError):
        app.history.of_photo(99)


def test_the_dataset_is_shown_as_it_was_for_a_run(ready_app: App) -> None:
    run = ready_app.runs.wait(ready_app.runs.start(FinetuneConfig()).id)
    before = ready_app.history.of_run(run.id)
    assert (len(before.photos), before.changed, before.gone) == (8, (), 0)
    dark, light = ready_app.labelling.classes()
    ready_app.labelling.rename_class(dark.id, "night")  # the photos are what they were
    assert ready_app.history.of_run(run.id).changed == ()
    ids = [photo.image_id for photo in before.photos if photo.image_id is not None]
    ready_app.labelling.assign(ids[:1], light.id)
    ready_app.labelling.bin(ids[1:3])
    after = ready_app.history.of_run(run.id)
    assert after.class_names == ("dark", "light")
    assert [photo.target for photo in after.photos] == [0] * 4 + [1] * 4
    assert set(after.changed) == set(ids[:3])
    ready_app.labelling.empty_bin(expected=2)
    last = ready_app.history.of_run(run.id)
    assert (last.changed, last.gone, len(last.photos)) == ((ids[0],), 2, 8)
    assert ready_app.runs.get(run.id).val_accuracy == run.val_accuracy


def test_the_classes_of_a_run_are_found_under_their_new_names(ready_app: App) -> None:
    run = ready_app.runs.wait(ready_app.runs.start(FinetuneConfig()).id)
    ready_app.labelling.rename_class(1, "night")
    ready_app.labelling.create_class("dark")  # another one that has the old name
    assert ready_app.history.classes_of_run(run.id) == (1, 2)
    ready_app.labelling.delete_class(1)
    assert ready_app.history.classes_of_run(run.id) == (None, 2)


def test_a_merged_class_counts_as_changed_and_its_undoing_as_not(ready_app: App) -> None:
    run = ready_app.runs.start(FinetuneConfig())
    ready_app.labelling.merge_class(1, 2)
    assert len(ready_app.history.of_run(run.id).changed) == 4
    ready_app.labelling.undo()
    assert ready_app.history.of_run(run.id).changed == ()
