"""From a run to exactly what went into it, and the same training once more. Knows no tensor."""

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dragon_app.core.config import FinetuneConfig, WeightsSource
from dragon_app.core.errors import DragonError, WeightsError
from dragon_app.core.machine import provenance_now
from dragon_app.core.ports import Vision
from dragon_app.core.provenance import Origin, Provenance, differences
from dragon_app.core.training import Run, RunStatus
from dragon_app.core.types import Snapshot
from dragon_app.services.runs import Runs
from dragon_app.storage.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything that went into a run; `names` of the photos that are still here, by digest."""

    run: Run
    beginnings: tuple[Provenance, ...]
    snapshot: Snapshot
    names: Mapping[str, str]

    @property
    def settings(self) -> dict[str, Any]:
        """The settings as they were used, by name."""
        return dict(json.loads(self.run.config_json))


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Whether a run can be trained again: `problems` forbid it, `warnings` make it differ."""

    problems: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    config: FinetuneConfig
    check: Check


class Repeating:
    """Tells what went into runs and trains them again. Safe from several threads."""

    def __init__(self, workspace: Workspace, vision: Callable[[], Vision], runs: Runs) -> None:
        self._workspace = workspace
        self._vision = vision
        self._runs = runs

    def record(self, run_id: int) -> Record:
        """Return what went into a run; raise `NotFoundError` when there is none."""
        run = self._workspace.runs.get(run_id)
        snapshot = self._workspace.snapshots.get(run.snapshot_id)
        ids = self._workspace.images.ids_by_digest([each.digest for each in snapshot.samples])
        names = self._workspace.images.names(list(ids.values()))
        return Record(
            run=run,
            beginnings=tuple(self._workspace.provenances.of_run(run_id)),
            snapshot=snapshot,
            names={digest: names[image_id] for digest, image_id in ids.items()},
        )

    def check(self, run_id: int) -> Check:
        """Say what stands against training a run again, and why it might come out otherwise."""
        return self._plan(self._workspace.runs.get(run_id)).check

    def start(self, run_id: int) -> Run:
        """Queue the same training: photos, labels, settings and weights as they were.

        On the processor it gives the same numbers. Raise `DragonError` when it cannot be the same.
        """
        run = self._workspace.runs.get(run_id)
        plan = self._plan(run)
        if plan.check.problems:
            raise DragonError(" ".join(plan.check.problems))
        return self._runs.start_on(plan.config, run.snapshot_id, repeats=run_id)

    def _plan(self, run: Run) -> _Plan:
        config = FinetuneConfig.from_json(run.config_json)
        if not run.status.is_final:
            words = f"Run {run.id} is not over yet. Train it again when it is."
            return _Plan(config, Check(problems=(words,), warnings=()))
        beginnings = self._workspace.provenances.of_run(run.id)
        problems = self._missing_photos(run)
        warnings = _about_the_end(run)
        then = beginnings[0] if beginnings else None
        try:
            config, origin = self._begin_as(config, then)
        except DragonError as error:
            return _Plan(config, Check(problems=(*problems, str(error)), warnings=()))
        if then is None:
            warnings.append(
                f"Run {run.id} is older than the record of what went into runs: whether its "
                "weights and programs were the same is not known."
            )
        else:
            problems += _about_weights(run, then, origin)
            warnings += differences(then, provenance_now(origin))
        if len(beginnings) > 1:
            warnings.append(f"Run {run.id} went on under other conditions than it began.")
        if origin.device != "cpu":
            warnings.append("A graphics card adds up in another order each time.")
        return _Plan(config, Check(problems=tuple(problems), warnings=tuple(warnings)))

    def _missing_photos(self, run: Run) -> list[str]:
        photos = self._workspace.snapshots.photos(run.snapshot_id)
        gone = sum(photo.image_id is None for photo in photos)
        if not gone:
            return []
        were = "was" if gone == 1 else "were"
        return [
            f"{gone:,} of its {len(photos):,} photos {were} removed for good. Add the same files "
            "again, or train on the photos as they are now."
        ]

    def _begin_as(
        self, config: FinetuneConfig, then: Provenance | None
    ) -> tuple[FinetuneConfig, Origin]:
        """Return settings that begin from the weights of then, if they are here, and those.

        What "the best on this machine" was, may be another one now.
        """
        vision = self._vision()
        if then is not None and config.weights is WeightsSource.AUTO:
            for source in WeightsSource.AUTO, WeightsSource.STARTER, WeightsSource.NONE:
                candidate = replace(config, weights=source)
                with contextlib.suppress(WeightsError):
                    origin = vision.origin(candidate)
                    if origin.weights_digest == then.origin.weights_digest:
                        return candidate, origin
        return config, vision.origin(config)


def _about_the_end(run: Run) -> list[str]:
    told = []
    if run.status is not RunStatus.FINISHED:
        told.append(f"Run {run.id} ended early ({run.status}); again, it goes on to its end.")
    if run.extended_at:
        told.append(
            f"Run {run.id} was asked for more epochs after epoch {run.extended_at[0]}; trained in "
            "one go, its learning rate moves otherwise."
        )
    return told


def _about_weights(run: Run, then: Provenance, origin: Origin) -> list[str]:
    if origin.weights_digest == then.origin.weights_digest:
        return []
    return [
        f"The weights that run {run.id} began from ({run.weights or 'unknown'}) have changed on "
        "this machine since. Put the file back as it was, or start a new run from today's."
    ]
