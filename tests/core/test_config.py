import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragon_app.core.config import (
    Arithmetic,
    Augment,
    Balance,
    FinetuneConfig,
    Freeze,
    Optimizer,
    Schedule,
    WeightsSource,
)
from dragon_app.core.errors import InvalidConfigError
from dragon_app.core.presets import PRESETS, Preset


@st.composite
def configs(draw: st.DrawFn) -> FinetuneConfig:
    optimizer = draw(st.sampled_from(Optimizer))
    is_exact = optimizer is Optimizer.EXACT
    epochs = 1 if is_exact else draw(st.integers(1, 1000))
    freeze = st.just(Freeze.BACKBONE) if is_exact else st.sampled_from(Freeze) | st.integers(0, 100)
    weights = draw(st.sampled_from(WeightsSource))
    needs_file = weights is WeightsSource.FILE
    return FinetuneConfig(
        backbone=draw(st.text(min_size=1)),
        weights=weights,
        weights_file=draw(st.text(min_size=1)) if needs_file else None,
        freeze=draw(freeze),
        unfreeze_after=0 if is_exact else draw(st.integers(0, epochs)),
        image_size_px=draw(st.none() | st.integers(32, 1024)),
        epochs=epochs,
        batch_size=draw(st.integers(1, 1024)),
        head_lr=draw(st.floats(0, 10, exclude_min=True)),
        layer_decay=draw(st.floats(0, 1, exclude_min=True)),
        optimizer=optimizer,
        momentum=draw(st.floats(0, 1, exclude_max=True)),
        weight_decay=draw(st.floats(0, 1)),
        schedule=draw(st.sampled_from(Schedule)),
        augment=draw(st.sampled_from(Augment)),
        mirror=draw(st.booleans()),
        mixup=0.0 if is_exact else draw(st.floats(0, 1)),
        label_smoothing=0.0 if is_exact else draw(st.floats(0, 1, exclude_max=True)),
        balance=draw(st.sampled_from(Balance)),
        patience=draw(st.integers(0, 1000)),
        good_enough=draw(st.none() | st.floats(0, 1, exclude_min=True)),
        seed=draw(st.integers(0, 2**31 - 1)),
        device=draw(st.sampled_from(["auto", "cpu", "cuda", "mps"])),
        arithmetic=draw(st.sampled_from(Arithmetic)),
    )


def problems(**values: object) -> str:
    with pytest.raises(InvalidConfigError) as error:
        FinetuneConfig(**values)  # type: ignore[arg-type]
    return str(error.value)


def test_every_setting_outside_its_range_is_listed() -> None:
    words = problems(
        backbone="",
        weights=WeightsSource.FILE,
        freeze=-1,
        unfreeze_after=-2,
        image_size_px=31,
        epochs=0,
        batch_size=0,
        head_lr=0.0,
        layer_decay=1.5,
        momentum=1.0,
        weight_decay=-1.0,
        mixup=1.5,
        label_smoothing=1.0,
        patience=-1,
        good_enough=95.0,
        seed=-3,
        device="tpu",
    )
    for expected in (
        "Choose a backbone.",
        "Name the weights file",
        "Frozen stages must be 0 or more, not -1.",
        "Epochs with only the head must be",
        "Image size must be 32 to 1024 pixels, not 31.",
        "Epochs must be 1 to 1000, not 0.",
        "Batch size must be 1 to 1024, not 0.",
        "Learning rate must be above 0 and at most 10, not 0.0.",
        "Layer decay must be above 0 and at most 1, not 1.5.",
        "Momentum must be 0 to below 1, not 1.0.",
        "Weight decay must be 0 to 1, not -1.0.",
        "Mixup must be 0 to 1, not 1.5.",
        "Label smoothing must be 0 to below 1, not 1.0.",
        "Patience must be 0 to 1000, not -1.",
        "Good enough must be above 0 and at most 1, where 0.95 is 95 of 100 right, not 95.0.",
        "Seed must be 0 to 2147483647, not -3.",
        "Device must be auto, cpu, cuda or mps, not tpu.",
    ):
        assert expected in words


def test_a_number_of_epochs_below_one_is_the_only_thing_said_about_epochs() -> None:
    assert problems(epochs=-1, unfreeze_after=3) == "Epochs must be 1 to 1000, not -1."


def test_the_head_cannot_learn_alone_for_longer_than_the_run() -> None:
    assert "Epochs with only the head" in problems(epochs=3, unfreeze_after=4)


@pytest.mark.parametrize("freeze", [Freeze.NOTHING, Freeze.ALL_BUT_LAST_STAGE, 2])
def test_the_exact_optimizer_wants_the_whole_backbone_frozen(freeze: Freeze | int) -> None:
    words = problems(optimizer=Optimizer.EXACT, epochs=1, freeze=freeze)
    assert "freeze the whole backbone" in words


def test_the_exact_optimizer_has_one_epoch_and_no_phases() -> None:
    assert "not 3 and 2." in problems(optimizer=Optimizer.EXACT, epochs=3, unfreeze_after=2)
    steps = FinetuneConfig(epochs=9, unfreeze_after=2)
    exact = steps.changed({"optimizer": "exact", "epochs": "7", "unfreeze_after": "1"})
    assert (exact.epochs, exact.unfreeze_after) == (1, 0)


@pytest.mark.parametrize("name", ["mixup", "label_smoothing"])
def test_the_exact_optimizer_mixes_and_softens_nothing(name: str) -> None:
    words = problems(optimizer=Optimizer.EXACT, epochs=1, **{name: 0.2})
    assert "takes no steps: leave both at 0, or choose AdamW or SGD." in words


def test_what_means_nothing_beside_other_settings_is_idle() -> None:
    assert FinetuneConfig().idle == {"momentum", "mirror"}
    assert FinetuneConfig(optimizer=Optimizer.SGD, augment=Augment.LIGHT).idle == set()
    exact = FinetuneConfig(optimizer=Optimizer.EXACT, epochs=1)
    assert {"head_lr", "epochs", "patience", "mixup"} < exact.idle
    assert not exact.idle & {"freeze", "balance", "seed", "augment"}


@pytest.mark.parametrize("text", ["no", "false", "False", False])
def test_changed_reads_yes_and_no(text: object) -> None:
    assert FinetuneConfig().changed({"mirror": text}).mirror is False
    assert FinetuneConfig(mirror=False).changed({"mirror": "yes"}).mirror is True


def test_steps_in_place_of_a_computed_head_take_the_usual_epochs_unless_told() -> None:
    exact = PRESETS[Preset.QUICK]
    assert exact.changed({"optimizer": "adamw"}).epochs == 10
    assert exact.changed({"optimizer": "adamw", "epochs": "5"}).epochs == 5


def test_a_weights_file_without_its_source_is_a_problem() -> None:
    assert "weights file a.safetensors is named" in problems(weights_file="a.safetensors")


@pytest.mark.parametrize(
    "name",
    [
        *("head_lr", "layer_decay", "momentum", "weight_decay", "image_size_px"),
        *("mixup", "label_smoothing", "good_enough"),
    ],
)
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_are_refused(name: str, value: float) -> None:
    assert problems(**{name: value})


def test_changed_reads_text() -> None:
    changed = FinetuneConfig().changed(
        {
            "freeze": "2",
            "epochs": "5",
            "head_lr": "1e-2",
            "image_size_px": "128",
            "optimizer": "sgd",
            "augment": "strong",
        }
    )
    expected = FinetuneConfig(
        freeze=2,
        epochs=5,
        head_lr=0.01,
        image_size_px=128,
        optimizer=Optimizer.SGD,
        augment=Augment.STRONG,
    )
    assert changed == expected


@pytest.mark.parametrize("freeze", Freeze)
def test_changed_reads_a_depth_in_words(freeze: Freeze) -> None:
    assert FinetuneConfig().changed({"freeze": str(freeze)}).freeze is freeze


def test_changed_takes_numbers_as_a_form_gives_them() -> None:
    assert FinetuneConfig().changed({"epochs": 5.0, "head_lr": 1}).epochs == 5


@pytest.mark.parametrize("empty", [None, ""])
def test_empty_unsets_what_may_be_unset_and_leaves_the_rest(empty: str | None) -> None:
    config = FinetuneConfig(image_size_px=128, epochs=7, good_enough=0.9)
    changed = config.changed({"image_size_px": empty, "epochs": empty, "good_enough": empty})
    assert (changed.image_size_px, changed.epochs, changed.good_enough) == (None, 7, None)


def test_changed_names_every_value_that_cannot_be_read() -> None:
    with pytest.raises(InvalidConfigError) as error:
        FinetuneConfig().changed(
            {
                **{"epochs": "2.5", "head_lr": "fast", "optimizer": "adam", "seed": "inf"},
                **{"layers": "3", "mirror": "maybe"},
            }
        )
    words = str(error.value)
    for expected in (
        "'2.5' is not a value for epochs",
        "'fast' is not a value for the learning rate",
        "'maybe' is not a value for whether photos may be mirrored",
    ):
        assert expected in words
    for expected in ("'adam'", "'inf'", "There is no setting 'layers'."):
        assert expected in words


def test_changed_leaves_the_original_as_it_was() -> None:
    config = FinetuneConfig()
    config.changed({"epochs": 3})
    assert config == FinetuneConfig()


@given(configs())
def test_json_gives_back_the_same_settings(config: FinetuneConfig) -> None:
    assert FinetuneConfig.from_json(config.to_json()) == config


def test_json_has_one_key_for_each_setting() -> None:
    assert (
        json.loads(FinetuneConfig().to_json()).keys() == FinetuneConfig.__dataclass_fields__.keys()
    )


def test_settings_stored_before_one_was_invented_get_its_default() -> None:
    older = FinetuneConfig.from_json('{"epochs": 3}')
    assert older == FinetuneConfig(epochs=3)
    assert (older.balance, older.patience, older.mirror) == (Balance.OFF, 0, True)  # as they ran


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '"quick"', '{"epochs": "many"}'])
def test_anything_else_than_settings_in_json_is_refused_in_words(text: str) -> None:
    with pytest.raises(InvalidConfigError):
        FinetuneConfig.from_json(text)
