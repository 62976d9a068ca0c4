"""Zips from outside: what comes in, and the many that were built to do harm."""

import subprocess
import sys
from pathlib import Path

import pytest

from dragon_app.core.errors import ArchiveError
from dragon_app.core.types import AddResult, Split
from dragon_app.services.archives import open_archive
from dragon_app.wiring import App
from tests.archives import REFUSED_MEMBER, REFUSED_WHOLE, many, photos, zipped
from tests.photos import photo_bytes


def add(app: App, tmp_path: Path, data: bytes, name: str = "set.zip") -> AddResult:
    path = tmp_path / name
    path.write_bytes(data)
    return app.importing.add_archive(path)


def held(app: App) -> dict[str, tuple[str | None, Split | None]]:
    """Return what the workspace holds: name -> class and part."""
    names = {each.id: each.name for each in app.labelling.classes()}
    images = app.dataset.described(range(1, app.workspace.images.newest() + 1))
    return {each.name: (names.get(each.class_id or 0), each.split) for each in images}


def classes_of(app: App) -> dict[str, str | None]:
    return {name: class_name for name, (class_name, _) in held(app).items()}


def test_class_folders_in_a_zip_label_its_photos(app: App, tmp_path: Path) -> None:
    names = ("rose/1.png", "rose/wild/2.png", "tulip/3.png", "4.png")
    result = add(app, tmp_path, zipped(photos(*names)))
    assert (result.added, result.refused) == (4, ())
    assert classes_of(app) == {"1.png": "rose", "2.png": "rose", "3.png": "tulip", "4.png": None}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("set/rose/1.png", "set/tulip/2.png"), {"1.png": "rose", "2.png": "tulip"}),
        (("set/1.png", "set/2.png"), {"1.png": None, "2.png": None}),  # called like the zip
        (("rose/1.png", "rose/2.png"), {"1.png": "rose", "2.png": "rose"}),
    ],
)
def test_a_folder_around_everything_is_no_class(
    app: App, tmp_path: Path, names: tuple[str, ...], expected: dict[str, str | None]
) -> None:
    add(app, tmp_path, zipped(photos(*names)))
    assert classes_of(app) == expected


def test_parts_are_kept(app: App, tmp_path: Path) -> None:
    add(app, tmp_path, zipped(photos("train/rose/1.png", "validation/rose/2.png")))
    assert held(app) == {"1.png": ("rose", Split.TRAIN), "2.png": ("rose", Split.VAL)}


def test_a_table_wins_over_folders_and_is_read_from_where_it_lies(app: App, tmp_path: Path) -> None:
    table = b"file_name,label\n1.png,tulip\nwild/2.png,aster\n3.png,\n"
    names = ("rose/1.png", "rose/wild/2.png", "rose/3.png", "rose/4.png", "lily/5.png")
    result = add(app, tmp_path, zipped([*photos(*names), ("rose/metadata.csv", table)]))
    assert result.refused == ()
    classes = classes_of(app)
    assert (classes["1.png"], classes["2.png"], classes["3.png"]) == ("tulip", "aster", None)
    assert (classes["4.png"], classes["5.png"]) == ("rose", "lily")


def test_a_name_that_stands_twice_and_one_with_two_classes_are_listed_and_not_guessed(
    app: App, tmp_path: Path
) -> None:
    table = b"1.png,rose\n2.png,rose\n2.png,tulip\n"
    members = [*photos("a/1.png", "b/1.png", "2.png"), ("labels.csv", table)]
    result = add(app, tmp_path, zipped(members))
    assert result.added == 3
    reasons = {each.name: each.reason for each in result.refused}
    assert "stands 2 times" in reasons["1.png"]
    assert "two classes in the tables, rose and tulip" in reasons["2.png"]
    assert classes_of(app)["2.png"] is None


def test_absent_files_are_named_up_to_a_hundred(app: App, tmp_path: Path) -> None:
    table = "".join(f"{i}.png,rose\n" for i in range(250)).encode()
    result = add(app, tmp_path, zipped([*photos("0.png"), ("labels.csv", table)]))
    assert len(result.refused) == 101
    assert result.refused[-1].reason == "have 149 more lines like these"


def test_tables_have_a_size_and_a_number_of_lines_together(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dragon_app.services.archives.MAX_TABLE_BYTES", 60)
    monkeypatch.setattr("dragon_app.services.tables.MAX_ROWS", 3)
    lines = b"1.png,rose\n1.png,rose\n"
    tables = [("a.csv", lines), ("b.csv", lines), ("c.csv", lines)]
    result = add(app, tmp_path, zipped([*photos("1.png"), *tables]))
    reasons = {each.name: each.reason for each in result.refused}
    assert "lines together" in reasons["b.csv"]
    assert "MB together" in reasons["c.csv"]
    assert classes_of(app) == {"1.png": "rose"}


def test_a_table_of_many_lines_about_many_files_of_one_name_takes_no_time_each(
    tmp_path: Path,
) -> None:
    names = [(f"{i}/same.png", b"x") for i in range(2000)]
    path = tmp_path / "set.zip"
    path.write_bytes(zipped([*names, ("labels.csv", b"same.png,rose\n" * 20_000)]))
    with open_archive(path, "set.zip") as contents:
        assert "stands 2000 times in the zip" in contents.refused[0].reason


def test_a_photo_twice_under_one_path_comes_in_once_and_two_photos_come_in(
    app: App, tmp_path: Path
) -> None:
    same, other = photo_bytes(1), photo_bytes(2)
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([("a.png", same), ("a.png", same), ("a.png", other)])
    result = add(app, tmp_path, data)
    assert (result.added, result.duplicates) == (2, 1)


def test_what_systems_leave_in_zips_is_passed_over(app: App, tmp_path: Path) -> None:
    clutter = ["__MACOSX/._1.png", ".DS_Store", "rose/.hidden.png", "rose/Thumbs.db"]
    result = add(
        app, tmp_path, zipped([*photos("rose/1.png"), *((each, b"x") for each in clutter)])
    )
    assert (result.added, result.refused) == (1, ())


def test_a_second_import_adds_nothing(app: App, tmp_path: Path) -> None:
    data = zipped(photos("rose/1.png", "tulip/2.png"))
    add(app, tmp_path, data)
    before = held(app)
    again = add(app, tmp_path, data)
    assert (again.added, again.duplicates) == (0, 2)
    assert held(app) == before


@pytest.mark.parametrize("kind", REFUSED_WHOLE)
def test_a_harmful_zip_is_refused_and_adds_nothing(app: App, tmp_path: Path, kind: str) -> None:
    make, reason = REFUSED_WHOLE[kind]
    data = make()
    with pytest.raises(ArchiveError, match=reason):
        add(app, tmp_path, data)
    assert held(app) == {}


@pytest.mark.parametrize("kind", REFUSED_MEMBER)
def test_a_harmful_member_is_listed_and_the_rest_comes_in(
    app: App, folder: Path, tmp_path: Path, kind: str
) -> None:
    make, reason = REFUSED_MEMBER[kind]
    beside = {path for path in folder.parent.rglob("*") if folder not in path.parents}
    result = add(app, tmp_path, make())
    assert any(reason in each.reason for each in result.refused), result.refused
    assert all(name in {"good.png", "a.png", "b.png"} for name in held(app))
    assert result.added == len(held(app))
    assert "good.png" in held(app) or b"good.png" not in make()
    assert [path.name for path in tmp_path.iterdir()] == ["set.zip"]
    now = {path for path in folder.parent.rglob("*") if folder not in path.parents}
    assert now == beside


@pytest.mark.skipif(sys.platform != "linux", reason="it does not say how much a process took")
def test_harmful_zips_take_little_memory(tmp_path: Path) -> None:
    (tmp_path / "many.zip").write_bytes(many(119_000, are_apart=True))
    (tmp_path / "million.zip").write_bytes(many(1_000_000))
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from dragon_app.core.errors import ArchiveError\n"
        "from dragon_app.services.archives import open_archive\n"
        "for name in ('million.zip', 'many.zip'):\n"
        "    try:\n"
        "        with open_archive(Path(sys.argv[1]) / name, name) as contents:\n"
        "            assert len(contents.files) == 119_000\n"
        "    except ArchiveError:\n"
        "        assert name != 'many.zip'\n"
        "status = Path('/proc/self/status').read_text()\n"
        "print(next(line.split()[1] for line in status.splitlines() if line.startswith('VmHWM')))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True
    )
    assert int(ran.stdout) * 1024 < 300e6
