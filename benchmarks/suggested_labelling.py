"""Labelling by keys with suggestions: how many photos need more than Enter. Real server, Chromium.

    python benchmarks/suggested_labelling.py [--data FOLDER] [--keys-per-s 4] [--seed 0]

FOLDER has a folder of photos for each class; they wait unlabelled, in any order. A script that
knows the truth goes from photo to photo: Enter where the tile suggests the right class, the key of
the class where it suggests none or another. Suggestions come and change meanwhile as they do.
"""

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.board import chromium
from dragon_app.services.intake import IncomingFile
from dragon_app.wiring import open_app
from tests.browser.conftest import FLAGS
from tests.integration.drill import Server

_FLOWERS = Path(__file__).parents[2] / "shared" / "data" / "flowers" / "train"
_PHOTOS = (".jpg", ".jpeg", ".png")
_LIMIT_MS = 120_000
# The photo of the keys and what its tile says, once it is another than before.
_SHOWN = """before => {
  const tile = document.querySelector('.tile[aria-selected="true"]');
  if (!tile || tile.dataset.id === before) return null;
  const words = tile.querySelector('.tile-class .d-cut').textContent;
  return { id: tile.dataset.id, says: tile.classList.contains('is-draft') ? words : '' };
}"""
BY_ENTER, NONE_YET, CORRECTED = "given by Enter", "without a suggestion yet", "corrected by hand"


def fill(folder: Path, data: Path, seed: int) -> tuple[dict[int, str], list[str]]:
    """Add the photos without labels; return the class of each by id, and the classes by key."""
    names = sorted(each.name for each in data.iterdir() if each.is_dir())
    paths = sorted(each for each in data.glob("*/*") if each.suffix.lower() in _PHOTOS)
    random.Random(seed).shuffle(paths)
    truth: dict[int, str] = {}
    app = open_app(folder)
    try:
        for name in names:
            app.labelling.create_class(name)
        for path in paths:
            file = IncomingFile(
                name=path.name, read=path.read_bytes, size_bytes=path.stat().st_size
            )
            for image_id in app.dataset.add([file]).image_ids:
                truth[image_id] = path.parent.name
    finally:
        app.close()
    return truth, names


def label(page: Page, truth: dict[int, str], names: list[str], keys_per_s: float) -> Counter[str]:
    """Label photo after photo; return how each was given its class."""
    page.get_by_role("listbox", name="Photos").locator('[data-place="0"]').click()
    given: Counter[str] = Counter()
    before, started = "", time.perf_counter()
    for number in range(len(truth)):
        time.sleep(max(0.0, started + number / keys_per_s - time.perf_counter()))
        shown = page.wait_for_function(_SHOWN, arg=before).json_value()
        before, wanted = shown["id"], truth[int(shown["id"])]
        draft = shown["says"]
        page.keyboard.press("Enter" if draft == wanted else str(1 + names.index(wanted)))
        given[BY_ENTER if draft == wanted else CORRECTED if draft else NONE_YET] += 1
    page.wait_for_function(
        "n => Number(document.querySelector('.grid .tile')?.ariaSetSize) === n"
        " && !document.querySelector('.grid .tile.is-draft')",
        arg=len(truth),
    )
    page.get_by_text("Saved", exact=True).wait_for()
    return given


def journal(folder: Path) -> list[tuple[int, str, bool]]:
    """Return every label that was given: photo, class, whether it was suggested."""
    connection = sqlite3.connect(f"file:{folder / 'dragon.db'}?mode=ro", uri=True)
    try:
        sql = """select e.image_id, c.name, e.suggested_by is not null from events e
            join classes c on c.id = e.after where e.kind = 'class' order by e.id"""
        return [(photo, name, bool(is_by)) for photo, name, is_by in connection.execute(sql)]
    finally:
        connection.close()


def main() -> int:
    """Label, compare with the journal, print; 0 when it holds every photo's right class once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=_FLOWERS)
    parser.add_argument("--keys-per-s", type=float, default=4.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dragon-suggested-") as name:
        folder = Path(name) / "workspace"
        truth, names = fill(folder, options.data, options.seed)
        server = Server(folder, Path(name) / "server.log")
        try:
            with sync_playwright() as driver:
                browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                page.set_default_timeout(_LIMIT_MS)
                page.goto(server.address)
                started = time.perf_counter()
                given = label(page, truth, names, options.keys_per_s)
                took_s = time.perf_counter() - started
                browser.close()
        finally:
            server.kill()
        said = journal(folder)
    by_enter = sum(is_by for *_, is_by in said)
    right = sum(truth[photo] == name for photo, name, _ in said)
    print(f"{len(truth)} photos of {len(names)} classes, {len(truth) / took_s:.1f} keys a second\n")
    print("| label | photos |\n|---|---|")
    for how in (BY_ENTER, NONE_YET, CORRECTED):
        print(f"| {how} | {given[how]} |")
    print(f"\njournal: {len(said)} labels, {right} right, {by_enter} accepted suggestions")
    return 0 if len(said) == right == len(truth) and by_enter == given[BY_ENTER] else 1


if __name__ == "__main__":
    sys.exit(main())
