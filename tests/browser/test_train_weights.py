"""The starter and ImageNet's weights side by side, and fetching the latter."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import WeightsError
from dragon_app.core.ports import ByteProgress
from dragon_app.wiring import Session
from tests.conftest import wait_until
from tests.fakes import NETWORK, FakeVision

FETCH = "Fetch ImageNet\u2019s weights (17 MB)"


@pytest.fixture
def weights(vision: FakeVision, session: Session, open_page: Callable[..., Page]) -> Locator:
    """Open the comparison on a machine whose speed was measured."""
    session.app.measuring.costs(FinetuneConfig())
    session.app.measuring.wait()
    page = open_page("/#train")
    page.locator("summary", has_text="Compare the starter").click()
    return page.locator(".weights")


def test_both_stand_side_by_side(weights: Locator) -> None:
    starter = weights.get_by_role("region", name="Starter", exact=True)
    imagenet = weights.get_by_role("region", name="ImageNet\u2019s", exact=True)
    expect(starter).to_contain_text("came with Dragon")
    expect(starter).to_contain_text("photos a second here")
    expect(starter).to_contain_text("training starts from these")
    expect(imagenet).to_contain_text("16.8 MB, not on this machine yet")
    expect(starter).to_contain_text(
        "Learned from ImageNet\u2019s photos: for teaching"
    )  # its card's
    expect(imagenet).to_contain_text("non-commercial research and education")
    expect(weights).to_contain_text("ImageNet\u2019s usually answer better")


def test_weights_are_fetched_with_progress(
    weights: Locator, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrived = threading.Event()

    def fetch(name: str, *, report: ByteProgress) -> Path:
        report(5_000_000, 16_800_000)
        wait_until(arrived.is_set)
        return Path("weights")

    monkeypatch.setattr(vision, "fetch_imagenet", fetch)
    weights.get_by_role("button", name=FETCH, exact=True).click()
    expect(weights).to_contain_text("5 of 17 MB")
    here = replace(NETWORK, imagenet_is_here=True)
    monkeypatch.setattr(vision, "backbones", lambda: (here,))
    arrived.set()
    expect(weights).to_contain_text(f"The weights of {NETWORK.name} are here.")
    imagenet = weights.get_by_role("region", name="ImageNet\u2019s", exact=True)
    expect(imagenet).to_contain_text("training starts from these")
    expect(weights.get_by_role("button", name=FETCH, exact=True)).to_be_hidden()


def test_without_a_connection_the_fetch_says_so(
    weights: Locator, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(name: str, *, report: ByteProgress) -> Path:
        raise WeightsError("There is no connection.")

    monkeypatch.setattr(vision, "fetch_imagenet", fetch)
    weights.get_by_role("button", name=FETCH, exact=True).click()
    expect(weights).to_contain_text("Not fetched. There is no connection.")


def test_a_long_address_that_could_not_be_fetched_stays_on_a_phone(
    weights: Locator, vision: FakeVision, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fetch(name: str, *, report: ByteProgress) -> Path:
        raise WeightsError(f"https://example.org/{'x' * 80}.pth could not be fetched.")

    monkeypatch.setattr(vision, "fetch_imagenet", fetch)
    weights.page.set_viewport_size({"width": 390, "height": 844})
    weights.get_by_role("button", name=FETCH, exact=True).click()
    expect(weights).to_contain_text("could not be fetched.")
    box = weights.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= 390
