"""Typed settings: problems by name, and the preset that settings come from."""

from dragon_app.core.config import PRESETS, Preset
from dragon_app.services.settings import nearest_preset, read_settings


def test_right_values_change_the_preset() -> None:
    read = read_settings(Preset.QUICK, {"epochs": "7", "image_size_px": ""})
    assert read.problems == {}
    assert read.config is not None
    assert read.config.epochs == 7


def test_every_wrong_value_is_told_by_its_setting() -> None:
    read = read_settings(Preset.BALANCED, {"epochs": "0", "head_lr": "fast", "seed": "3"})
    assert read.config is None
    assert set(read.problems) == {"epochs", "head_lr"}
    assert read.problems["epochs"] == "Epochs must be 1 to 1000, not 0."


def test_a_short_run_tells_the_head_only_epochs_not_the_epochs() -> None:
    read = read_settings(Preset.BALANCED, {"epochs": "1"})
    assert set(read.problems) == {"unfreeze_after"}


def test_weights_from_a_file_want_the_file() -> None:
    read = read_settings(Preset.BALANCED, {"weights": "file"})
    assert set(read.problems) == {"weights_file"}
    assert read_settings(Preset.BALANCED, {"weights": "none"}).problems == {}


def test_unknown_setting_is_told() -> None:
    assert set(read_settings(Preset.QUICK, {"speed": "9"}).problems) == {"speed"}


def test_preset_is_recognised_and_what_differs_from_it() -> None:
    assert nearest_preset(PRESETS[Preset.TALE]) == (Preset.TALE, ())
    changed = PRESETS[Preset.THOROUGH].changed({"epochs": "5"})
    assert nearest_preset(changed) == (Preset.THOROUGH, ("epochs",))
