"""Photos of a run in memory and on the disk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dragon_app.core.errors import TrainingError
from dragon_app.core.training import CacheFolder, TrainingPhoto, TrainingPhotos
from dragon_app.features.store import FeatureStore
from dragon_app.vision.budget import Budget
from dragon_app.vision.photos import CompactPhotos, compact_key
from dragon_app.vision.transforms import EvalTransform

MakePhotos = Callable[..., TrainingPhotos]
SEEN = EvalTransform(resize_px=40, crop_px=32)
ROOM_FOR_TWO = 2 * 3 * 40 * 60


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FeatureStore]:
    with FeatureStore(CacheFolder(path=tmp_path / "cache")) as opened:
        yield opened


def _compacts(
    photos: tuple[TrainingPhoto, ...], store: FeatureStore, budget_bytes: int = 2**20
) -> CompactPhotos:
    shelf = store.shelf(compact_key(SEEN))
    return CompactPhotos(photos, SEEN, shelf=shelf, budget=Budget(budget_bytes))


def test_photos_are_decoded_once_beyond_the_memory_too(
    make_photos: MakePhotos, store: FeatureStore
) -> None:
    photos = make_photos((6,), (0,)).train
    some = _compacts(photos, store, ROOM_FOR_TWO)
    before = some.batch(range(6))
    for photo in photos:
        photo.path.unlink()
    assert all(a.equal(b) for a, b in zip(before, some.batch(range(6)), strict=True))
    assert len(store.shelf(compact_key(SEEN))) >= 4


def test_photos_that_are_not_kept_take_no_room(
    make_photos: MakePhotos, store: FeatureStore
) -> None:
    photos = make_photos((6,), (0,)).train
    passing = _compacts(photos, store)
    passing.batch(range(6), keeps=False)
    assert len(store.shelf(compact_key(SEEN))) == 0
    photos[3].path.unlink()
    with pytest.raises(TrainingError, match="can no longer be read"):
        passing.batch([3])


def test_photos_come_in_the_order_asked_for(make_photos: MakePhotos, store: FeatureStore) -> None:
    compacts = _compacts(make_photos((6,), (0,)).train, store)
    first, again, other = compacts.batch([4, 4, 1])
    assert first.equal(again)
    assert not first.equal(other)
    assert compacts.batch([1])[0].equal(other)


def test_a_photo_that_is_gone_is_named(tmp_path: Path, store: FeatureStore) -> None:
    gone = TrainingPhoto(path=tmp_path / "gone.jpg", digest="gone", target=0)
    with pytest.raises(TrainingError, match=r"gone\.jpg"):
        _compacts((gone,), store).batch([0])
