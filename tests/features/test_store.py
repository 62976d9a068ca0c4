"""The shelves of a folder together: how large they are, which goes first, what is forgotten."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dragon_app.core.training import CacheFolder
from dragon_app.features import store as store_module
from dragon_app.features.shelf import ShelfKey
from dragon_app.features.store import ASIDE, SHELVES, FeatureStore

ROW = np.full((100, 100), 0.5, np.float16)  # 20,000 bytes


def keys(key: ShelfKey, *views: str) -> list[ShelfKey]:
    return [replace(key, view=view) for view in views]


def fill(cache: CacheFolder, key: ShelfKey, names: str = "abcd", *, used_at: int = 0) -> None:
    """Put a row a letter; the folder looks as if last used then."""
    with FeatureStore(cache) as store:
        store.shelf(key).put(list(names), [ROW] * len(names))
    if used_at:
        os.utime(cache.path / "shelves" / key.name, (used_at, used_at))


def kept(cache: CacheFolder, key: ShelfKey, names: str = "abcd") -> str:
    with FeatureStore(cache) as store:
        missing = store.shelf(key).missing(list(names))
    return "".join(name for name in names if name not in missing)


def test_the_size_is_that_of_all_shelves(cache: CacheFolder, key: ShelfKey) -> None:
    for each in keys(key, "1", "2"):
        fill(cache, each)
    with FeatureStore(cache) as store:
        assert 160_000 < store.size_bytes() < 165_000


def test_the_shelf_used_longest_ago_makes_room(cache: CacheFolder, key: ShelfKey) -> None:
    old, older, new = keys(key, "old", "older", "new")
    fill(cache, old, used_at=2_000)
    fill(cache, older, used_at=1_000)
    small = replace(cache, limit_bytes=200_000)
    fill(small, new)
    assert kept(small, older) == ""
    assert (kept(small, old), kept(small, new)) == ("abcd", "abcd")


def test_reading_a_shelf_is_using_it(cache: CacheFolder, key: ShelfKey) -> None:
    first, second, new = keys(key, "first", "second", "new")
    fill(cache, first, used_at=1_000)
    fill(cache, second, used_at=2_000)
    kept(cache, first)
    fill(replace(cache, limit_bytes=200_000), new)
    assert (kept(cache, first), kept(cache, second)) == ("abcd", "")


def test_a_shelf_in_use_is_not_evicted_what_is_too_much_is_not_kept(
    cache: CacheFolder, key: ShelfKey
) -> None:
    first, second = keys(key, "1", "2")
    with FeatureStore(replace(cache, limit_bytes=100_000)) as store:
        assert store.shelf(first).put(list("abcd"), [ROW] * 4)
        assert not store.shelf(second).put(list("abcd"), [ROW] * 4)
        assert store.shelf(first).missing(list("abcd")) == []


def test_a_lower_limit_holds_from_the_next_opening(cache: CacheFolder, key: ShelfKey) -> None:
    fill(cache, key)
    with FeatureStore(replace(cache, limit_bytes=1_000)) as store:
        assert store.size_bytes() == 0


def test_a_nearly_full_disk_is_left_alone(
    cache: CacheFolder, key: ShelfKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "SPARE_BYTES", 2**60)
    with FeatureStore(cache) as store:
        assert not store.shelf(key).put(["a"], [ROW])


def test_a_forgotten_photo_is_gone_from_every_shelf_and_from_the_disk(
    cache: CacheFolder, key: ShelfKey
) -> None:
    shelves = keys(key, "1", "2")
    secret = np.full((50,), 0.123, np.float16)
    for each in shelves:
        with FeatureStore(cache) as store:
            store.shelf(each).put(["a", "b", "secret"], [ROW, ROW, secret])
    assert any(secret.tobytes() in path.read_bytes() for path in cache.path.rglob("*.rows"))
    with FeatureStore(cache) as store:
        store.forget({"secret"})
    assert [kept(cache, each, "ab") for each in shelves] == ["ab", "ab"]
    with FeatureStore(cache) as store:
        assert all(store.shelf(each).read("secret") is None for each in shelves)
    assert not any(secret.tobytes() in path.read_bytes() for path in cache.path.rglob("*.rows"))


def test_forgetting_takes_a_torn_end_along(cache: CacheFolder, key: ShelfKey) -> None:
    fill(cache, key)
    (index,) = cache.path.rglob("*.index")
    index.write_bytes(index.read_bytes()[:-1])  # the last row's data has no owner any more
    with FeatureStore(cache) as store:
        store.forget({"nobody"})
        assert store.size_bytes() < 61_000
    assert kept(cache, key) == "abc"


def test_a_shelf_that_is_mostly_forgotten_is_dropped(cache: CacheFolder, key: ShelfKey) -> None:
    fill(cache, key)
    with FeatureStore(cache) as store:
        store.forget(set("abc"))
        assert store.size_bytes() == 0


def test_a_photo_forgotten_under_a_reader_is_absent(cache: CacheFolder, key: ShelfKey) -> None:
    fill(cache, key)
    with FeatureStore(cache) as store:
        shelf = store.shelf(key)
        FeatureStore(cache).forget({"a"})
        assert shelf.read("a") is None
        assert shelf.read("b") is not None


def test_forgetting_drops_rows_that_a_kill_left_without_an_index(
    cache: CacheFolder, key: ShelfKey
) -> None:
    fill(cache, key)
    (index,) = cache.path.rglob("*.index")
    index.unlink()
    with FeatureStore(cache) as store:
        store.forget({"nobody"})
    assert not list(cache.path.rglob("*.rows"))


def test_a_strange_file_among_the_shelves_does_no_harm(
    cache: CacheFolder, key: ShelfKey, tmp_path: Path
) -> None:
    fill(cache, key)
    (cache.path / "shelves" / "notes.txt").write_text("?")
    (cache.path / "shelves" / key.name / "zz.index").write_bytes(b"?" * 100)
    assert kept(cache, key) == "abcd"


def test_an_uneven_shelf_is_set_aside_and_still_forgets(
    cache: CacheFolder, key: ShelfKey, caplog: pytest.LogCaptureFixture
) -> None:
    secret = np.full(7, 3, np.float16)
    with FeatureStore(cache) as store:
        store.shelf(key).put(["a", "b", "c"], [np.ones(3, np.float16), secret, secret])
    with FeatureStore(cache) as store:
        shelf = store.even_shelf(key)
        assert len(shelf) == 0
        assert [key.name in each.getMessage() for each in caplog.records] == [True]
        shelf.put(["a"], [np.ones(3, np.float16)])
        assert store.even_shelf(key, shape=(3,)) is shelf
    with FeatureStore(cache) as store:
        store.forget(["b"])
    kept = b"".join(path.read_bytes() for path in cache.path.rglob("*.rows"))
    assert kept.count(secret.tobytes()) == 1
    with FeatureStore(cache) as store:
        assert len(store.even_shelf(key)) == 1
        assert len(store.even_shelf(key, shape=(4,))) == 0


def test_what_another_shelf_set_aside_makes_room(cache: CacheFolder, key: ShelfKey) -> None:
    for _ in range(2):  # the one set aside before goes
        with FeatureStore(cache) as store:
            store.shelf(key).put(["a", "b"], [ROW, ROW[:2]])
        with FeatureStore(cache) as store:
            store.even_shelf(key)
    assert len(list((cache.path / SHELVES).glob(f"*{ASIDE}"))) == 1
