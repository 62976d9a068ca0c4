"""What went into a run beside its photos and settings: weights, versions, machine. Runs nothing."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a training begins from, and what computes it.

    `weights_digest` is the SHA-256 of the file that the first weights come from, empty where they
    are random; `threads` are those that torch computes with.
    """

    weights_digest: str
    device: str
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A computer as its system describes it; what it does not tell is empty or 0."""

    processor: str
    cores: int
    memory_bytes: int
    system: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What one beginning of a run had before it. `versions` are by the name of the program."""

    began_at: datetime
    origin: Origin
    versions: Mapping[str, str]
    machine: Machine

    def facts(self) -> dict[str, Any]:
        """Return everything as values that JSON can hold."""
        return {
            "began_at": self.began_at.isoformat(),
            "origin": asdict(self.origin),
            "versions": dict(self.versions),
            "machine": asdict(self.machine),
        }

    def to_json(self) -> str:
        """Return everything as a JSON object."""
        return json.dumps(self.facts())

    @classmethod
    def from_json(cls, text: str) -> "Provenance":
        """Read what `to_json` wrote."""
        facts = json.loads(text)
        return cls(
            began_at=datetime.fromisoformat(facts["began_at"]),
            origin=Origin(**facts["origin"]),
            versions=facts["versions"],
            machine=Machine(**facts["machine"]),
        )

    def is_like(self, other: "Provenance") -> bool:
        """Whether two beginnings had the same before them, whenever they were."""
        return self.facts() | {"began_at": ""} == other.facts() | {"began_at": ""}


def differences(then: Provenance, now: Provenance) -> list[str]:
    """Say what differs so that the same training may give other numbers; weights are not asked.

    The system's version and the size of the memory change no number.
    """
    pairs = [
        *((name, then.versions.get(name), version) for name, version in now.versions.items()),
        ("the processor", then.machine.processor, now.machine.processor),
        ("the device", then.origin.device, now.origin.device),
        ("the number of threads", then.origin.threads, now.origin.threads),
    ]
    return [
        f"{name[:1].upper()}{name[1:]} was {before} then and is {after} now."
        for name, before, after in pairs
        if before is not None and before != after
    ]
