import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragon_app.core.split import choose_split, missing_photos
from dragon_app.core.types import ClassCount, ImageClass, Split


def parts_of(sizes: list[int]) -> tuple[int, int]:
    """Give groups of these sizes their part, one after another; return photos in train and val."""
    train = val = 0
    for size in sizes:
        if choose_split(train=train, val=val, size=size) is Split.VAL:
            val += size
        else:
            train += size
    return train, val


def count(name: str, train: int, val: int, *, test: int = 0, disabled: bool = False) -> ClassCount:
    image_class = ImageClass(id=1, name=name, colour="#000000", is_disabled=disabled)
    return ClassCount(image_class=image_class, train=train, val=val, test=test)


@given(st.integers(0, 500))
def test_single_photos_come_as_near_to_a_fifth_as_they_can(photos: int) -> None:
    _, val = parts_of([1] * photos)
    assert val == round(photos / 5)


@given(st.lists(st.integers(1, 12), max_size=60))
def test_groups_never_measure_on_more_than_a_fifth_rounded(sizes: list[int]) -> None:
    _, val = parts_of(sizes)
    assert val <= round(sum(sizes) / 5)


@given(st.lists(st.integers(1, 12), min_size=1, max_size=60))
def test_groups_come_as_near_to_a_fifth_as_whole_groups_allow(sizes: list[int]) -> None:
    _, val = parts_of(sizes)
    assert val > sum(sizes) / 5 - max(sizes) - 1


def test_the_third_single_photo_is_the_first_to_be_measured_on() -> None:
    assert [parts_of([1] * n) for n in (1, 2, 3)] == [(1, 0), (2, 0), (2, 1)]


@given(st.integers(3, 1000))
def test_a_big_first_group_is_learned_from(size: int) -> None:
    assert choose_split(train=0, val=0, size=size) is Split.TRAIN


def test_nothing_is_missing_with_two_and_one_of_two_classes() -> None:
    assert missing_photos([count("a", 2, 1), count("b", 2, 1)]) == []


def test_without_classes_two_are_missing() -> None:
    assert missing_photos([]) == ["Training needs two classes or more"]


def test_one_class_is_not_enough() -> None:
    assert missing_photos([count("a", 8, 2)]) == ["Training needs two classes or more"]


@pytest.mark.parametrize(
    ("train", "words"), [(0, "b needs 3 more photos"), (2, "b needs 1 more photo")]
)
def test_a_class_says_how_many_photos_it_lacks(train: int, words: str) -> None:
    assert missing_photos([count("a", 2, 1), count("b", train, 0)]) == [words]


@pytest.mark.parametrize(("train", "val"), [(9, 0), (1, 5)])
def test_a_class_on_one_side_of_the_split_needs_other_photos(train: int, val: int) -> None:
    words = missing_photos([count("a", 2, 1), count("b", train, val)])
    assert words == ["b needs photos that differ more from one another"]


def test_an_empty_third_class_does_not_hold_up_training() -> None:
    assert missing_photos([count("a", 2, 1), count("b", 2, 1), count("c", 0, 0)]) == []


def test_a_begun_third_class_holds_up_training() -> None:
    counts = [count("a", 2, 1), count("b", 2, 1), count("c", 1, 0)]
    assert missing_photos(counts) == ["c needs 2 more photos"]


def test_a_disabled_class_does_not_count() -> None:
    counts = [count("a", 2, 1), count("b", 2, 1, disabled=True)]
    assert missing_photos(counts) == ["Training needs two classes or more"]


def test_photos_kept_for_testing_do_not_count() -> None:
    counts = [count("a", 2, 1), count("b", 0, 0, test=9), count("c", 2, 1)]
    assert missing_photos(counts) == []
