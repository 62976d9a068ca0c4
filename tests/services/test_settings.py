"""Typed settings: problems by name, and the preset that settings come from."""

from dataclasses import replace

from dragon_app.core.config import Arithmetic
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.services.settings import nearest_preset, read_settings


def test_right_values_change_the_preset() -> None:
    read = read_settings(Preset.BALANCED, {"epochs": "7", "image_size_px": ""})
    assert read.problems == {}
    assert read.config is not None
    assert read.config.epochs == 7


def test_every_wrong_value_is_told_by_its_setting() -> None:
    read = read_settings(Preset.BALANCED, {"epochs": "0", "head_lr": "fast", "seed": "3"})
    assert read.config is None
    assert set(read.problems) == {"epochs", "head_lr"}
    assert read.problems["epochs"] == "Epochs must be 1 to 1000, not 0."


def test_a_short_run_has_fewer_head_only_epochs_unless_they_are_typed() -> None:
    read = read_settings(Preset.BALANCED, {"epochs": "1"})
    assert read.config is not None
    assert read.config.unfreeze_after == 0
    read = read_settings(Preset.BALANCED, {"epochs": "1", "unfreeze_after": "2"})
    assert set(read.problems) == {"unfreeze_after"}


def test_the_exact_optimizer_is_refused_where_depth_is_chosen() -> None:
    read = read_settings(Preset.BALANCED, {"optimizer": "exact"})
    assert set(read.problems) == {"freeze"}
    read = read_settings(Preset.BALANCED, {"optimizer": "exact", "freeze": "backbone"})
    assert read.config is not None
    assert (read.config.epochs, read.config.unfreeze_after) == (1, 0)
    frozen = {"optimizer": "exact", "freeze": "backbone"}
    shorter = {"optimizer": "sgd", "epochs": "2", "unfreeze_after": "3"}
    assert set(read_settings(Preset.BALANCED, frozen | shorter).problems) == {"unfreeze_after"}


def test_weights_from_a_file_want_the_file() -> None:
    read = read_settings(Preset.BALANCED, {"weights": "file"})
    assert set(read.problems) == {"weights_file"}
    assert read_settings(Preset.BALANCED, {"weights": "none"}).problems == {}


def test_wrong_weights_are_told_where_they_are_chosen() -> None:
    assert set(read_settings(Preset.BALANCED, {"weights": "magic"}).problems) == {"weights"}
    unasked = read_settings(Preset.BALANCED, {"weights": "none", "weights_file": "w.pth"})
    assert set(unasked.problems) == {"weights"}
    asked = read_settings(Preset.BALANCED, {"weights": "file", "weights_file": "w.pth"})
    assert asked.problems == {}


def test_unknown_setting_is_told() -> None:
    assert set(read_settings(Preset.QUICK, {"speed": "9"}).problems) == {"speed"}


def test_preset_is_recognised_and_what_differs_from_it() -> None:
    assert nearest_preset(PRESETS[Preset.TALE]) == (Preset.TALE, ())
    changed = PRESETS[Preset.THOROUGH].changed({"epochs": "5"})
    settled = replace(PRESETS[Preset.TALE], arithmetic=Arithmetic.BFLOAT16)
    assert nearest_preset(settled) == (Preset.TALE, ())
    assert nearest_preset(changed) == (Preset.THOROUGH, ("epochs",))


def test_only_what_means_something_beside_the_rest_is_a_difference() -> None:
    quick = replace(PRESETS[Preset.QUICK], head_lr=0.0031, patience=3)
    assert nearest_preset(quick) == (Preset.QUICK, ())
    unvaried = replace(PRESETS[Preset.QUICK], mirror=False)
    assert nearest_preset(unvaried) == (Preset.QUICK, ())
    varied = replace(PRESETS[Preset.BALANCED], mirror=False, patience=3)
    assert nearest_preset(varied) == (Preset.BALANCED, ("mirror", "patience"))


def test_mixing_without_steps_is_told_at_its_own_key() -> None:
    read = read_settings(Preset.QUICK, {"mixup": "0.2"})
    assert set(read.problems) == {"mixup"}
    assert "takes no steps" in read.problems["mixup"]
    assert read_settings(Preset.QUICK, {"mixup": "0.2", "optimizer": "sgd"}).problems == {}
    assert set(read_settings(Preset.BALANCED, {"mixup": "2"}).problems) == {"mixup"}
