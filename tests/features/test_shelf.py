"""Rows that are kept, and what is left of them after harm."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dragon_app.core.training import CacheFolder
from dragon_app.features.segment import Row
from dragon_app.features.shelf import MOST_SEGMENTS, Shelf, ShelfKey
from dragon_app.features.store import FeatureStore


def row(number: int, shape: tuple[int, ...] = (3, 2)) -> Row:
    return np.full(shape, number, np.float16)


def fill(cache: CacheFolder, key: ShelfKey, *digests: str) -> None:
    """Write one row a photo, its value the first digit of the photo's name, in a session."""
    with FeatureStore(cache) as store:
        assert store.shelf(key).put(digests, [row(int(digest[0])) for digest in digests])


def read(cache: CacheFolder, key: ShelfKey, *digests: str) -> list[float | None]:
    """Return the value that each photo's row has throughout."""
    with FeatureStore(cache) as store:
        rows = [store.shelf(key).read(digest) for digest in digests]
    return [None if r is None else float(np.unique(r).item()) for r in rows]


def only_file(cache: CacheFolder, pattern: str) -> Path:
    (path,) = cache.path.rglob(pattern)
    return path


def test_rows_come_back_as_they_were_put(cache: CacheFolder, key: ShelfKey) -> None:
    rows = np.random.default_rng(0).normal(size=(4, 5, 2, 2)).astype(np.float16)
    names = list("abcd")
    with FeatureStore(cache) as store:
        store.shelf(key).put(names, list(rows))
        assert len(store.shelf(key)) == 4
    with FeatureStore(cache) as store:
        shelf = store.shelf(key)
        assert shelf.missing(["a", "x", "d"]) == ["x"]
        for name, expected in zip(names, rows, strict=True):
            found = shelf.read(name)
            assert found is not None
            np.testing.assert_array_equal(found, expected)


def test_what_was_just_put_can_be_read(cache: CacheFolder, key: ShelfKey) -> None:
    with FeatureStore(cache) as store:
        store.shelf(key).put(["1"], [row(1)])
        assert store.shelf(key).read("1") is not None


def test_compact_photos_keep_their_own_shapes(cache: CacheFolder, key: ShelfKey) -> None:
    photos = replace(key, weights="", depth=0, dtype="uint8")
    shapes = {"wide": (3, 8, 20), "tall": (3, 11, 8)}
    with FeatureStore(cache) as store:
        store.shelf(photos).put(list(shapes), [np.ones(s, np.uint8) for s in shapes.values()])
    with FeatureStore(cache) as store:
        for name, shape in shapes.items():
            found = store.shelf(photos).read(name)
            assert found is not None
            assert found.shape == shape
            assert found.dtype == np.uint8


@pytest.mark.parametrize(
    "change",
    [{"weights": "v"}, {"depth": 3}, {"transform": "u"}, {"arithmetic": "bf16"}, {"view": "1"}],
)
def test_every_part_of_the_key_makes_another_shelf(
    cache: CacheFolder, key: ShelfKey, change: dict[str, str]
) -> None:
    other = replace(key, **change)  # type: ignore[arg-type]
    fill(cache, key, "1")
    assert read(cache, other, "1") == [None]
    fill(cache, other, "2")
    assert read(cache, key, "1", "2") == [1.0, None]


@pytest.mark.parametrize("suffix", ["rows", "index"])
def test_a_torn_end_costs_the_last_row_alone(
    cache: CacheFolder, key: ShelfKey, suffix: str
) -> None:
    fill(cache, key, "1", "2", "3")
    path = only_file(cache, f"*.{suffix}")
    path.write_bytes(path.read_bytes()[:-5])
    assert read(cache, key, "1", "2", "3") == [1.0, 2.0, None]
    fill(cache, key, "3", "4")
    assert read(cache, key, "1", "2", "3", "4") == [1.0, 2.0, 3.0, 4.0]


def test_rows_without_an_index_are_not_there(cache: CacheFolder, key: ShelfKey) -> None:
    fill(cache, key, "1")
    only_file(cache, "*.index").unlink()
    assert read(cache, key, "1") == [None]


def test_an_index_without_rows_is_swept_away(cache: CacheFolder, key: ShelfKey) -> None:
    fill(cache, key, "1")
    only_file(cache, "*.rows").unlink()
    assert read(cache, key, "1") == [None]
    assert not list(cache.path.rglob("*.index"))


@pytest.mark.parametrize("suffix", ["rows", "index"])
def test_damage_anywhere_makes_a_row_absent_never_wrong(
    cache: CacheFolder, key: ShelfKey, suffix: str
) -> None:
    fill(cache, key, "1", "2")
    path = only_file(cache, f"*.{suffix}")
    whole = path.read_bytes()
    for place in range(len(whole) // 2):  # the first row or record
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        assert read(cache, key, "1", "2") in ([None, 2.0], [1.0, 2.0])
    path.write_bytes(whole)
    assert read(cache, key, "1", "2") == [1.0, 2.0]


def test_a_damaged_row_is_missing_once_it_was_read(cache: CacheFolder, key: ShelfKey) -> None:
    fill(cache, key, "1", "2")
    path = only_file(cache, "*.rows")
    path.write_bytes(b"\xff" + path.read_bytes()[1:])
    with FeatureStore(cache) as store:
        assert store.shelf(key).read("1") is None
        assert store.shelf(key).missing(["1", "2"]) == ["1"]
        store.shelf(key).put(["1"], [row(1)])
    assert read(cache, key, "1") == [1.0]


def test_two_writers_do_not_disturb_each_other(cache: CacheFolder, key: ShelfKey) -> None:
    with FeatureStore(cache) as first, FeatureStore(cache) as second:
        for number in range(4):
            store = first if number % 2 else second
            assert store.shelf(key).put([str(number)], [row(number)])
    assert read(cache, key, *"0123") == [0.0, 1.0, 2.0, 3.0]


def test_many_threads_read_while_one_writes(cache: CacheFolder, key: ShelfKey) -> None:
    names = [str(number) for number in range(200)]

    def look(shelf: Shelf) -> None:
        seen = 0
        while seen < len(names):
            rows = [shelf.read(name) for name in names]
            assert all(r is None or (r == int(n)).all() for n, r in zip(names, rows, strict=True))
            seen = sum(r is not None for r in rows)

    with FeatureStore(cache) as store, ThreadPoolExecutor(4) as pool:
        shelf = store.shelf(key)
        looks = [pool.submit(look, shelf) for _ in range(4)]
        for name in names:
            shelf.put([name], [row(int(name))])
        for each in looks:
            each.result()


def test_many_small_sessions_are_joined(cache: CacheFolder, key: ShelfKey) -> None:
    names = [f"{number % 10}-{number}" for number in range(MOST_SEGMENTS + 2)]
    for name in names:
        fill(cache, key, name)
    assert read(cache, key, *names) == [float(name[0]) for name in names]
    assert len(list(cache.path.rglob("*.index"))) <= 3


def test_a_folder_that_cannot_be_written_costs_rows_and_raises_nothing(
    cache: CacheFolder, key: ShelfKey
) -> None:
    cache.path.write_text("a file where the folder should be")
    with FeatureStore(cache) as store:
        assert not store.shelf(key).put(["1"], [row(1)])
        assert store.shelf(key).read("1") is None


def test_a_folder_deleted_under_a_run_costs_rows_and_raises_nothing(
    cache: CacheFolder, key: ShelfKey
) -> None:
    with FeatureStore(cache) as store:
        store.shelf(key).put(["1"], [row(1)])
        shutil.rmtree(cache.path)
        store.shelf(key).put(["2"], [row(2)])
    assert read(cache, key, "1", "2") == [None, None]
