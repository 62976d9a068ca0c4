from math import isclose

from dragon_app.core.paired import sign_test


def test_an_even_split_is_what_chance_makes() -> None:
    assert sign_test(0, 0) == 1.0
    assert sign_test(3, 3) == 1.0


def test_the_more_uneven_the_less_likely() -> None:
    assert isclose(sign_test(0, 5), 2 / 2**5)
    assert isclose(sign_test(1, 7), 2 * (1 + 8) / 2**8)
    assert sign_test(7, 1) == sign_test(1, 7)
    assert 0 < sign_test(400, 600) < 1e-8
