"""What the fine-tuning benchmark measured, kept as JSON lines, and its tables. Measures nothing."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, median, stdev

LIMIT_FACTOR = 1.2
WARM_S = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One row as measured once. `row` is WHO/REGIME; a bare cost is no training: no epochs."""

    row: str
    seed: int
    seconds: float
    epochs: int  # that the row stands for
    epochs_run: int
    accuracy: float | None  # of the best epoch, the one that is kept
    workers: int
    load: float  # before the row began
    machine: str
    settings: str  # photos, network, epochs: only equal ones share a table
    note: str = ""

    @property
    def is_scaled(self) -> bool:
        """Whether fewer epochs were run than the row stands for."""
        return self.epochs_run < self.epochs


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How many times faster than the tutorial's loop and than fastai a regime has to be."""

    regime: str
    words: str
    peer: str  # the peers' name of the same regime
    tutorial: float
    fastai: float


BARS = (
    Bar(regime="head", words="head only, no augmentation", peer="head", tutorial=45, fastai=35),
    Bar(regime="head-views", words="head only, 4 views", peer="head", tutorial=12, fastai=10),
    Bar(regime="last", words="last stage and head", peer="last", tutorial=8, fastai=6),
    Bar(regime="last-views", words="the same, 4 views", peer="last", tutorial=8, fastai=6),
    Bar(regime="all", words="everything", peer="all", tutorial=2.0, fastai=2.2),
)
EXTRA = {"head-warm": "head only, cache warm", "head-exact": "head only, computed exactly"}
ACCURACY_ROWS = (
    ("head only", "head", ("head", "head-exact", "head-views")),
    ("last stage and head", "last", ("last", "last-views")),
    ("everything", "all", ("all",)),
)


def append(path: Path, record: Record) -> None:
    """Keep a record at once: what follows may be interrupted."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(record)) + "\n")


def read(path: Path) -> list[Record]:
    """Return the records of a file; none when there is no file."""
    if not path.exists():
        return []
    return [Record(**json.loads(line)) for line in path.read_text("utf-8").splitlines() if line]


def speed_table(records: Sequence[Record]) -> str:
    """Return the Markdown table of seconds, ratios and bars."""
    whole = _cell(records, "tutorial/all")
    lines = [
        "| regime | Dragon | bare cost (Dragon / it) | tutorial's loop, everything "
        "| tutorial's loop, same regime | fastai, same regime | bar |",
        "|---|---|---|---|---|---|---|",
    ]
    for bar in BARS:
        ours = _seconds(records, f"dragon/{bar.regime}")
        limit = _seconds(records, f"limit/{bar.regime}")
        cells = [
            bar.words,
            _cell(records, f"dragon/{bar.regime}"),
            _with_ratio(_cell(records, f"limit/{bar.regime}"), ours, limit),
            _with_ratio(whole, _seconds(records, "tutorial/all"), ours),
            _compared(records, f"tutorial/{bar.peer}", ours),
            _compared(records, f"fastai/{bar.peer}", ours),
            _verdict(bar, records),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    for regime, words in EXTRA.items():
        ours = _seconds(records, f"dragon/{regime}")
        goal = ""
        if regime == "head-warm" and ours is not None:
            goal = f"under {WARM_S:.0f} s: {'met' if ours < WARM_S else 'missed'}"
        lines.append(f"| {words} | {_cell(records, f'dragon/{regime}')} | | | | | {goal} |")
    return "\n".join([*lines, "", *_footnotes(records)])


def accuracy_table(records: Sequence[Record]) -> str:
    """Return the Markdown table of accuracies: mean and standard error over the seeds."""
    lines = [
        "| regime | Dragon | tutorial's loop | fastai "
        "| no lower by more than one s.e. of the difference |",
        "|---|---|---|---|---|",
    ]
    for words, peer, regimes in ACCURACY_ROWS:
        peers = [_accuracies(records, f"{who}/{peer}") for who in ("tutorial", "fastai")]
        for regime in regimes:
            ours = _accuracies(records, f"dragon/{regime}")
            lines.append(
                f"| {words} ({regime}) | {' | '.join(map(_mean_words, (ours, *peers)))} "
                f"| {_is_no_lower(ours, peers)} |"
            )
    return "\n".join([*lines, "", *_footnotes(records)])


def _of(records: Iterable[Record], row: str) -> list[Record]:
    return [record for record in records if record.row == row]


def _seconds(records: Sequence[Record], row: str) -> float | None:
    found = [record.seconds for record in _of(records, row)]
    return median(found) if found else None


def _accuracies(records: Sequence[Record], row: str) -> list[float]:
    return [each.accuracy for each in _of(records, row) if each.accuracy is not None]


def _cell(records: Sequence[Record], row: str) -> str:
    seconds = _seconds(records, row)
    if seconds is None:
        return "-"
    star = "\\*" if any(each.is_scaled for each in _of(records, row)) else ""
    return f"{seconds:.1f} s{star}"


def _with_ratio(cell: str, above: float | None, below: float | None) -> str:
    return cell if above is None or below is None else f"{cell} ({above / below:.2g}x)"


def _compared(records: Sequence[Record], row: str, ours: float | None) -> str:
    return _with_ratio(_cell(records, row), _seconds(records, row), ours)


def _verdict(bar: Bar, records: Sequence[Record]) -> str:
    ours, limit = (_seconds(records, f"{who}/{bar.regime}") for who in ("dragon", "limit"))
    peers = (
        (_seconds(records, "tutorial/all"), bar.tutorial),
        (_seconds(records, f"fastai/{bar.peer}"), bar.fastai),
    )
    goal = f"{bar.tutorial:g}x and {bar.fastai:g}x, or {LIMIT_FACTOR}x bare"
    if ours is None:
        return goal
    if all(seconds is not None and seconds >= factor * ours for seconds, factor in peers):
        return f"{goal}: met by the peers"
    if limit is not None and ours <= LIMIT_FACTOR * limit:
        return f"{goal}: met by the limit"
    if limit is None or any(seconds is None for seconds, _ in peers):
        return f"{goal}: not all measured"
    return f"{goal}: missed"


def _error(values: Sequence[float]) -> float:
    """Return the standard error of the mean; 0 of a single value."""
    return float(stdev(values) / len(values) ** 0.5) if len(values) > 1 else 0.0


def _mean_words(values: Sequence[float]) -> str:
    if not values:
        return "-"
    return f"{mean(values):.3f} ± {_error(values):.3f} ({len(values)} seeds)"


def _is_no_lower(ours: Sequence[float], peers: Sequence[Sequence[float]]) -> str:
    measured = [values for values in peers if values]
    if not ours or not measured:
        return "-"
    return "yes" if all(_reaches(ours, values) for values in measured) else "no"


def _reaches(ours: Sequence[float], peer: Sequence[float]) -> bool:
    error = (_error(ours) ** 2 + _error(peer) ** 2) ** 0.5  # of the difference
    return bool(mean(ours) >= mean(peer) - error)


def _footnotes(records: Sequence[Record]) -> list[str]:
    if not records:
        return ["Nothing was measured yet."]
    machines = " / ".join(dict.fromkeys(record.machine for record in records))
    busiest = max(record.load for record in records)
    notes = [
        f"{machines}; {records[-1].settings}; load before a row at most {busiest:.1f}.",
    ]
    scaled = sorted({record.epochs_run for record in records if record.is_scaled})
    if scaled:
        ran = ", ".join(map(str, scaled))
        notes.append(
            f"\\* {ran} epochs were run; the rest is reckoned at the pace of the later ones."
        )
    chosen = {r.row.partition("/")[0]: r.workers for r in records if r.workers >= 0}
    notes += [f"{who}: {workers} loading processes." for who, workers in sorted(chosen.items())]
    notes += dict.fromkeys(
        f"{record.row.partition('/')[0]}: {record.note}."
        for record in records
        if record.note and not record.row.startswith("dragon/")
    )
    return [f"- {note}" for note in notes]
