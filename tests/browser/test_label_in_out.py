"""Zips and tables in, an export out and in again."""

from pathlib import Path

from playwright.sync_api import Page, expect

from dragon_app.wiring import Session
from tests.archives import photos, zipped
from tests.browser.acts import drop, expect_count
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
