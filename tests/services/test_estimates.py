"""The time a training will take, from earlier ones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dragon_app.core.config import Arithmetic
from dragon_app.core.networks import TrainingCosts
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.core.training import CacheFolder, Run, RunStatus
from dragon_app.services.estimates import START_S, seconds_for, seconds_measured
from tests.fakes import FakeVision

BALANCED = PRESETS[Preset.BALANCED]
START = datetime(2026, 1, 1, tzinfo=UTC)
RUN = Run(
    id=1,
    status=RunStatus.FINISHED,
    config_json=BALANCED.to_json(),
    snapshot_id=1,
    created_at=START,
    started_at=START,
    finished_at=START + timedelta(seconds=60),
    epochs_done=BALANCED.epochs,
    val_confusion=((10, 0), (0, 10)),
)


def test_more_photos_and_epochs_take_longer() -> None:
    config = BALANCED.changed({"epochs": BALANCED.epochs * 2})
    assert seconds_for(config, val_photos=40, runs=[RUN]) == pytest.approx(240)


def test_what_is_left_open_is_compared_with_what_a_run_settled_it_to() -> None:
    used = replace(BALANCED, arithmetic=Arithmetic.BFLOAT16)
    past = replace(RUN, config_json=used.to_json())
    assert seconds_for(BALANCED, val_photos=20, runs=[past]) == pytest.approx(60)
    larger = replace(BALANCED, image_size_px=224)
    assert seconds_for(larger, val_photos=20, runs=[past]) is None


def test_other_work_per_photo_is_not_compared() -> None:
    assert seconds_for(PRESETS[Preset.THOROUGH], val_photos=20, runs=[RUN]) is None


def test_steps_do_not_tell_how_long_the_exact_head_takes() -> None:
    exact = PRESETS[Preset.QUICK]
    steps = replace(RUN, config_json=exact.changed({"optimizer": "adamw"}).to_json())
    assert seconds_for(exact, val_photos=20, runs=[steps]) is None


def test_a_run_that_was_cut_short_is_not_compared() -> None:
    stopped = replace(RUN, status=RunStatus.STOPPED)
    assert seconds_for(BALANCED, val_photos=20, runs=[stopped]) is None


@pytest.fixture
def costs(tmp_path: Path) -> TrainingCosts:
    """Five stages: a frozen one takes 0.1 s once, a learning one a second in each epoch."""
    cache = CacheFolder(path=tmp_path)
    return FakeVision().costs(BALANCED, photos=100, cache=cache, should_stop=lambda: False)


@pytest.mark.parametrize(
    ("freeze", "seconds"),
    [("backbone", 0.5), ("all-but-last-stage", 0.4 + 10), ("nothing", 50), ("2", 0.2 + 30)],
)
def test_measured_costs_add_up(costs: TrainingCosts, freeze: str, seconds: float) -> None:
    config = BALANCED.changed({"freeze": freeze, "epochs": 10, "unfreeze_after": 0})
    assert seconds_measured(config, costs) == pytest.approx(START_S + seconds)


def test_while_only_the_head_learns_an_epoch_costs_what_the_head_costs(
    costs: TrainingCosts,
) -> None:
    config = BALANCED.changed({"freeze": "nothing", "epochs": 10, "unfreeze_after": 4})
    assert seconds_measured(config, costs) == pytest.approx(START_S + 0.5 + 6 * 5)
