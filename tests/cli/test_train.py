from dataclasses import replace
from pathlib import Path

import pytest

from dragon_app.core.config import (
    Arithmetic,
    Freeze,
    WeightsSource,
)
from dragon_app.core.errors import TrainingError
from dragon_app.core.ports import Report, ShouldStop
from dragon_app.core.presets import PRESETS, Preset
from tests.cli.conftest import Shell, last_config
from tests.fakes import NETWORK, FakeVision
from tests.photos import write_photos


def test_train_answers_with_the_run(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    outcome = shell("train", "--json")
    assert outcome.code == 0
    answer = outcome.answer
    assert answer.keys() == {
        *("run", "status", "val_accuracy", "epochs", "seconds"),
        "balanced_accuracy",
    }
    assert (answer["run"], answer["status"], answer["val_accuracy"]) == (1, "finished", 0.75)
    assert answer["balanced_accuracy"] == 0.75
    assert answer["epochs"] == 1
    assert answer["seconds"] >= 0
    assert "epoch 1: loss 0.500" in outcome.err


def test_train_says_before_when_it_starts_from_nothing(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    words = "It starts from nothing. That needs many photos and many epochs."
    told = shell("train", "--weights", "none").err.splitlines()
    assert told.index(words) < told.index(
        "epoch 1: loss 0.500, on held-out photos 0.400, 75 % right"
    )
    assert words not in shell("train").err


@pytest.mark.parametrize("preset", Preset)
def test_train_takes_every_setting_from_the_preset(
    shell: Shell, photos: Path, vision: FakeVision, monkeypatch: pytest.MonkeyPatch, preset: Preset
) -> None:
    monkeypatch.setattr(vision, "backbone", lambda name: NETWORK, raising=False)
    shell("add", photos)
    assert shell("train", "--preset", preset).code == 0
    assert last_config(shell) == replace(PRESETS[preset], arithmetic=Arithmetic.FLOAT32)


def test_train_takes_every_setting_from_its_option(
    shell: Shell, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "w.safetensors").touch()
    shell("add", photos)
    outcome = shell(
        *("train", "--weights", tmp_path / "w.safetensors", "--freeze", "2"),
        *("--unfreeze-after", "1", "--image-size", "96", "--epochs", "3", "--lr", "0.5"),
        *("--layer-decay", "0.9", "--optimizer", "sgd", "--momentum", "0.8"),
        *("--weight-decay", "0.1", "--schedule", "step", "--batch-size", "8"),
        *("--augment", "strong", "--seed", "7", "--device", "cpu", "--backbone", NETWORK.name),
        *("--arithmetic", "bfloat16", "--mirror", "no", "--mixup", "0.2", "--balance", "sampling"),
        *("--label-smoothing", "0.1", "--patience", "4", "--good-enough", "0.9"),
    )
    assert outcome.code == 0, outcome.err
    config = last_config(shell)
    assert config.weights is WeightsSource.FILE
    assert config.weights_file == str(tmp_path / "w.safetensors")
    assert (config.freeze, config.unfreeze_after, config.image_size_px) == (2, 1, 96)
    assert (config.epochs, config.head_lr, config.layer_decay) == (3, 0.5, 0.9)
    assert (config.optimizer, config.momentum, config.weight_decay) == ("sgd", 0.8, 0.1)
    assert (config.schedule, config.batch_size, config.augment) == ("step", 8, "strong")
    assert (config.seed, config.device, config.arithmetic) == (7, "cpu", "bfloat16")
    assert (config.mirror, config.mixup, config.balance) == (False, 0.2, "sampling")
    assert (config.label_smoothing, config.patience, config.good_enough) == (0.1, 4, 0.9)


def test_train_computes_the_last_layer_exactly(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    outcome = shell("train", "--optimizer", "exact")
    assert outcome.code == 2
    assert "freeze the whole backbone" in outcome.err
    assert shell("train", "--optimizer", "exact", "--freeze", "backbone").code == 0
    config = last_config(shell)
    assert (config.optimizer, config.epochs, config.unfreeze_after) == ("exact", 1, 0)


def test_a_quick_look_may_take_steps_instead(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    stepping = ("--optimizer", "adamw", "--epochs", "5")
    assert shell("train", "--preset", "quick", *stepping).code == 0
    assert (last_config(shell).optimizer, last_config(shell).epochs) == ("adamw", 5)


def test_train_says_what_a_computed_head_makes_idle(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    outcome = shell("train", "--preset", "quick", "--epochs", "5", "--lr", "0.1")
    assert outcome.code == 0
    assert "does not count: epochs, head lr. Add --optimizer adamw" in outcome.err
    assert last_config(shell).epochs == 1
    outcome = shell("train", "--preset", "quick", "--epochs", "5", "--optimizer", "adamw")
    assert "does not count" not in outcome.err
    assert last_config(shell).epochs == 5


def test_mixing_for_a_computed_head_is_bad_input(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    outcome = shell("train", "--preset", "quick", "--mixup", "0.2")
    assert outcome.code == 2
    assert "the exact optimizer takes no steps" in outcome.err


def test_unequal_classes_are_said_before_the_run(
    shell: Shell, photos: Path, tmp_path: Path
) -> None:
    write_photos(tmp_path / "more" / "dark", range(20, 40))
    shell("add", photos, tmp_path / "more")
    outcome = shell("train")
    assert "unequal (19 dark, 3 light): rare classes will count more." in outcome.err
    assert "may be overlooked" in shell("train", "--balance", "off").err


def test_train_warms_up(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    assert shell("train", "--schedule", "warm-up").code == 0
    assert last_config(shell).schedule == "warm-up"


@pytest.mark.parametrize("depth", Freeze)
def test_train_freezes_in_words(shell: Shell, photos: Path, depth: Freeze) -> None:
    shell("add", photos)
    assert shell("train", "--freeze", depth).code == 0
    assert last_config(shell).freeze is depth


@pytest.mark.parametrize("source", ["starter", "imagenet", "none"])
def test_train_takes_weights_by_name(shell: Shell, photos: Path, source: str) -> None:
    shell("add", photos)
    assert shell("train", "--weights", source).code == 0
    assert last_config(shell).weights == source


def test_a_run_shorter_than_its_presets_first_phase_is_fitted(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    assert shell("train", "--preset", "balanced", "--epochs", "2").code == 0
    assert last_config(shell).unfreeze_after == 1


def test_train_lists_everything_that_is_wrong(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    outcome = shell("train", "--epochs", "-3", "--lr", "0", "--seed", "-1")
    assert (outcome.code, outcome.out) == (2, "")
    for words in ("Epochs must be", "Learning rate must be", "Seed must be"):
        assert words in outcome.err
    assert shell("runs", "--json").answer == {"runs": []}


@pytest.mark.parametrize(
    "options",
    [
        ["--epochs", "many"],
        ["--preset", "best"],
        ["--weights", "nowhere.pth"],
        ["--backbone", "dragonnet"],
        ["--freeze", "9"],
        ["--freeze", "everything"],
        ["--optimizer", "adam"],
        ["--image-size", "8"],
    ],
)
def test_train_with_a_wrong_setting_is_bad_input(
    shell: Shell, photos: Path, options: list[str]
) -> None:
    shell("add", photos)
    outcome = shell("train", *options, "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err
    assert shell("runs", "--json").answer == {"runs": []}


def test_train_with_too_few_photos_is_bad_input(shell: Shell, photos: Path) -> None:
    shell("add", photos / "dark", "--class", "dark")
    outcome = shell("train")
    assert outcome.code == 2
    assert "two classes or more" in outcome.err


def test_train_without_a_workspace_makes_none(shell: Shell, folder: Path) -> None:
    outcome = shell("train")
    assert outcome.code == 2
    assert "Add photos to it first" in outcome.err
    assert not folder.exists()


def test_a_run_that_fails_is_a_failure_in_words(
    shell: Shell, photos: Path, vision: FakeVision
) -> None:
    def learn(report: Report, should_stop: ShouldStop) -> None:
        raise TrainingError("The loss is no number. Lower the learning rate.")

    vision.learn = learn
    shell("add", photos)
    outcome = shell("train", "--json")
    assert outcome.code == 1
    assert (outcome.answer["status"], outcome.answer["val_accuracy"]) == ("failed", None)
    assert "Lower the learning rate." in outcome.err


def test_ctrl_c_elsewhere_ends_without_a_traceback(
    shell: Shell, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dragon_app.services.intake.scan", interrupted)
    outcome = shell("add", photos)
    assert (outcome.code, outcome.out, outcome.err) == (1, "", "Stopped.\n")
