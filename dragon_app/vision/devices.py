"""Which processor does the work."""

import torch

from dragon_app.core.errors import InvalidConfigError


def choose_device(wanted: str) -> torch.device:
    """Return the named device, for `auto` the fastest here; raise when it is absent."""
    present = ["cpu"]
    if torch.backends.mps.is_available():
        present.insert(0, "mps")
    if torch.cuda.is_available():
        present.insert(0, "cuda")
    if wanted == "auto":
        return torch.device(present[0])
    if wanted not in present:
        raise InvalidConfigError(
            f"This machine has no {wanted}; choose auto or {' or '.join(present)}."
        )
    return torch.device(wanted)
