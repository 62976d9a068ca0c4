"""A run that is cut off and goes on, against the same run unbroken: bit for bit, on the CPU."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from dragon_app.core.config import Arithmetic, Augment, FinetuneConfig, Optimizer
from dragon_app.core.errors import TrainingError, WeightsError
from dragon_app.core.training import (
    EpochMetrics,
    FinetuneResult,
    SavedStanding,
    TrainingEvent,
    TrainingPhotos,
)
from dragon_app.vision import checkpoint, keeping
from tests.vision.training import train, weights

MakePhotos = Callable[..., TrainingPhotos]
Numbers = dict[int, tuple[float, ...]]


@pytest.fixture
def long(small: FinetuneConfig) -> FinetuneConfig:
    """A run with dropout, momentum and photos that are varied."""
    return replace(
        small,
        backbone="mobilenet_v3_small",
        epochs=3,
        batch_size=5,
        head_lr=3e-3,
        augment=Augment.LIGHT,
        optimizer=Optimizer.SGD,
    )


def numbers(events: list[TrainingEvent]) -> Numbers:
    """Return what the epochs measured, without how long they took."""
    return {
        e.epoch: (e.train_loss, e.train_accuracy, e.val_loss, e.val_accuracy, *e.lrs)
        for e in events
        if isinstance(e, EpochMetrics)
    }


def standings(events: list[TrainingEvent]) -> list[SavedStanding]:
    return [event for event in events if isinstance(event, SavedStanding)]


def stopping_after(calls: int) -> Callable[[], bool]:
    left = count(calls, -1)
    return lambda: next(left) <= 0


def in_sittings(
    config: FinetuneConfig, photos: TrainingPhotos, folder: Path, *, calls: int
) -> tuple[FinetuneResult, list[TrainingEvent], int]:
    """Train, stopped again and again; return the end, all that was told, and how many sittings."""
    events: list[TrainingEvent] = []
    for sitting in count(1):
        kept = standings(events)
        standing = kept[-1].file if kept else None
        stop = stopping_after(calls)
        try:
            result = train(
                config, photos, folder, events=events, should_stop=stop, standing=standing
            )
        except TrainingError:  # stopped in the first epoch
            continue
        if not result.was_stopped:
            return result, events, sitting
    raise AssertionError


def same_weights(one: FinetuneResult, other: FinetuneResult) -> bool:
    tensors = weights(other)
    return all(tensor.equal(tensors[name]) for name, tensor in weights(one).items())


CHANGES: list[dict[str, object]] = [
    {},
    {
        **{"optimizer": Optimizer.ADAMW, "freeze": 3, "unfreeze_after": 1, "layer_decay": 0.5},
        **{"mixup": 0.4, "label_smoothing": 0.1, "balance": "sampling"},
    },
    {"arithmetic": Arithmetic.BFLOAT16_LAST, "optimizer": Optimizer.ADAMW},
]


@pytest.mark.parametrize("change", CHANGES, ids=["everything", "gradual", "bfloat16"])
def test_a_run_in_many_sittings_equals_one_unbroken(
    long: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, change: dict[str, object]
) -> None:
    config = long.changed(change)
    photos = make_photos()
    told: list[TrainingEvent] = []
    unbroken = train(config, photos, tmp_path / "a" / "run", events=told)
    ended, events, sittings = in_sittings(config, photos, tmp_path / "b" / "run", calls=4)
    assert sittings > 2
    assert numbers(events) == numbers(told)
    assert replace(ended, checkpoint=unbroken.checkpoint) == unbroken
    assert same_weights(ended, unbroken)


def test_a_run_goes_on_from_any_standing_that_a_crash_left(
    long: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "EVERY_S", 0.0)
    monkeypatch.setattr(keeping, "SHARE", 0)
    photos = make_photos()
    told: list[TrainingEvent] = []
    unbroken = train(long, photos, tmp_path / "run", events=told)
    kept = standings(told)
    assert [(each.epoch, each.steps) for each in kept[:5]] == [
        (1, 1), (1, 2), (1, 3), (2, 0), (2, 1),
    ]  # fmt: skip
    assert (kept[-1].epoch, kept[-1].steps) == (4, 0)
    for standing in (kept[0], kept[3], kept[6]):
        again: list[TrainingEvent] = []
        ended = train(long, photos, tmp_path / "run", events=again, standing=standing.file)
        assert same_weights(ended, unbroken)
        assert numbers(told).items() >= numbers(again).items()
        assert ended.best_epoch == unbroken.best_epoch


def test_the_best_epoch_is_saved_before_the_standing_that_names_it(
    long: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "EVERY_S", 0.0)
    monkeypatch.setattr(keeping, "SHARE", 0)
    events: list[TrainingEvent] = []
    train(replace(long, epochs=2), make_photos(), tmp_path / "run", events=events)
    saved: set[Path | None] = {None}
    for event in events:
        if isinstance(event, FinetuneResult):
            assert checkpoint.load(event.checkpoint)[1].epoch == event.best_epoch
            saved.add(event.checkpoint)
        elif isinstance(event, SavedStanding):
            assert event.best in saved
    assert len(saved) > 1


def test_a_run_that_is_over_trains_longer_as_if_planned_for_it(
    long: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    photos = make_photos()
    events: list[TrainingEvent] = []
    train(replace(long, epochs=2), photos, tmp_path / "run", events=events)
    over = standings(events)[-1]
    longer = replace(long, epochs=4)
    result = train(longer, photos, tmp_path / "run", events=events, standing=over.file)
    assert sorted(numbers(events)) == [1, 2, 3, 4]
    assert (result.epochs_done, result.config.epochs) == (4, 4)
    planned: list[TrainingEvent] = []
    train(longer, photos, tmp_path / "b" / "run", events=planned)
    rates = [{epoch: row[4:] for epoch, row in numbers(e).items()} for e in (events, planned)]
    assert rates[0][3] == rates[1][3]
    assert rates[0][4] == rates[1][4]
    assert rates[0][2] != rates[1][2]


def test_a_standing_that_is_over_ends_as_it_did(
    long: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    photos = make_photos()
    ended = train(long, photos, tmp_path / "run", events=events)
    again = train(long, photos, tmp_path / "run", standing=standings(events)[-1].file)
    assert again == ended


def test_a_computed_last_layer_saves_no_standing(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    config = small.changed({"freeze": "backbone", "optimizer": "exact"})
    train(config, make_photos(), tmp_path / "run", events=events)
    assert standings(events) == []


def test_a_standing_of_another_network_is_refused(
    long: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    events: list[TrainingEvent] = []
    photos = make_photos()
    train(replace(long, epochs=1), photos, tmp_path / "run", events=events)
    other = replace(long, backbone="shufflenet_v2_x0_5")
    with pytest.raises(WeightsError, match="of another network"):
        train(other, photos, tmp_path / "run", standing=standings(events)[-1].file)
