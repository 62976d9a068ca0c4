"""A cache folder, and the key of a shelf in it."""

from pathlib import Path

import pytest

from dragon_app.core.training import CacheFolder
from dragon_app.features.shelf import ShelfKey


@pytest.fixture
def cache(tmp_path: Path) -> CacheFolder:
    return CacheFolder(path=tmp_path / "cache")


@pytest.fixture
def key() -> ShelfKey:
    return ShelfKey(weights="w", depth=4, transform="t", arithmetic="float32", view="eval")
