from pathlib import Path

import numpy as np
import pytest

from dragon_app.storage.answers import AnswerStore

ROWS = np.array([[0.9, 0.1], [0.25, 0.75], [np.nan, np.nan]], np.float32)


def test_answers_are_kept_beside_the_model(tmp_path: Path) -> None:
    answers = AnswerStore(tmp_path)
    assert answers.get("runs/1/best", photos=3, classes=2) is None
    answers.put("runs/1/best", ROWS)
    found = answers.get("runs/1/best", photos=3, classes=2)
    np.testing.assert_array_equal(found, ROWS)
    assert answers.get("runs/1/best", photos=4, classes=2) is None  # of other photos


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00", b"dragon"])
def test_damaged_answers_are_none(tmp_path: Path, content: bytes) -> None:
    answers = AnswerStore(tmp_path)
    answers.put("f", ROWS)
    (file,) = (tmp_path / "f").iterdir()
    file.write_bytes(content)
    assert answers.get("f", photos=3, classes=2) is None


def test_answers_that_cannot_be_kept_are_no_fault(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("a file where a folder should be")
    AnswerStore(tmp_path).put("f", ROWS)
    assert AnswerStore(tmp_path).get("f", photos=3, classes=2) is None
