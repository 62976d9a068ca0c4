"""Whether a photo is none of the classes."""

import numpy as np
import pytest

from dragon_app.core.novelty import FEWEST
from dragon_app.core.usual import Seen, Usual, fit_usual
from dragon_app.core.vectors import Floats

WIDTH = 12


def photos(middle: int, n: int, seed: int, *, target: int, sure: float = 0.9) -> Seen:
    """Return photos around a place of its own on one axis, answered about so surely."""
    generator = np.random.default_rng(seed)
    rows = generator.normal(0, 1, (n, WIDTH)).astype(np.float32)
    rows[:, middle] += 8
    likely = np.clip(sure + generator.normal(0, 0.04, n), 0.5, 0.999)
    answers = np.stack([likely, 1 - likely], 1).astype(np.float32)
    if target:
        answers = answers[:, ::-1]
    return Seen(vectors=rows, probabilities=answers, targets=np.full(n, target))


def both(n: int, seed: int) -> Seen:
    first, second = photos(0, n, seed, target=0), photos(1, n, seed + 1, target=1)
    return Seen(
        vectors=np.concatenate([first.vectors, second.vectors]),
        probabilities=np.concatenate([first.probabilities, second.probabilities]),
        targets=np.concatenate([first.targets, second.targets]),
    )


@pytest.fixture(scope="module")
def usual() -> Usual:
    """Two classes, around the first two axes."""
    found = fit_usual(both(80, 0), both(50, 2))
    assert found is not None
    return found


def shares(usual: Usual, seen: Seen) -> Floats:
    return usual.shares(seen.vectors, seen.probabilities)


def test_a_third_class_is_stranger_than_nearly_all_that_was_held_out(usual: Usual) -> None:
    assert shares(usual, photos(2, 60, 4, target=0)).min() > 0.95


def test_an_unsure_answer_is_stranger_though_the_photo_lies_where_others_do(usual: Usual) -> None:
    unsure = shares(usual, photos(1, 60, 4, target=1, sure=0.5))
    assert unsure.mean() > shares(usual, photos(1, 60, 4, target=1)).mean() + 0.2


def test_a_limit_accepts_as_many_known_photos_as_it_says_however_few_were_held_out() -> None:
    kept = []
    for seed in range(60):
        found = fit_usual(both(60, 10 * seed), both(FEWEST // 2, 10 * seed + 2))
        assert found is not None
        kept.append((shares(found, both(50, 10 * seed + 4)) <= 0.9).mean())
    assert np.mean(kept) == pytest.approx(0.905, abs=0.02)  # 19 of the 21 places


def test_too_few_held_out_say_nothing_about_what_is_usual() -> None:
    assert fit_usual(both(10, 0), photos(0, FEWEST - 1, 1, target=0)) is None


def test_photos_without_any_spread_stay_numbers() -> None:
    same = Seen(
        vectors=np.ones((30, WIDTH), np.float32),
        probabilities=np.full((30, 2), 0.5, np.float32),
        targets=np.zeros(30, np.int64),
    )
    found = fit_usual(same, same)
    assert found is not None
    assert np.isfinite(shares(found, same)).all()
