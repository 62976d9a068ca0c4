import numpy as np
import pytest

from dragon_app.core.forecast import SLOPE_SPREAD, USUAL_SLOPE, forecast

MANY = 10**6


def law(n: int, slope: float = USUAL_SLOPE) -> float:
    """Return the share right when the odds of a mistake are a power of the photos."""
    return float(1 / (1 + np.exp(0.5 + slope * np.log(n / 10))))


def curve(slope: float = USUAL_SLOPE) -> list[tuple[int, float]]:
    return [(n, law(n, slope)) for n in (24, 32, 40)]


def test_a_law_of_the_usual_slope_is_carried_on() -> None:
    found = forecast([curve(), curve()], photos=160, measured_on=MANY)
    assert found.right == pytest.approx(law(160), abs=1e-4)
    assert found.low < law(160) < found.high


def test_a_steep_curve_of_few_photos_is_not_believed_whole() -> None:
    steep = forecast([curve(-1.0)], photos=160, measured_on=MANY)
    usual = forecast([curve()], photos=160, measured_on=MANY)
    now = law(40, -1.0)
    assert now < steep.right < law(160, -1.0)
    assert steep.right - now < 2 * (usual.right - law(40))


def test_few_photos_widen_the_range_though_all_repeats_agree() -> None:
    few, many = (forecast([curve()] * 3, photos=80, measured_on=n) for n in (30, 3000))
    assert few.low < many.low < many.right < many.high < few.high


def test_the_further_ahead_the_wider_the_range() -> None:
    near, far = (forecast([curve()], photos=n, measured_on=100) for n in (80, 800))
    assert far.high - far.low > near.high - near.low
    assert SLOPE_SPREAD > 0


def test_more_photos_are_never_foretold_to_make_it_worse() -> None:
    found = forecast([[(10, 0.9), (20, 0.6)]], photos=40, measured_on=30)
    assert found.right == pytest.approx(0.78, abs=0.03)


def test_a_model_that_is_always_right_stays_so() -> None:
    found = forecast([[(10, 1.0), (20, 1.0)]], photos=40, measured_on=30)
    assert found.right > 0.98
    assert found.low < found.right < found.high
