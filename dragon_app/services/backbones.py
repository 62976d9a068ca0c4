"""The networks to choose from, and fetching their weights: one at a time, in the background."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from dragon_app.core.config import FinetuneConfig, WeightsSource
from dragon_app.core.errors import BUG_WORDS, DragonError, WeightsError
from dragon_app.core.networks import BackboneInfo
from dragon_app.core.ports import Vision

_LOG = logging.getLogger(__name__)


class FetchStatus(StrEnum):
    """Where a fetch stands."""

    NONE = "none"
    FETCHING = "fetching"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """The newest fetch: whose weights, how many bytes of how many (0: not known), what failed."""

    backbone: str = ""
    status: FetchStatus = FetchStatus.NONE
    done_bytes: int = 0
    total_bytes: int = 0
    error: str = ""


class Backbones:
    """The networks. Safe from several threads; the first question loads torch.

    Shared with the fetching thread: `_fetch`, one reference that is swapped whole.
    """

    def __init__(self, vision: Callable[[], Vision]) -> None:
        self._vision = vision
        self._fetch = Fetch()
        self._starting = threading.Lock()
        self._is_closing = threading.Event()
        self._thread: threading.Thread | None = None

    def all(self) -> tuple[BackboneInfo, ...]:
        """Return every network that can be fine-tuned, by name, without stages."""
        return self._vision().backbones()

    def get(self, name: str) -> BackboneInfo:
        """Return one network with its stages; raise `NotFoundError` when there is none."""
        return self._vision().backbone(name)

    def warning(self, config: FinetuneConfig) -> str:
        """Say when a run would start from nothing; else nothing. Told before it starts."""
        why = ""
        if config.weights is WeightsSource.AUTO:
            info = self.get(config.backbone)
            if info.imagenet_is_here or info.is_starter:
                return ""
            why = f": there are no weights for {config.backbone} on this machine"
        elif config.weights is not WeightsSource.NONE:
            return ""
        return f"It starts from nothing{why}. That needs many photos and many epochs."

    def fetching(self) -> Fetch:
        """Return where the newest fetch stands."""
        return self._fetch

    def fetch(self, name: str) -> Fetch:
        """Start to fetch a network's ImageNet weights; raise `WeightsError` when one is busy."""
        info = self.get(name)
        with self._starting:
            if self._fetch.status is FetchStatus.FETCHING:
                if self._fetch.backbone == info.name:
                    return self._fetch
                raise WeightsError(
                    f"The weights of {self._fetch.backbone} are on their way; wait for them first."
                )
            total = round((info.imagenet_megabytes or 0) * 1e6)
            self._fetch = Fetch(backbone=info.name, status=FetchStatus.FETCHING, total_bytes=total)
            self._thread = threading.Thread(
                target=self._work, args=[info.name], name="fetch", daemon=True
            )
            self._thread.start()
        return self._fetch

    def close(self, *, timeout_s: float = 5) -> None:
        """End a fetch under way, leaving nothing half-written."""
        self._is_closing.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _work(self, name: str) -> None:
        try:
            self._vision().fetch_imagenet(name, report=self._report)
        except DragonError as error:
            _LOG.warning("weights of %s were not fetched: %s", name, error)
            self._fetch = replace(self._fetch, status=FetchStatus.FAILED, error=str(error))
        else:
            self._fetch = replace(self._fetch, status=FetchStatus.DONE)
        finally:
            if self._fetch.status is FetchStatus.FETCHING:  # a bug: nobody may wait for ever
                _LOG.error("fetching the weights of %s failed", name, exc_info=True)
                self._fetch = replace(
                    self._fetch,
                    status=FetchStatus.FAILED,
                    error=BUG_WORDS,
                )

    def _report(self, done_bytes: int, total_bytes: int) -> None:
        if self._is_closing.is_set():
            raise WeightsError("The app was closed while the weights were on their way.")
        total = total_bytes or self._fetch.total_bytes
        self._fetch = replace(self._fetch, done_bytes=done_bytes, total_bytes=total)
