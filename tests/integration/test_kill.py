import random
import subprocess
import sys
import time
from pathlib import Path

from dragon_app.services.intake import scan
from dragon_app.wiring import open_app
from tests.integration.drill import ROOT, Confirmed, check, kill_once
from tests.photos import write_photos

KILLS = 2
PHOTOS = 400


def test_nothing_confirmed_is_missing_after_a_kill(folder: Path) -> None:
    confirmed = Confirmed()
    for _ in range(KILLS):
        kill_once(folder, confirmed, delay_s=random.uniform(0.3, 2))
        check(folder, confirmed)
    assert confirmed.digests
    assert confirmed.classes


def test_an_import_cut_off_is_completed_and_nothing_is_doubled(
    folder: Path, tmp_path: Path
) -> None:
    write_photos(tmp_path / "set" / "dragon", range(PHOTOS))
    command = [sys.executable, "-m", "dragon_app", "--workspace", str(folder), "add"]
    importing = subprocess.Popen(
        [*command, str(tmp_path / "set")], cwd=ROOT, stderr=subprocess.PIPE, text=True
    )
    assert importing.stderr is not None
    assert "photos read" in importing.stderr.readline()  # the first of them are in
    time.sleep(random.uniform(0, 0.3))  # the random moment that the test is about
    importing.kill()
    importing.wait()
    importing.stderr.close()

    check(folder, Confirmed())
    app = open_app(folder)
    try:
        there = app.dataset.summary().total
        assert there > 0
        result = app.dataset.add(scan([tmp_path / "set"]))
        assert (result.added, result.duplicates) == (PHOTOS - there, there)
        (count,) = app.dataset.summary().classes
        assert count.total == PHOTOS
        for image_id in result.image_ids:
            assert len(app.workspace.labels.history(image_id)) == 1
    finally:
        app.close()
