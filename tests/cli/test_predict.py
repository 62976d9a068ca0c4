import csv
import io
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import Shell
from tests.photos import plain_bytes, write_photos


def test_evaluate_measures_a_folder(trained: Shell, tmp_path: Path) -> None:
    for name, greys in (("dark", (10, 250)), ("light", (240, 230))):
        (tmp_path / "val" / name).mkdir(parents=True)
        for grey in greys:
            (tmp_path / "val" / name / f"{grey}.png").write_bytes(plain_bytes(grey))
    (tmp_path / "val" / "loose.png").write_bytes(plain_bytes(9))
    outcome = trained("evaluate", tmp_path / "val", "--json")
    assert outcome.code == 0
    answer = outcome.answer
    assert answer.keys() == {
        *("accuracy", "n", "per_class", "confusion", "classes"),
        "balanced_accuracy",
    }
    assert (answer["accuracy"], answer["balanced_accuracy"], answer["n"]) == (0.75, 0.75, 4)
    assert answer["confusion"] == [[1, 1], [0, 2]]
    assert answer["classes"] == ["dark", "light"]
    assert answer["per_class"]["light"].keys() == {"precision", "recall", "f1", "n"}
    assert "loose.png lies in no class folder." in outcome.err


def test_evaluate_on_unequal_classes_says_what_the_share_hides(
    trained: Shell, tmp_path: Path
) -> None:
    for name, greys in (("dark", (10, 20, 30, 40)), ("light", (5,))):
        (tmp_path / "val" / name).mkdir(parents=True)
        for grey in greys:
            (tmp_path / "val" / name / f"{grey}.png").write_bytes(plain_bytes(grey))
    outcome = trained("evaluate", tmp_path / "val")
    assert "80 % of 5 photos right, 50 % when every class counts alike" in outcome.out


@pytest.mark.parametrize("run", ["99", "99999999999999999999"])
def test_evaluate_of_a_run_that_is_not_there_is_bad_input(
    trained: Shell, photos: Path, run: str
) -> None:
    outcome = trained("evaluate", photos, "--run", run)
    assert (outcome.code, outcome.out) == (2, "")


def test_evaluate_where_nothing_can_be_measured_is_bad_input(
    trained: Shell, tmp_path: Path
) -> None:
    write_photos(tmp_path / "loose", [1])
    outcome = trained("evaluate", tmp_path / "loose")
    assert outcome.code == 2
    assert "named dark, light" in outcome.err


def test_predict_answers_for_every_file(trained: Shell, photos: Path) -> None:
    outcome = trained("predict", photos / "dark", "--json")
    assert outcome.code == 0
    predictions = outcome.answer["predictions"]
    assert [each["name"] for each in predictions] == ["0.png", "1.png", "2.png", "3.png"]
    assert all(each.keys() == {"name", "classes", "milliseconds"} for each in predictions)
    assert all(len(each["classes"]) == 2 for each in predictions)
    assert predictions[0]["classes"][0].keys() == {"name", "probability"}


def test_predict_as_json_by_its_format(trained: Shell, photos: Path) -> None:
    assert trained("predict", photos, "--format", "json").answer["predictions"]


def test_predict_shows_the_likeliest(trained: Shell, photos: Path) -> None:
    outcome = trained("predict", photos / "dark" / "0.png", "--top", "1", "--json")
    assert len(outcome.answer["predictions"][0]["classes"]) == 1


def test_predict_shows_a_table_of_as_many_classes_as_asked_for(
    shell: Shell, tmp_path: Path
) -> None:
    for n in range(5):
        write_photos(tmp_path / "five" / f"class {n}", range(4 * n, 4 * n + 4))
    shell("add", tmp_path / "five")
    shell("train")
    photo = tmp_path / "five" / "class 0" / "0.png"
    assert shell("predict", photo).out.count("%") == 3
    assert shell("predict", photo, "--top", "5").out.count("%") == 5


def test_predict_says_no_100_percent_while_another_class_is_possible(
    trained: Shell, tmp_path: Path
) -> None:
    nearly_black = Image.new("RGB", (32, 32))
    nearly_black.putpixel((0, 0), (80, 80, 80))
    nearly_black.save(tmp_path / "night.png")
    (answer,) = trained("predict", tmp_path / "night.png", "--json").answer["predictions"]
    assert 0.9995 <= answer["classes"][0]["probability"] < 1
    assert "dark 99.9 %, light 0 %" in trained("predict", tmp_path / "night.png").out


def test_predict_names_a_file_that_cannot_be_read_and_answers_the_rest(
    trained: Shell, tmp_path: Path
) -> None:
    (tmp_path / "mixed").mkdir()
    (tmp_path / "mixed" / "a.png").write_bytes(plain_bytes(9))
    (tmp_path / "mixed" / "b.png").write_text("no photo")
    outcome = trained("predict", tmp_path / "mixed", "--json")
    assert outcome.code == 0
    assert [bool(each["classes"]) for each in outcome.answer["predictions"]] == [True, False]
    assert "b.png is not a picture" in outcome.err


def test_predict_where_no_file_can_be_read_is_bad_input(trained: Shell, tmp_path: Path) -> None:
    (tmp_path / "b.png").write_text("no photo")
    assert trained("predict", tmp_path / "b.png").code == 2


def test_predict_before_training_says_what_to_do(shell: Shell, photos: Path) -> None:
    shell("add", photos)
    outcome = shell("predict", photos, "--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert "train first" in outcome.err


@pytest.mark.parametrize("top", ["0", "-1", "x"])
def test_predict_of_no_class_is_bad_input(trained: Shell, photos: Path, top: str) -> None:
    assert trained("predict", photos, "--top", top).code == 2


def test_csv_has_a_line_for_each_class(trained: Shell, photos: Path) -> None:
    outcome = trained("predict", photos / "dark" / "0.png", "--format", "csv")
    header, first, second = outcome.out.splitlines()
    assert header == "name,class,probability"
    assert first.startswith("0.png,")
    assert "\r" not in outcome.out
    shares = [float(line.split(",")[2]) for line in (first, second)]
    assert sum(shares) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", ["=cmd()", "+1", "-1", "@sum", "=1,2", '="a"'])
def test_csv_computes_nothing_in_a_spreadsheet(
    shell: Shell, photos: Path, tmp_path: Path, name: str
) -> None:
    (photos / "light").rename(photos / name)
    shell("add", photos)
    shell("train")
    (tmp_path / f"{name}.png").write_bytes(plain_bytes(250))
    outcome = shell("predict", tmp_path / f"{name}.png", "--format", "csv")
    rows = list(csv.reader(io.StringIO(outcome.out)))
    assert {row[0] for row in rows[1:]} == {f"'{name}.png"}
    assert {row[1] for row in rows[1:]} == {"dark", f"'{name}"}
