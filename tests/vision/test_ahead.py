"""One thread that works ahead."""

import threading
from contextlib import closing

import pytest

from dragon_app.vision.ahead import AHEAD, ahead


def _threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("ahead")]


def test_what_is_made_comes_in_order() -> None:
    assert list(ahead(lambda n: n * n, range(50))) == [(n, n * n) for n in range(50)]
    assert list(ahead(str, [])) == []


def test_it_works_ahead_but_not_far() -> None:
    made: list[int] = []
    with closing(ahead(lambda n: made.append(n), range(100))) as items:
        next(items)
        next(items)
    assert 2 <= len(made) <= 2 + AHEAD


def test_an_error_is_raised_where_its_item_would_come() -> None:
    def make(number: int) -> int:
        if number == 3:
            raise ValueError("three")
        return number

    with closing(ahead(make, range(10))) as items:
        assert [next(items)[1] for _ in range(3)] == [0, 1, 2]
        with pytest.raises(ValueError, match="three"):
            next(items)
    assert _threads() == []


def test_leaving_early_leaves_no_thread_behind() -> None:
    with closing(ahead(str, range(1000))) as items:
        next(items)
        assert _threads()
    assert _threads() == []
