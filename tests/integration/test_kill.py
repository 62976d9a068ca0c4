import random
from pathlib import Path

from tests.integration.drill import Confirmed, check, kill_once

KILLS = 2


def test_nothing_confirmed_is_missing_after_a_kill(folder: Path) -> None:
    confirmed = Confirmed()
    for _ in range(KILLS):
        kill_once(folder, confirmed, delay_s=random.uniform(0.3, 2))
        check(folder, confirmed)
    assert confirmed.digests
    assert confirmed.classes
