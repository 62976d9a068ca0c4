"""The solver against the definition of its minimum, and what it does with few or odd labels."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

from dragon_app.vision import linear_head, logistic
from dragon_app.vision.linear_head import FOLDS, Examples, LinearHead, fit, folds
from dragon_app.vision.observer import StoppedError

CLASSES = 4


def made(count: int, *, width: int = 12, apart: float = 1.0, seed: int = 0) -> Examples:
    """Return features of different sizes and classes that overlap."""
    generator = torch.Generator().manual_seed(seed)
    targets = torch.arange(count) % CLASSES
    noise = torch.randn(count, width, generator=generator)
    sizes = torch.linspace(1, 3, width)
    features = (noise + apart * torch.eye(CLASSES, width)[targets]) * sizes + 3
    return Examples(features=features, targets=targets, classes=CLASSES)


def slopes(head: LinearHead, examples: Examples) -> tuple[Tensor, Tensor]:
    """Return how the penalised loss changes with weight and bias, by autograd."""
    weight = head.weight.double().requires_grad_()
    bias = head.bias.double().requires_grad_()
    inputs = (examples.features.double() - head.mean) / head.scale
    loss = functional.cross_entropy(inputs @ weight.T + bias, examples.targets)
    loss = loss + head.strength / 2 * weight.square().sum()
    by_weight, by_bias = torch.autograd.grad(loss, [weight, bias])
    return by_weight, by_bias


@pytest.mark.parametrize("strength", [10.0, 0.1, 1e-3])
@pytest.mark.parametrize(("count", "width"), [(200, 12), (20, 60)])
def test_at_the_solution_the_loss_is_flat(strength: float, count: int, width: int) -> None:
    examples = made(count, width=width)
    head = fit(examples, strength=strength)
    by_weight, by_bias = slopes(head, examples)
    assert by_weight.abs().max() < 1e-3
    assert by_bias.abs().max() < 5e-3  # the bias has a faint penalty of its own
    assert (head.strength, head.fold_accuracy) == (strength, None)


def test_the_minimum_is_that_of_a_general_rule() -> None:
    examples = made(300)
    features = examples.features
    head = fit(examples, strength=0.01)
    inputs = ((features - head.mean) / head.scale).double()
    weight = torch.zeros(CLASSES, features.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(CLASSES, dtype=torch.float64, requires_grad=True)
    rule = torch.optim.LBFGS([weight, bias], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        rule.zero_grad()
        value = functional.cross_entropy(inputs @ weight.T + bias, examples.targets)
        value = value + 0.01 / 2 * weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    rule.step(loss)  # type: ignore[no-untyped-call]
    expected = (inputs @ weight.T + bias).detach()
    difference = head.scores(features) - expected
    assert (difference - difference.mean(1, keepdim=True)).abs().max() < 0.02


def test_the_folds_choose_a_strong_penalty_for_noise_and_a_weak_one_for_facts() -> None:
    noise = fit(made(100, width=40, apart=0.0))
    facts = fit(made(400, apart=4.0))
    assert noise.strength > 10 * facts.strength
    assert noise.fold_accuracy is not None
    assert noise.fold_accuracy < 0.5
    assert facts.fold_accuracy is not None
    assert facts.fold_accuracy > 0.9


def test_the_accuracy_of_the_folds_is_that_of_unseen_photos() -> None:
    head = fit(made(400))
    unseen = made(4000, seed=1)
    accuracy = float((head.scores(unseen.features).argmax(1) == unseen.targets).double().mean())
    assert head.fold_accuracy == pytest.approx(accuracy, abs=0.08)


def test_the_same_question_has_the_same_answer() -> None:
    first, again = (fit(made(100), seed=3) for _ in range(2))
    assert first.weight.equal(again.weight)
    assert first.strength == again.strength


def test_from_an_earlier_solution_the_same_minimum_is_reached() -> None:
    examples = made(200)
    features, targets = examples.features, examples.targets
    before = fit(replace(examples, features=features[:180], targets=targets[:180]), strength=0.1)
    cold = fit(examples, strength=0.1)
    warm = fit(examples, strength=0.1, start=before)
    assert torch.allclose(cold.scores(features), warm.scores(features), atol=0.01)


def test_near_an_earlier_solution_the_folds_choose_the_same_strength() -> None:
    cold = fit(made(200))
    assert fit(made(200), start=cold).strength == cold.strength


def test_a_row_without_weight_does_not_count() -> None:
    examples = made(60)
    features, targets = examples.features.clone(), examples.targets.clone()
    targets[40:] = 0
    weights = torch.ones(60)
    weights[40:] = 0
    weighted = fit(replace(examples, targets=targets, weights=weights), strength=0.1)
    whole = fit(replace(examples, targets=targets), strength=0.1)
    assert whole.bias[0] > whole.bias[1] + 0.5
    assert weighted.bias[0] < weighted.bias[1] + 0.5
    assert weighted.scores(features[:40]).argmax(1).bincount(minlength=CLASSES).min() > 5


def test_scores_follow_from_what_is_kept() -> None:
    features = made(50).features
    head = fit(made(50))
    expected = ((features - head.mean) / head.scale) @ head.weight.T + head.bias
    assert torch.allclose(head.scores(features), expected, atol=1e-4)


@pytest.mark.parametrize("per_class", [1, 2, 3])
def test_few_photos_give_a_head_that_knows_them(per_class: int) -> None:
    examples = made(CLASSES * per_class, apart=8.0)
    head = fit(examples)
    assert head.scores(examples.features).argmax(1).equal(examples.targets)
    assert (head.fold_accuracy is None) == (per_class == 1)


def test_a_class_without_photos_is_never_the_likeliest() -> None:
    examples = made(100)
    head = fit(replace(examples, targets=examples.targets.clamp(max=2)))
    assert head.bias.isfinite().all()
    assert (head.scores(examples.features).argmax(1) < 3).all()


def test_features_that_are_all_alike_teach_the_shares_of_the_classes() -> None:
    alike = Examples(features=torch.ones(4, 5), targets=torch.tensor([0, 0, 0, 1]), classes=2)
    shares = fit(alike, strength=0.1).scores(torch.ones(1, 5)).softmax(1)[0]
    assert shares.tolist() == pytest.approx([0.75, 0.25], abs=0.01)


def test_every_fold_holds_every_class() -> None:
    targets = torch.arange(2).repeat_interleave(10)
    fold_of = folds(targets, seed=3)
    for fold in range(FOLDS):
        assert targets[fold_of == fold].bincount().tolist() == [2, 2]
    assert not folds(targets, seed=4).equal(fold_of)


def test_the_one_photo_of_a_class_is_always_learned_from() -> None:
    fold_of = folds(torch.tensor([0, 0, 1, 0, 0]), seed=0)
    assert fold_of[2] == -1
    assert sorted(fold_of[fold_of >= 0].tolist()) == sorted(set(fold_of.tolist()) - {-1})


def test_views_of_one_photo_share_a_fold() -> None:
    photo = torch.arange(20).repeat(3)
    fold_of = folds(torch.arange(20).repeat(3) % 2, seed=0, groups=photo).view(3, 20)
    assert fold_of[0].equal(fold_of[1])
    assert fold_of[0].equal(fold_of[2])


def test_rows_looked_at_in_blocks_and_in_half_precision_give_the_same_head(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    examples = made(301)
    whole = fit(examples)
    monkeypatch.setattr(logistic, "BLOCK_NUMBERS", 24 * 40)  # a dozen blocks, the last one short
    blocks = fit(examples)
    monkeypatch.setattr(linear_head, "ROWS_BYTES", 0)
    halved = fit(replace(examples, features=examples.features.half()))
    for head, least in ((blocks, 1e-3), (halved, 0.02)):
        assert head.strength == whole.strength
        assert head.fold_accuracy == pytest.approx(whole.fold_accuracy, abs=0.01)
        assert torch.allclose(
            head.scores(examples.features), whole.scores(examples.features), atol=least
        )


class Largest(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes how many numbers each new tensor holds."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.numels: list[int] = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
        made = func(*args, **(kwargs or {}))
        if isinstance(made, Tensor) and not func.is_view:
            self.numels.append(made.numel())
        return made


def test_beside_the_rows_memory_does_not_grow_with_the_photos(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Once four copies of the features and five of all scores were in memory at once."""
    monkeypatch.setattr(logistic, "BLOCK_NUMBERS", 2**10)
    count, width = 3000, 12
    with Largest() as largest:
        examples = made(count, width=width)
        largest.numels.clear()
        fit(examples, strength=0.1).scores(examples.features)
    large = [numel for numel in largest.numels if numel > CLASSES * count]
    assert large == [count * (width + 1)]  # the rows themselves


def test_no_photo_has_no_scores() -> None:
    assert fit(made(50)).scores(torch.ones(0, 12)).shape == (0, CLASSES)


def test_it_stops_when_asked() -> None:
    with pytest.raises(StoppedError):
        fit(made(100), should_stop=lambda: True)
