"""A run that is paused, outlives the app, goes on and is trained longer."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dragon_app.core.training import RunStatus
from dragon_app.wiring import Session, open_app
from tests.browser.conftest import Server
from tests.browser.studio import Studio, fill
from tests.conftest import wait_until

EPOCHS = 12  # of the balanced preset


@pytest.fixture
def session(studio: Studio, session: Session) -> Session:
    """Open a workspace with photos of two classes."""
    fill(session)
    return session


def start(page: Page) -> None:
    page.get_by_role("tab", name="Train").click()
    page.locator(".train-button").click()


def restart(page: Page, server: Server, folder: Path) -> None:
    """Close the app, open it again on the same workspace, and come back to the page."""
    page.goto("about:blank")
    server.stop()
    server.session.app.close()
    server.session.app = open_app(folder)
    server.start()
    page.goto(server.address + "/#train")


def test_a_run_pauses_outlives_the_app_goes_on_and_trains_longer(
    page: Page, server: Server, session: Session, studio: Studio
) -> None:
    run = page.get_by_role("region", name="Run", exact=True)
    phase = run.locator(".run-phase")
    start(page)
    studio.allow(3)
    expect(phase).to_have_text(f"Epoch 3 of {EPOCHS}")
    run.get_by_role("button", name="Pause", exact=True).click()
    expect(run.get_by_role("heading", name="Paused", exact=True)).to_be_visible()
    expect(page.locator(".train-button")).to_have_text("Train")

    restart(page, server, session.app.workspace.folder)
    expect(phase).to_have_text(f"Paused in epoch 3 of {EPOCHS}")
    run.get_by_role("button", name="Continue", exact=True).click()
    studio.allow(2)
    expect(phase).to_have_text(f"Epoch 5 of {EPOCHS}")
    page.get_by_role("tab", name="Try").click()
    expect(page.get_by_text(f"epoch 5 of {EPOCHS}, still training")).to_be_visible()

    restart(page, server, session.app.workspace.folder)
    expect(run).to_contain_text("The app was closed while this run was training.")
    run.get_by_role("button", name="Continue", exact=True).click()
    studio.allow(EPOCHS - 5)
    expect(run.locator(".run-sentence")).to_be_visible()
    expect(run.locator(".run-head")).to_contain_text(f"Run 1: Balanced, {EPOCHS} epochs")

    run.get_by_label("more epochs").fill("0")
    expect(run.get_by_role("button", name="Train longer")).to_be_disabled()
    run.get_by_label("more epochs").fill("3")
    expect(run.locator(".longer")).to_contain_text(f"goes on to epoch {EPOCHS + 3}")
    run.get_by_role("button", name="Train longer").click()
    studio.allow(3)
    expect(run.locator(".run-head")).to_contain_text(f"Balanced, changed, {EPOCHS + 3} epochs")
    assert [config.epochs for config in studio.configs] == [EPOCHS] * 3 + [EPOCHS + 3]
    assert [each.epoch for each in session.app.runs.epochs(1)] == list(range(1, EPOCHS + 4))


def test_a_paused_run_can_go_on_when_another_is_shown(
    page: Page, session: Session, studio: Studio
) -> None:
    start(page)
    studio.allow(1)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.locator(".train-button", has_text=re.compile("^Train$")).click()
    expect(page.locator(".run-head")).to_contain_text("Run 2: Balanced")
    studio.allow(EPOCHS)
    expect(page.locator(".run-sentence")).to_be_visible()
    page.get_by_role("button", name="Continue run 1").click()
    expect(page.locator(".run-head")).to_contain_text("Run 1: Balanced")
    studio.allow(EPOCHS - 1)
    expect(page.locator(".run-sentence")).to_be_visible()
    wait_until(lambda: session.app.runs.get(1).status is RunStatus.FINISHED)
