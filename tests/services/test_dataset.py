import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dragon_app.core.errors import ClassNameError, WorkspaceError
from dragon_app.core.types import EventKind, Refusal, Shown, Split
from dragon_app.services.intake import scan
from dragon_app.storage.images import ImageStore
from dragon_app.wiring import App
from tests.photos import incoming, incoming_photos, photo_bytes, write_photos


def class_names(app: App) -> list[tuple[str, int]]:
    return [(each.image_class.name, each.total) for each in app.dataset.summary().classes]


def class_of(app: App, image_id: int) -> str | None:
    class_id = app.dataset.image(image_id).class_id
    return next((each.name for each in app.labelling.classes() if each.id == class_id), None)


def test_a_photo_is_stored_as_it_was_given(app: App) -> None:
    data = photo_bytes(1)
    result = app.dataset.add([incoming(data, "Löwe.png")])
    assert (result.added, result.duplicates, result.refused) == (1, 0, ())
    image = app.dataset.image(result.image_ids[0])
    assert (image.name, image.width_px, image.height_px) == ("Löwe.png", 48, 40)
    assert image.size_bytes == len(data)
    stored = app.dataset.photo_file(image.id)
    assert stored.read_bytes() == data
    assert hashlib.sha256(data).hexdigest() == image.digest


def test_a_photo_added_again_is_counted_and_not_added(app: App) -> None:
    first = app.dataset.add(incoming_photos([1]))
    again = app.dataset.add(incoming_photos([1, 2]))
    assert (again.added, again.duplicates) == (1, 1)
    assert again.image_ids[0] == first.image_ids[0]


def test_a_photo_twice_among_the_files_is_added_once(app: App) -> None:
    result = app.dataset.add([incoming(photo_bytes(1), name) for name in ("a.png", "b.png")])
    assert (result.added, result.duplicates) == (1, 1)
    assert result.image_ids[0] == result.image_ids[1]


def test_ids_come_in_the_order_of_the_files(app: App) -> None:
    ids = app.dataset.add(incoming_photos([5, 3, 9])).image_ids
    assert [app.dataset.image(image_id).name for image_id in ids] == ["5.png", "3.png", "9.png"]


def test_a_refused_file_is_named_with_its_reason_and_the_rest_goes_on(app: App) -> None:
    bad = incoming(b"no photo", "bad.jpg")
    cut = incoming(photo_bytes(1)[:-30], "cut.png")
    result = app.dataset.add([bad, *incoming_photos([2]), cut, incoming(b"", "empty.gif")])
    assert result.added == 1
    reasons = {refusal.name: refusal.reason for refusal in result.refused}
    assert reasons.keys() == {"bad.jpg", "cut.png", "empty.gif"}
    assert reasons["empty.gif"] == "is empty"
    assert app.dataset.summary().total == 1


def test_a_refused_file_leaves_nothing_behind(app: App) -> None:
    app.dataset.add([incoming(b"no photo", class_name="dragon")])
    assert class_names(app) == []
    assert not (app.workspace.folder / "photos").exists()


def test_class_folders_label(app: App, tmp_path: Path) -> None:
    write_photos(tmp_path / "set" / "dragon", [1, 2])
    write_photos(tmp_path / "set" / "knight", [3])
    app.dataset.add(scan([tmp_path / "set"]))
    assert class_names(app) == [("dragon", 2), ("knight", 1)]
    assert app.dataset.summary().unlabelled == 0


def test_class_folders_that_differ_in_case_are_one_class(app: App) -> None:
    app.dataset.add([*incoming_photos([1], "Dragon"), *incoming_photos([2], "dragon")])
    assert class_names(app) == [("Dragon", 2)]


def test_levels_of_a_folder_are_kept(app: App, tmp_path: Path) -> None:
    for level, seeds in (("train", [1, 2, 3]), ("val", [4]), ("test", [5, 6])):
        write_photos(tmp_path / "set" / level / "dragon", seeds)
    app.dataset.add(scan([tmp_path / "set"]))
    (count,) = app.dataset.summary().classes
    assert (count.train, count.val, count.test) == (3, 1, 2)


def test_a_class_for_all_wins_over_folders(app: App) -> None:
    app.dataset.add([*incoming_photos([1], "knight"), *incoming_photos([2])], class_name="dragon")
    assert class_names(app) == [("dragon", 2)]


def test_a_class_name_that_is_none_stops_before_anything_is_added(app: App) -> None:
    with pytest.raises(ClassNameError):
        app.dataset.add(incoming_photos([1]), class_name="x" * 81)
    assert app.dataset.summary().total == 0


@pytest.mark.parametrize("name", ["x" * 81, "caf\udce9", "\x07"])
def test_files_of_a_folder_that_cannot_name_a_class_are_refused(app: App, name: str) -> None:
    result = app.dataset.add([*incoming_photos([1], name), *incoming_photos([2], "dragon")])
    assert result.added == 1
    assert [refusal.name for refusal in result.refused] == ["1.png"]
    assert "cannot name a class" in result.refused[0].reason


def test_a_name_that_cannot_be_stored_is_mended(app: App) -> None:
    result = app.dataset.add(
        [incoming(photo_bytes(1), "caf\udce9\n.png"), incoming(b"", "\udcff.png")]
    )
    assert app.dataset.image(result.image_ids[0]).name == "caf\ufffd\ufffd.png"
    assert result.refused == (Refusal(name="\ufffd.png", reason="is empty"),)


def test_a_known_photo_comes_back_from_the_bin(app: App) -> None:
    ids = app.dataset.add(incoming_photos([1, 2])).image_ids
    app.labelling.bin(ids)
    result = app.dataset.add(incoming_photos([1]))
    assert (result.added, result.duplicates) == (0, 1)
    assert [app.dataset.image(image_id).is_binned for image_id in ids] == [False, True]


def test_a_class_that_is_given_labels_known_photos_again(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1]), class_name="dragon").image_ids
    app.dataset.add(incoming_photos([1]), class_name="knight")
    assert class_of(app, image_id) == "knight"


def test_a_known_photo_given_another_class_can_be_undone(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1]), class_name="Rose").image_ids
    app.dataset.add(incoming_photos([1]), class_name="Tulip")
    assert class_of(app, image_id) == "Tulip"
    app.labelling.undo()
    assert class_of(app, image_id) == "Rose"


def test_space_for_all_that_is_to_come_is_checked_with_the_first_files(app: App) -> None:
    with pytest.raises(WorkspaceError, match="None of these was added"):
        app.dataset.add(incoming_photos([1]), expected_bytes=10**18)
    assert app.dataset.summary().total == 0


def test_a_class_folder_does_not_change_what_was_said_before(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1]), class_name="dragon").image_ids
    app.dataset.add(incoming_photos([1], "knight"))
    assert class_of(app, image_id) == "dragon"
    assert class_names(app) == [("dragon", 1)]


def test_a_class_folder_labels_a_known_photo_without_a_class(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1])).image_ids
    app.dataset.add(incoming_photos([1], "knight"))
    assert class_of(app, image_id) == "knight"


def test_of_two_class_folders_with_the_same_photo_the_first_counts(app: App) -> None:
    files = [*incoming_photos([1], "dragon"), *incoming_photos([1], "knight")]
    (image_id, _) = app.dataset.add(files).image_ids
    assert class_of(app, image_id) == "dragon"


def test_undo_leaves_alone_what_came_with_files(app: App) -> None:
    (image_id,) = app.dataset.add(incoming_photos([1], "dragon")).image_ids
    assert app.labelling.undo() is None
    assert class_of(app, image_id) == "dragon"
    assert [event.who for event in app.workspace.labels.history(image_id)] == ["import"]


def test_photos_of_one_motif_share_a_group(app: App) -> None:
    ids = app.dataset.add(
        [incoming(photo_bytes(1)), incoming(photo_bytes(1, brighter=12)), incoming(photo_bytes(2))]
    ).image_ids
    first, alike, other = (app.dataset.image(image_id).group_id for image_id in ids)
    assert first == alike != other


def test_groups_are_found_after_a_new_start_too(app: App) -> None:
    (first,) = app.dataset.add([incoming(photo_bytes(1))]).image_ids
    app.dataset._near = None
    (alike,) = app.dataset.add([incoming(photo_bytes(1, brighter=12))]).image_ids
    assert app.dataset.image(alike).group_id == app.dataset.image(first).group_id


def test_photos_are_added_in_chunks_that_are_reported(app: App) -> None:
    reports: list[tuple[int, int]] = []
    files = incoming_photos(range(80), "dragon")
    result = app.dataset.add(files, report=lambda done, total: reports.append((done, total)))
    assert result.added == 80
    assert class_names(app) == [("dragon", 80)]
    assert reports == [(64, 80), (80, 80)]


def test_the_same_files_from_four_threads_are_added_once(app: App) -> None:
    files = incoming_photos(range(40), "dragon")
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: app.dataset.add(files), range(4)))
    assert sum(result.added for result in results) == 40
    assert sum(result.duplicates for result in results) == 120
    assert class_names(app) == [("dragon", 40)]
    for image_id in results[0].image_ids:
        assert len(app.workspace.labels.history(image_id)) == 1


def test_different_files_from_four_threads_are_all_added(app: App) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(lambda n: app.dataset.add(incoming_photos(range(n, n + 10))), (0, 10, 20, 30))
        )
    assert app.dataset.summary().total == 40


def test_the_summary_counts_by_state(app: App) -> None:
    ids = app.dataset.add([*incoming_photos([1, 2], "dragon"), *incoming_photos([3, 4])]).image_ids
    app.labelling.bin(ids[3:])
    summary = app.dataset.summary()
    assert (summary.total, summary.unlabelled, summary.binned) == (3, 1, 1)
    assert summary.missing == ("Training needs two classes or more", "dragon needs 1 more photo")


def test_photos_are_counted_again_only_after_a_change(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[int] = []
    counts = ImageStore.counts

    def noting(self: ImageStore) -> dict[Shown, int]:
        counted.append(1)
        return counts(self)

    monkeypatch.setattr(ImageStore, "counts", noting)
    ids = app.dataset.add(incoming_photos([1, 2])).image_ids
    assert [app.dataset.summary().total for _ in range(3)] == [2, 2, 2]
    app.labelling.bin(ids[:1])
    assert [app.dataset.summary().total for _ in range(3)] == [1, 1, 1]
    assert len(counted) == 2


def test_a_revision_changes_with_every_change_and_with_nothing_else(app: App) -> None:
    seen = [app.dataset.revision()]

    def changed() -> bool:
        seen.append(app.dataset.revision())
        return seen[-1] not in seen[:-1]

    ids = app.dataset.add(incoming_photos([1, 2])).image_ids
    assert changed()
    dragon = app.labelling.create_class("dragon")
    assert changed()
    app.labelling.assign(ids, dragon.id)
    assert changed()
    app.labelling.rename_class(dragon.id, "wyvern")
    assert changed()
    app.labelling.undo()
    assert changed()
    assert not changed()


def test_a_photo_of_a_known_part_keeps_it_when_its_class_changes(app: App) -> None:
    photo = incoming(photo_bytes(1), class_name="dragon", split=Split.VAL)
    (image_id,) = app.dataset.add([photo]).image_ids
    app.labelling.assign([image_id], app.labelling.create_class("knight").id)
    assert app.dataset.image(image_id).split is Split.VAL
    assert app.workspace.labels.history(image_id)[-1].kind is EventKind.CLASS


def test_the_size_of_a_workspace_holds_its_photos(app: App) -> None:
    before = app.dataset.size_bytes()
    app.dataset.add(incoming_photos([1]))
    assert app.dataset.size_bytes() >= before + len(photo_bytes(1))
