"""Which pictures look alike, by the distance of their hashes. Pure numbers; knows no picture."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

HASH_DIGITS = 32
# Of 700 photos no two different ones are nearer than 31 bits; a copy saved anew, halved, lightened
# or cropped by 1 % a side differs in at most 15. Drawn pictures of one thing come down to 22.
NEAR_DISTANCE = 18


class NearIndex:
    """Ids by perceptual hash. Not safe to share between threads: whoever owns it takes turns."""

    def __init__(self, known: Sequence[tuple[int, str]] = ()) -> None:
        self._length = len(known)
        capacity = max(64, 2 * self._length)
        self._ids: NDArray[np.int64] = np.empty(capacity, np.int64)
        # The halves of a hash lie apart: most pictures are told apart by the first alone.
        self._halves: NDArray[np.uint64] = np.empty((2, capacity), np.uint64)
        self._ids[: self._length] = [image_id for image_id, _ in known]
        if known:
            words = _words("".join(known_hash for _, known_hash in known))  # (2 N,)
            self._halves[:, : self._length] = words.reshape(-1, 2).T

    def __len__(self) -> int:
        return self._length

    def add(self, image_id: int, perceptual_hash: str) -> None:
        """Remember an image; its hash is 32 hex digits."""
        if self._length == len(self._ids):  # doubling keeps adding cheap however many there are
            self._ids = np.concatenate([self._ids, np.empty_like(self._ids)])
            self._halves = np.concatenate([self._halves, np.empty_like(self._halves)], axis=1)
        self._ids[self._length] = image_id
        self._halves[:, self._length] = _one(perceptual_hash)
        self._length += 1

    def near(self, perceptual_hash: str, *, distance: int = NEAR_DISTANCE) -> tuple[int, ...]:
        """Return the ids whose hash differs in at most `distance` bits, in the order added."""
        first, second = _one(perceptual_hash)
        differing = np.bitwise_count(self._halves[0, : self._length] ^ first)  # (N,) of 0..64
        maybe = np.flatnonzero(differing <= distance)
        rest = np.bitwise_count(self._halves[1, maybe] ^ second)
        found = maybe[differing[maybe] + rest <= distance]
        return tuple(self._ids[found].tolist())


def _one(perceptual_hash: str) -> NDArray[np.uint64]:
    if len(perceptual_hash) != HASH_DIGITS:
        raise ValueError(f"a perceptual hash has {HASH_DIGITS} digits: {perceptual_hash!r}")
    return _words(perceptual_hash)


def _words(digits: str) -> NDArray[np.uint64]:
    return np.frombuffer(bytes.fromhex(digits), np.uint64)
