"""Torchvision's classification networks: the list, how one is built, body and head. No weights."""

import difflib
import inspect
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
import torchvision
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torchvision.models import get_model_builder, list_models

from dragon_app.core.errors import InvalidConfigError, NotFoundError
from dragon_app.vision.stages import Anatomy, dissect
from dragon_app.vision.trace import ShapesOnly

DEFAULT_SIZE_PX = 224
_RANDOM = frozenset(
    {
        "uniform_",
        "normal_",
        "trunc_normal_",
        "kaiming_uniform_",
        "kaiming_normal_",
        "xavier_uniform_",
        "xavier_normal_",
        "bernoulli_",
    }
)
SMALLEST_SCALE = 1e-6


class Head(nn.Module):
    """The layer that learns the classes: features, centred and brought to one scale, to scores.

    With one scale the same learning rates suit backbones whose features are small or large.
    """

    mean: Tensor  # (D,)
    scale: Tensor  # a single number: one per feature would blow up the faint ones

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("scale", torch.ones(()))
        with ShapesOnly():  # draws no random numbers
            self.linear = nn.Linear(width, classes)
        self.linear = self.linear.to_empty(device="cpu")
        nn.init.zeros_(self.linear.weight)  # every class starts equally likely
        nn.init.zeros_(self.linear.bias)

    def settle(self, features: Tensor) -> None:
        """Take centre and scale from features (N, D)."""
        mean = features.mean(0)
        self.mean.copy_(mean)
        self.scale.copy_((features - mean).square().mean().sqrt().clamp(min=SMALLEST_SCALE))

    @torch.no_grad()
    def take(self, weight: Tensor, bias: Tensor, *, mean: Tensor, scale: Tensor) -> None:
        """Become a computed layer: weight (C, D), bias (C,), mean (D,), one scale."""
        self.linear.weight.copy_(weight)
        self.linear.bias.copy_(bias)
        self.mean.copy_(mean)
        self.scale.copy_(scale)

    def forward(self, features: Tensor) -> Tensor:
        """Return class scores (N, C) for features (N, D)."""
        scores: Tensor = self.linear((features - self.mean) / self.scale)
        return scores


class Network(nn.Module):
    """A backbone without its old head, and a new head."""

    def __init__(self, body: nn.Module, head: Head) -> None:
        super().__init__()
        self.body = body
        self.head = head

    def forward(self, images: Tensor) -> Tensor:
        """Return class scores (N, C) for normalised images (N, 3, S, S)."""
        scores: Tensor = self.head(self.body(images))
        return scores


class _OwnRandomNumbers(TorchFunctionMode):
    """While active in a thread, first weights are drawn from one generator, not from torch's own.

    Torch's own belongs to the whole process: a network built in another thread would change the
    course of a training.
    """

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self.generator = generator

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Hand the generator to whatever draws random numbers."""
        options = dict(kwargs or {})
        if func.__name__ in _RANDOM and options.get("generator") is None:
            options["generator"] = self.generator
        return func(*args, **options)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Builder:
    build: Callable[..., nn.Module]
    parameters: Mapping[str, inspect.Parameter]

    def options(self, image_size_px: int) -> dict[str, Any]:
        """Return what this network needs to know: no extra heads, the size where it is fixed."""
        wanted: dict[str, Any] = {
            "image_size": image_size_px,
            "input_size": (image_size_px, image_size_px),
            "aux_logits": False,
        }
        options = {name: value for name, value in wanted.items() if name in self.parameters}
        init = self.parameters.get("init_weights")
        if init is not None and init.default is None:
            options["init_weights"] = True  # torchvision warns when nobody chooses
        return options


@lru_cache
def names() -> tuple[str, ...]:
    """Return every network's name, in order."""
    return tuple(sorted(list_models(module=torchvision.models)))


def check_name(name: str) -> None:
    """Raise `NotFoundError` with near names when there is no such network."""
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=3, cutoff=0.5)
        hint = f"Did you mean {', '.join(near)}?" if near else "Choose one from the list."
        raise NotFoundError(f"There is no backbone called {name!r}. {hint}")


@lru_cache
def _builder(name: str) -> _Builder:
    check_name(name)
    build = get_model_builder(name)
    network_class = typing.get_type_hints(build)["return"]
    return _Builder(build=build, parameters=inspect.signature(network_class.__init__).parameters)


def has_fixed_size(name: str) -> bool:
    """Whether the network is built for one image size and its weights fit only that."""
    return not {"image_size", "input_size"}.isdisjoint(_builder(name).parameters)


def normalises_itself(name: str) -> bool:
    """Whether torchvision's weights expect colours from -1 to 1 (it rescales inside)."""
    return "transform_input" in _builder(name).parameters


def auxiliary_names(name: str) -> frozenset[str]:
    """Return the names of weights in torchvision's files that belong to extra heads."""
    builder = _builder(name)
    if "aux_logits" not in builder.parameters:
        return frozenset()
    options = builder.options(DEFAULT_SIZE_PX)
    with ShapesOnly():
        full = builder.build(weights=None, **{**options, "aux_logits": True})
        plain = builder.build(weights=None, **options)
    return frozenset(full.state_dict()) - frozenset(plain.state_dict())


@lru_cache(maxsize=256)
def anatomy(name: str, image_size_px: int) -> Anatomy:
    """Say where head and stages are; raise `InvalidConfigError` when the size does not suit."""
    builder = _builder(name)
    try:
        with ShapesOnly():
            network = builder.build(weights=None, **builder.options(image_size_px))
        return dissect(network, image_size_px)
    except (RuntimeError, ValueError, AssertionError, IndexError, ZeroDivisionError) as error:
        raise InvalidConfigError(
            f"{name} cannot work on photos of {image_size_px} px: {_first_sentence(error)}. "
            f"Choose another image size, for example {DEFAULT_SIZE_PX}."
        ) from error


def _first_sentence(error: Exception) -> str:
    text = str(error).strip().splitlines()
    return text[0].split(". ")[0].rstrip(".!")[:200] if text else type(error).__name__


def empty_network(name: str, *, classes: int, image_size_px: int) -> Network:
    """Build a network whose body has shapes and no numbers, to be filled with `assign=True`."""
    builder = _builder(name)
    parts = anatomy(name, image_size_px)
    with ShapesOnly():
        body = builder.build(weights=None, **builder.options(image_size_px))
    return _with_new_head(body, parts, classes)


def random_network(
    name: str, *, classes: int, image_size_px: int, generator: torch.Generator
) -> Network:
    """Build a network with random weights drawn from the generator alone."""
    builder = _builder(name)
    parts = anatomy(name, image_size_px)
    with _OwnRandomNumbers(generator):
        body = builder.build(weights=None, **builder.options(image_size_px))
    return _with_new_head(body, parts, classes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surgery:
    """How a torchvision network loses its head: what a stranger needs to do the same."""

    options: Mapping[str, Any]  # of its builder
    head: str  # the module that goes
    is_pooled: bool  # whether features are averaged over their places instead
    after_head: tuple[str, ...]  # what ran on the old scores, and goes too


def surgery(name: str, image_size_px: int) -> Surgery:
    """Say how a network becomes a body that ends in features."""
    builder = _builder(name)
    parts = anatomy(name, image_size_px)
    with ShapesOnly():
        whole = builder.build(weights=None, **builder.options(image_size_px))
    return Surgery(
        options=builder.options(image_size_px),
        head=parts.head,
        is_pooled=not isinstance(whole.get_submodule(parts.head), nn.Linear),
        after_head=parts.after_head,
    )


def _with_new_head(body: nn.Module, parts: Anatomy, classes: int) -> Network:
    """Let the body end in features (N, D): a head that scores every place is pooled first."""
    head = body.get_submodule(parts.head)
    is_linear = isinstance(head, nn.Linear)
    end = nn.Identity() if is_linear else nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())
    body.set_submodule(parts.head, end)
    for name in parts.after_head:
        body.set_submodule(name, nn.Identity())
    return Network(body, Head(parts.width, classes))
