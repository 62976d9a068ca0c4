import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragon_app.core.near import NEAR_DISTANCE, NearIndex

HASH = "0123456789abcdef" * 2


def flipped(perceptual_hash: str, bits: int) -> str:
    """Return a hash that differs in so many bits."""
    return f"{int(perceptual_hash, 16) ^ ((1 << bits) - 1):032x}"


def test_a_photo_at_the_distance_is_near_and_one_beyond_is_not() -> None:
    index = NearIndex()
    index.add(1, flipped(HASH, NEAR_DISTANCE))
    index.add(2, flipped(HASH, NEAR_DISTANCE + 1))
    assert index.near(HASH) == (1,)


def test_the_distance_is_counted_over_the_whole_hash() -> None:
    index = NearIndex()
    index.add(1, flipped(HASH, 128))
    assert index.near(HASH, distance=127) == ()
    assert index.near(HASH, distance=128) == (1,)


def test_an_empty_index_finds_nothing() -> None:
    assert NearIndex().near(HASH, distance=128) == ()


def test_ids_come_in_the_order_in_which_they_were_added() -> None:
    index = NearIndex()
    for image_id in (5, 3, 9):
        index.add(image_id, HASH)
    assert index.near(HASH) == (5, 3, 9)


@pytest.mark.parametrize("text", ["", "ab", HASH + "00"])
def test_a_hash_of_another_length_is_a_bug(text: str) -> None:
    with pytest.raises(ValueError, match="32 digits"):
        NearIndex().add(1, text)


@given(st.lists(st.integers(0, 2**128 - 1), max_size=150), st.integers(0, 2**128 - 1))
def test_it_finds_what_counting_bits_one_by_one_finds(hashes: list[int], wanted: int) -> None:
    index = NearIndex()
    for image_id, each in enumerate(hashes):
        index.add(image_id, f"{each:032x}")
    expected = [i for i, each in enumerate(hashes) if (each ^ wanted).bit_count() <= 60]
    assert list(index.near(f"{wanted:032x}", distance=60)) == expected
    assert len(index) == len(hashes)
