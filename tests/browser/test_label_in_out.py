"""Zips and tables in, an export out and in again; photos from the clipboard and the webcam."""

from pathlib import Path

from playwright.sync_api import Page, expect

from dragon_app.wiring import Session
from tests.archives import photos, zipped
from tests.browser.acts import card, drop, expect_count, make_class, tiles
from tests.browser.gestures import paste
from tests.photos import photo_bytes


def test_a_zip_and_a_table_come_in_and_an_export_goes_out_and_comes_back(
    page: Page, session: Session, tmp_path: Path
) -> None:
    evil = zipped(photos("Rose/1.png", "Rose/2.png", "Tulip/3.png", "../4.png"))
    drop(page.locator("body"), [("flowers.zip", evil)])
    expect(page.get_by_text("3 added, 1 not taken")).to_be_visible()
    expect(page.locator(".upload-refused")).to_contain_text("leads out of the zip")
    expect_count(page, "Rose", 2)

    loose = [("7.png", photo_bytes(7)), ("8.png", photo_bytes(8))]
    drop(page.locator("body"), [*loose, ("labels.csv", b"file;class\n7.png;Aster\n9.png;Aster\n")])
    expect(page.get_by_text("2 added, 1 labelled by a table, 1 not taken")).to_be_visible()
    expect(page.locator(".upload-refused")).to_contain_text("9.png is named in labels.csv")
    expect_count(page, "Aster", 1)

    page.get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "workspace-folders.zip"
    expect(page.get_by_role("dialog")).to_be_hidden()
    drop(page.locator("body"), [(path.name, path.read_bytes())])
    expect(page.get_by_text("0 added, 5 already there")).to_be_visible()
    assert session.app.dataset.summary().unlabelled == 1

    page.get_by_role("button", name="Export", exact=True).click()
    page.get_by_label("A table").check()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    table = tmp_path / download.value.suggested_filename
    download.value.save_as(table)
    assert table.suffix == ".csv"
    session.app.labelling.assign([1], None)  # the table knows what it was
    expect_count(page, "Unlabelled", 2)
    drop(page.locator("body"), [(table.name, table.read_bytes())])
    expect(page.get_by_text("1 labelled by a table", exact=False)).to_be_visible()
    expect_count(page, "Unlabelled", 1)


def test_a_pasted_photo_and_a_burst_go_to_the_class_that_is_shown(page: Page) -> None:
    drop(page.locator("body"), [("1.png", photo_bytes(1))])
    make_class(page, "Rose")
    card(page, "Rose").click()
    paste(page, {"image.png": photo_bytes(2)})
    expect_count(page, "Rose", 1)

    page.get_by_role("button", name="Webcam").click()
    shutter = page.get_by_role("button", name="Take photos")
    expect(shutter).to_be_enabled()
    expect(page.get_by_label("Their class")).to_have_value("1")
    shutter.hover()
    page.mouse.down()
    expect(page.get_by_role("status").filter(has_text="3 photos taken")).to_be_visible()
    page.mouse.up()
    expect(page.get_by_role("status").filter(has_text="all saved")).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).last.click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(card(page, "Unlabelled").locator(".class-count")).to_have_text("1")
    assert tiles(page).count() >= 2
