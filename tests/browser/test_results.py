"""The Results tab: the runs, the chosen one in full, which one Try uses."""

import pytest
from playwright.sync_api import Page, expect

from dragon_app import wiring
from dragon_app.core.config import FinetuneConfig
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.wiring import Session
from tests.browser.studio import Studio, fill


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> Studio:
    """Replace the networks; every epoch passes at once."""
    made = Studio()
    made.allow(100)
    monkeypatch.setattr(wiring, "vision", lambda: made)
    return made


@pytest.fixture
def session(studio: Studio, session: Session) -> Session:
    """Open a workspace with photos of two classes."""
    fill(session)
    return session


def train(session: Session, *, epochs: int) -> None:
    run = session.app.runs.start(FinetuneConfig(epochs=epochs))
    session.app.runs.wait(run.id)


def test_without_a_run_the_next_step_is_named(page: Page) -> None:
    page.get_by_role("tab", name="Results").click()
    page.get_by_role("button", name="Go to Train").click()
    expect(page.get_by_role("tab", name="Train")).to_have_attribute("aria-selected", "true")


def test_a_run_shows_its_matrix_classes_and_settings(session: Session, page: Page) -> None:
    train(session, epochs=3)
    page.get_by_role("tab", name="Results").click()
    matrix = page.get_by_role("table", name="Confusion matrix")
    expect(matrix.get_by_role("rowheader")).to_have_text(["Dragon", "Meadow"])
    expect(matrix.get_by_role("columnheader")).to_have_text(["Dragon", "Meadow"])
    expect(page.locator(".detail")).to_contain_text("Meadow taken for Dragon (1 photo)")
    expect(page.get_by_role("table", name="Class by class")).to_contain_text("100 %")
    expect(page.locator(".settings")).to_contain_text("3 passes")
    expect(page.locator(".settings")).to_contain_text("Starter (studio)")
    expect(page.locator(".settings")).not_to_contain_text("Momentum")  # AdamW has none


def test_a_computed_last_layer_shows_neither_rate_nor_epochs(session: Session, page: Page) -> None:
    exact = PRESETS[Preset.QUICK].changed({"arithmetic": "bfloat16-channels-last"})
    session.app.runs.wait(session.app.runs.start(exact).id)
    page.get_by_role("tab", name="Results").click()
    settings = page.locator(".settings")
    expect(settings).to_contain_text("Exact: no steps, the best last layer is computed")
    expect(settings).to_contain_text("Half precision, channels last")
    expect(settings).not_to_contain_text("Learning rate")
    expect(settings).not_to_contain_text("Epochs")
    expect(page.locator(".detail")).not_to_contain_text("How it learned")
    expect(page.get_by_role("table", name="Runs")).not_to_contain_text("epoch")


def test_another_run_can_answer_in_try(session: Session, page: Page) -> None:
    train(session, epochs=2)
    train(session, epochs=3)
    page.get_by_role("tab", name="Results").click()
    expect(page.get_by_role("radio", name="Use run 2 in Try")).to_be_checked()
    page.get_by_role("radio", name="Use run 1 in Try").check()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("Run 1 answers")).to_be_visible()
