"""The kill drill: clients upload and label over HTTP, the app dies, what it confirmed is there.

Shared by the test and by `benchmarks/kill_drill.py`. Knows the page's routes and the workspace.
"""

import hashlib
import itertools
import os
import random
import sqlite3
import subprocess
import sys
import threading
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from dragon_app.core.errors import NotFoundError
from dragon_app.core.types import EventKind
from dragon_app.wiring import App, open_app
from tests.photos import photo_bytes

ROOT = Path(__file__).parents[2]
CLIENTS = 3
_START_S = 60.0
_CLASSES = ("dragon", "knight", "castle")


@dataclass
class Confirmed:
    """What the app answered for. Shared between the clients: everything, under `lock`."""

    digests: dict[int, str] = field(default_factory=dict)  # by photo id
    classes: dict[int, int] = field(default_factory=dict)  # by photo id
    names: dict[int, str] = field(default_factory=dict)  # of classes, by class id
    asked: dict[int, int] = field(default_factory=dict)  # labels sent and not answered for
    lock: threading.Lock = field(default_factory=threading.Lock)


class Server:
    """The app as a child process on a free port."""

    def __init__(self, folder: Path, log: Path) -> None:
        command = [sys.executable, "-m", "dragon_app", "--workspace", str(folder)]
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [*command, "serve", "--port", "0", "--no-browser"],
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.pid = self._process.pid
        self._watchdog = threading.Timer(_START_S, self._process.kill)
        self._watchdog.start()
        self.address = self._read_address(log)

    def kill(self) -> None:
        """End the process as a power cut does; it gets no chance to clean up."""
        self._watchdog.cancel()
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _read_address(self, log: Path) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        self._watchdog.cancel()
        if "http://" not in line:
            self.kill()
            raise AssertionError(f"the app did not start: {log.read_text()[-2000:]}")
        return line.split()[-1]


def kill_once(folder: Path, confirmed: Confirmed, *, delay_s: float) -> None:
    """Serve, let clients work, kill the app `delay_s` after its first confirmed photo."""
    server = Server(folder, folder.parent / "server.log")
    has_begun = threading.Event()
    problems: list[str] = []
    clients = [
        threading.Thread(target=_work, args=[server.address, confirmed, has_begun, problems])
        for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    try:
        is_confirming = has_begun.wait(_START_S)
        threading.Event().wait(delay_s)  # the random moment that the drill is about
    finally:
        server.kill()
        for client in clients:
            client.join()
    assert is_confirming, f"the app confirmed nothing: {problems}"
    assert not problems, f"the app refused: {problems}"


def check(folder: Path, confirmed: Confirmed) -> int:
    """Open what the kill left, compare it with what was confirmed, return how many photos it has.

    Raise `AssertionError` that says what is missing.
    """
    app = open_app(folder)
    try:
        _check_classes(app, confirmed)
        for image_id, digest in confirmed.digests.items():
            try:
                image = app.dataset.image(image_id)
            except NotFoundError as error:
                raise AssertionError(f"photo {image_id} is missing") from error
            assert image.digest == digest, f"photo {image_id} is another one"
            known = confirmed.classes.get(image_id)
            allowed = {known, confirmed.asked.get(image_id, known)}
            assert image.class_id in allowed, f"photo {image_id} lost its class: {image.class_id}"
            if image.class_id is not None:
                confirmed.classes[image_id] = image.class_id  # an unanswered label may be in
            said = [
                e.after for e in app.workspace.labels.history(image_id) if e.kind is EventKind.CLASS
            ]
            now = None if image.class_id is None else str(image.class_id)
            assert (said[-1] if said else None) == now, f"journal and photo {image_id} differ"
        confirmed.asked.clear()
        return _check_files(app)
    finally:
        app.close()


def _check_classes(app: App, confirmed: Confirmed) -> None:
    there = {each.id: each.name for each in app.labelling.classes()}
    missing = confirmed.names.items() - there.items()
    assert not missing, f"classes are missing: {missing}"


def _check_files(app: App) -> int:
    connection = sqlite3.connect(app.workspace.folder / "dragon.db")
    try:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("pragma foreign_key_check").fetchall() == []
        digests = [row[0] for row in connection.execute("select digest from images")]
    finally:
        connection.close()
    for digest in digests:
        path = app.workspace.blobs.path(digest)
        assert path.is_file(), f"the file of {digest} is missing"
        data = path.read_bytes()
        assert hashlib.sha256(data).hexdigest() == digest, f"the file of {digest} is damaged"
    return len(digests)


def _work(
    address: str, confirmed: Confirmed, has_begun: threading.Event, problems: list[str]
) -> None:
    """Upload and label until the app is gone."""
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        try:
            _make_classes(client, confirmed)
            for turn in itertools.count():
                ids = _upload(
                    client, confirmed, count=(1, 2, 40)[turn % 3], is_labelled=turn % 2 == 1
                )
                has_begun.set()
                _label(client, confirmed, ids[:1])
                with confirmed.lock:
                    older = random.sample(sorted(confirmed.digests), 1)
                _label(client, confirmed, older)
        except httpx.TransportError:
            return  # killed
        except BaseException as error:
            problems.append(repr(error))
            raise


def _post(client: httpx.Client, path: str, **kwargs: Any) -> dict[str, Any]:
    response = client.post(f"/dragon/{path}", **kwargs)
    assert response.status_code == 200, f"{path}: {response.status_code} {response.text}"
    answer: dict[str, Any] = response.json()
    return answer


def _make_classes(client: httpx.Client, confirmed: Confirmed) -> None:
    with confirmed.lock:
        for name in _CLASSES:
            if name not in confirmed.names.values():
                made = _post(client, "classes", json={"name": name})
                confirmed.names[made["id"]] = name


def _upload(
    client: httpx.Client, confirmed: Confirmed, *, count: int, is_labelled: bool
) -> list[int]:
    photos = [photo_bytes(random.getrandbits(48)) for _ in range(count)]
    files = [("files", (f"{i}.png", data, "image/png")) for i, data in enumerate(photos)]
    class_id = random.choice(sorted(confirmed.names)) if is_labelled else None
    form = {} if class_id is None else {"class_id": str(class_id)}
    answer = _post(client, "uploads", files=files, data=form)
    assert answer["added"] == count, answer
    with confirmed.lock:
        for image_id, data in zip(answer["image_ids"], photos, strict=True):
            confirmed.digests[image_id] = hashlib.sha256(data).hexdigest()
            if class_id is not None:
                confirmed.classes[image_id] = class_id
    return list(answer["image_ids"])


def _label(client: httpx.Client, confirmed: Confirmed, ids: list[int]) -> None:
    """Give photos a class, unless another client is doing so: the later answer would be unclear."""
    with confirmed.lock:
        free = [image_id for image_id in ids if image_id not in confirmed.asked]
        class_id = random.choice(sorted(confirmed.names))
        confirmed.asked |= dict.fromkeys(free, class_id)
    if not free:
        return
    batch = uuid.uuid4().hex
    wish = {"gesture": "class", "batch": batch, "image_ids": free, "class_id": class_id}
    _post(client, "labels", json=wish)
    with confirmed.lock:
        for image_id in free:
            confirmed.classes[image_id] = class_id
            del confirmed.asked[image_id]
