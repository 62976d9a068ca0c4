"""What the Train tab asks to have measured: the freezing map's numbers, and a learning rate."""

from typing import Any

from fastapi import APIRouter

from dragon_app.core.config import FinetuneConfig
from dragon_app.core.networks import TrainingCosts
from dragon_app.services.estimates import seconds_at
from dragon_app.services.measuring import CostsAnswer, MeasureStatus, RateSearch
from dragon_app.services.settings import read_settings
from dragon_app.ui.routes.training import Wish, told
from dragon_app.wiring import Session


def router(session: Session) -> APIRouter:
    """Serve `/dragon/costs` and `/dragon/rate`."""
    routes = APIRouter(prefix="/dragon")

    @routes.post("/costs")
    def costs(wish: Wish) -> dict[str, Any]:
        """Say what training costs by how much is frozen; asked again while it is measured."""
        config, problem = _read(wish)
        if config is None:
            return shown_costs(CostsAnswer(status=MeasureStatus.FAILED, words=problem), None)
        return shown_costs(session.app.measuring.costs(config), config)

    @routes.post("/rate")
    def find(wish: Wish) -> dict[str, Any]:
        """Begin to look for a learning rate."""
        config, problem = _read(wish)
        if config is None:
            return shown_rate(RateSearch(status=MeasureStatus.FAILED, words=problem))
        return shown_rate(session.app.measuring.find_rate(config))

    @routes.get("/rate")
    def rate() -> dict[str, Any]:
        return shown_rate(session.app.measuring.rate())

    @routes.post("/rate/stop")
    def stop() -> dict[str, Any]:
        return shown_rate(session.app.measuring.stop_rate())

    return routes


def shown_costs(answer: CostsAnswer, config: FinetuneConfig | None) -> dict[str, Any]:
    """Return costs as JSON: the stages from the input, and a position for 0 to all frozen."""
    costs = answer.costs
    return {
        "status": answer.status,
        "words": answer.words,
        "costs": None if costs is None or config is None else _map(costs, config),
    }


def shown_rate(search: RateSearch) -> dict[str, Any]:
    """Return a search for a learning rate as JSON."""
    return {
        "status": search.status,
        "words": search.words,
        "done": search.done,
        "total": search.total,
        "points": search.points,
        "suggestion": search.suggestion,
    }


def _map(costs: TrainingCosts, config: FinetuneConfig) -> dict[str, Any]:
    stages = len(costs.stages)
    return {
        "photos": costs.photos,
        "batch_size": costs.batch_size,
        "image_size_px": costs.image_size_px,
        "arithmetic": costs.arithmetic,
        "photos_per_s": costs.photos_per_s,
        "stages": [
            {
                "index": stage.index,
                "name": stage.name,
                "parameters": stage.parameters,
                "output_size_px": stage.output_size_px,
                "lr": config.head_lr * config.layer_decay ** (stages - place),
            }
            for place, stage in enumerate(costs.stages)
        ],
        "positions": [
            {
                "frozen": cost.frozen,
                "trainable_parameters": cost.trainable_parameters,
                "memory_bytes": cost.memory_bytes,
                "once_s": cost.once_s,
                "epoch_s": cost.epoch_s,
                "total_s": seconds_at(cost, config, costs),
            }
            for cost in costs.by_frozen
        ],
    }


def _read(wish: Wish) -> tuple[FinetuneConfig | None, str]:
    read = read_settings(wish.preset, wish.values)
    return read.config, " ".join(told(read.problems, wish.values).values())
