import struct
from dataclasses import replace

import pytest

from dragon_app.core.errors import NotFoundError
from dragon_app.core.near import NearIndex
from dragon_app.core.types import BoardRows, EventKind, Shown, Split
from dragon_app.storage.workspace import Workspace
from tests.conftest import add_rows
from tests.photos import new_image


@pytest.fixture
def ids(workspace: Workspace) -> list[int]:
    """Six photos: one with class 1, two with class 2, one of these in the bin."""
    workspace.classes.create("dragon")
    workspace.classes.create("knight")
    ids = add_rows(workspace, 6)
    labels: dict[int, str | None] = {ids[0]: "1", ids[1]: "2", ids[2]: "2"}
    workspace.labels.apply(EventKind.CLASS, labels, batch="a", who="person")
    workspace.labels.apply(EventKind.BINNED, {ids[2]: "1"}, batch="b", who="person")
    return ids


def test_a_photo_comes_back_as_it_was_added(workspace: Workspace) -> None:
    new = new_image(7)
    (image_id,) = workspace.images.add([new], NearIndex())
    image = workspace.images.get(image_id)
    assert (image.digest, image.perceptual_hash, image.name) == (
        new.digest,
        new.perceptual_hash,
        new.name,
    )
    assert (image.width_px, image.height_px, image.size_bytes) == (4, 3, 10)
    assert (image.split, image.class_id, image.is_skipped, image.is_binned) == (
        None,
        None,
        False,
        False,
    )
    assert image.added_at.utcoffset() is not None


@pytest.mark.parametrize("image_id", [0, -1, 99, 2**63, -(2**70)])
def test_a_photo_that_is_not_there_is_not_found(workspace: Workspace, image_id: int) -> None:
    with pytest.raises(NotFoundError):
        workspace.images.get(image_id)


def test_a_digest_twice_in_one_batch_is_one_photo(workspace: Workspace) -> None:
    first, second = workspace.images.add([new_image(1), new_image(1)], NearIndex())
    assert first == second


def rows(board: BoardRows) -> dict[int, tuple[int, ...]]:
    """Return (start of the digest, added, bytes, class, flags) by id."""
    return {row[0]: row[1:] for row in struct.iter_unpack(">6I", board.packed)}


def test_a_skipped_photo_is_no_longer_unlabelled(workspace: Workspace, ids: list[int]) -> None:
    workspace.labels.apply(EventKind.SKIPPED, {ids[3]: "1", ids[0]: "1"}, batch="s", who="person")
    assert workspace.images.counts() == {
        Shown.ALL: 5,
        Shown.LABELLED: 2,
        Shown.UNLABELLED: 2,
        Shown.SKIPPED: 1,  # a photo with a class is not asked about
        Shown.BINNED: 1,
    }


def test_the_board_holds_every_photo_as_numbers(workspace: Workspace, ids: list[int]) -> None:
    board = workspace.images.board()
    assert (board.total, board.newest_batch) == (6, workspace.labels.newest_batch())
    found = rows(board)
    assert list(found) == ids
    photo = workspace.images.get(ids[1])
    digest, added, size, class_id, flags = found[ids[1]]
    assert digest == int(photo.digest[:8], 16)
    assert (added, size) == (int(photo.added_at.timestamp()), 10)
    assert (class_id, flags) == (2, {"train": 4, "val": 8}[str(photo.split)])
    assert found[ids[2]][4] & 2  # in the bin
    assert found[ids[5]][3:] == (0, 0)


def test_the_board_of_an_empty_workspace_is_empty(workspace: Workspace) -> None:
    assert workspace.images.board() == BoardRows(newest_batch=0, total=0, packed=b"")


def test_the_board_says_what_came_and_what_changed_since(
    workspace: Workspace, ids: list[int]
) -> None:
    before = workspace.images.board()
    since = {"newest": ids[-1], "batch": before.newest_batch}
    assert rows(workspace.images.board(**since)) == {}
    workspace.labels.apply(EventKind.SKIPPED, {ids[4]: "1"}, batch="c", who="person")
    (new,) = workspace.images.add([new_image(9)], NearIndex())
    after = workspace.images.board(**since)
    assert set(rows(after)) == {ids[4], new}
    assert (after.total, after.newest_batch) == (7, before.newest_batch + 1)


def test_the_board_tells_the_group_of_a_new_photo_whose_parts_it_may_have_changed(
    workspace: Workspace,
) -> None:
    index = NearIndex()
    first, other = workspace.images.add([new_image(20, split=Split.VAL), new_image(21)], index)
    (new,) = workspace.images.add([new_image(22, like=20)], index)
    assert set(rows(workspace.images.board(newest=other))) == {first, new}


def test_photos_are_described_in_any_number_and_gone_ones_left_out(
    workspace: Workspace, ids: list[int]
) -> None:
    found = workspace.images.described([*ids, *range(1000, 3000)])
    assert sorted(image.id for image in found) == ids


def named(workspace: Workspace, *names: str) -> dict[int, str]:
    images = [replace(new_image(n), name=name) for n, name in enumerate(names)]
    return dict(zip(workspace.images.add(images, NearIndex()), names, strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rose", {"Rose 1.jpg", "primrose.png"}),
        ("%", {"100%.png"}),
        ("STRASSE", {"Straße.png"}),
        ("cafe\u0301", {"café.png"}),
        ("tulip", set()),
    ],
)
def test_a_search_finds_text_in_names(workspace: Workspace, text: str, expected: set[str]) -> None:
    names = named(workspace, "Rose 1.jpg", "primrose.png", "100%.png", "Straße.png", "café.png")
    assert {names[i] for i in workspace.images.matching(text)} == expected


def test_names_are_ordered_as_people_count(workspace: Workspace) -> None:
    names = named(workspace, "b 10.png", "B 9.png", "a.png", "10.png", "9.png", "b.png")
    ordered = [names[i] for i in workspace.images.by_name()]
    assert ordered == ["9.png", "10.png", "a.png", "B 9.png", "b 10.png", "b.png"]


def test_ids_are_found_by_digest_also_in_the_bin(workspace: Workspace, ids: list[int]) -> None:
    digests = [f"{n:064x}" for n in (0, 2, 77)]
    found = workspace.images.ids_by_digest(digests)
    assert found == {digests[0]: ids[0], digests[1]: ids[2]}


def test_thousands_of_digests_are_looked_up(workspace: Workspace, ids: list[int]) -> None:
    digests = [f"{n:064x}" for n in range(3000)]
    assert sorted(workspace.images.ids_by_digest(digests).values()) == ids


def test_a_failed_batch_adds_nothing(workspace: Workspace) -> None:
    class Broken(NearIndex):
        def add(self, image_id: int, perceptual_hash: str) -> None:
            if image_id == 2:
                raise RuntimeError

    with pytest.raises(RuntimeError):
        workspace.images.add([new_image(1), new_image(2)], Broken())
    assert workspace.images.counts()[Shown.ALL] == 0


def test_examples_take_turns_between_classes_and_leave_out_what_training_does(
    workspace: Workspace, ids: list[int]
) -> None:
    one, two, binned, *loose = ids
    assert [image.id for image in workspace.images.examples(3)] == [one, two, loose[0]]
    assert [image.id for image in workspace.images.examples(9)] == [one, two, *loose]
    assert [image.id for image in workspace.images.examples(3, turn=1)] == [loose[1], loose[2], one]
    workspace.classes.set_disabled(1, is_disabled=True)
    assert one not in [image.id for image in workspace.images.examples(9)]
    assert binned not in [image.id for image in workspace.images.examples(9)]


def test_without_photos_there_are_no_examples(workspace: Workspace) -> None:
    assert workspace.images.examples(4, turn=7) == []
