"""Many values for one question: SQLite takes only so many in a statement."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

Value = TypeVar("Value", int, str)
MAX_PARAMETERS = 900  # SQLite takes 32,766 or more; small statements stay in its cache


def in_chunks(values: Sequence[Value]) -> Iterable[tuple[str, Sequence[Value]]]:
    """Yield placeholders and values that fit into one statement."""
    for start in range(0, len(values), MAX_PARAMETERS):
        chunk = values[start : start + MAX_PARAMETERS]
        yield ",".join("?" * len(chunk)), chunk
