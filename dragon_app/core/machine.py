"""What this computer is and which programs are on it, as they tell themselves. Measures nothing."""

import contextlib
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from dragon_app import __version__
from dragon_app.core.provenance import Machine, Origin, Provenance

PACKAGES = ("torch", "torchvision", "numpy", "pillow")  # those that a photo's numbers go through
_CPU_INFO = Path("/proc/cpuinfo")


def this_machine(cpu_info: Path = _CPU_INFO) -> Machine:
    """Describe this computer; `cpu_info` is where Linux tells the name of its processor."""
    return Machine(
        processor=_processor(cpu_info),
        cores=os.cpu_count() or 0,
        memory_bytes=_memory_bytes(),
        system=platform.platform(terse=True),
    )


def program_versions() -> dict[str, str]:
    """Return the versions of what a run's numbers depend on, by name; imports none of them."""
    found = {"dragon": __version__, "python": platform.python_version()}
    for name in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def provenance_now(origin: Origin) -> Provenance:
    """Return what a run that begins from `origin` has before it at this moment."""
    return Provenance(
        began_at=datetime.now(UTC),
        origin=origin,
        versions=program_versions(),
        machine=this_machine(),
    )


def _processor(cpu_info: Path) -> str:
    with contextlib.suppress(OSError):
        for line in cpu_info.read_text("utf-8", errors="replace").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name" and value.strip():
                return value.strip()
    return platform.processor() or platform.machine()


def _memory_bytes() -> int:
    with contextlib.suppress(AttributeError, ValueError, OSError):  # not told everywhere
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return 0
