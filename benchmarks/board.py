"""The labelling board with 100,000 photos: a real Chromium on a real server. Linux: reads /proc.

    python benchmarks/board.py [--photos 100000] [--times 3] [--keys 200] [--workspace DIR]

Prints a JSON line for each turn and a Markdown table of medians. `--workspace` keeps what takes a
minute to make. Every turn starts a fresh server and a fresh browser; turns label further photos.
"""

import argparse
import json
import platform
import re
import shutil
import sqlite3
import sys
import tempfile
import time
from datetime import date
from itertools import zip_longest
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.crowd import CLASSES, build
from dragon_app.wiring import open_app
from tests.browser.conftest import FLAGS
from tests.integration.drill import Server

# name -> what it is, its limit
LIMITS = {
    "view_s": ("first view, after the page is up, s", 1.0),
    "key_ms": ("key to committed label, median, ms", 30.0),
    "key_p99_ms": ("key to committed label, p99, ms", 100.0),
    "training_key_ms": ("the same while a run trains, median, ms", 150.0),
    "training_key_p99_ms": ("the same while a run trains, p99, ms", 500.0),
    "jump_ms": ("jump to any place, slowest of 10, ms", 500.0),
    "heap_mb": ("browser heap after the jumps, MB", 300.0),
    "label_1000_s": ("label 1,000 chosen photos, s", 1.0),
    "undo_1000_s": ("undo that, in one step, s", 1.0),
    "keys_lost": ("scripted keys lost, 8 a second", 0.0),
    "server_mb": ("server memory, torch not loaded, MB", 600.0),
}
_KEYS_PER_S = 8
_JUMPS = 10
_LIMIT_MS = 120_000
# Notes when the tabs and the first view are there, when labelling keys are pressed, and when the
# answers came that confirm their labels.
_WATCH = """
(() => {
  const seen = (window.measured = { tabs: 0, view: 0, keys: [], answers: [] });
  const isDrawn = () => {
    const grid = document.querySelector('.grid');
    return grid?.querySelector('.tile') && !grid.querySelector('.tile.is-loading');
  };
  const look = () => {
    if (!seen.tabs && document.querySelector('[role="tab"]')) seen.tabs = performance.now();
    if (seen.tabs && !seen.view && isDrawn()) seen.view = performance.now();
    if (!seen.view) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  addEventListener('keydown', (event) => {
    if (/^[1-5]$/.test(event.key)) seen.keys.push(performance.now());
  }, { capture: true });
  const plain = window.fetch;
  window.fetch = async (address, how) => {
    const answer = await plain(address, how);
    if (/dragon.(labels|undo)$/.test(String(address)) && answer.ok)
      seen.answers.push(performance.now());
    return answer;
  };
})();
"""
_JUMP = """async (share) => {
  const grid = document.querySelector('.grid'), before = grid.dataset.drawn;
  const frame = () => new Promise(requestAnimationFrame);
  const started = performance.now();
  scrollTo(0, share * (document.documentElement.scrollHeight - innerHeight));
  do await frame();
  while (grid.dataset.drawn === before || grid.querySelector('.tile.is-loading'));
  return performance.now() - started;
}"""


class Turn:
    """One server and one page on it."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.folder = folder
        self.server = Server(folder, folder.parent / "server.log")
        self.page = browser.new_page(viewport={"width": 1280, "height": 900})
        self.page.set_default_timeout(_LIMIT_MS)
        self.page.add_init_script(_WATCH)

    def measure(self, *, keys: int, trains: bool, suggests: bool) -> dict[str, float]:
        """Do everything once and return what it took; `suggests` tells what the workspace does."""
        page = self.page
        page.goto(self.server.address)
        page.wait_for_function("measured.view > 0")
        found = {"view_s": page.evaluate("(measured.view - measured.tabs) / 1000")}
        shares = [(0.37 + 0.618 * i) % 1 for i in range(_JUMPS)]
        found["jump_ms"] = max(page.evaluate(_JUMP, share) for share in shares)
        found["heap_mb"] = self._heap_mb()
        found["server_mb"] = self._server_mb(has_torch=suggests)
        idle = self._type(keys)
        found |= {"keys_lost": idle["lost"], "key_ms": idle["median"], "key_p99_ms": idle["p99"]}
        found |= self._thousand()
        if trains:
            busy = self._while_training(keys)
            found |= {"training_key_ms": busy["median"], "training_key_p99_ms": busy["p99"]}
            found["keys_lost"] += busy["lost"]
        return {name: round(value, 3) for name, value in found.items()}

    def close(self) -> None:
        """End page and server."""
        self.page.close()
        self.server.kill()

    def _type(self, count: int) -> dict[str, float]:
        """Label so many photos by keys, 8 a second; compare with the journal."""
        page = self.page
        page.evaluate("scrollTo(0, 0)")
        card = page.locator(".class-card").filter(has_text=re.compile(r"^Unlabelled"))
        card.get_by_role("button").first.click()
        first = page.get_by_role("listbox", name="Photos").locator('[data-place="0"]')
        first.wait_for()
        first.click()
        page.evaluate("Object.assign(measured, { keys: [], answers: [] })")
        newest = self._query("select coalesce(max(id), 0) from events")[0][0]
        typed = [str(1 + (i * i + i // 7) % 5) for i in range(count)]
        started = time.perf_counter()
        for number, key in enumerate(typed):
            time.sleep(max(0.0, started + number / _KEYS_PER_S - time.perf_counter()))
            page.keyboard.press(key)
        page.wait_for_function("n => measured.answers.length >= n", arg=count)
        times = page.evaluate("measured.answers.map((at, i) => at - measured.keys[i])")
        names = dict(self._query("select id, name from classes"))
        said = self._query(
            f"select image_id, after from events where id > {newest} and kind = 'class' order by id"
        )
        given = [names[int(class_id)] for _, class_id in said]
        wanted = [CLASSES[int(key) - 1] for key in typed]
        lost = sum(a != b for a, b in zip_longest(given, wanted))  # in order: each on its own photo
        lost += len(said) - len({image_id for image_id, _ in said})
        return {"median": median(times), "p99": quantiles(times, n=100)[98], "lost": float(lost)}

    def _thousand(self) -> dict[str, float]:
        """Label the 1,000 photos that a search finds, and take it back."""
        page = self.page
        page.locator(".class-card").filter(has_text=re.compile(r"^All photos")).get_by_role(
            "button"
        ).first.click()
        page.get_by_label("Search names").fill("photo 042")
        first = page.get_by_role("listbox", name="Photos").locator('[data-place="0"]')
        page.wait_for_function(
            "document.querySelector('.grid .tile')?.ariaSetSize === '1000'"
            " && !document.querySelector('.grid .tile.is-loading')"
        )
        first.click()
        page.keyboard.press("ControlOrMeta+a")
        state = "select sum(class_id = 2), count(class_id) from images"
        before = self._query(state)
        times = []
        for key in ("2", "ControlOrMeta+z"):
            page.evaluate("Object.assign(measured, { keys: [], answers: [] })")
            started = page.evaluate("performance.now()")
            page.keyboard.press(key)
            page.wait_for_function("measured.answers.length > 0")
            times.append((page.evaluate("measured.answers[0]") - started) / 1000)
        assert self._query(state) == before, "undo did not put everything back"
        page.get_by_label("Search names").fill("")
        return {"label_1000_s": times[0], "undo_1000_s": times[1]}

    def _while_training(self, count: int) -> dict[str, float]:
        wish = {"preset": "thorough", "values": {"epochs": 100}}
        with httpx.Client(base_url=self.server.address, timeout=120, trust_env=False) as client:
            answer: dict[str, Any] = client.post("/dragon/runs", json=wish).json()
            run = answer["run"]["id"]
            deadline = time.monotonic() + 300
            while client.get("/dragon/state").json()["run"]["done"] < 1:
                assert time.monotonic() < deadline, "training did not begin"
                time.sleep(0.5)
            times = self._type(count)
            assert client.get("/dragon/state").json()["run"]["id"] == run, "training ended early"
            client.post(f"/dragon/runs/{run}/stop")
        return times

    def _heap_mb(self) -> float:
        session = self.page.context.new_cdp_session(self.page)
        session.send("Performance.enable")
        values = session.send("Performance.getMetrics")["metrics"]
        return float(next(v["value"] for v in values if v["name"] == "JSHeapUsedSize") / 1e6)

    def _server_mb(self, *, has_torch: bool) -> float:
        place = Path(f"/proc/{self.server.pid}")
        assert has_torch or "libtorch" not in (place / "maps").read_text()
        return int(re.findall(r"VmHWM:\s+(\d+)", (place / "status").read_text())[0]) / 1e3

    def _query(self, sql: str) -> list[Any]:
        connection = sqlite3.connect(f"file:{self.folder / 'dragon.db'}?mode=ro", uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()


def main() -> int:
    """Measure and print; 0 when every median keeps its limit."""
    parser = argparse.ArgumentParser(description="The board with very many photos.")
    parser.add_argument("--photos", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--workspace", type=Path, help="a folder to keep (a temporary one)")
    parser.add_argument("--no-training", action="store_true")
    parser.add_argument("--suggestions", action="store_true", help="while photos are looked at")
    options = parser.parse_args()
    turns: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory(prefix="dragon-board-") as name:
        folder = options.workspace or Path(name) / "workspace"
        if not (folder / "dragon.db").exists():
            build(folder, options.photos)
        _choose(folder, suggests=options.suggestions)
        with sync_playwright() as driver:
            for _ in range(options.times):
                browser = driver.chromium.launch(executable_path=chromium(), args=FLAGS)
                turn = Turn(browser, folder)
                try:
                    turns.append(
                        turn.measure(
                            keys=options.keys,
                            trains=not options.no_training,
                            suggests=options.suggestions,
                        )
                    )
                finally:
                    turn.close()
                    browser.close()
                print(json.dumps(turns[-1]), flush=True)
    return _table(turns, options.photos)


def _choose(folder: Path, *, suggests: bool) -> None:
    app = open_app(folder)
    try:
        (app.suggesting.turn_on if suggests else app.suggesting.turn_off)()
    finally:
        app.close()


def _table(turns: list[dict[str, float]], photos: int) -> int:
    print(f"\n{photos:,} photos, {date.today()}, {platform.processor() or platform.machine()}\n")
    print("| what | median | limit |\n|---|---|---|")
    is_kept = True
    for name, (words, limit) in LIMITS.items():
        if name in turns[0]:
            value = median(turn[name] for turn in turns)
            is_kept &= value <= limit
            print(f"| {words} | {value:.3g} | {limit:g} |")
    return 0 if is_kept else 1


def chromium() -> str | None:
    """Return where the machine has one; None lets Playwright look."""
    return next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)


if __name__ == "__main__":
    sys.exit(main())
