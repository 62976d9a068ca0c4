import numpy as np

from dragon_app.core.shortcuts import FEWEST, Cue, ranks, shortcuts
from dragon_app.core.vectors import Floats, Ids

N = 60
TARGETS = np.arange(N) % 3
GROUPS = np.arange(N)


def noise(seed: int, width: int = 1) -> Floats:
    return np.random.default_rng(seed).random((N, width)).astype(np.float32)


def test_chance_gives_no_class_away() -> None:
    for seed in range(20):
        cues = {Cue.BRIGHTNESS: noise(seed), Cue.BORDER: noise(seed + 99, 4)}
        assert shortcuts(cues, TARGETS, GROUPS) == []


def test_one_class_of_another_brightness_is_told_with_photos_that_show_it() -> None:
    light = noise(1)
    light[TARGETS == 1] *= 0.1
    (found,) = shortcuts({Cue.BRIGHTNESS: light, Cue.SIZE: noise(2, 2)}, TARGETS, GROUPS)
    assert (found.cue, found.target, found.also) == (Cue.BRIGHTNESS, 1, ())
    assert found.balanced > 0.85
    assert {int(TARGETS[place]) for place in found.typical} == {1}
    assert 1 not in TARGETS[list(found.others)]
    assert light[list(found.typical)].max() < light[list(found.others)].min()


def test_one_size_for_a_class_is_told_though_many_photos_share_it() -> None:
    sizes = np.full((N, 2), 500, np.float32)
    sizes[TARGETS == 2] = (640, 480)
    (found,) = shortcuts({Cue.SIZE: sizes}, TARGETS, GROUPS)
    assert (found.target, found.found, found.spared) == (2, 1.0, 1.0)


def test_a_weaker_cue_of_the_same_class_is_named_with_the_surest() -> None:
    light, border = noise(1), noise(2, 3)
    light[TARGETS == 0] *= 0.2
    border[TARGETS == 0] = (1.5, 0, 0)
    (found,) = shortcuts({Cue.BRIGHTNESS: light, Cue.BORDER: border}, TARGETS, GROUPS)
    assert (found.cue, found.also) == (Cue.BORDER, (Cue.BRIGHTNESS,))


def test_photos_of_one_burst_do_not_vouch_for_each_other() -> None:
    each = noise(3)
    light = np.repeat(each[: N // 5], 5, axis=0)  # (N, 1), five alike in a row
    groups = np.repeat(np.arange(N // 5), 5)
    targets: Ids = groups % 2
    assert shortcuts({Cue.BRIGHTNESS: light}, targets, groups) == []
    few = np.where(targets == 0, 0.1, 0.9)[:, None].astype(np.float32)
    assert N // 10 < FEWEST  # groups of a class: so few show nothing
    assert shortcuts({Cue.BRIGHTNESS: few}, targets, groups) == []


def test_one_class_alone_has_nothing_to_be_told_from() -> None:
    assert shortcuts({Cue.BRIGHTNESS: noise(1)}, np.zeros(N, np.int64), GROUPS) == []


def test_equal_numbers_share_a_rank() -> None:
    placed = ranks(np.array([[5], [1], [5], [9]], np.float32))
    np.testing.assert_allclose(placed[:, 0], [0.5, 0, 0.5, 1])
    assert ranks(np.ones((1, 2), np.float32)).tolist() == [[0, 0]]
