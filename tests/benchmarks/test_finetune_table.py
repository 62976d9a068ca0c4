"""What the table of the fine-tuning benchmark says about its bars."""

from benchmarks.finetune_table import Record, accuracy_table, speed_table


def _record(
    row: str, seconds: float, *, ran: int = 15, seed: int = 0, right: float | None = None
) -> Record:
    return Record(
        row=row, seed=seed, seconds=seconds, epochs=15, epochs_run=ran, accuracy=right,
        workers=-1, load=0.1, machine="a machine", settings="some photos",
    )  # fmt: skip


def _line(table: str, words: str) -> str:
    return next(line for line in table.splitlines() if line.startswith(f"| {words} |"))


def test_a_bar_is_met_by_both_peers_or_by_the_limit_and_else_missed() -> None:
    peers = [_record("tutorial/all", 600), _record("fastai/last", 300)]
    rows = {seconds: [*peers, _record("dragon/last", seconds)] for seconds in (50.0, 70.0)}
    limit = _record("limit/last", 60)
    told = [
        _line(speed_table(records), "last stage and head")
        for records in (rows[50], [*rows[70], limit], [*rows[70], _record("limit/last", 40)])
    ]
    assert [line.rpartition(": ")[2] for line in told] == [
        "met by the peers |", "met by the limit |", "missed |",
    ]  # fmt: skip


def test_a_row_of_fewer_epochs_is_marked() -> None:
    table = speed_table([_record("tutorial/all", 600, ran=3)])
    assert "600.0 s\\*" in _line(table, "everything")
    assert "3 epochs were run" in table


def test_an_accuracy_within_one_standard_error_is_no_lower() -> None:
    peer = [_record("tutorial/all", 1, seed=s, right=r) for s, r in enumerate((0.70, 0.74, 0.78))]
    for ours, answer in ((0.72, "yes"), (0.70, "no")):
        table = accuracy_table([*peer, _record("dragon/all", 1, right=ours)])
        assert _line(table, "everything (all)").endswith(f"| {answer} |")
