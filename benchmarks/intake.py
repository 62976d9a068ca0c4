"""How fast photos come in, against the bare cost of what has to be done with each of them.

    python benchmarks/intake.py [--upload 500] [--import 10000] [--times 3] [--folder DIR]

The bare cost is the app's own code to read, hash, decode, make a thumbnail and write durably, on
all cores, with no row, page or server. App and bare cost take turns, so that a busy machine
hinders both. The upload is a real Chromium; the import is `python -m dragon_app add`.
"""

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from statistics import median

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.drawn import write_photos
from dragon_app.imaging.decode import inspect_bytes, read_file
from dragon_app.imaging.hashing import perceptual_hash
from dragon_app.imaging.thumbnails import thumbnail
from dragon_app.services.examining import CORES, THREADS
from dragon_app.storage.blobs import Blobs
from tests.browser.conftest import FLAGS
from tests.integration.drill import Server

_UPLOAD_LIMIT, _IMPORT_LIMIT = 1.5, 1.3
_LIMIT_MS = 600_000
# From the moment the files are chosen to the words that say how many are on disk.
_TIMED = """async ([input, count]) => {
  const words = `${count.toLocaleString('en')} added`;
  const started = performance.now();
  input.dispatchEvent(new Event('change', { bubbles: true }));
  while (!document.querySelector('.upload')?.textContent.includes(words))
    await new Promise((resolve) => setTimeout(resolve, 5));
  return (performance.now() - started) / 1000;
}"""
_HELD_BACK = """input => input.addEventListener('change', (event) => {
  if (event.isTrusted) event.stopImmediatePropagation();
}, { capture: true, once: false })"""


def bare(photos: Sequence[Path], folder: Path) -> float:
    """Return the seconds that reading, hashing, decoding, thumbnails and durable writes take."""
    blobs, decoding = Blobs(folder), threading.Semaphore(CORES)

    def take(path: Path) -> None:
        data = read_file(path)
        digest = hashlib.sha256(data).hexdigest()
        with decoding:
            photo = inspect_bytes(data)
            blobs.put_thumbnail(digest, thumbnail(photo.pixels))
            perceptual_hash(photo.pixels)
        blobs.put(data, digest)

    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(take, photos))
    return time.perf_counter() - started


def imported(source: Path, folder: Path, count: int) -> float:
    """Return the seconds that the shell takes to add a folder, the start of Python included."""
    command = [sys.executable, "-m", "dragon_app", "--workspace", str(folder), "add", "--json"]
    started = time.perf_counter()
    done = subprocess.run([*command, str(source)], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - started
    answer = json.loads(done.stdout)
    assert answer["added"] == count, answer
    return seconds


def uploaded(photos: Sequence[Path], folder: Path) -> float:
    """Return the seconds from choosing files in a browser to the words that they are on disk."""
    server = Server(folder, folder.parent / "server.log")
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=_chromium(), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(server.address)
            box = page.locator("input[type=file][multiple]").first
            box.wait_for(state="attached")
            box.evaluate(_HELD_BACK)
            box.set_input_files([str(path) for path in photos])
            page.set_default_timeout(_LIMIT_MS)
            seconds = page.evaluate(_TIMED, [box.element_handle(), len(photos)])
            browser.close()
        return float(seconds)
    finally:
        server.kill()


def compare(
    name: str, photos: Sequence[Path], app: Callable[[Path], float], *, times: int, limit: float
) -> float:
    """Time the app and the bare cost in turn, print a line for each turn; return the ratio."""
    apps: list[float] = []
    bares: list[float] = []
    for turn in range(times):
        for seconds, work in ((bares, lambda folder: bare(photos, folder)), (apps, app)):
            with tempfile.TemporaryDirectory(dir=photos[0].parents[2], prefix="turn-") as place:
                os.sync()  # what the turn before left to write is not this turn's
                seconds.append(work(Path(place) / "workspace"))
        line = {"name": name, "turn": turn + 1, "app_s": apps[-1], "bare_s": bares[-1]}
        print(json.dumps(line | {"ratio": round(apps[-1] / bares[-1], 3)}), flush=True)
    ratio = median(a / b for a, b in zip(apps, bares, strict=True))
    print(
        f"| {name}, {len(photos):,} photos | {median(apps):.2f} s | {median(bares):.2f} s "
        f"| {ratio:.2f} | {limit} |",
        flush=True,
    )
    return ratio


def main() -> int:
    """Run both; 0 when both keep their limit."""
    parser = argparse.ArgumentParser(description="Intake against its bare cost.")
    parser.add_argument("--upload", type=int, default=500)
    parser.add_argument("--import", dest="imported", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where to work: a real disk")
    options = parser.parse_args()
    is_kept = True
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="dragon-intake-") as name:
        source = Path(name) / "photos"
        photos = write_photos(source, max(options.upload, options.imported), classes=5)
        size = sum(path.stat().st_size for path in photos) / len(photos)
        print(f"{date.today()}, {platform.machine()}, {CORES} cores, photos of {size / 1e3:.0f} KB")
        if options.upload:
            chosen = photos[: options.upload]
            ratio = compare(
                "upload in a browser", chosen, lambda folder: uploaded(chosen, folder),
                times=options.times, limit=_UPLOAD_LIMIT,
            )  # fmt: skip
            is_kept &= ratio <= _UPLOAD_LIMIT
        if options.imported:
            count = len(photos)
            ratio = compare(
                "import in the shell", photos, lambda folder: imported(source, folder, count),
                times=options.times, limit=_IMPORT_LIMIT,
            )  # fmt: skip
            is_kept &= ratio <= _IMPORT_LIMIT
    return 0 if is_kept else 1


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)


if __name__ == "__main__":
    sys.exit(main())
