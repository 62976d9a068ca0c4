"""A training that dies goes on as if it had not: once at a step, once within a save."""

import random
from pathlib import Path

from tests.integration import pausing


def test_a_killed_training_ends_like_one_that_was_not(folder: Path) -> None:
    template, whole, killed = (folder / name for name in ("template", "whole", "killed"))
    folder.mkdir()
    pausing.prepare(template)
    pausing.copy(template, whole)
    assert pausing.sit(whole) == 0
    pausing.copy(template, killed)
    pausing.kill_after(killed, random.randint(1, pausing.STEPS))
    pausing.check(killed)
    if pausing.kill_in_save(killed):  # else it ended before
        pausing.check(killed)
        assert pausing.sit(killed) == 0
    assert pausing.outcome(killed) == pausing.outcome(whole)
