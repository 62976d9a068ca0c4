import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragon_app.core.metrics import (
    accuracy,
    balanced_accuracy,
    confusion_matrix,
    per_class,
    percent,
    percent_range,
    wilson_interval,
)

CONFUSION = ((3, 1), (2, 4))


def test_rows_are_truths_and_columns_are_claims() -> None:
    assert confusion_matrix([0, 0, 1], [0, 1, 1], classes=3) == ((1, 1, 0), (0, 1, 0), (0, 0, 0))


def test_truths_and_predictions_of_unequal_length_are_a_bug() -> None:
    with pytest.raises(ValueError, match="zip"):
        confusion_matrix([0], [0, 1], classes=2)


def test_accuracy_is_the_share_on_the_diagonal() -> None:
    assert accuracy(CONFUSION) == pytest.approx(0.7)


def test_nothing_measured_has_no_accuracy() -> None:
    assert accuracy(((0, 0), (0, 0))) == accuracy(()) == 0.0


def test_balanced_accuracy_is_the_mean_recall_of_the_classes_there_are() -> None:
    assert balanced_accuracy(((90, 0, 0), (5, 5, 0), (0, 0, 0))) == pytest.approx(0.75)
    assert balanced_accuracy(((0, 0), (0, 0))) == balanced_accuracy(()) == 0.0


def test_precision_recall_and_f1_of_a_class() -> None:
    scores = per_class(CONFUSION, ["a", "b"])["a"]
    expected = {"precision": 3 / 5, "recall": 3 / 4, "f1": 2 / 3, "n": 4}
    assert scores == pytest.approx(expected)


def test_a_class_never_seen_and_never_claimed_scores_zero() -> None:
    scores = per_class(((2, 0), (0, 0)), ["a", "b"])["b"]
    assert scores == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "n": 0}


@pytest.mark.parametrize("n", [1, 7, 48, 200, 1_003])
def test_an_interval_holds_what_was_seen_to_the_last_digit(n: int) -> None:
    assert wilson_interval(n, n)[1] == 1  # or "100 % right, likely 93 to 99.9 %"
    assert wilson_interval(0, n)[0] == 0


def test_the_wilson_interval_of_eight_in_ten() -> None:
    # Wilson 1927; the value of R's prop.test(8, 10, correct = FALSE).
    assert wilson_interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-3)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0, "0 %"),
        (0.125, "13 %"),
        (0.95, "95 %"),
        (0.9949, "99 %"),
        (0.9975, "99.7 %"),
        (0.99999, "99.9 %"),
        (1, "100 %"),
    ],
)
def test_only_all_is_a_hundred_per_cent(share: float, words: str) -> None:
    assert percent(share) == words


def test_a_range_has_one_sign() -> None:
    assert percent_range(0.301, 0.9545) == "30 to 95 %"


def test_nothing_measured_may_be_anything() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


@given(st.integers(1, 10**6), st.data())
def test_the_interval_holds_the_share_and_lies_between_0_and_1(n: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, n))
    low, high = wilson_interval(hits, n)
    assert 0 <= low <= hits / n + 1e-12
    assert hits / n - 1e-12 <= high <= 1


@given(st.integers(1, 1000))
def test_more_photos_make_the_interval_narrower(n: int) -> None:
    low, high = wilson_interval(n, 2 * n)
    narrower_low, narrower_high = wilson_interval(2 * n, 4 * n)
    assert narrower_high - narrower_low < high - low
