"""The Try tab: when a photo is like nothing that the model learned."""

import pytest
from playwright.sync_api import Page, Route, expect

from dragon_app.core.config import FinetuneConfig
from dragon_app.wiring import Session
from tests.browser.gestures import drop
from tests.browser.studio import Studio, fill, photo


@pytest.fixture
def session(studio: Studio, session: Session) -> Session:
    """Open a workspace with photos of two classes and a run."""
    studio.allow(100)  # every epoch passes at once
    fill(session, per_class=5)
    session.app.runs.wait(session.app.runs.start(FinetuneConfig(epochs=2)).id)
    return session


@pytest.fixture
def held_out(page: Page) -> list[int]:
    """Answer of every photo that it is strange; the last number says among how many."""

    def make_strange(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        told_of = {"strangeness": 0.97, "held_out": numbers[-1]}
        told["predictions"] = [each | told_of for each in told["predictions"]]
        route.fulfill(response=answer, json=told)

    numbers = [40]
    page.route("**/dragon/predictions", make_strange)
    page.get_by_role("tab", name="Try").click()
    expect(page.get_by_role("button", name="Choose a photo")).to_be_visible()
    return numbers


@pytest.mark.usefixtures("held_out")
def test_a_stranger_is_none_of_these_and_the_slider_decides(page: Page) -> None:
    drop(page.locator(".trying"), {"new.png": photo("Meadow", 99)})
    expect(page.locator(".answer-headline")).to_have_text("None of these")
    expect(page.locator(".answer")).to_contain_text("If it must be one: Meadow.")
    expect(page.locator(".lesson").get_by_role("button")).to_have_text(["Say what it is"])
    page.get_by_text("When it says", exact=False).click()
    slider = page.get_by_role("slider", name="How strange a photo may be", exact=True)
    expect(slider).to_have_attribute("max", "98")
    expect(page.locator(".trying")).to_contain_text("It has 40 held-out photos to compare with")
    slider.fill("96")
    expect(page.locator(".answer-headline")).to_have_text("None of these")
    slider.fill("98")
    expect(page.get_by_text("Never: it always names a class.", exact=True)).to_be_visible()
    expect(page.locator(".answer-headline")).to_have_text("Meadow")
    expect(page.locator(".lesson").get_by_role("button")).to_have_text(["Right", "Wrong"])
    drop(page.locator(".trying"), {"a.png": photo("Meadow", 1), "b.png": photo("Dragon", 2)})
    expect(page.locator(".tried-name")).to_have_text(["Meadow", "Dragon"])
    slider.fill("90")
    expect(page.locator(".tried-name")).to_have_text(["None of these", "None of these"])
    expect(page.locator(".tried-head")).to_contain_text("2 photos: None of these 2")


def test_few_held_out_photos_do_not_move_the_limit_of_a_later_run(
    page: Page, held_out: list[int]
) -> None:
    slider = page.locator("#none-limit")
    for n, limit in ((4, "79"), (500, "95")):
        held_out.append(n)
        drop(page.locator(".trying"), {"new.png": photo("Meadow", n)})
        expect(slider).to_have_value(limit)
