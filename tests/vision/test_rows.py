"""Rows in memory, on the shelf, or made anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from dragon_app.core.training import CacheFolder
from dragon_app.features.shelf import Shelf, ShelfKey
from dragon_app.features.store import FeatureStore
from dragon_app.vision.budget import Budget
from dragon_app.vision.rows import Rows

DIGESTS = tuple("abcdef")
MUCH = 10**6


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    key = ShelfKey(weights="w", depth=1, transform="t", arithmetic="float32", view="eval")
    with FeatureStore(CacheFolder(path=tmp_path / "cache")) as store:
        yield store.shelf(key)


def _values(indices: list[int]) -> Tensor:
    """Return a row of three for each photo: its number."""
    return torch.tensor(indices, dtype=torch.float16)[:, None].expand(-1, 3).contiguous()


def _rows(shelf: Shelf, budget_bytes: int, made: list[int] | None = None) -> Rows:
    def make(indices: list[int]) -> Tensor:
        assert made is not None
        made.extend(indices)
        return _values(indices)

    return Rows(shelf, DIGESTS, make=make, budget=Budget(budget_bytes))


@pytest.mark.parametrize("budget_bytes", [0, MUCH])
def test_what_was_put_is_found_now_and_later(shelf: Shelf, budget_bytes: int) -> None:
    rows = _rows(shelf, budget_bytes)
    assert rows.missing() == list(range(6))
    rows.put([0, 1, 2, 3, 4, 5], _values([0, 1, 2, 3, 4, 5]))
    assert rows.missing() == []
    assert rows.batch([4, 1, 4]).equal(_values([4, 1, 4]))
    later = _rows(shelf, budget_bytes)
    assert later.missing() == []
    assert later.batch([5, 0]).equal(_values([5, 0]))


def test_only_what_fits_is_in_memory(shelf: Shelf) -> None:
    small, large = _rows(shelf, 0), _rows(shelf, MUCH)
    for rows in (small, large):
        rows.put(list(range(6)), _values(list(range(6))))
    assert small.in_memory is None
    assert large.in_memory is not None
    assert large.in_memory.shape == (6, 3)


def test_rows_that_were_not_kept_are_made_when_they_are_wanted(shelf: Shelf) -> None:
    made: list[int] = []
    rows = _rows(shelf, 0, made)
    rows.put([0, 1], _values([0, 1]))
    assert rows.batch([1, 3, 0]).equal(_values([1, 3, 0]))
    assert made == [3]


def test_no_row_is_written_twice(shelf: Shelf) -> None:
    rows = _rows(shelf, MUCH)
    rows.put([0, 1], _values([0, 1]))
    rows.put([0, 1, 2], _values([0, 1, 2]))
    rows.flush()
    (path,) = shelf._folder.glob("*.rows")
    assert path.stat().st_size == 3 * 3 * 2
