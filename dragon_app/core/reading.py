"""Settings as they come from a person, in text or numbers, read by name. Knows no setting."""

from collections.abc import Callable, Collection, Mapping

from dragon_app.core.errors import InvalidConfigError


def read_values(
    values: Mapping[str, object],
    readers: Mapping[str, Callable[[str], object]],
    *,
    may_be_unset: Collection[str],
    spoken: Mapping[str, str],
) -> dict[str, object]:
    """Return the values as their readers read them; `spoken` says how a name is told to people.

    Empty text and None become None where a setting may be unset, and are left out elsewhere. Raise
    `InvalidConfigError` that names every value that cannot be read.
    """
    problems: list[str] = []
    read: dict[str, object] = {}
    for name, value in values.items():
        if name not in readers:
            problems.append(f"There is no setting {name!r}.")
            continue
        if value is None or value == "":
            if name in may_be_unset:
                read[name] = None
            continue
        try:
            read[name] = readers[name](str(value))
        except (ValueError, OverflowError):
            problems.append(f"{value!r} is not a value for {spoken.get(name, name)}.")
    if problems:
        raise InvalidConfigError(" ".join(problems))
    return read


def whole(text: str) -> int:
    """Read a whole number, also one written as 10.0; raise `ValueError` on anything else."""
    number = float(text)
    if number != int(number):
        raise ValueError(text)
    return int(number)


def yes(text: str) -> bool:
    """Read true or yes, false or no; raise `ValueError` on anything else."""
    if text.lower() not in {"true", "yes", "false", "no"}:
        raise ValueError(text)
    return text.lower() in {"true", "yes"}
