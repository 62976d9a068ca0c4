"""Files to photos on all cores, some ahead of whoever stores their rows. Writes blobs, no row."""

import hashlib
import os
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from dragon_app.core.errors import BadImageError, ClassNameError
from dragon_app.core.names import clean_name, shown_name
from dragon_app.core.types import NewImage
from dragon_app.imaging.decode import DecodedPhoto, inspect_bytes
from dragon_app.imaging.hashing import perceptual_hash
from dragon_app.imaging.sharpness import sharpness
from dragon_app.imaging.thumbnails import thumbnail
from dragon_app.services.intake import IncomingFile
from dragon_app.storage.blobs import Blobs

CORES = os.cpu_count() or 1
# Most threads wait for the disk: the more wait at once, the fewer times it has to flush.
THREADS = CORES + 6
MOST_BYTES = 100_000_000  # of files in memory at once, two of the largest
AHEAD = 128  # files examined before the caller takes them; what is kept of each is small


@dataclass(frozen=True, slots=True)
class Examined:
    """A file after decoding: the photo it holds, or why it was refused."""

    file: IncomingFile
    image: NewImage | None
    reason: str = ""


class Examiner:
    """Decodes files and makes them durable. Safe from several threads.

    Shared between threads: `_decoding` and `_room`, which keep the pictures in memory to one for
    each core and their files to `MOST_BYTES`, however many people and requests add photos at once.
    """

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._decoding = threading.Semaphore(CORES)
        self._room = _Room()

    def examine(self, files: Sequence[IncomingFile]) -> Generator[Examined, None, None]:
        """Yield every file in order, its bytes on disk; close it to give up those still ahead."""
        pool = ThreadPoolExecutor(min(THREADS, len(files) or 1), thread_name_prefix="decode")
        ahead: deque[Future[Examined]] = deque()
        try:
            for file in files:
                ahead.append(pool.submit(self._examine, file))
                if len(ahead) > AHEAD:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _examine(self, file: IncomingFile) -> Examined:
        with self._room.taken(file.size_bytes):
            return self._look(file)

    def _look(self, file: IncomingFile) -> Examined:
        try:
            if file.class_name is not None:
                clean_name(file.class_name)
            data = file.read()
            digest = hashlib.sha256(data).hexdigest()
            photo, look, sharp = self._decode(data, digest)
        except BadImageError as error:
            return Examined(file, None, str(error))
        except ClassNameError as error:
            reason = f"lies in a folder that cannot name a class ({str(error).rstrip('.')})"
            return Examined(file, None, reason)
        self._blobs.put(data, digest)
        image = NewImage(
            digest=digest,
            perceptual_hash=look,
            sharpness=sharp,
            format=photo.format,
            width_px=photo.width_px,
            height_px=photo.height_px,
            size_bytes=len(data),
            name=shown_name(file.name),
            split=file.split,
        )
        return Examined(file, image)

    def _decode(self, data: bytes, digest: str) -> tuple[DecodedPhoto, str | None, float]:
        """Return a photo, its perceptual hash and how sharp it is; store its thumbnail.

        A turn at a core is for computing alone: the disk is waited for outside.
        """
        needs_thumbnail = not self._blobs.thumbnail_path(digest).exists()
        with self._decoding:
            photo = inspect_bytes(data)
            small = thumbnail(photo.pixels) if needs_thumbnail else None
            look, sharp = perceptual_hash(photo.pixels), sharpness(photo.pixels)
        if small is not None:
            self._blobs.put_thumbnail(digest, small)
        return photo, look, sharp


class _Room:
    """Room in memory: whoever reads a file waits until there is enough.

    Shared between threads: `_used`, under `_freed`.
    """

    def __init__(self) -> None:
        self._freed = threading.Condition()
        self._used = 0

    @contextmanager
    def taken(self, size_bytes: int) -> Iterator[None]:
        """Take room for a file; a large one may be in there alone."""
        with self._freed:
            self._freed.wait_for(lambda: not self._used or self._used + size_bytes <= MOST_BYTES)
            self._used += size_bytes
        try:
            yield
        finally:
            with self._freed:
                self._used -= size_bytes
                self._freed.notify_all()
