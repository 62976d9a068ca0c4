"""A model on its way out of the app, in the app's own words."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Portable:
    """What a model needs to be used elsewhere: its weights, `model.json`, packages by version."""

    weights_file: Path
    facts: str
    requirements: tuple[str, ...]
