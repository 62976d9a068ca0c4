"""The book of measured costs: what counts as the same question, and what damage does."""

from dataclasses import replace
from pathlib import Path

import pytest

from dragon_app.core.config import Optimizer
from dragon_app.core.errors import WorkspaceError
from dragon_app.core.networks import TrainingCosts
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.training import CacheFolder
from dragon_app.services.costs import CostBook
from tests.fakes import FakeVision

BALANCED = PRESETS[Preset.BALANCED]


@pytest.fixture
def costs(tmp_path: Path) -> TrainingCosts:
    cache = CacheFolder(path=tmp_path)
    return FakeVision().costs(BALANCED, photos=100, cache=cache, should_stop=lambda: False)


def test_costs_come_back_for_any_number_of_photos(tmp_path: Path, costs: TrainingCosts) -> None:
    book = CostBook(tmp_path)
    book.keep(BALANCED, costs)
    assert book.read(BALANCED, photos=100) == costs
    doubled = book.read(BALANCED, photos=200)
    assert doubled is not None
    assert doubled.by_frozen[0].epoch_s == 2 * costs.by_frozen[0].epoch_s
    assert doubled.by_frozen[3].once_s == 2 * costs.by_frozen[3].once_s
    assert doubled.by_frozen[0].memory_bytes == costs.by_frozen[0].memory_bytes


def test_settings_that_change_the_costs_are_told_apart(
    tmp_path: Path, costs: TrainingCosts
) -> None:
    book = CostBook(tmp_path)
    book.keep(BALANCED, costs)
    assert book.read(replace(BALANCED, epochs=99, head_lr=0.5, seed=3), photos=100) == costs
    for other in (
        replace(BALANCED, batch_size=8),
        replace(BALANCED, optimizer=Optimizer.SGD),
        replace(BALANCED, image_size_px=96),
        replace(BALANCED, backbone="resnet18"),
    ):
        assert book.read(other, photos=100) is None


def test_a_disk_that_refuses_is_told_in_words(tmp_path: Path, costs: TrainingCosts) -> None:
    (tmp_path / "costs").write_text("a file where the folder should be")
    with pytest.raises(WorkspaceError, match="Make room there and ask again"):
        CostBook(tmp_path / "costs").keep(BALANCED, costs)


def test_speeds_are_told_by_backbone_and_size(tmp_path: Path, costs: TrainingCosts) -> None:
    book = CostBook(tmp_path / "costs")
    assert book.speeds() == {}
    book.keep(BALANCED, costs)
    assert book.speeds() == {(costs.backbone, costs.image_size_px): costs.photos_per_s}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"stages": [], "by_frozen": [1]}'])
def test_a_damaged_page_counts_as_none(tmp_path: Path, costs: TrainingCosts, text: str) -> None:
    book = CostBook(tmp_path)
    book.keep(BALANCED, costs)
    (page,) = tmp_path.iterdir()
    page.write_text(text)
    assert book.read(BALANCED, photos=100) is None
    assert book.speeds() == {}
