"""How a backbone falls into stages and a head: one rule for every network, no list of names.

A stage ends before the map of features shrinks, at a point that everything passes through. Blocks
that work on tokens of one size, as in a vision transformer, are divided into four groups.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import nn

from dragon_app.core.networks import StageInfo
from dragon_app.vision.trace import Call, trace

SHRINKS_BELOW = 0.75  # of the side before; an unpadded convolution takes a few pixels, no stage
FEWEST_STAGES = 3
TOKEN_GROUPS = 4
FINE_MAP_PX = 14  # the side of a map of features that tells places apart
SMALLEST_LAST_STAGE = 0.01  # of all parameters; a norm after the pooling is no stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Anatomy:
    """Where a network's head is and to which stage (from 1) each of its modules belongs.

    `after_head` names what runs on the class scores, `width` is what the head reads. The output of
    `boundaries[n - 1]` is all that stage n hands on; the last stage ends at the head. `fine_map`
    names the module whose output is the last fine map of features (N, K, h, w) before that; a
    network that ends in tokens has none.
    """

    head: str
    after_head: tuple[str, ...]
    width: int
    stages: tuple[StageInfo, ...]
    stage_of: dict[str, int]
    boundaries: tuple[str, ...]
    fine_map: str | None


def dissect(network: nn.Module, image_size_px: int) -> Anatomy:
    """Run a network on shapes alone and say where its stages and its head are."""
    calls = trace(network, image_size_px)
    leaves = [call for call in calls if call.is_leaf]
    head = [call for call in leaves if _own_parameters(call.module)][-1]
    body = [call for call in calls if call.entered < head.entered]
    ends = _ends([call for call in body if call.is_cut and call.left < head.entered])
    ends = _without_empty_stages(ends, body, head)
    stage_of = {
        name: _stage_at(ends, _entered(name, body))
        for name, _ in network.named_modules()
        if name != head.name
    }
    return Anatomy(
        head=head.name,
        after_head=tuple(call.name for call in leaves if call.entered > head.entered),
        width=_inputs(head.module),
        stages=_describe(ends, body, head),
        stage_of=stage_of,
        boundaries=tuple(end.name for end in ends),
        fine_map=_fine_map(
            [call for call in body if call.is_cut and call.left < head.entered],
            least_px=min(FINE_MAP_PX, image_size_px // 8),
        ),
    )


def _fine_map(cuts: Sequence[Call], *, least_px: int) -> str | None:
    """Return the last map fine enough to tell places apart, if the network ends in a map at all.

    One that ends in tokens, or in a map with the channels last, mixes all places long before.
    """
    by_place = [
        call
        for call in sorted(cuts, key=lambda call: call.left)
        if len(call.shape) > 2 and any(True for _ in call.module.parameters())
    ]
    maps = {call.name: call.shape[3] for call in by_place if _is_map(call.shape)}
    ends = [call.name for call in by_place if max(call.shape[2:]) > 1]
    if not ends or ends[-1] not in maps:
        return None
    fine = [name for name, side in maps.items() if side >= least_px]
    return fine[-1] if fine else max(maps, key=lambda name: maps[name])


def _is_map(shape: tuple[int, ...]) -> bool:
    return len(shape) == 4 and shape[2] == shape[3] > 1


def _own_parameters(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters(recurse=False))


def _inputs(head: nn.Module) -> int:
    weight = head.get_parameter("weight")  # of a Linear (C, D) or a Conv2d (C, D, 1, 1)
    return weight.shape[1]


def _ends(cuts: Sequence[Call]) -> list[Call]:
    """Return the calls after which a stage ends; the last stage ends at the head."""
    ends: list[Call] = []
    cuts = sorted(cuts, key=lambda call: call.left)
    before: Call | None = None
    for call in cuts:
        side = call.side_px
        if side is None and len(call.shape) == 4:
            continue  # windows of a map: neither a map nor a row of tokens
        if before is not None:
            previous = before.side_px
            becomes_tokens = previous is not None and len(call.shape) == 3
            if becomes_tokens or (previous and side and side < SHRINKS_BELOW * previous):
                ends.append(before)
        if side is not None or len(call.shape) == 3:
            before = call
    return ends + _token_ends(cuts) if len(ends) + 1 < FEWEST_STAGES else ends


def _token_ends(cuts: Sequence[Call]) -> list[Call]:
    rows: dict[tuple[str, type], list[Call]] = {}
    for call in cuts:
        if not call.is_leaf:
            parent = call.name.rpartition(".")[0]
            rows.setdefault((parent, type(call.module)), []).append(call)
    blocks = max(rows.values(), key=len, default=[])
    groups = min(TOKEN_GROUPS, len(blocks))
    return [blocks[len(blocks) * group // groups - 1] for group in range(1, groups)]


def _without_empty_stages(ends: list[Call], body: Sequence[Call], head: Call) -> list[Call]:
    """Join a stage without parameters to the next one, a tiny last one to the one before."""
    counts = _parameters_by_stage(ends, body, head)
    kept = [end for index, end in enumerate(ends, 1) if counts[index]]
    is_tiny = counts[len(ends) + 1] < SMALLEST_LAST_STAGE * counts.total()
    return kept[:-1] if is_tiny else kept


def _parameters_by_stage(ends: Sequence[Call], body: Sequence[Call], head: Call) -> Counter[int]:
    counts = Counter[int]()
    for name, module in body[0].module.named_modules():
        if name != head.name:
            counts[_stage_at(ends, _entered(name, body))] += _own_parameters(module)
    return counts


def _stage_at(ends: Sequence[Call], moment: int) -> int:
    return 1 + sum(end.left < moment for end in ends)


def _entered(name: str, body: Sequence[Call]) -> int:
    """Return when a module ran first; one that is never called runs with its owner."""
    moments = {call.name: call.entered for call in body}
    while name and name not in moments:
        name = name.rpartition(".")[0]
    return moments[name]


def _describe(ends: Sequence[Call], body: Sequence[Call], head: Call) -> tuple[StageInfo, ...]:
    parameters = _parameters_by_stage(ends, body, head)
    starts = [0, *(end.left for end in ends), head.entered]
    maps = [call for call in body if call.is_cut and starts[-2] < call.left < head.entered]
    last_side = max((call.side_px or 0 for call in maps[::-1]), default=0)
    sides = [*(end.side_px for end in ends), last_side or None]
    infos = []
    for index, (start, stop) in enumerate(pairwise(starts), 1):
        modules = _outermost([c for c in body if start < c.entered and 0 < c.left <= stop])
        name = modules[0] if len(modules) == 1 else f"{modules[0]} to {modules[-1]}"
        infos.append(
            StageInfo(
                index=index,
                name=name,
                modules=tuple(modules),
                parameters=parameters[index],
                output_size_px=sides[index - 1],
            )
        )
    return tuple(infos)


def _outermost(calls: Sequence[Call]) -> list[str]:
    """Return the names of the calls with parameters that lie in no other of them."""
    names: list[str] = []
    end = 0
    for call in calls:
        if call.left > end and any(True for _ in call.module.parameters()):
            names.append(call.name)
            end = call.left
    return names
