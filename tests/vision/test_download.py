"""Downloads against a server on loopback: whole and right, or nothing."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from dragon_app.core.errors import WeightsError
from dragon_app.vision import download as downloads
from dragon_app.vision.download import download, fetch_imagenet
from dragon_app.vision.sources import imagenet_path

BODY = bytes(range(256)) * 10_000
HASH = hashlib.sha256(BODY).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/absent":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        if self.path == "/silent":
            release.wait(10)
        else:
            self.wfile.write(BODY[:5000] if self.path == "/short" else BODY)

    def log_message(self, format: str, *args: object) -> None:
        pass


release = threading.Event()


@pytest.fixture
def server() -> Iterator[str]:
    release.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.02,))
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        release.set()
        http.shutdown()
        thread.join()


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "checkpoints" / "net-00000000.pth"


def _fetch(url: str, target: Path, prefix: str = HASH[:8], timeout_s: float = 5) -> list[int]:
    seen: list[int] = []

    def report(done: int, total: int) -> None:
        assert total == len(BODY)
        seen.append(done)

    download(url, target, sha256_prefix=prefix, report=report, timeout_s=timeout_s)
    return seen


def _left(target: Path) -> list[Path]:
    return list(target.parent.iterdir())


def test_a_file_arrives_whole_and_its_progress_is_told(server: str, target: Path) -> None:
    seen = _fetch(f"{server}/file", target)
    assert target.read_bytes() == BODY
    assert seen[-1] == len(BODY)
    assert seen == sorted(seen)
    assert _left(target) == [target]


def test_a_wrong_hash_leaves_nothing(server: str, target: Path) -> None:
    with pytest.raises(WeightsError, match="checksum is wrong"):
        _fetch(f"{server}/file", target, prefix="00000000")
    assert _left(target) == []


def test_a_body_that_ends_early_leaves_nothing(server: str, target: Path) -> None:
    with pytest.raises(WeightsError, match="ended after 5000 of 2560000 bytes"):
        _fetch(f"{server}/short", target)
    assert _left(target) == []


def test_a_refusal_of_the_server_is_told(server: str, target: Path) -> None:
    with pytest.raises(WeightsError, match=r"refused .*404.*put the file at"):
        _fetch(f"{server}/absent", target)
    assert _left(target) == []


def test_a_server_that_falls_silent_is_given_up(server: str, target: Path) -> None:
    with pytest.raises(WeightsError, match="timed out"):
        _fetch(f"{server}/silent", target, timeout_s=0.2)
    assert _left(target) == []


def test_a_refused_connection_says_what_to_do(target: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(WeightsError, match="Check the connection and try again"):
        _fetch(f"http://127.0.0.1:{port}/file", target)
    assert _left(target) == []


def test_a_folder_that_cannot_be_made_is_named(server: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WeightsError, match="Cannot write to"):
        _fetch(f"{server}/file", tmp_path / "file" / "net.pth")


def test_giving_up_halfway_leaves_nothing(server: str, target: Path) -> None:
    def report(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(f"{server}/file", target, sha256_prefix="", report=report)
    assert _left(target) == []


def test_only_web_addresses_are_fetched(target: Path) -> None:
    with pytest.raises(WeightsError, match="not a web address"):
        _fetch("file:///etc/hostname", target)


def test_weights_that_are_here_are_not_fetched_again() -> None:
    path = imagenet_path("resnet18")
    path.parent.mkdir(parents=True)
    path.touch()
    assert fetch_imagenet("resnet18", report=lambda done, total: None) == path


def test_weights_come_from_torchvisions_address(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "imagenet_url", lambda name: f"{server}/net-{HASH[:8]}.pth")
    path = imagenet_path("resnet18")
    with pytest.raises(WeightsError, match="checksum is wrong"):
        fetch_imagenet("resnet18", report=lambda done, total: None)
    assert list(path.parent.iterdir()) == []
