"""The freezing map: what it shows of a network, and what a run gets from it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dragon_app import wiring
from dragon_app.core.config import DEFAULT_BACKBONE, FinetuneConfig, Freeze
from dragon_app.core.errors import InvalidConfigError
from dragon_app.core.networks import BackboneInfo, TrainingCosts
from dragon_app.wiring import Session
from tests.architectures import TEN
from tests.browser.conftest import Faults
from tests.browser.train_map import learning_map, slider
from tests.conftest import wait_until
from tests.fakes import NETWORK, FakeVision

STAGES = len(NETWORK.stages)


def expect_frozen(page: Page, count: int) -> None:
    """Wait until the border, the blocks and their words agree."""
    expect(slider(page)).to_have_value(str(count))
    expect(page.locator(".map-block.is-frozen")).to_have_count(count)
    expect(page.locator(".map-block.is-learning")).to_have_count(STAGES - count + 1)
    expect(page.locator(".map-block").get_by_text("frozen", exact=True)).to_have_count(count)


def start(page: Page, session: Session) -> FinetuneConfig:
    """Press Train and return what the run was given."""
    page.get_by_role("button", name="Train", exact=True).click()
    wait_until(session.app.runs.newest)
    return FinetuneConfig.from_json(session.app.runs.get(1).config_json)


def test_the_border_moves_by_keyboard_and_reaches_the_run(map_page: Page, ready: Session) -> None:
    expect_frozen(map_page, STAGES - 1)  # the balanced preset
    slider(map_page).focus()
    map_page.keyboard.press("ArrowLeft")
    map_page.keyboard.press("ArrowLeft")
    expect_frozen(map_page, STAGES - 3)
    expect(slider(map_page)).to_have_attribute(
        "aria-valuetext", "Stages 1 and 2 stay frozen: stages 3 to 5 and the head learn."
    )
    assert start(map_page, ready).freeze == STAGES - 3


@pytest.mark.parametrize(
    ("key", "freeze", "words"),
    [
        ("Home", Freeze.NOTHING, "Nothing is frozen: all 5 stages learn, and the head."),
        ("End", Freeze.BACKBONE, "All 5 stages stay frozen: only the head, a new last layer,"),
    ],
)
def test_both_ends_have_names(
    map_page: Page, ready: Session, key: str, freeze: Freeze, words: str
) -> None:
    slider(map_page).press(key)
    expect(map_page.locator(".map-words")).to_contain_text(words)
    assert start(map_page, ready).freeze is freeze


def test_the_border_moves_by_mouse(map_page: Page, ready: Session) -> None:
    box = slider(map_page).bounding_box()
    assert box is not None
    map_page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    map_page.mouse.down()
    map_page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2, steps=5)
    map_page.mouse.up()
    expect_frozen(map_page, 1)
    map_page.locator(".map-block").nth(2).click()  # a learning stage: freeze up to it
    expect_frozen(map_page, 3)
    assert start(map_page, ready).freeze == 3


def test_presets_move_the_border(map_page: Page) -> None:
    slider(map_page).press("Home")
    for preset, frozen in (("quick", STAGES), ("thorough", 0), ("balanced", STAGES - 1)):
        map_page.locator(f".preset.is-{preset}").click()
        expect_frozen(map_page, frozen)
    expect(map_page.locator(".advanced-count")).to_have_text("")


def test_learning_deeper_than_a_computed_last_layer_takes_the_balanced_preset(
    map_page: Page, ready: Session
) -> None:
    map_page.locator(".preset.is-quick").click()
    expect_frozen(map_page, STAGES)
    expect(map_page.locator(".map-rate").last).to_have_text("")
    slider(map_page).press("ArrowLeft")
    slider(map_page).press("ArrowLeft")
    expect_frozen(map_page, STAGES - 2)
    expect(map_page.locator('input[value="balanced"]')).to_be_checked()
    config = start(map_page, ready)
    assert (config.freeze, config.optimizer, config.epochs) == (STAGES - 2, "adamw", 12)


def test_steps_in_place_of_a_computed_last_layer_show_the_epochs_they_take(
    map_page: Page, ready: Session
) -> None:
    map_page.locator(".preset.is-quick").click()
    map_page.locator("summary", has_text="Advanced").click()
    epochs = map_page.get_by_label("Epochs", exact=True)
    expect(epochs).to_be_hidden()
    map_page.get_by_label("Optimizer", exact=True).select_option("adamw")
    expect(epochs).to_have_value("10")
    expect(map_page.locator(".advanced-count")).to_have_text("1 setting changed")
    assert start(map_page, ready).epochs == 10


def test_map_and_advanced_stay_in_step(map_page: Page) -> None:
    map_page.locator("summary", has_text="Advanced").click()
    freeze = map_page.get_by_label("What stays as it is", exact=True)
    slider(map_page).press("ArrowLeft")
    expect(freeze).to_have_value(str(STAGES - 2))
    expect(freeze.locator("option:checked")).to_have_text("The first 3 of 5 stages")
    freeze.select_option("nothing")
    expect_frozen(map_page, 0)
    map_page.get_by_role("button", name="Reset What stays as it is", exact=True).click()
    expect_frozen(map_page, STAGES - 1)


def test_rates_and_turns_follow_the_settings(map_page: Page) -> None:
    rates = map_page.locator(".map-rate")
    expect(rates).to_have_text(["", "", "", "", "rate 5e-4", "rate 0.001"])
    turns = map_page.get_by_role("list", name="In turn").get_by_role("listitem")
    expect(turns).to_have_text(["Epochs 1 to 3: only the head", "Epochs 4 to 12: stage 5 too"])
    map_page.locator("summary", has_text="Advanced").click()
    map_page.get_by_label("Slower further down", exact=True).fill("0.1")
    map_page.get_by_label("Learning rate", exact=True).fill("0.02")
    map_page.get_by_label("Epochs with only the last layer", exact=True).fill("1")
    slider(map_page).press("ArrowLeft")
    expect(rates).to_have_text(["", "", "", "rate 2e-4", "rate 0.002", "rate 0.02"])
    expect(turns).to_have_text(["Epoch 1: only the head", "Epochs 2 to 12: stages 4 and 5 too"])
    map_page.get_by_label("Epochs with only the last layer", exact=True).fill("12")
    expect(turns).to_have_text(["Epochs 1 to 12: only the head, to the end"])
    slider(map_page).press("End")
    expect(turns).to_have_count(0)


def test_a_network_that_cannot_be_divided_is_said_in_the_words_of_the_app(
    vision: FakeVision,
    session: Session,
    open_page: Callable[..., Page],
    monkeypatch: pytest.MonkeyPatch,
    faults: Faults,
) -> None:
    faults.expected = ("400",)
    words = "This network does not fall into stages. Freeze all of it, or nothing."

    def refuse(name: str) -> BackboneInfo:
        raise InvalidConfigError(words)

    monkeypatch.setattr(vision, "backbone", refuse)
    monkeypatch.setattr(vision, "costs", lambda *_, **__: refuse(""))
    page = open_page("/#train")
    expect(learning_map(page).get_by_role("status")).to_contain_text(words)
    expect(slider(page)).to_be_hidden()


def test_ten_architectures_are_drawn_as_they_are(
    session: Session, open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the real networks: as many blocks as there are stages, each with its size."""
    real = wiring.vision()

    def costs(config: FinetuneConfig, **given: Any) -> TrainingCosts:
        fake = FakeVision().costs(config, **given)
        return replace(fake, stages=real.backbone(config.backbone).stages)

    monkeypatch.setattr(real, "costs", costs)
    page = open_page("/#train")
    page.locator("summary", has_text="Advanced").click()
    backbone = page.get_by_label("Backbone", exact=True)
    expect(backbone).to_contain_text("swin_t")
    for name in TEN:
        stages = real.backbone(name).stages
        backbone.select_option(name)
        blocks = page.locator(".map-block")
        expect(blocks).to_have_count(len(stages) + 1)
        for stage, block in zip(stages, blocks.all(), strict=False):
            size = f"{stage.output_size_px} px" if stage.output_size_px else "patches"
            expect(block).to_have_attribute("title", stage.name)
            expect(block.get_by_text(f"Stage {stage.index}", exact=True)).to_be_visible()
            expect(block.get_by_text(size, exact=True)).to_be_visible()
        expect(slider(page)).to_have_attribute("max", str(len(stages)))
        if name == DEFAULT_BACKBONE:  # it begins from learned weights, and its maps shrink
            expect(blocks.first).to_contain_text("edges, colours")
        if name == "vit_b_16":  # of patches nothing of the kind is known
            expect(page.locator(".map-hint")).to_have_text([*[""] * len(stages), "your classes"])
