from datetime import UTC, datetime, timedelta

import pytest

from dragon_app.core import errors
from dragon_app.core.errors import DragonError
from dragon_app.core.training import Run, RunStatus

START = datetime(2026, 11, 24, tzinfo=UTC)


def run(started_at: datetime | None, finished_at: datetime | None) -> Run:
    return Run(
        id=1,
        status=RunStatus.RUNNING,
        config_json="{}",
        snapshot_id=1,
        created_at=START,
        started_at=started_at,
        finished_at=finished_at,
    )


@pytest.mark.parametrize(
    ("status", "is_final"),
    [(s, s not in {"queued", "running", "paused"}) for s in RunStatus],
)
def test_a_run_is_over_when_nothing_can_change_it(status: RunStatus, is_final: bool) -> None:
    assert status.is_final == is_final


def test_a_run_takes_the_time_between_start_and_end() -> None:
    assert run(START, START + timedelta(seconds=90)).seconds == 90


def test_a_run_that_never_began_took_no_time() -> None:
    assert run(None, START).seconds == run(START, None).seconds == 0


def test_every_error_for_people_is_a_dragon_error() -> None:
    own = [each for each in vars(errors).values() if isinstance(each, type)]
    assert all(issubclass(each, DragonError) for each in own)
