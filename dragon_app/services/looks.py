"""How photos look and how they are tinted, from their thumbnails. Read once, kept on a shelf."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from dragon_app.core.errors import BadImageError
from dragon_app.core.ports import Pixels
from dragon_app.core.training import CacheFolder
from dragon_app.core.vectors import Floats
from dragon_app.features.shelf import ShelfKey
from dragon_app.features.store import FeatureStore
from dragon_app.imaging.decode import decode_file
from dragon_app.imaging.looks import SIDE_PX, look_of
from dragon_app.imaging.tints import tint_of
from dragon_app.storage.workspace import Workspace

_KEY = ShelfKey(
    weights="", depth=0, transform="looks, 1", arithmetic="", view="eval", dtype="float32"
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Numbers that are read from the pixels of a photo, and where they are kept."""

    key: ShelfKey
    width: int
    read: Callable[[Pixels], Floats]


_LOOKS = _Reading(_KEY, 3, look_of)
_TINTS = _Reading(replace(_KEY, transform="tints, 1"), 6, tint_of)


def read_looks(
    workspace: Workspace,
    digests: Sequence[str],
    *,
    report: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> Floats:
    """Return looks (N, 3); no numbers where a file is gone or damaged, or it was stopped before."""
    return _read(_LOOKS, workspace, digests, report=report, should_stop=should_stop)


def read_tints(
    workspace: Workspace,
    digests: Sequence[str],
    *,
    should_stop: Callable[[], bool] = lambda: False,
) -> Floats:
    """Return tints (N, 6); no numbers where a file is gone or damaged, or it was stopped before."""
    return _read(
        _TINTS, workspace, digests, report=lambda done, total: None, should_stop=should_stop
    )


def _read(
    reading: _Reading,
    workspace: Workspace,
    digests: Sequence[str],
    *,
    report: Callable[[int, int], None],
    should_stop: Callable[[], bool],
) -> Floats:
    rows = np.full((len(digests), reading.width), np.nan, np.float32)
    with FeatureStore(CacheFolder(path=workspace.cache_folder)) as store:
        shelf = store.even_shelf(reading.key, shape=(reading.width,))
        for place, digest in enumerate(digests):
            if should_stop():
                break
            report(place, len(digests))
            if not workspace.blobs.path(digest).exists():
                continue
            row = shelf.read(digest)
            if row is None:
                row = _of_photo(reading, workspace, digest)
                if row is None:
                    continue
                shelf.put([digest], [row])
            rows[place] = row
    return rows


def _of_photo(reading: _Reading, workspace: Workspace, digest: str) -> Floats | None:
    """Return a photo's numbers, of its thumbnail where there is one; None if it is damaged."""
    for path in (workspace.blobs.thumbnail_path(digest), workspace.blobs.path(digest)):
        try:
            return reading.read(decode_file(path, shortest_px=SIDE_PX))
        except BadImageError:
            continue
    return None
