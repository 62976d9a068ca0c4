"""A network cut at the end of a stage: the part that is frozen, and the part that learns.

Both share modules and parameters with the whole: what one learns, the others know.
"""

import copy
from collections.abc import Callable, Set
from dataclasses import dataclass
from typing import Any

from torch import Tensor, fx, nn

from dragon_app.vision.backbone import Network
from dragon_app.vision.stages import Anatomy

Part = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """A network in three parts: what is frozen, the rest of its body, its head."""

    prefix: Part
    upper: Part
    head: Part

    def rest(self, features: Tensor) -> Tensor:
        """Return class scores (N, C) for what the prefix made of images."""
        return self.head(self.upper(features))


def split(network: Network, parts: Anatomy, frozen: int) -> Split | None:
    """Cut after the first `frozen` stages, at least one; None where that is not possible.

    Only the modules around the boundary are looked into, all others stay whole, so that they
    train or not as they are told later. Call it while the network is in eval mode.
    """
    if frozen == len(parts.stages):
        return Split(prefix=network.body, upper=nn.Identity(), head=network.head)
    return split_at(network, parts.boundaries[frozen - 1])


def split_at(network: Network, boundary: str) -> Split | None:
    """Cut after a module that all passes through; otherwise do as `split`."""
    body = network.body
    try:
        graph = _draw(body, boundary)
        prefix = _Taken(graph).until(boundary)
        upper = _Taken(graph).after(boundary)
    except (TypeError, ValueError, RuntimeError, AttributeError, StopIteration):
        return None  # a forward pass that cannot do with stand-ins for its tensors
    return Split(
        prefix=fx.GraphModule(body, prefix),
        upper=fx.GraphModule(body, upper),
        head=network.head,
    )


def _draw(body: nn.Module, boundary: str) -> fx.Graph:
    """Run the body on a stand-in for its images and note what it does with it.

    `fx.Tracer.trace` would change how modules are called in all threads; instead the modules
    around the boundary are copied, and those beside it replaced by ones that take notes.
    """
    tracer = fx.Tracer()
    tracer.root = body
    tracer.graph = fx.Graph()
    owners = {boundary[:place] for place, sign in enumerate(boundary) if sign == "."}
    images = tracer.create_proxy("placeholder", "images", (), {})
    scores = _sketch(body, "", owners, tracer)(images)
    tracer.create_node("output", "output", (tracer.create_arg(scores),), {})
    return tracer.graph


class _Note(nn.Module):
    """Stands for a module that is called, not looked into."""

    def __init__(self, name: str, tracer: fx.Tracer) -> None:
        super().__init__()
        self._name = name
        self._tracer = tracer

    def forward(self, *args: Any, **kwargs: Any) -> fx.Proxy:
        return self._tracer.create_proxy("call_module", self._name, args, kwargs)


def _sketch(module: nn.Module, name: str, owners: Set[str], tracer: fx.Tracer) -> nn.Module:
    before = f"{name}." if name else ""
    sketch = copy.copy(module)
    sketch._modules, sketch._parameters, sketch._buffers = {}, {}, {}
    own = [*module.named_parameters(recurse=False), *module.named_buffers(recurse=False)]
    for each, _ in own:
        setattr(sketch, each, tracer.create_proxy("get_attr", before + each, (), {}))
    for child, part in module.named_children():
        path = before + child
        sketch._modules[child] = (
            _sketch(part, path, owners, tracer) if path in owners else _Note(path, tracer)
        )
    return sketch


class _Taken:
    """A part of a graph; raise `ValueError` when it needs more than the boundary hands on."""

    def __init__(self, whole: fx.Graph) -> None:
        self._whole = whole
        self._graph = fx.Graph()
        self._known: dict[fx.Node, fx.Node] = {}

    def until(self, boundary: str) -> fx.Graph:
        """Take what comes before the boundary, and the boundary."""
        end = self._boundary(boundary)
        (images,) = self._whole.find_nodes(op="placeholder")
        self._known[images] = self._graph.placeholder("images")
        self._graph.output(self._take(end))
        return self._graph

    def after(self, boundary: str) -> fx.Graph:
        """Take what comes after the boundary."""
        self._known[self._boundary(boundary)] = self._graph.placeholder("features")
        end = self._whole.output_node().args[0]
        if not isinstance(end, fx.Node):
            raise ValueError("the body gives more than one tensor")
        self._graph.output(self._take(end))
        return self._graph

    def _boundary(self, name: str) -> fx.Node:
        node: fx.Node
        (node,) = self._whole.find_nodes(op="call_module", target=name)
        return node

    def _take(self, end: fx.Node) -> fx.Node:
        """Copy what leads to a node, in the order in which it ran."""
        needed = {end}
        for node in reversed(self._whole.nodes):
            if node in needed and node not in self._known:
                if node.op == "placeholder":
                    raise ValueError("what comes after the boundary looks at the images again")
                needed.update(node.all_input_nodes)
        for node in self._whole.nodes:
            if node in needed and node not in self._known:
                self._known[node] = self._graph.node_copy(node, self._known.__getitem__)
        return self._known[end]
