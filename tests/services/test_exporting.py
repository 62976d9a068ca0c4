"""Photos and labels on their way out, and back in again."""

import csv
import io
import uuid
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from dragon_app.core.errors import DragonError, NotEnoughImagesError
from dragon_app.core.types import EventKind, Split
from dragon_app.services import exporting
from dragon_app.services.exporting import Layout
from dragon_app.services.intake import scan
from dragon_app.wiring import App, open_app
from tests.archives import photos, zipped
from tests.imaging.test_stripping import jpeg_with_notes
from tests.photos import incoming, incoming_photos, photo_bytes
from tests.services.test_archives import held

ZIPS = [Layout.FOLDERS, Layout.IMAGEFOLDER]


@pytest.fixture
def full_app(app: App) -> App:
    """Names that clash, compute and turn; a part of its own; a photo skipped, one binned."""
    app.dataset.add(
        [
            incoming(photo_bytes(1), "=cmd.png", class_name="a/b: rose"),
            incoming(photo_bytes(2), "Same.png", class_name="a/b: rose"),
            incoming(photo_bytes(3), "same.png", class_name="CON"),
            incoming(photo_bytes(4), "no suffix", class_name="train"),
            incoming(photo_bytes(5), "test.png", class_name="test", split=Split.TEST),
            incoming(jpeg_with_notes(), "../../x\u202egnp.jpg", class_name="=1+1"),
            incoming(photo_bytes(7), "'quoted'.png"),
            incoming(photo_bytes(8), "later.png"),
            incoming(photo_bytes(9), "rubbish.png", class_name="CON"),
        ]
    )
    app.labelling.skip([8])
    app.labelling.bin([9])
    return app


def exported(app: App, layout: Layout, **how: bool) -> bytes:
    how = {"is_labelled": False, "keeps_notes": False} | how
    return b"".join(app.exporting.stream(layout, **how))


def states(app: App) -> dict[str, tuple[object, ...]]:
    images = app.dataset.described(range(1, app.workspace.images.newest() + 1))
    skipped = {each.name: each.is_skipped for each in images if not each.is_binned}
    return {name: (*held(app)[name], skipped[name]) for name in skipped}


@pytest.mark.parametrize("keeps_notes", [False, True])
@pytest.mark.parametrize("layout", ZIPS)
def test_our_own_export_brings_everything_back_once(
    full_app: App, tmp_path: Path, layout: Layout, keeps_notes: bool
) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(exported(full_app, layout, keeps_notes=keeps_notes))
    other = open_app(tmp_path / "other")
    try:
        result = other.importing.add_archive(path)
        assert (result.added, result.refused) == (8, ())
        assert states(other) == states(full_app)
        again = other.importing.add_archive(path)
        assert (again.added, again.duplicates) == (0, 8)
        assert states(other) == states(full_app)
    finally:
        other.close()
    home = full_app.importing.add_archive(path)
    assert (home.added, home.duplicates, home.refused) == (0, 8, ())


@pytest.mark.parametrize("layout", ZIPS)
def test_names_in_a_zip_are_safe_and_stand_once(full_app: App, layout: Layout) -> None:
    names = zipfile.ZipFile(io.BytesIO(exported(full_app, layout))).namelist()
    last = [name.rsplit("/", 1)[-1] for name in names if not name.endswith(".csv")]
    assert len({each.casefold() for each in last}) == len(last) == 8
    assert "no suffix.png" in last
    for part in {part for name in names for part in name.split("/")}:
        assert part not in {"", ".", ".."}
        assert part[0] not in "=+-@'."
        assert not set(part) & set('<>:"\\|?*\u202e')
        assert part.split(".")[0].casefold() != "con"


def test_hugging_face_finds_parts_and_a_table_in_each(full_app: App) -> None:
    archive = zipfile.ZipFile(io.BytesIO(exported(full_app, Layout.IMAGEFOLDER)))
    for part in ("train", "test"):
        rows = list(csv.DictReader(io.StringIO(archive.read(f"{part}/metadata.csv").decode())))
        assert rows
        for row in rows:
            assert f"{part}/{row['file_name']}" in archive.namelist()
            assert row["split"] == part
            assert row["label"]


def test_notes_are_left_out_unless_asked_for(full_app: App) -> None:
    assert b"SECRET" not in exported(full_app, Layout.FOLDERS)
    assert b"SECRET" in exported(full_app, Layout.FOLDERS, keeps_notes=True)


def test_only_photos_with_a_class(full_app: App) -> None:
    names = zipfile.ZipFile(io.BytesIO(exported(full_app, Layout.FOLDERS, is_labelled=True)))
    assert len(names.namelist()) == 6 + 2  # and the tables of photos and of classes


def test_a_table_gives_the_labels_back_where_they_were_lost(full_app: App) -> None:
    table = exported(full_app, Layout.CSV)
    before = states(full_app)
    ids = list(range(1, 9))
    full_app.labelling.assign(ids, None)
    done = full_app.importing.label_by_table(table, "labels.csv", batch=uuid.uuid4().hex)
    assert (done.labelled, done.refused) == (6, ())
    assert states(full_app) == before


def test_an_export_is_of_the_moment_it_began(app: App) -> None:
    app.dataset.add(incoming_photos([1, 2], "rose"))
    pieces = app.exporting.stream(Layout.FOLDERS, is_labelled=False, keeps_notes=False)
    app.dataset.add(incoming_photos([3], "tulip"))
    app.labelling.assign([1], None)
    archive = zipfile.ZipFile(io.BytesIO(b"".join(pieces)))
    tables = ["classes.csv", "metadata.csv"]
    assert sorted(archive.namelist()) == [*tables, "rose/1.png", "rose/2.png"]
    assert b"tulip" not in archive.read("classes.csv")


def test_one_photo_at_a_time_leaves_the_zip(app: App) -> None:
    app.dataset.add(incoming_photos(range(5)))
    pieces = list(app.exporting.stream(Layout.FOLDERS, is_labelled=False, keeps_notes=False))
    assert len(pieces) == 6
    assert max(map(len, pieces)) < 2 * max(len(photo_bytes(seed)) for seed in range(5))


def test_a_photo_whose_file_is_gone_is_named_and_the_rest_is_there(
    app: App, tmp_path: Path
) -> None:
    app.dataset.add(incoming_photos([1, 2], "rose"))
    app.dataset.photo_file(1).unlink()
    path = tmp_path / "out.zip"
    done = app.exporting.write(path, Layout.FOLDERS, is_labelled=False, keeps_notes=False)
    assert (done.photos, done.lost) == (1, ("1.png",))
    assert zipfile.ZipFile(path).read("not-included.txt") == b"1.png"


def test_nothing_to_export_is_said_at_once(app: App) -> None:
    with pytest.raises(NotEnoughImagesError, match="no photo to export"):
        app.exporting.stream(Layout.FOLDERS, is_labelled=False, keeps_notes=False)
    app.dataset.add(incoming_photos([1]))
    with pytest.raises(NotEnoughImagesError, match="no photo with a class"):
        app.exporting.stream(Layout.CSV, is_labelled=True, keeps_notes=False)


def test_a_file_that_cannot_be_written_is_said_in_words(app: App, tmp_path: Path) -> None:
    app.dataset.add(incoming_photos([1]))
    (tmp_path / "file").write_text("x")
    with pytest.raises(DragonError, match="could not be written"):
        app.exporting.write(
            tmp_path / "file" / "a.zip", Layout.CSV, is_labelled=False, keeps_notes=False
        )


@pytest.mark.parametrize("layout", ZIPS)
def test_an_export_that_was_unpacked_comes_back_as_a_folder(
    app: App, tmp_path: Path, layout: Layout
) -> None:
    app.dataset.add([*incoming_photos(range(4), "rose"), *incoming_photos(range(4, 6))])
    zipfile.ZipFile(io.BytesIO(exported(app, layout))).extractall(tmp_path / "out")
    other = open_app(tmp_path / "other")
    try:
        result, labelled = other.importing.add(scan([tmp_path / "out"]), [])
        assert (result.added, labelled, result.refused) == (6, 0, ())
        assert states(other) == states(app)
    finally:
        other.close()


def test_the_journal_says_that_labels_came_with_the_export(full_app: App, tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    path.write_bytes(exported(full_app, Layout.FOLDERS))
    other = open_app(tmp_path / "other")
    try:
        other.importing.add_archive(path)
        (line,) = [e for e in other.history.of_photo(1) if e.kind is EventKind.CLASS]
        assert (line.who, line.after) == ("import", "a/b: rose")
    finally:
        other.close()


def test_classes_come_back_with_their_order_colours_and_keys(app: App, tmp_path: Path) -> None:
    names = ["tulip", "=1+1", "aster", "left out"]
    ids = [app.labelling.create_class(name).id for name in names]
    app.labelling.order_classes([ids[2], ids[0], ids[1], ids[3]])
    app.labelling.recolour_class(ids[1], "#123abc")
    app.labelling.set_class_key(ids[0], "t")
    app.labelling.disable_class(ids[3])
    app.dataset.add([incoming(photo_bytes(1), "1.png", class_name="tulip")])
    path = tmp_path / "all.zip"
    path.write_bytes(exported(app, Layout.FOLDERS))
    there = [(c.name, c.colour, c.hotkey, c.is_disabled) for c in app.labelling.classes()]
    other = open_app(tmp_path / "other")
    try:
        assert other.importing.add_archive(path).refused == ()
        found = [(c.name, c.colour, c.hotkey, c.is_disabled) for c in other.labelling.classes()]
        assert found == there
        first = other.labelling.classes()[0]
        other.labelling.recolour_class(first.id, "#ffffff")
        other.importing.add_archive(path)
        assert other.labelling.classes()[0].colour == "#ffffff"  # who is here stays as it is
        assert len(other.labelling.classes()) == 4
    finally:
        other.close()


def test_a_hostile_table_of_classes_is_listed_and_harms_nothing(app: App, tmp_path: Path) -> None:
    rose = app.labelling.create_class("rose")
    app.labelling.set_class_key(rose.id, "r")
    table = (
        "class,colour,key,not in use\nROSE,#000000,q,1\n\u202eevil,red,x\n,#111111,a,\n"
        f"{'n' * 81}\nfine,url(x),r,\nnew,#22AAFF,N\nnew,#000000,m,\n"
    )
    path = tmp_path / "all.zip"
    path.write_bytes(zipped([("classes.csv", table.encode()), *photos("new/1.png")]))
    result = app.importing.add_archive(path)
    assert (result.added, len(result.refused)) == (1, 3)
    made = {c.name: (c.colour, c.hotkey) for c in app.labelling.classes()}
    assert set(made) == {"rose", "fine", "new"}
    assert made["rose"] == (rose.colour, "r")
    assert made["fine"][1] is None
    assert made["new"] == ("#22aaff", "n")


def test_a_zip_that_does_not_fit_the_disk_is_said_before_it_is_begun(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.dataset.add(incoming_photos([1, 2], "rose"))
    how = {"is_labelled": False, "keeps_notes": False}
    monkeypatch.setattr(exporting, "disk_usage", lambda _: (10, 10, 0))
    with pytest.raises(DragonError, match=r"needs 0\.0 GB and 0\.0 GB are free there"):
        app.exporting.write(tmp_path / "a.zip", Layout.FOLDERS, **how)
    assert not (tmp_path / "a.zip").exists()
    app.exporting.write(tmp_path / "a.csv", Layout.CSV, **how)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["x" * 200_000], "cannot be read"),
        ([str(number) for number in range(1001)], "more than 1,000"),
    ],
)
def test_a_table_of_classes_in_a_folder_that_cannot_be_read_is_listed_and_the_rest_is_added(
    app: App, tmp_path: Path, lines: Sequence[str], reason: str
) -> None:
    table = "\n".join(["class,colour,key,not in use", *(f"{line},,," for line in lines)])
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "classes.csv").write_text(table)
    (tmp_path / "in" / "1.png").write_bytes(photo_bytes(1))
    result, _ = app.importing.add(scan([tmp_path / "in"]), [])
    assert result.added == 1
    (refused,) = result.refused
    assert (refused.name, reason in refused.reason) == ("classes.csv", True)
    assert app.labelling.classes() == []
