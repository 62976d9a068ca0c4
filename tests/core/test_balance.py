import pytest

from dragon_app.core.balance import class_weights, is_unequal, settled, unequal_words
from dragon_app.core.config import Balance


def test_more_than_three_to_one_is_unequal() -> None:
    assert not is_unequal([30, 10])
    assert is_unequal([31, 10])
    assert not is_unequal([31, 0])
    assert not is_unequal([])


@pytest.mark.parametrize(
    ("counts", "done"), [([30, 10], Balance.OFF), ([10, 31, 20], Balance.LOSS)]
)
def test_auto_lets_rare_classes_count_more_where_it_matters(
    counts: list[int], done: Balance
) -> None:
    assert settled(Balance.AUTO, counts) is done


@pytest.mark.parametrize("balance", [Balance.OFF, Balance.LOSS, Balance.SAMPLING])
def test_what_a_person_says_stands(balance: Balance) -> None:
    assert settled(balance, [1, 1]) is settled(balance, [99, 1]) is balance


def test_classes_weigh_alike_and_photos_one_on_average() -> None:
    counts = [6, 0, 2]
    weights = class_weights(counts)
    assert [n * weight for n, weight in zip(counts, weights, strict=True)] == [4, 0, 4]


def test_the_ends_are_named() -> None:
    assert unequal_words(["dragon", "cave", "knight"], [20, 0, 120]) == "120 knight, 20 dragon"
    assert unequal_words(["dragon", "knight"], [20, 40]) == ""
