"""How photos look - light, even, sharp - from their thumbnails. Read once, kept on a shelf."""

from collections.abc import Callable, Sequence

import numpy as np

from dragon_app.core.errors import BadImageError
from dragon_app.core.training import CacheFolder
from dragon_app.core.vectors import Floats
from dragon_app.features.shelf import ShelfKey
from dragon_app.features.store import FeatureStore
from dragon_app.imaging.decode import decode_file
from dragon_app.imaging.looks import SIDE_PX, look_of
from dragon_app.storage.workspace import Workspace

_KEY = ShelfKey(
    weights="", depth=0, transform="looks, 1", arithmetic="", view="eval", dtype="float32"
)


def read_looks(
    workspace: Workspace,
    digests: Sequence[str],
    *,
    report: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> Floats:
    """Return looks (N, 3); no numbers where a file is gone or damaged, or it was stopped before."""
    looks = np.full((len(digests), 3), np.nan, np.float32)
    with FeatureStore(CacheFolder(path=workspace.cache_folder)) as store:
        shelf = store.shelf(_KEY)
        for place, digest in enumerate(digests):
            if should_stop():
                break
            report(place, len(digests))
            if not workspace.blobs.path(digest).exists():
                continue
            row = shelf.read(digest)
            if row is None:
                row = _look(workspace, digest)
                if row is None:
                    continue
                shelf.put([digest], [row])
            looks[place] = row
    return looks


def _look(workspace: Workspace, digest: str) -> Floats | None:
    """Return a photo's look (3,), of its thumbnail where there is one; None if it is damaged."""
    for path in (workspace.blobs.thumbnail_path(digest), workspace.blobs.path(digest)):
        try:
            return look_of(decode_file(path, shortest_px=SIDE_PX))
        except BadImageError:
            continue
    return None
