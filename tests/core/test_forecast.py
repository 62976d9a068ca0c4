from math import sqrt

import pytest

from dragon_app.core.forecast import forecast


def law(n: int) -> float:
    return 1 - 0.9 / sqrt(n)


def test_a_power_law_is_carried_on() -> None:
    curve = [(n, law(n)) for n in (10, 20, 40)]
    found = forecast([curve, curve], photos=80, measured_on=10**6)
    assert found.right == pytest.approx(law(80), abs=1e-4)
    assert found.low == pytest.approx(found.high, abs=0.01)


def test_repeats_that_differ_widen_the_range() -> None:
    curves = [[(10, 0.5), (20, right)] for right in (0.55, 0.6, 0.65, 0.7)]
    found = forecast(curves, photos=40, measured_on=10**6)
    assert found.low < found.right < found.high


def test_few_photos_widen_the_range_though_all_repeats_agree() -> None:
    curves = [[(10, 0.5), (20, 0.7)]] * 3
    few, many = (forecast(curves, photos=40, measured_on=n) for n in (30, 3000))
    assert few.low < many.low < many.right < many.high < few.high


def test_more_photos_are_never_foretold_to_make_it_worse() -> None:
    found = forecast([[(10, 0.8), (20, 0.7)]], photos=40, measured_on=30)
    assert found.right == pytest.approx(0.75, abs=0.01)


def test_a_model_that_is_always_right_stays_so() -> None:
    found = forecast([[(10, 1.0), (20, 1.0)]], photos=40, measured_on=30)
    assert (found.right, found.high) == (1.0, 1.0)
