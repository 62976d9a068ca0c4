"""What a network does with a photo, step by step. Knows shapes only; knows no weights and no names.

Networks are built and run on torch's `meta` device: shapes without numbers, in no time and memory.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode


class ShapesOnly(TorchFunctionMode):
    """While active in a thread, new weights have a shape and no numbers.

    Unlike `torch.device("meta")` it leaves arithmetic alone: RegNets compute their widths with
    tensors.
    """

    _MAKERS = frozenset({torch.empty, torch.zeros, torch.ones})

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """Send the makers of weights to the meta device."""
        options = dict(kwargs or {})
        if func in self._MAKERS:
            options["device"] = "meta"
        return func(*args, **options)


@dataclass(slots=True, kw_only=True)
class Call:
    """One module as it ran: when it was entered and left, what it gave, whether all passes through.

    `is_cut` holds when its output is the only way from the photo to the class scores.
    """

    name: str
    module: nn.Module
    entered: int
    left: int = 0
    shape: tuple[int, ...] = ()
    is_leaf: bool = True
    is_cut: bool = False

    @property
    def side_px(self) -> int | None:
        """The side of a square map of features, channels first or last; None for anything else."""
        match self.shape:
            case (_, _, height, width) if height == width:
                return height
            case (_, height, width, _) if height == width:
                return height
        return None


def trace(network: nn.Module, image_size_px: int) -> list[Call]:
    """Return the first call of every module in the order of entering; the network goes to meta."""
    network = network.to("meta").eval().requires_grad_(False)
    calls: dict[str, Call] = {}
    nodes: dict[str, Any] = {}
    open_calls: list[str] = []
    clock = 0

    def enter(name: str, module: nn.Module) -> None:
        nonlocal clock
        clock += 1
        if open_calls:
            calls[open_calls[-1]].is_leaf = False
        open_calls.append(name)
        calls.setdefault(name, Call(name=name, module=module, entered=clock))

    def leave(output: object) -> None:
        nonlocal clock
        clock += 1
        call = calls[open_calls.pop()]
        if not call.left and isinstance(output, Tensor):
            call.left, call.shape, nodes[call.name] = clock, tuple(output.shape), output.grad_fn

    handles = []
    for name, module in network.named_modules():
        handles += [
            module.register_forward_pre_hook(lambda module, _, name=name: enter(name, module)),
            module.register_forward_hook(lambda module, _, output: leave(output)),
        ]
    photo = torch.zeros(1, 3, image_size_px, image_size_px, device="meta", requires_grad=True)
    try:
        with torch.enable_grad():  # whatever the caller is doing
            scores = network(photo)
    finally:
        for handle in handles:
            handle.remove()
    cuts = _cuts(scores.grad_fn, photo)
    for name, node in nodes.items():
        calls[name].is_cut = node in cuts
    return list(calls.values())


def _cuts(end: Any, photo: Tensor) -> set[Any]:
    """Return the autograd nodes that every path from the photo to the end passes through.

    In an order where inputs come first, a node is one when no edge jumps over it.
    """
    order = _inputs_first(end)
    from_photo: dict[Any, int] = {}  # node -> place, only nodes that depend on the photo
    furthest: list[int] = []  # place -> place of its last user
    for node in order:
        inputs = [source for source, _ in node.next_functions if source in from_photo]
        if inputs or getattr(node, "variable", None) is photo:
            from_photo[node] = len(furthest)
            furthest.append(from_photo[node])
            for source in inputs:
                furthest[from_photo[source]] = from_photo[node]
    cuts = set()
    reach = 0
    for node, place in from_photo.items():
        if reach <= place:
            cuts.add(node)
        reach = max(reach, furthest[place])
    return cuts


def _inputs_first(end: Any) -> list[Any]:
    order: dict[Any, None] = {}
    waiting: list[tuple[Any, bool]] = [(end, False)]
    while waiting:
        node, inputs_are_done = waiting.pop()
        if node in order:
            continue
        if inputs_are_done:
            order[node] = None
            continue
        waiting.append((node, True))
        waiting += [(source, False) for source, _ in node.next_functions if source is not None]
    return list(order)
