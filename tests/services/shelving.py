"""What a real embedder leaves on the disk; the fake one keeps nothing."""

import numpy as np

from dragon_app.core.training import CacheFolder
from dragon_app.core.vectors import Vectors
from dragon_app.features.recall import note_vectors
from dragon_app.features.segment import Row
from dragon_app.features.shelf import ShelfKey
from dragon_app.features.store import FeatureStore
from dragon_app.wiring import App


def shelve(app: App, vectors: Vectors, *, last: Row | None = None) -> None:
    """Keep vectors in the cache of a workspace, and note where; the last one may be exchanged."""
    digests = [app.dataset.image(int(each)).digest for each in vectors.ids]
    key = ShelfKey(weights="w", depth=4, transform="t", arithmetic="float32", view="eval")
    weights = app.workspace.folder / "weights"
    weights.write_bytes(b"weights")
    cache = CacheFolder(path=app.workspace.cache_folder)
    rows: list[Row] = list(vectors.rows.astype(np.float16))
    if last is not None:
        rows[-1] = last
    with FeatureStore(cache) as store:
        store.shelf(key).put(digests, rows)
    note_vectors(cache, key, weights)
