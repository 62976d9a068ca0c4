import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dragon_app.imaging.decode import DecodedPhoto, inspect_bytes
from dragon_app.services import examining
from dragon_app.services.examining import CORES, Examiner
from dragon_app.services.intake import IncomingFile
from dragon_app.storage.blobs import Blobs
from tests.photos import incoming_photos, photo_bytes


@pytest.fixture
def blobs(folder: Path) -> Blobs:
    return Blobs(folder)


def test_photos_come_in_order_and_lie_on_disk_when_they_come(blobs: Blobs) -> None:
    names = []
    for each in Examiner(blobs).examine(incoming_photos(range(30))):
        assert each.image is not None
        stored = blobs.path(each.image.digest).read_bytes()
        assert hashlib.sha256(stored).hexdigest() == each.image.digest
        assert blobs.thumbnail_path(each.image.digest).exists()
        names.append(each.image.name)
    assert names == [f"{i}.png" for i in range(30)]


def test_a_file_that_is_refused_does_not_hold_up_the_rest(blobs: Blobs) -> None:
    bad = IncomingFile(name="bad.jpg", read=lambda: b"no photo")
    first, second = Examiner(blobs).examine([bad, *incoming_photos([1])])
    assert first.image is None
    assert "is not a picture" in first.reason
    assert second.image is not None


def test_a_file_is_read_at_most_so_many_ahead_and_not_when_it_was_given_up(blobs: Blobs) -> None:
    read: list[int] = []

    def file(number: int) -> IncomingFile:
        def data() -> bytes:
            read.append(number)
            return photo_bytes(number)

        return IncomingFile(name=f"{number}.png", read=data)

    examined = Examiner(blobs).examine([file(number) for number in range(1000)])
    next(examined)
    examined.close()
    assert len(read) <= examining.AHEAD + 1


def test_pictures_in_memory_are_no_more_than_cores_however_many_add(
    blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, decoding, most = threading.Lock(), 0, 0

    def counting(data: bytes) -> DecodedPhoto:
        nonlocal decoding, most
        with lock:
            decoding += 1
            most = max(most, decoding)
        photo = inspect_bytes(data)
        with lock:
            decoding -= 1
        return photo

    monkeypatch.setattr(examining, "inspect_bytes", counting)
    examiner = Examiner(blobs)

    def add(seeds: Sequence[int]) -> int:
        return len(list(examiner.examine(incoming_photos(seeds))))

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(add, [range(n, n + 20) for n in (0, 20, 40, 60)]))
    assert counts == [20] * 4
    assert 1 <= most <= CORES
