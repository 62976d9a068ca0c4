from dataclasses import asdict
from hashlib import sha256
from json import dumps
from pathlib import Path

import numpy as np
import pytest

from dragon_app.core.training import CacheFolder
from dragon_app.features.recall import Recall, note_vectors, noted_vectors
from dragon_app.features.segment import Row
from dragon_app.features.shelf import ShelfKey
from dragon_app.features.store import FeatureStore


def test_noted_vectors_are_found_again(cache: CacheFolder, key: ShelfKey, tmp_path: Path) -> None:
    weights = tmp_path / "weights"
    weights.write_bytes(b"weights")
    with FeatureStore(cache) as store:
        store.shelf(key).put(["a", "b"], [np.full(3, 1, np.float16), np.full(3, 2, np.float16)])
    assert noted_vectors(cache) is None
    note_vectors(cache, key, weights)
    assert noted_vectors(cache) == key
    with Recall(cache, key) as shelf:
        rows = shelf.rows(["b", "c"])
    assert rows[0] is not None
    assert rows[0].tolist() == [2, 2, 2]
    assert rows[1] is None


def test_other_weights_in_the_file_or_a_broken_note_count_as_none(
    cache: CacheFolder, key: ShelfKey, tmp_path: Path
) -> None:
    weights = tmp_path / "weights"
    weights.write_bytes(b"weights")
    note_vectors(cache, key, weights)
    weights.write_bytes(b"others")
    assert noted_vectors(cache) is None
    weights.unlink()
    assert noted_vectors(cache) is None
    weights.write_bytes(b"weights")
    other_type = dumps(
        {
            "key": {**asdict(key), "dtype": "no type"},
            "weights": str(weights),
            "sha256": sha256(b"weights").hexdigest(),
        }
    )
    for broken in (other_type.encode(), b"", b"[1]", b'{"key": {"x": 1}, "weights": "w"}', b"\xff"):
        (cache.path / "vectors.json").write_bytes(broken)
        assert noted_vectors(cache) is None


@pytest.mark.parametrize("odd", [np.ones(5, np.float16), np.ones((3, 3), np.float16)])
def test_vectors_of_several_widths_are_set_aside(
    cache: CacheFolder, key: ShelfKey, odd: Row
) -> None:
    with FeatureStore(cache) as store:
        store.shelf(key).put(["a", "b"], [np.ones(3, np.float16), odd])
    with Recall(cache, key) as shelf:
        assert shelf.was_set_aside
        assert shelf.rows(["a", "b"]) == [None, None]
    with Recall(cache, key) as again:
        assert not again.was_set_aside
