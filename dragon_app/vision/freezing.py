"""Which part of a network learns, when, and how fast. Knows stages, no photos.

A frozen stage keeps its weights and its statistics: BatchNorm and dropout there are in eval mode.
"""

from collections.abc import Mapping

from torch import nn

from dragon_app.core.config import Freeze
from dragon_app.core.errors import InvalidConfigError
from dragon_app.vision.backbone import Network


def frozen_in_the_end(freeze: Freeze | int, stages: int) -> int:
    """Return how many stages, counted from the input, never learn."""
    match freeze:
        case Freeze.BACKBONE:
            return stages
        case Freeze.ALL_BUT_LAST_STAGE:
            return stages - 1
        case Freeze.NOTHING:
            return 0
        case int() if freeze > stages:
            raise InvalidConfigError(
                f"{freeze} stages cannot be frozen: this backbone has {stages}. "
                f"Choose 0 to {stages}."
            )
        case _:
            return int(freeze)


def frozen_at(epoch: int, *, finally_frozen: int, unfreeze_after: int, stages: int) -> int:
    """Return how many stages do not learn in an epoch (from 1): all of them in the first ones."""
    return stages if epoch <= unfreeze_after else finally_frozen


def set_learning(
    network: Network, stage_of: Mapping[str, int], *, frozen: int, has_statistics: bool = True
) -> None:
    """Let the head and all stages after the frozen ones learn.

    Without `has_statistics` (batches of one photo) BatchNorm keeps its mean and variance.
    """
    for name, module in network.body.named_modules():
        learns = _stage(stage_of, name) > frozen
        is_norm = isinstance(module, nn.modules.batchnorm._BatchNorm)
        module.training = learns and (has_statistics or not is_norm)
        for parameter in module.parameters(recurse=False):
            parameter.requires_grad_(learns)
    network.head.train().requires_grad_(True)


def _stage(stage_of: Mapping[str, int], name: str) -> int:
    """Return a module's stage; what replaced the old head counts as the last."""
    return stage_of.get(name, max(stage_of.values()))


def parameter_groups(
    network: Network,
    stage_of: Mapping[str, int],
    *,
    frozen: int,
    head_lr: float,
    layer_decay: float,
) -> list[dict[str, object]]:
    """Return the head's group first, then one per learning stage from the last to the first.

    The learning rate falls by `layer_decay` with each step away from the head.
    """
    stages = max(stage_of.values())
    groups: list[dict[str, object]] = [{"params": list(network.head.parameters()), "lr": head_lr}]
    for stage in range(stages, frozen, -1):
        parameters = [
            parameter
            for name, module in network.body.named_modules()
            if _stage(stage_of, name) == stage
            for parameter in module.parameters(recurse=False)
        ]
        distance = stages - stage + 1
        groups.append({"params": parameters, "lr": head_lr * layer_decay**distance})
    return groups
