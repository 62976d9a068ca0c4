"""What a person should know before a training begins, in words. Decides nothing."""

from dragon_app.core.config import FinetuneConfig
from dragon_app.services.backbones import Backbones
from dragon_app.services.balancing import balance_words
from dragon_app.services.dataset import Dataset


def warnings_before(
    config: FinetuneConfig, *, backbones: Backbones, dataset: Dataset
) -> tuple[str, ...]:
    """Say that a run would start from nothing, and that classes are unequal; may load torch."""
    unequal = balance_words(dataset.summary().classes, config.balance)
    return tuple(filter(None, (backbones.warning(config), unequal)))
