import numpy as np
import pytest

from dragon_app.core.training import CacheFolder
from dragon_app.core.vectors import Floats
from dragon_app.features.store import FeatureStore
from dragon_app.services import looks as module
from dragon_app.services.looks import read_looks, read_tints
from dragon_app.wiring import App
from tests.photos import incoming_photos


def read(app: App, digests: list[str]) -> Floats:
    return read_looks(
        app.workspace, digests, report=lambda done, total: None, should_stop=lambda: False
    )


def test_looks_are_read_once_and_a_lost_file_has_none(app: App) -> None:
    ids = app.dataset.add(incoming_photos(range(3))).image_ids
    blobs = app.workspace.blobs
    digests = [app.dataset.image(each).digest for each in ids]
    blobs.thumbnail_path(digests[0]).unlink()  # then the photo itself is looked at
    looks = read(app, digests)
    assert np.isfinite(looks).all()
    blobs.thumbnail_path(digests[1]).write_bytes(b"changed")
    np.testing.assert_array_equal(read(app, digests), looks)
    blobs.path(digests[2]).unlink()
    assert np.isnan(read(app, digests)).all(1).tolist() == [False, False, True]


def test_it_ends_when_something_else_needs_the_machine(app: App) -> None:
    ids = app.dataset.add(incoming_photos(range(3))).image_ids
    digests = [app.dataset.image(each).digest for each in ids]
    seen: list[int] = []
    looks = read_looks(
        app.workspace,
        digests,
        report=lambda done, total: seen.append(done),
        should_stop=lambda: bool(seen),
    )
    assert np.isnan(looks).all(1).tolist() == [False, True, True]


@pytest.mark.parametrize("width", [1, 5])
def test_tints_of_another_width_are_set_aside_and_read_anew(app: App, width: int) -> None:
    ids = app.dataset.add(incoming_photos(range(3))).image_ids
    digests = [app.dataset.image(each).digest for each in ids]
    with FeatureStore(CacheFolder(path=app.workspace.cache_folder)) as store:
        odd = np.full(width, 0.25, np.float32)
        store.shelf(module._TINTS.key).put(digests, [odd] * 3)
    tints = read_tints(app.workspace, digests)
    assert np.isfinite(tints).all()
    assert not (tints == 0.25).all(1).any()
    with FeatureStore(CacheFolder(path=app.workspace.cache_folder)) as store:
        assert store.shelf(module._TINTS.key).shapes == {(6,)}
