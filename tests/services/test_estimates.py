"""The time a training will take, from earlier ones."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dragon_app.core.config import PRESETS, Preset
from dragon_app.core.training import Run, RunStatus
from dragon_app.services.estimates import seconds_for

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


def test_other_work_per_photo_is_not_compared() -> None:
    assert seconds_for(PRESETS[Preset.THOROUGH], val_photos=20, runs=[RUN]) is None


def test_steps_do_not_tell_how_long_the_exact_head_takes() -> None:
    exact = PRESETS[Preset.QUICK]
    steps = replace(RUN, config_json=exact.changed({"optimizer": "adamw"}).to_json())
    assert seconds_for(exact, val_photos=20, runs=[steps]) is None


def test_a_run_that_was_cut_short_is_not_compared() -> None:
    stopped = replace(RUN, status=RunStatus.STOPPED)
    assert seconds_for(BALANCED, val_photos=20, runs=[stopped]) is None
