"""Six hundred malformed and odd files are accepted or refused as their list says."""

import csv
from pathlib import Path

import pytest

from dragon_app.core.errors import BadImageError
from dragon_app.imaging.decode import decode_file, inspect_bytes, read_file

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "badimages"


@pytest.mark.skipif(not FOLDER.exists(), reason="the collection of malformed files is not here")
@pytest.mark.filterwarnings("ignore")  # the product only logs Pillow's remarks; decide as it does
@pytest.mark.parametrize("shortest_px", [None, 32, "inspect"])
def test_every_file_is_decided_as_listed(shortest_px: int | str | None) -> None:
    wrong = []
    with (FOLDER / "MANIFEST.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            path = FOLDER / row["file"]
            try:
                if isinstance(shortest_px, str):
                    inspect_bytes(read_file(path))
                else:
                    decode_file(path, shortest_px=shortest_px)
                decision = "ok"
            except BadImageError:
                decision = "reject"
            if decision != row["accept"]:
                wrong.append((row["file"], decision))
    assert wrong == []
