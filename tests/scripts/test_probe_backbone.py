"""The yardstick on classes that are easy, impossible, and read from any weights."""

import json
from pathlib import Path

import pytest
import torch
from linear_probe import probe
from probe_backbone import main

from tests.scripts.conftest import Pretrain


def test_classes_that_differ_are_told_apart() -> None:
    generator = torch.Generator().manual_seed(0)
    targets = torch.arange(3).repeat_interleave(10)
    features = torch.randn(30, 8, generator=generator) + 4 * torch.eye(3, 8)[targets]
    unseen = torch.randn(30, 8, generator=generator) + 4 * torch.eye(3, 8)[targets]
    assert probe(features, targets, unseen, targets, seed=0).accuracy > 0.9


def test_noise_is_told_apart_by_chance_alone() -> None:
    generator = torch.Generator().manual_seed(0)
    targets = torch.arange(2).repeat_interleave(50)
    features, unseen = torch.randn(2, 100, 8, generator=generator)
    assert 0.3 < probe(features, targets, unseen, targets, seed=0).accuracy < 0.7


def test_a_general_rule_finds_the_same_accuracy() -> None:
    generator = torch.Generator().manual_seed(1)
    targets = torch.arange(4).repeat(50)
    sizes = torch.logspace(-1, 1, 20)  # standardised away
    train, val = torch.randn(2, 200, 20, generator=generator) + torch.eye(4, 20)[targets]
    found = probe(train * sizes, targets, val * sizes, targets, seed=0)
    mean, scale = train.mean(0), train.std(0)
    inputs, unseen = (train - mean) / scale, (val - mean) / scale
    weight = torch.zeros(20, 4, requires_grad=True)
    bias = torch.zeros(4, requires_grad=True)
    rule = torch.optim.LBFGS([weight, bias], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        rule.zero_grad()
        value = torch.nn.functional.cross_entropy(inputs @ weight + bias, targets)
        value = value + found.strength / 2 * weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    rule.step(loss)  # type: ignore[no-untyped-call]
    hits = ((unseen @ weight + bias).argmax(1) == targets).double().mean()
    assert found.accuracy == pytest.approx(float(hits), abs=0.02)
    assert found.accuracy == pytest.approx(found.fold_accuracy, abs=0.12)


def test_random_weights_are_probed(class_folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    weights = ["--weights", "random", "--architecture", "shufflenet_v2_x0_5"]
    assert main([str(class_folders), *weights, "--size", "32", "--speed"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["accuracy"] > 0.6
    assert facts["crop_px"] == 32
    assert facts["photos_per_s"]["float32"] > 0


def test_a_starter_is_probed_and_its_card_remembers(
    pretrain: Pretrain, class_folders: Path, tmp_path: Path
) -> None:
    pretrain("run")
    folder = tmp_path / "run" / "out"
    assert main([str(class_folders), "--weights", str(folder), "--note", "colours"]) == 0
    card = json.loads((folder / "shufflenet_v2_x0_5.json").read_text())
    assert card["scores"]["linear_probe_100_per_class"]["colours"]["crop_px"] == 40


def test_a_weights_file_needs_its_architecture(
    class_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(class_folders), "--weights", "weights.safetensors"]) == 1
    assert "--architecture" in capsys.readouterr().err
