from pathlib import Path

import numpy as np

from dragon_app.core.training import CacheFolder
from dragon_app.features.recall import Recall, note_vectors, noted_vectors
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
    for broken in (b"", b"[1]", b'{"key": {"x": 1}, "weights": "w"}', b"\xff"):
        (cache.path / "vectors.json").write_bytes(broken)
        assert noted_vectors(cache) is None
