import numpy as np
from numpy.typing import ArrayLike

from dragon_app.core.inbox import Kind
from dragon_app.core.suspects import (
    TEST,
    TRAIN,
    VAL,
    Photos,
    doubted_labels,
    near_duplicates,
    poor_photos,
    strangers,
    trusted,
    unsure,
)


def photos(
    classes: ArrayLike, *, groups: ArrayLike | None = None, parts: ArrayLike = TRAIN
) -> Photos:
    class_ids = np.asarray(classes)
    ids = np.arange(1, len(class_ids) + 1)
    return Photos(
        ids=ids,
        class_ids=class_ids,
        groups=ids if groups is None else np.asarray(groups),
        parts=np.broadcast_to(parts, ids.shape),
        waits=class_ids == 0,
        counts=class_ids > 0,
    )


def test_a_label_that_the_others_speak_against_is_doubted() -> None:
    likely = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [np.nan, np.nan]], "f4")
    class_ids = np.array([7, 9])
    (found,) = doubted_labels(photos([7, 7, 7, 9, 9]), class_ids, likely)
    assert (found.image_id, found.class_id) == (3, 9)
    assert round(found.weight, 3) == round(found.sure, 3) == 0.9
    trust = trusted(photos([7, 7, 7, 9, 9]), class_ids, likely)
    assert round(trust[3], 3) == 0.1
    assert trust[5] == 0


def test_the_fewer_of_a_group_have_the_wrong_class() -> None:
    (found,) = near_duplicates(photos([1, 1, 2, 2], groups=[5, 5, 5, 6]), {})
    assert (found.kind, found.image_id, found.class_id) == (Kind.TWINS, 3, 1)
    assert found.others == (1, 2)
    assert round(found.sure, 2) == 0.67


def test_between_two_the_label_that_is_trusted_less_is_the_wrong_one() -> None:
    twins = photos([1, 2], groups=[5, 5])
    assert [each.image_id for each in near_duplicates(twins, {})] == [2]  # else the newer
    assert [each.image_id for each in near_duplicates(twins, {1: 0.2, 2: 0.9})] == [1]


def test_who_is_measured_on_and_resembles_what_is_learned_from_leaks() -> None:
    group = photos([1, 1, 1, 0], groups=[5, 5, 5, 5], parts=[TRAIN, VAL, TEST, 0])
    found = near_duplicates(group, {})
    assert [(each.kind, each.image_id, each.others) for each in found] == [
        (Kind.LEAK, 2, (1,)),
        (Kind.LEAK, 3, (1,)),
    ]
    assert near_duplicates(photos([1, 1], groups=[5, 5], parts=VAL), {}) == []


def test_photos_that_cannot_be_read_or_seen_are_named() -> None:
    looks = np.array([[np.nan] * 3, [0.9, 0.001, 0], [0.1, 0.05, 0.4], [0.9, 0.2, 0.4]], "f4")
    found = poor_photos(np.arange(1, 5), looks)
    assert [(each.kind, each.image_id) for each in found] == [
        (Kind.BROKEN, 1),
        (Kind.BROKEN, 2),
        (Kind.DARK, 3),
    ]


def test_a_photo_far_from_all_that_is_labelled_is_a_stranger() -> None:
    random = np.random.default_rng(0)
    rows = random.normal(0, 0.1, (101, 4)).astype(np.float32)
    rows[:50, 0] += 1
    rows[100] = 9
    all_photos = photos(
        [1] * 50 + [2] * 50 + [0], parts=[VAL if i % 4 == 0 else TRAIN for i in range(100)] + [0]
    )
    found = strangers(all_photos, rows)
    assert found[-1].image_id == 101
    assert len(found) < 4
    few = photos([1] * 50 + [2] * 50 + [0])  # none is held out: nobody knows what is usual
    assert strangers(few, rows) == []


def test_of_the_photos_that_wait_those_between_classes_are_unsure() -> None:
    likely = np.array([[0.5, 0.5], [0.9, 0.1], [0.48, 0.52], [0.5, 0.5]], np.float32)
    found = unsure(photos([0, 0, 0, 1]), np.array([7, 9]), likely)
    assert [(each.image_id, each.class_id) for each in found] == [(1, 7), (3, 9)]
