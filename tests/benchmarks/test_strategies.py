"""What the table of strategies says, and that a file of records is read as it was written."""

from pathlib import Path

from benchmarks.strategies import Record, append, read, table


def _record(strategy: str, seed: int, *, right: float, seconds: float) -> Record:
    return Record(
        strategy=strategy, seed=seed, accuracy=right, measured_on=200, seconds=seconds,
        best_s=seconds / 2, trainable_share=0.25, epochs=12, photos=500, load=0.5, machine="one",
    )  # fmt: skip


def test_seeds_are_kept_and_joined_by_strategy(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl"
    assert table(read(path)) == "Nothing was measured yet."
    for seed, (head, rest) in enumerate(((0.70, 0.74), (0.72, 0.78))):
        append(path, [_record("Head only", seed, right=head, seconds=10 + seed)])
        append(path, [_record("Everything", seed, right=rest, seconds=100)])
    lines = table(read(path)).splitlines()
    assert lines[2] == "| Head only | 25.0% | 0.710 ± 0.014 (2 seeds) | 10.5 | 5.2 |"
    assert lines[3].startswith("| Everything | 25.0% | 0.760 ± 0.028 (2 seeds) | 100.0 |")
    assert "500 photos to learn from, 200 to measure on, 12 epochs each" in lines[-1]
