"""What was measured on this machine, kept as JSON: the next question is answered at once.

A file that is damaged or was measured elsewhere counts as none.
"""

import contextlib
import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from dragon_app.core.disk import write_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a measurement holds for: a backbone at an image size on a device."""

    backbone: str
    image_size_px: int
    device: torch.device


def read(folder: Path, subject: Subject, kind: str) -> Mapping[str, Any] | None:
    """Return what was measured of a subject here; none when it has to be measured (again)."""
    facts = _facts(subject)
    try:
        kept = json.loads(_path(folder, facts, kind).read_text("utf-8"))
        return dict(kept["measured"]) if kept["facts"] == facts else None
    except (OSError, ValueError, LookupError, TypeError):
        return None


def write(folder: Path, subject: Subject, kind: str, measured: Mapping[str, Any]) -> None:
    """Keep what was measured of a subject; a full disk costs time later, and no training now."""
    facts = _facts(subject)
    text = json.dumps({"facts": facts, "measured": measured}, indent=1)
    with contextlib.suppress(OSError):
        write_file(_path(folder, facts, kind), text.encode(), is_durable=False)


def _facts(subject: Subject) -> dict[str, Any]:
    """Return everything that decides how fast a network is."""
    device = subject.device
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else device.type
    return asdict(subject) | {
        "device": name,
        "machine": f"{platform.node()} {platform.machine()}",
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
    }


def _path(folder: Path, facts: Mapping[str, Any], kind: str) -> Path:
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]
    name = f"{facts['backbone']}-{facts['image_size_px']}px-{kind}-{digest}.json"
    return folder / "measurements" / name
