from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dragon_app.core.provenance import Machine, Origin, Provenance, differences

THEN = Provenance(
    began_at=datetime(2026, 11, 25, tzinfo=UTC),
    origin=Origin(weights_digest="ab", device="cpu", threads=2),
    versions={"dragon": "0.1", "torch": "2.15.0"},
    machine=Machine(processor="Dragon 1", cores=2, memory_bytes=8 * 10**9, system="Linux"),
)


def test_what_is_written_is_read_again() -> None:
    assert Provenance.from_json(THEN.to_json()) == THEN


def test_a_later_beginning_under_the_same_conditions_is_alike() -> None:
    assert THEN.is_like(replace(THEN, began_at=THEN.began_at + timedelta(days=1)))
    assert not THEN.is_like(replace(THEN, origin=replace(THEN.origin, threads=4)))


def test_what_changes_numbers_is_named_with_then_and_now() -> None:
    now = replace(
        THEN,
        origin=replace(THEN.origin, device="cuda (H100)", threads=8),
        versions={"dragon": "0.1", "torch": "2.16.0", "numpy": "2.0"},
        machine=replace(THEN.machine, processor="Dragon 2", memory_bytes=1, system="Windows"),
    )
    assert differences(THEN, now) == [
        "Torch was 2.15.0 then and is 2.16.0 now.",
        "The processor was Dragon 1 then and is Dragon 2 now.",
        "The device was cpu then and is cuda (H100) now.",
        "The number of threads was 2 then and is 8 now.",
    ]
    assert differences(THEN, THEN) == []
