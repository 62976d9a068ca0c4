"""From where a run stood to a run that goes on: network, optimizer, generators as they were."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from dragon_app.core.errors import WeightsError
from dragon_app.vision.backbone import Network, anatomy, empty_network
from dragon_app.vision.best import Saved
from dragon_app.vision.course import Course
from dragon_app.vision.keeping import ORDER, TORCH
from dragon_app.vision.learning import Stepper
from dragon_app.vision.measure import Measurement
from dragon_app.vision.standing import Standing, States
from dragon_app.vision.start import Start


def start_again(standing: Standing, backbone: str, *, classes: int) -> Start:
    """Build a standing's network on the CPU; its first weights are not needed any more.

    Raise `WeightsError` when it is of another network.
    """
    size_px = standing.transform.crop_px
    network = empty_network(backbone, classes=classes, image_size_px=size_px)
    _fill(network, standing.network)
    return Start(
        network=network,
        parts=anatomy(backbone, size_px),
        transform=standing.transform,
        words=standing.weights,
        weights_digest=standing.weights_digest,
    )


def best_again(standing: Standing, folder: Path) -> Saved | None:
    """Return the best epoch of an earlier sitting, which lies in the run's folder."""
    best = standing.best
    if best is None:
        return None
    return Saved(
        path=folder / best.folder,
        epoch=best.epoch,
        measured=Measurement(
            loss=best.loss, confusion=best.confusion, is_balanced=best.is_balanced
        ),
    )


def set_going(standing: Standing, course: Course, stepper: Stepper) -> None:
    """Bring optimizer, scaler and generators to where they stood; the network is there already.

    Raise `WeightsError` when the optimizer is another one.
    """
    _restore(stepper.optimizer, standing.optimizer)
    if standing.scaler:
        stepper.scaler.load_state_dict(standing.scaler)
    course.generator.set_state(standing.random[ORDER])
    torch.set_rng_state(standing.random[TORCH])
    accelerator = standing.random.get(course.device.type)
    if accelerator is not None and course.device.type == "cuda":
        torch.cuda.set_rng_state(accelerator, course.device)
    elif accelerator is not None and course.device.type == "mps":
        torch.mps.set_rng_state(accelerator)


def _fill(network: Network, state: Mapping[str, Tensor]) -> None:
    try:
        network.load_state_dict(state, assign=True)
    except RuntimeError as error:
        raise WeightsError(
            f"The saved state is of another network ({str(error).splitlines()[0]}). Train again."
        ) from error


def _restore(optimizer: torch.optim.Optimizer, states: States) -> None:
    try:
        optimizer.load_state_dict({**optimizer.state_dict(), "state": states})
    except (ValueError, KeyError) as error:
        raise WeightsError(
            f"The saved state is of another optimizer ({error}). Train again."
        ) from error
    for parameter, state in optimizer.state.items():
        for name, tensor in state.items():
            if tensor.shape == parameter.shape:
                # The fused kernels walk through both in the order in which the weights lie.
                state[name] = torch.empty_like(parameter).copy_(tensor)
