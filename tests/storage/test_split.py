import uuid

import pytest

from dragon_app.core.near import NEAR_DISTANCE, NearIndex
from dragon_app.core.types import EventKind, NewImage, Split
from dragon_app.storage.workspace import Workspace
from tests.photos import new_image

TRAIN, VAL, TEST = Split.TRAIN, Split.VAL, Split.TEST


class Bench:
    """A workspace with two classes and one index of hashes, to add and label rows on."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._index = NearIndex()
        workspace.classes.create("dragon")
        workspace.classes.create("knight")

    def add(self, *images: NewImage) -> list[int]:
        return self.workspace.images.add(images, self._index)

    def label(self, *ids: int, class_id: int = 1) -> None:
        changes = dict.fromkeys(ids, str(class_id))
        self.workspace.labels.apply(EventKind.CLASS, changes, batch=uuid.uuid4().hex, who="person")

    def splits(self, *ids: int) -> list[Split | None]:
        return [self.workspace.images.get(image_id).split for image_id in ids]

    def group(self, image_id: int) -> int:
        return self.workspace.images.get(image_id).group_id

    def val_group(self) -> int:
        """Add and label singles until one is measured on; return it."""
        ids = self.add(*(new_image(1000 + n) for n in range(3)))
        self.label(*ids)
        assert self.splits(*ids) == [TRAIN, TRAIN, VAL]
        return ids[2]


@pytest.fixture
def bench(workspace: Workspace) -> Bench:
    return Bench(workspace)


def flipped(image: NewImage, bits: int, digest: str, split: Split | None = None) -> NewImage:
    """Return a photo whose hash differs from another's in so many bits."""
    value = int(image.perceptual_hash or "", 16) ^ ((1 << bits) - 1)
    return NewImage(
        digest=digest,
        perceptual_hash=f"{value:032x}",
        format="PNG",
        width_px=1,
        height_px=1,
        size_bytes=1,
        name=digest,
        split=split,
    )


def test_a_photo_without_a_class_has_no_part(bench: Bench) -> None:
    assert bench.splits(*bench.add(new_image(1))) == [None]


@pytest.mark.parametrize("at_once", [True, False])
def test_each_class_nears_four_to_one(bench: Bench, at_once: bool) -> None:
    ids = bench.add(*(new_image(n) for n in range(40)))
    for class_id, part in ((1, ids[:20]), (2, ids[20:])):
        for labelled in [part] if at_once else [[image_id] for image_id in part]:
            bench.label(*labelled, class_id=class_id)
    counts = [(each.train, each.val) for each in bench.workspace.classes.counts()]
    assert counts == [(16, 4), (16, 4)]


def test_a_part_is_decided_once_and_for_all(bench: Bench) -> None:
    image_id = bench.val_group()
    bench.label(image_id, class_id=2)
    assert bench.splits(image_id) == [VAL]
    bench.workspace.labels.apply(EventKind.CLASS, {image_id: None}, batch="x", who="person")
    bench.label(image_id, class_id=1)
    assert bench.splits(image_id) == [VAL]


def test_undoing_a_label_does_not_move_the_photo_to_the_other_side(bench: Bench) -> None:
    image_id = bench.val_group()
    bench.workspace.steps.undo(batch="u", who="person")
    assert bench.splits(image_id) == [VAL]


def test_photos_that_look_alike_share_a_group(bench: Bench) -> None:
    first, alike, other = bench.add(new_image(1), new_image(2, like=1), new_image(3))
    assert bench.group(first) == bench.group(alike) != bench.group(other)


def test_photos_too_flat_to_compare_stand_alone(bench: Bench) -> None:
    flat = [
        NewImage(digest=d, perceptual_hash=None, format="PNG", width_px=1, height_px=1,
                 size_bytes=1, name=d) for d in ("a", "b")
    ]  # fmt: skip
    first, second = bench.add(*flat)
    assert bench.group(first) != bench.group(second)


def test_a_new_member_follows_its_group(bench: Bench) -> None:
    measured = bench.val_group()
    (alike,) = bench.add(new_image(5, like=1002))
    bench.label(alike)
    assert bench.group(alike) == bench.group(measured)
    assert bench.splits(alike) == [VAL]


def test_a_group_follows_its_first_label_also_in_another_class(bench: Bench) -> None:
    bench.val_group()
    (alike,) = bench.add(new_image(5, like=1002))
    bench.label(alike, class_id=2)
    assert bench.splits(alike) == [VAL]


def test_a_burst_is_weighed_as_a_whole_also_when_labelled_one_by_one(bench: Bench) -> None:
    # With its first photo alone it would be measured on, and nine more would follow.
    singles = bench.add(new_image(100), new_image(101))
    bench.label(*singles)
    burst = bench.add(*(new_image(n, like=7) for n in range(10)))
    for image_id in burst:
        bench.label(image_id)
    assert bench.splits(*burst) == [TRAIN] * 10


def test_groups_of_two_fill_the_part_to_measure_on_whole(bench: Bench) -> None:
    ids = bench.add(*(new_image(n, like=n // 2) for n in range(20)))
    bench.label(*ids)
    splits = bench.splits(*ids)
    assert splits.count(VAL) == 4
    assert splits[::2] == splits[1::2]


def test_two_groups_that_meet_are_learned_from(bench: Bench) -> None:
    measured = bench.val_group()
    base = new_image(1002)
    (learned,) = bench.add(flipped(base, 2 * NEAR_DISTANCE, "far"))
    bench.label(learned)
    assert bench.splits(measured, learned) == [VAL, TRAIN]
    (joining,) = bench.add(flipped(base, NEAR_DISTANCE, "between"))
    assert bench.group(measured) == bench.group(learned) == bench.group(joining)
    assert bench.splits(measured, learned, joining) == [TRAIN, TRAIN, None]


def test_two_groups_that_meet_are_learned_from_also_when_both_were_measured_on(
    bench: Bench,
) -> None:
    measured = bench.val_group()
    others = bench.add(
        new_image(100), new_image(101), flipped(new_image(1002), 2 * NEAR_DISTANCE, "far")
    )
    bench.label(*others, class_id=2)
    assert bench.splits(measured, others[2]) == [VAL, VAL]
    bench.add(flipped(new_image(1002), NEAR_DISTANCE, "between"))
    assert bench.splits(measured, others[2]) == [TRAIN, TRAIN]


def test_a_group_without_a_part_takes_that_of_the_one_it_meets(bench: Bench) -> None:
    measured = bench.val_group()
    base = new_image(1002)
    (unlabelled,) = bench.add(flipped(base, 2 * NEAR_DISTANCE, "far"))
    bench.add(flipped(base, NEAR_DISTANCE, "between"))
    bench.label(unlabelled)
    assert bench.splits(measured, unlabelled) == [VAL, VAL]


@pytest.mark.parametrize("split", Split)
def test_a_folders_own_level_wins(bench: Bench, split: Split) -> None:
    ids = bench.add(*(new_image(n, split=split) for n in range(5)))
    bench.label(*ids)
    assert bench.splits(*ids) == [split] * 5


def test_a_folders_own_level_wins_over_the_group(bench: Bench) -> None:
    ids = bench.add(new_image(1, split=TRAIN), new_image(2, like=1, split=VAL))
    bench.label(*ids)
    assert bench.splits(*ids) == [TRAIN, VAL]


def test_a_photo_to_learn_from_draws_those_like_it_out_of_the_measurement(bench: Bench) -> None:
    measured = bench.val_group()
    (fixed,) = bench.add(new_image(5, like=1002, split=TRAIN))
    assert bench.splits(measured, fixed) == [TRAIN, TRAIN]


def test_a_photo_like_one_kept_for_testing_is_kept_away_too(bench: Bench) -> None:
    kept, alike = bench.add(new_image(1, split=TEST), new_image(2, like=1))
    bench.label(kept, alike)
    assert bench.splits(kept, alike) == [TEST, TEST]


def test_a_photo_like_some_on_both_sides_is_learned_from(bench: Bench) -> None:
    *_, alike = bench.add(
        new_image(1, split=VAL), new_image(2, like=1, split=TRAIN), new_image(3, like=1)
    )
    bench.label(alike)
    assert bench.splits(alike) == [TRAIN]


def test_a_known_photo_without_a_part_takes_that_of_a_folder(bench: Bench) -> None:
    (first,) = bench.add(new_image(1))
    assert bench.add(new_image(1, split=TEST)) == [first]
    bench.label(first)
    assert bench.splits(first) == [TEST]


def test_a_known_photo_keeps_the_part_it_has(bench: Bench) -> None:
    (first,) = bench.add(new_image(1))
    bench.label(first)
    bench.add(new_image(1, split=VAL))
    assert bench.splits(first) == [TRAIN]


def test_binned_photos_do_not_weigh_in_the_split(bench: Bench) -> None:
    ids = bench.add(*(new_image(n) for n in range(5)))
    bench.label(*ids)
    gone = dict.fromkeys(ids, "1")
    bench.workspace.labels.apply(EventKind.BINNED, gone, batch="bin", who="person")
    new = bench.add(*(new_image(n) for n in range(10, 13)))
    bench.label(*new)
    assert bench.splits(*new) == [TRAIN, TRAIN, VAL]
