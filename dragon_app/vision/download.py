"""One file from the internet to the disk: whole and right, or not at all. Knows no networks."""

import hashlib
import http.client
import os
import tempfile
import urllib.error
import urllib.request
from pathlib import Path
from typing import BinaryIO

from dragon_app.core.disk import sync_folder
from dragon_app.core.errors import WeightsError
from dragon_app.core.ports import ByteProgress
from dragon_app.vision.sources import hash_in_name, imagenet_path, imagenet_url

CHUNK_BYTES = 2**20
TIMEOUT_S = 30.0


def fetch_imagenet(name: str, *, report: ByteProgress) -> Path:
    """Download torchvision's weights of a backbone unless they are here; return where they lie."""
    target = imagenet_path(name)
    if not target.is_file():
        url = imagenet_url(name)
        download(url, target, sha256_prefix=hash_in_name(target.name), report=report)
    return target


def download(
    url: str,
    target: Path,
    *,
    sha256_prefix: str,
    report: ByteProgress,
    timeout_s: float = TIMEOUT_S,
) -> None:
    """Fetch a file under a temporary name, check its length and hash, and put it in its place.

    Raise `WeightsError` and leave nothing behind when any of it fails. An exception from `report`
    ends the download in the same way.
    """
    if not url.startswith(("https://", "http://")):
        raise WeightsError(f"{url} is not a web address.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise WeightsError(f"Cannot write to {target.parent}: {error.strerror}.") from error
    partial = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            digest = _receive(url, file, report=report, timeout_s=timeout_s)
            file.flush()
            os.fsync(file.fileno())
        if not digest.startswith(sha256_prefix):
            raise WeightsError(
                f"What came from {url} is not the expected file: its checksum is wrong. Try "
                "again; if it stays wrong, something on the way changes the download."
            )
        partial.chmod(0o644)
        partial.replace(target)
        sync_folder(target.parent)
    except (OSError, http.client.HTTPException) as error:
        raise WeightsError(_reason(error, url, target)) from error
    finally:
        partial.unlink(missing_ok=True)


def _receive(url: str, file: BinaryIO, *, report: ByteProgress, timeout_s: float) -> str:
    """Write the body of a web page to a file; return its SHA-256."""
    sha256 = hashlib.sha256()
    done = 0
    with urllib.request.urlopen(url, timeout=timeout_s) as body:  # noqa: S310  # checked above
        total = int(body.headers.get("Content-Length") or 0)
        while chunk := body.read(CHUNK_BYTES):
            file.write(chunk)
            sha256.update(chunk)
            done += len(chunk)
            report(done, total)
    if done == 0 or (total and done != total):
        raise WeightsError(f"{url} ended after {done} of {total} bytes. Try again.")
    return sha256.hexdigest()


def _reason(error: Exception, url: str, target: Path) -> str:
    remedy = (
        f"Check the connection and try again, or put the file at {target} yourself, or train "
        "with the starter weights."
    )
    if isinstance(error, urllib.error.HTTPError):
        return f"The server refused {url} ({error.code} {error.reason}). {remedy}"
    if isinstance(error, urllib.error.URLError | TimeoutError | http.client.HTTPException):
        cause = getattr(error, "reason", None) or error or "no answer"
        return f"{url} could not be fetched ({cause}). {remedy}"
    if isinstance(error, ConnectionError):
        return f"The connection to {url} broke ({error}). {remedy}"
    return f"{target} could not be written ({error}). Make room there and try again."
