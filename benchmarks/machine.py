"""The machine and the day of a measurement, in words, and how busy it is."""

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path


def machine() -> str:
    """Return the processor, its cores, the memory and the date in one phrase."""
    date = f"{datetime.now(UTC):%Y-%m-%d}"
    return f"{_processor()}, {os.cpu_count()} cores, {_gigabytes():.0f} GiB, {date}"


def load() -> float:
    """Return how many programs wanted a core in the last minute, on average."""
    return os.getloadavg()[0]


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", path.read_text()) if path.is_file() else None
    return found[1].strip() if found else platform.machine()


def _gigabytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
