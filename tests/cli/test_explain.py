from pathlib import Path

from tests.cli.conftest import Shell
from tests.photos import plain_bytes


def test_each_photo_is_written_under_its_map(trained: Shell, photos: Path, tmp_path: Path) -> None:
    out = tmp_path / "why"
    outcome = trained("explain", photos / "dark", "--out", out, "--class", "light", "--json")
    assert outcome.code == 0
    rows = outcome.answer["explanations"]
    assert [Path(row["name"]).name for row in rows] == ["0.png", "1.png", "2.png", "3.png"]
    assert rows[0].keys() == {"name", "run", "class", "probability", "method", "file"}
    assert (rows[0]["run"], rows[0]["class"], rows[0]["method"]) == (1, "light", "grad-cam")
    assert {Path(row["file"]).read_bytes()[:4] for row in rows} == {b"\x89PNG"}
    assert len(list(out.iterdir())) == 4


def test_nothing_is_written_over(trained: Shell, tmp_path: Path) -> None:
    (tmp_path / "new.png").write_bytes(plain_bytes(200))
    (tmp_path / "new-explained.png").write_bytes(b"mine")
    outcome = trained("explain", tmp_path / "new.png", "--out", tmp_path)
    assert "new.png: light" in outcome.out
    assert (tmp_path / "new-explained.png").read_bytes() == b"mine"
    assert (tmp_path / "new-explained (2).png").exists()


def test_a_bad_file_is_named_and_the_others_are_explained(trained: Shell, tmp_path: Path) -> None:
    bad, good, out = tmp_path / "bad.png", tmp_path / "good.png", tmp_path / "why"
    bad.write_bytes(b"no photo")
    good.write_bytes(plain_bytes(200))
    outcome = trained("explain", bad, good, "--out", out)
    assert outcome.code == 0
    assert "bad.png is not a picture" in outcome.err
    assert trained("explain", bad, "--out", out).code == 2


def test_a_class_or_a_run_that_is_not_there_is_bad_input(trained: Shell, photos: Path) -> None:
    outcome = trained("explain", photos, "--class", "rose")
    assert (outcome.code, outcome.out) == (2, "")
    assert "It knows dark, light" in outcome.err
    assert trained("explain", photos, "--run", "9").code == 2
