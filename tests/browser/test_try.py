"""The Try tab: drop, paste, webcam, a broken file, and how it unlocks."""

import base64
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.errors import WeightsError
from dragon_app.wiring import Session
from tests.browser.conftest import Faults
from tests.browser.gestures import drop, paste
from tests.browser.studio import Painter, Studio, fill, photo


@pytest.fixture
def session(studio: Studio, session: Session) -> Session:
    """Open a workspace with photos of two classes."""
    studio.allow(100)  # every epoch passes at once
    fill(session, per_class=5)
    return session


@pytest.fixture
def trained(session: Session) -> Session:
    """Train once."""
    run = session.app.runs.start(FinetuneConfig(epochs=2))
    session.app.runs.wait(run.id)
    return session


def test_the_tab_unlocks_by_itself(page: Page, session: Session) -> None:
    page.get_by_role("tab", name="Try").click()
    expect(page.get_by_role("button", name="Go to Train")).to_be_visible()
    session.app.runs.start(FinetuneConfig(epochs=2))
    expect(page.get_by_role("button", name="Choose a photo")).to_be_visible()


def open_try(page: Page) -> None:
    page.get_by_role("tab", name="Try").click()
    expect(page.get_by_role("button", name="Choose a photo")).to_be_visible()


def test_a_dropped_photo_is_named(trained: Session, page: Page) -> None:
    open_try(page)
    drop(page.locator(".trying"), {"new.png": photo("Meadow", 99)})
    expect(page.locator(".answer-headline")).to_have_text("Meadow")
    expect(page.locator(".bar").first).to_contain_text("80 %")
    expect(page.locator(".answer")).to_contain_text(re.compile(r"\d+ ms, run 1"))
    expect(page.locator(".tried-photo")).to_be_visible()


def test_a_pasted_photo_is_named(trained: Session, page: Page) -> None:
    open_try(page)
    paste(page, {"image.png": photo("Dragon", 98)})
    expect(page.locator(".answer-headline")).to_have_text("Dragon")


def test_a_chosen_photo_is_named(trained: Session, page: Page) -> None:
    open_try(page)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a photo").click()
    chooser.value.set_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": photo("Dragon", 97)}
    )
    expect(page.locator(".answer-headline")).to_have_text("Dragon")


def test_several_photos_become_a_list_that_can_be_kept(trained: Session, page: Page) -> None:
    open_try(page)
    drop(
        page.locator(".trying"),
        {"a.png": photo("Meadow", 1), "${b}.png": photo("Dragon", 2), "=c.png": b"broken"},
    )
    expect(page.locator(".tried li")).to_have_count(3)
    expect(page.locator(".tried-name")).to_have_text(["Meadow", "Dragon", "Not read"])
    expect(page.locator(".tried")).to_contain_text("${b}.png")
    expect(page.locator(".tried-head")).to_contain_text("3 photos: Meadow 1, Dragon 1")
    expect(page.locator(".tried-head")).to_contain_text("Not read: =c.png.")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV", exact=True).click()
    table = download.value.path().read_text("utf-8-sig").splitlines()
    assert table[:3] == [
        "name,class,probability,not read because,Dragon,Meadow",
        "a.png,Meadow,0.800000,,0.200000,0.800000",
        "${b}.png,Dragon,0.900000,,0.900000,0.100000",
    ]
    assert table[3].startswith("'=c.png,,,\"is not a picture")


def test_a_folder_is_tried_and_a_challenger_answers_beside(
    trained: Session, page: Page, tmp_path: Path
) -> None:
    again = trained.app.runs.start(FinetuneConfig(epochs=3))
    trained.app.runs.wait(again.id)
    open_try(page)
    drop(page.locator(".trying"), {"new.png": photo("Meadow", 99)})
    expect(page.locator(".answer")).to_have_count(1)
    page.get_by_role("combobox", name="Compare with", exact=True).select_option("1")
    expect(page.locator(".answer").nth(0)).to_contain_text("run 2")
    expect(page.locator(".answer").nth(1)).to_contain_text("run 1")
    folder = tmp_path / "holiday"
    folder.mkdir()
    for number in (10, 2, 1):
        (folder / f"{number}.png").write_bytes(photo("Dragon", number))
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a folder", exact=True).click()
    chooser.value.set_files(folder)
    expect(page.locator(".tried li")).to_have_count(3)
    expect(page.locator(".tried li")).to_contain_text(["1.png", "2.png", "10.png"])
    expect(page.locator(".tried li").first).to_contain_text("Run 1: Dragon 90 %")


def test_many_photos_are_listed_in_their_order_and_the_broken_ones_told(
    trained: Session, page: Page
) -> None:
    open_try(page)
    files = {f"{n:02d}.png": photo("Dragon" if n % 3 else "Meadow", n) for n in range(40)}
    drop(page.locator(".trying"), files | {"05.png": b"broken", "39.png": b"broken"})
    expect(page.locator(".tried li")).to_have_count(40)
    said = ["Dragon" if n % 3 else "Meadow" for n in range(40)]
    said[5] = said[39] = "Not read"
    expect(page.locator(".tried-name")).to_have_text(said)
    expect(page.locator(".tried-head")).to_contain_text("Not read: 05.png, 39.png.")


def test_a_damaged_model_is_told_and_tried_again(
    trained: Session, studio: Studio, page: Page, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(checkpoint: Path, *, device: str = "auto") -> Painter:
        raise WeightsError(f"The checkpoint file {checkpoint.name} is missing or damaged.")

    faults.expected = ("400 (Bad Request)",)
    open_try(page)
    with monkeypatch.context() as patched:
        patched.setattr(studio, "load_predictor", refuse)
        drop(page.locator(".trying"), {"new.png": photo("Meadow", 99)})
        expect(page.get_by_role("alert").filter(has_text="missing or damaged")).to_be_visible()
    page.get_by_role("button", name="Try again", exact=True).click()
    expect(page.locator(".answer-headline")).to_have_text("Meadow")


def test_beside_a_damaged_model_another_run_is_offered(
    trained: Session, studio: Studio, page: Page, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(checkpoint: Path, *, device: str = "auto") -> Painter:
        if checkpoint == damaged:
            raise WeightsError(f"The checkpoint file {checkpoint.name} is missing or damaged.")
        return Painter()

    faults.expected = ("400 (Bad Request)",)
    trained.app.runs.wait(trained.app.runs.start(FinetuneConfig(epochs=3)).id)
    workspace = trained.app.workspace
    damaged = workspace.folder / workspace.runs.checkpoint_folder(2)
    monkeypatch.setattr(studio, "load_predictor", refuse)
    open_try(page)
    drop(page.locator(".trying"), {"new.png": photo("Meadow", 99)})
    expect(page.get_by_role("alert").filter(has_text="missing or damaged")).to_be_visible()
    expect(page.locator(".trying-side")).to_contain_text("Run 1 can be read: right on")
    page.get_by_role("button", name="Let run 1 answer", exact=True).click()
    expect(page.locator(".answer")).to_contain_text(re.compile(r"ms, run 1"))
    expect(page.get_by_role("alert").filter(has_text="damaged")).to_be_hidden()
    expect(page.get_by_text("Run 1 answers: right on")).to_be_visible()


def test_a_broken_file_is_refused_in_words(trained: Session, page: Page) -> None:
    open_try(page)
    drop(page.locator(".trying"), {"notes.png": b"no photo at all"})
    expect(page.locator(".answer-headline")).to_contain_text("notes.png")
    expect(page.locator(".answer-headline")).to_have_class(re.compile("d-error"))


def test_the_webcam_answers_again_and_again_from_a_chosen_device_and_stops(
    trained: Session, page: Page
) -> None:
    page.add_init_script(
        """const devices = navigator.mediaDevices;
        const real = devices.enumerateDevices.bind(devices);
        devices.enumerateDevices = async () => [...await real(),
          { kind: 'videoinput', deviceId: 'other', label: 'Other webcam' }];
        const get = devices.getUserMedia.bind(devices);
        devices.getUserMedia = ({ video }) => {
          window.askedFor = video.deviceId?.exact;
          return get({ video: true });
        };"""
    )
    page.reload()
    open_try(page)
    with page.expect_request("**/dragon/predictions"):
        page.get_by_role("button", name="Use the webcam").click()
    expect(page.locator(".answer-headline")).not_to_be_empty()
    page.get_by_role("combobox", name="Webcam", exact=True).select_option("Other webcam")
    page.wait_for_function("window.askedFor === 'other'")
    with page.expect_response("**/dragon/predictions"):
        pass
    page.get_by_role("button", name="Stop the webcam").click()
    expect(page.locator(".camera-video")).to_be_hidden()
    expect(page.get_by_role("combobox", name="Webcam", exact=True)).to_be_hidden()


def test_a_refused_webcam_is_explained(trained: Session, page: Page) -> None:
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', 'NotAllowedError'))"
    )
    page.reload()
    open_try(page)
    page.get_by_role("button", name="Use the webcam").click()
    expect(page.get_by_role("alert").filter(has_text="not allowed")).to_be_visible()


def test_ctrl_v_pastes_what_is_on_the_clipboard(
    trained: Session, context: BrowserContext, page: Page
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_try(page)
    page.evaluate(
        """async (data) => {
          const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
          const blob = new Blob([bytes], { type: 'image/png' });
          await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
        }""",
        base64.b64encode(photo("Dragon", 96)).decode(),
    )
    page.keyboard.press("ControlOrMeta+v")
    expect(page.locator(".answer-headline")).to_have_text("Dragon")


def test_locked_tab_says_what_is_missing(session: Session, page: Page) -> None:
    session.app.labelling.bin(range(1, 2 * 5 + 1))
    page.get_by_role("tab", name="Try").click()
    locked = page.locator(".trying .d-empty")
    expect(locked).to_contain_text("There is no model yet. Dragon needs")
    locked.get_by_role("button", name="Go to Label").click()
    expect(page.get_by_role("tab", name="Label")).to_have_attribute("aria-selected", "true")


def knows_one_class(answer: Response) -> bool:
    is_state = answer.url.endswith("/dragon/state")
    return is_state and len(answer.json()["summary"]["classes"]) == 1


def test_a_wrong_answer_is_put_right_and_leads_to_training(trained: Session, page: Page) -> None:
    open_try(page)
    drop(page.locator(".trying"), {"new.png": photo("Meadow", 99)})
    page.get_by_role("button", name="Wrong", exact=True).click()
    lesson = page.locator(".lesson")
    expect(lesson.get_by_role("group", name="The right class")).to_have_text("Dragon1")
    page.keyboard.press("1")
    expect(lesson).to_have_text("It is in your photos now, as Dragon.")
    image = trained.app.dataset.image(11)
    dragon, meadow = trained.app.labelling.classes()
    assert (image.name, image.class_id) == ("new.png", dragon.id)
    (event,) = trained.app.workspace.labels.history(11)
    assert event.who == "try"
    expect(page.locator(".untaught")).to_contain_text("1 labelled photo is new since run 1.")
    with page.expect_response(knows_one_class):
        trained.app.labelling.delete_class(meadow.id)
    drop(page.locator(".trying"), {"other.png": photo("Meadow", 98)})
    page.get_by_role("button", name="Right", exact=True).click()
    expect(lesson).to_contain_text("There is no class Meadow to learn from any more.")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Train with them", exact=True).click()
    expect(page.get_by_role("tab", name="Train")).to_have_attribute("aria-selected", "true")


def test_photos_that_it_looks_like_come_once_they_are_known(trained: Session, page: Page) -> None:
    open_try(page)
    drop(page.locator(".trying"), {"new.png": photo("Meadow", 99)})
    expect(page.get_by_role("heading", name="Still learning what is usual")).to_be_visible()
    expect(page.get_by_role("heading", name="It looks like these", exact=True)).to_be_visible()
    like = page.locator(".like-photos li")
    expect(like).to_have_count(5)
    expect(like.first).to_have_text("Meadow")
    shown = "() => document.querySelector('.like-photos img').naturalWidth > 0"
    page.wait_for_function(shown)
    drop(page.locator(".trying"), {"a.png": photo("Meadow", 1), "b.png": photo("Dragon", 2)})
    expect(like).to_have_count(0)
