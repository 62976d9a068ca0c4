"""What steps ask of the network, and what becomes of a run because of it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from dragon_app.core.config import Balance, FinetuneConfig, Freeze, Optimizer
from dragon_app.core.metrics import balanced_accuracy
from dragon_app.core.training import EpochMetrics, TrainingEvent, TrainingPhotos
from dragon_app.vision.backbone import Head
from dragon_app.vision.objective import loss_sum, make_objective, order
from tests.vision.training import train, weights

MakePhotos = Callable[..., TrainingPhotos]

TARGETS = torch.tensor([0, 0, 0, 1])
SCORES = torch.randn(4, 2, generator=torch.Generator().manual_seed(0))


def _wanted(**settings: object) -> Tensor:
    objective = make_objective(FinetuneConfig().changed(settings), TARGETS, classes=2)
    _, shares = objective.mixed(torch.zeros(4, 3), TARGETS)
    return objective.wanted(shares)


def test_plain_steps_ask_for_the_label() -> None:
    expected = functional.cross_entropy(SCORES, TARGETS)
    torch.testing.assert_close(loss_sum(SCORES, _wanted()) / 4, expected)


def test_softened_labels_are_those_of_torch() -> None:
    expected = functional.cross_entropy(SCORES, TARGETS, label_smoothing=0.2)
    torch.testing.assert_close(loss_sum(SCORES, _wanted(label_smoothing=0.2)) / 4, expected)


def test_photos_of_a_rare_class_count_more_and_one_on_average() -> None:
    each = functional.cross_entropy(SCORES, TARGETS, reduction="none")
    expected = (each * torch.tensor([2 / 3, 2 / 3, 2 / 3, 2.0])).sum()
    torch.testing.assert_close(loss_sum(SCORES, _wanted(balance="loss")), expected)
    assert _wanted(balance="loss", label_smoothing=0.3).sum(1).sum() == pytest.approx(4)
    assert _wanted(balance="sampling").equal(_wanted())  # they come more often instead


def test_mixed_photos_are_in_the_shares_of_their_labels() -> None:
    objective = make_objective(FinetuneConfig(mixup=1.0), torch.arange(6), classes=6)
    photos = torch.eye(6)[:, None, None]  # each has a pixel of its own
    torch.manual_seed(0)
    mixed, shares = objective.mixed(photos, torch.arange(6))
    torch.testing.assert_close(mixed[:, 0, 0], shares)
    assert ((shares > 0).sum(1) == 2).any()
    torch.testing.assert_close(shares.sum(1), torch.ones(6))


def test_a_loss_adds_up_over_portions_of_any_size() -> None:
    wanted = _wanted(balance="loss", label_smoothing=0.1)
    portions = loss_sum(SCORES[:1], wanted[:1]) + loss_sum(SCORES[1:], wanted[1:])
    torch.testing.assert_close(portions, loss_sum(SCORES, wanted))


def test_photos_come_once_in_an_epoch_or_classes_equally_often() -> None:
    targets = torch.tensor([0] * 13 + [1] * 3 + [2])
    generator = torch.Generator().manual_seed(0)
    assert sorted(order(targets, generator)) == list(range(17))
    drawn = order(targets, generator, is_balanced=True)
    assert Counter(targets[drawn].tolist()) == {0: 6, 1: 6, 2: 5}
    times = Counter(drawn)
    assert [times[index] for index in range(13, 17)] == [2, 2, 2, 5]
    assert max(times[index] for index in range(13)) == 1
    assert drawn != order(targets, generator, is_balanced=True)


@pytest.mark.parametrize("freeze", [Freeze.BACKBONE, Freeze.NOTHING])
def test_the_same_seed_mixes_and_draws_the_same(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, freeze: Freeze
) -> None:
    config = replace(small, freeze=freeze, mixup=0.4, label_smoothing=0.1, balance=Balance.SAMPLING)
    photos = make_photos((6, 2))
    first = weights(train(config, photos, tmp_path / "a"))
    torch.rand(1)  # what others draw makes no difference
    again = weights(train(config, photos, tmp_path / "b"))
    assert all(tensor.equal(again[name]) for name, tensor in first.items())
    other = weights(train(replace(config, seed=1), photos, tmp_path / "c"))
    assert not other["head.linear.weight"].equal(first["head.linear.weight"])


def test_mixed_photos_in_portions_teach_nearly_the_same(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(
        small, freeze=Freeze.BACKBONE, mixup=0.4, label_smoothing=0.1, balance=Balance.LOSS
    )
    whole = weights(train(config, make_photos((7, 2)), tmp_path / "a"))
    score = Head.forward

    def forward(head: Head, features: Tensor) -> Tensor:
        if len(features) > 2:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to ...")
        return score(head, features)

    monkeypatch.setattr(Head, "forward", forward)
    halved = weights(train(config, make_photos((7, 2)), tmp_path / "b"))
    for name in ("head.linear.weight", "head.linear.bias"):
        torch.testing.assert_close(halved[name], whole[name], rtol=1e-3, atol=1e-5)


def _last_epoch(config: FinetuneConfig, photos: TrainingPhotos, folder: Path) -> EpochMetrics:
    events: list[TrainingEvent] = []
    train(config, photos, folder, events=events)
    return [event for event in events if isinstance(event, EpochMetrics)][-1]


def test_what_is_told_of_mixed_training_is_of_the_photos_as_they_are(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    config = replace(small, freeze=Freeze.BACKBONE, mixup=1.0, epochs=20, head_lr=0.1)
    photos = make_photos()
    same = replace(photos, val=photos.train)
    told = _last_epoch(config, same, tmp_path / "run")
    assert told.train_accuracy == told.val_accuracy  # one measurement of the same photos
    assert told.train_loss == pytest.approx(told.val_loss)


def test_softened_labels_tell_the_plain_loss(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path
) -> None:
    config = replace(small, freeze=Freeze.BACKBONE, epochs=30, head_lr=0.1)
    photos = make_photos()
    plain = _last_epoch(config, photos, tmp_path / "a")
    soft = _last_epoch(replace(config, label_smoothing=0.6), photos, tmp_path / "b")
    assert plain.train_accuracy == soft.train_accuracy == 1
    # An answer of .7 and .3 is all that is asked: 0.36 nats, where the asked loss is 0.61 at best.
    assert plain.train_loss < soft.train_loss < 0.5


@pytest.mark.parametrize("balance", [Balance.LOSS, Balance.SAMPLING])
def test_a_computed_layer_finds_a_rare_class_more_often_when_classes_count_alike(
    small: FinetuneConfig, make_photos: MakePhotos, tmp_path: Path, balance: Balance
) -> None:
    photos = make_photos((20, 2), (8, 8))
    alike = [replace(photo, target=0) for photo in photos.train[-2:]] * 3
    photos = replace(photos, train=(*photos.train, *alike))  # most that look rare are common
    config = replace(small, optimizer=Optimizer.EXACT, freeze=Freeze.BACKBONE, epochs=1)
    plain = train(config, photos, tmp_path / "plain")
    even = train(replace(config, balance=balance), photos, tmp_path / "even")
    assert even.val_confusion[1][1] > plain.val_confusion[1][1]
    assert balanced_accuracy(even.val_confusion) > balanced_accuracy(plain.val_confusion)
