"""Which pictures look alike, by the distance of their hashes. Pure numbers; knows no picture."""

import numpy as np
from numpy.typing import NDArray

HASH_DIGITS = 32
# Of 700 photos no two different ones are nearer than 31 bits; a copy saved anew, halved, lightened
# or cropped by 1 % a side differs in at most 15. Drawn pictures of one thing come down to 22.
NEAR_DISTANCE = 18


class NearIndex:
    """Ids by perceptual hash. Not safe to share between threads: whoever owns it takes turns."""

    def __init__(self) -> None:
        self._ids: NDArray[np.int64] = np.empty(64, np.int64)
        self._hashes: NDArray[np.uint64] = np.empty((64, 2), np.uint64)  # (capacity, 2) words
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, image_id: int, perceptual_hash: str) -> None:
        """Remember an image; its hash is 32 hex digits."""
        if self._length == len(self._ids):  # doubling keeps adding cheap however many there are
            self._ids = np.concatenate([self._ids, np.empty_like(self._ids)])
            self._hashes = np.concatenate([self._hashes, np.empty_like(self._hashes)])
        self._ids[self._length] = image_id
        self._hashes[self._length] = _words(perceptual_hash)
        self._length += 1

    def near(self, perceptual_hash: str, *, distance: int = NEAR_DISTANCE) -> tuple[int, ...]:
        """Return the ids whose hash differs in at most `distance` bits, in the order added."""
        known = self._hashes[: self._length]  # (N, 2)
        differing = np.bitwise_count(known ^ _words(perceptual_hash))  # (N, 2) of 0..64
        found = np.flatnonzero(differing[:, 0] + differing[:, 1] <= distance)
        return tuple(self._ids[found].tolist())


def _words(perceptual_hash: str) -> NDArray[np.uint64]:
    if len(perceptual_hash) != HASH_DIGITS:
        raise ValueError(f"a perceptual hash has {HASH_DIGITS} digits: {perceptual_hash!r}")
    return np.frombuffer(bytes.fromhex(perceptual_hash), np.uint64)
