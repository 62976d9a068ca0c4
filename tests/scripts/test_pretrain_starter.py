"""The whole recipe on a tiny set: resuming, finishing early, and weights that the app reads."""

import json
from pathlib import Path

import pytest
import torch
from pretrain_starter import CHECKPOINT
from safetensors.torch import load_file
from starter_training import Training, read_facts

from dragon_app.core.config import WeightsSource
from dragon_app.vision import sources
from dragon_app.vision.backbone import empty_network
from dragon_app.vision.weights import fill
from tests.scripts.conftest import Pretrain


def test_weights_and_card_are_what_the_app_reads(
    pretrain: Pretrain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pretrain("run") == 0
    own = sources.starter(tmp_path / "run" / "out")
    assert own is not None
    assert (own.transform.resize_px, own.transform.crop_px) == (46, 40)
    monkeypatch.setattr(sources, "starter", lambda: own)
    found = sources.choose(WeightsSource.STARTER, own.backbone)
    network = empty_network(own.backbone, classes=2, image_size_px=40)
    fill(network, found, own.backbone)
    network.head.settle(torch.randn(4, network.head.linear.in_features))
    assert network.eval()(torch.randn(2, 3, 40, 40)).isfinite().all()


def test_weights_are_half_precision_without_a_classifier(
    pretrain: Pretrain, tmp_path: Path
) -> None:
    pretrain("run")
    tensors = load_file(tmp_path / "run" / "out" / "shufflenet_v2_x0_5.safetensors")
    assert not [name for name in tensors if name.startswith(("fc.", "head."))]
    assert {t.dtype for t in tensors.values() if t.is_floating_point()} == {torch.float16}


def test_a_resumed_run_equals_an_unbroken_one(
    pretrain: Pretrain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretrain("whole")
    advance = Training.advance

    def broken(training: Training) -> float:
        if training.step == 2:
            training.save(tmp_path / "parts" / CHECKPOINT)
            raise KeyboardInterrupt
        return advance(training)

    with monkeypatch.context() as patch:
        patch.setattr(Training, "advance", broken)
        with pytest.raises(KeyboardInterrupt):
            pretrain("parts")
    assert pretrain("parts", "--resume") == 0
    whole, parts = (load_file(tmp_path / name / CHECKPOINT) for name in ("whole", "parts"))
    assert whole.keys() == parts.keys()
    assert all(torch.equal(whole[key], parts[key]) for key in whole)


def test_a_run_goes_on_only_with_its_own_recipe(
    pretrain: Pretrain, capsys: pytest.CaptureFixture[str]
) -> None:
    pretrain("run")
    assert pretrain("run", "--resume", "--lr", "0.5") == 1
    assert "another recipe" in capsys.readouterr().err


def test_a_number_in_the_file_finish_brings_the_learning_rate_down_early(
    pretrain: Pretrain, tmp_path: Path
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "finish").write_text("3")
    assert pretrain("run", "--steps", "500") == 0
    facts = read_facts(tmp_path / "run" / CHECKPOINT)
    assert facts["step"] == 4  # the wish is seen after the first step


def test_training_goes_on_from_earlier_starter_weights(pretrain: Pretrain, tmp_path: Path) -> None:
    pretrain("first")
    assert pretrain("second", "--from", str(tmp_path / "first" / "out"), "--lr", "1e-9") == 0
    name = "conv1.0.weight"
    first, second = (
        load_file(tmp_path / run / "out" / "shufflenet_v2_x0_5.safetensors")[name]
        for run in ("first", "second")
    )
    assert torch.allclose(first, second, atol=1e-3)


def test_the_card_tells_recipe_seed_and_terms(pretrain: Pretrain, tmp_path: Path) -> None:
    pretrain("run", "--seed", "7")
    card = json.loads((tmp_path / "run" / "out" / "shufflenet_v2_x0_5.json").read_text())
    assert card["seed"] == 7
    assert card["recipe"]["projector"] == 16
    assert "non-commercial" in card["terms"]
    assert {"architecture", "file", "sha256", "input", "data", "hours", "scores"} <= card.keys()
