"""Training several ways on the same photos, and saying honestly which did best.

A comparison is runs in the ordinary queue: each can be stopped by itself, and what waited goes on
after a restart. Knows no tensor and keeps no state: all of it is in the runs.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dragon_app.core.config import Arithmetic, FinetuneConfig
from dragon_app.core.errors import DragonError, NotEnoughImagesError, NotFoundError
from dragon_app.core.networks import TrainingCosts
from dragon_app.core.strategies import Compared, Comparison, Variant, variants
from dragon_app.core.training import Run, RunStatus
from dragon_app.core.verdict import Score, Verdict, call_middle, call_quickest
from dragon_app.services.costs import costs_key
from dragon_app.services.estimates import frozen_in_the_end, seconds_for, seconds_measured
from dragon_app.services.measuring import MeasureStatus, Measuring
from dragon_app.services.prediction import Predictions
from dragon_app.services.runs import Runs
from dragon_app.storage.workspace import Workspace

_CALLS = {Compared.STRATEGIES: call_quickest, Compared.RATES: call_middle}
_DOES = {RunStatus.RUNNING: "is being trained", RunStatus.PAUSED: "is paused"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One way to train before it begins; `seconds` is None where nothing was measured yet."""

    variant: Variant
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a comparison would train. While `is_measuring`, its times may be known soon."""

    estimates: tuple[Estimate, ...]
    epochs: int
    is_measuring: bool

    @property
    def seconds(self) -> float | None:
        """Seconds in all; None where those of one are not known."""
        known = [each.seconds for each in self.estimates if each.seconds is not None]
        return sum(known) if len(known) == len(self.estimates) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One run of a comparison as it stands.

    `points` are (seconds of learning, share right) after each epoch; `trainable_share` is the part
    of the network's parameters that learns in the end, None until the network was measured here.
    """

    run: Run
    points: tuple[tuple[float, float], ...]
    trainable_share: float | None

    @property
    def seconds(self) -> float | None:
        """Seconds of learning so far, without the start of the training engine."""
        return self.points[-1][0] if self.points else None

    @property
    def best(self) -> tuple[float, float] | None:
        """The seconds until it was right most often, and that share."""
        return max(self.points, key=lambda point: (point[1], -point[0]), default=None)

    @property
    def is_over(self) -> bool:
        """Whether it will not change any more; one that is trained longer has left the race."""
        return self.run.status.is_final or bool(self.run.extended_at)

    @property
    def score(self) -> Score | None:
        """Its result, None unless it was trained for exactly the epochs that all had."""
        if self.run.status is not RunStatus.FINISHED or self.run.extended_at:
            return None
        confusion = self.run.val_confusion
        hits = sum(row[i] for i, row in enumerate(confusion))
        return Score(
            label=self.run.label, hits=hits, n=sum(map(sum, confusion)), seconds=self.seconds or 0.0
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A comparison as it stands; the one to take is there once all its runs are over.

    `is_clear` tells whether it won, or is one of several that cannot be told apart.
    """

    comparison: Comparison
    contenders: tuple[Contender, ...]
    winner: Contender | None
    is_clear: bool
    words: str

    @property
    def is_over(self) -> bool:
        """Whether none of the runs will go on."""
        return all(each.is_over for each in self.contenders)


class Comparing:
    """The comparisons of a workspace, one at a time. Safe from several threads.

    Shared between them: a lock, so that of two that begin at once one finds the other.
    """

    def __init__(
        self, workspace: Workspace, runs: Runs, measuring: Measuring, predictions: Predictions
    ) -> None:
        self._workspace = workspace
        self._runs = runs
        self._measuring = measuring
        self._predictions = predictions
        self._beginning = threading.Lock()

    def plan(self, what: Compared, present: FinetuneConfig, *, epochs: int | None = None) -> Plan:
        """Say what would be trained and how long it takes; begins to measure where that is open."""
        planned = variants(what, present, epochs=epochs)
        by_key = {costs_key(each.config): each.config for each in planned}
        answers = {key: self._measuring.costs(config) for key, config in by_key.items()}
        statuses = {answer.status for answer in answers.values()}
        estimates = tuple(
            Estimate(
                variant=each,
                seconds=self._seconds(each.config, answers[costs_key(each.config)].costs),
            )
            for each in planned
        )
        return Plan(
            estimates=estimates,
            epochs=planned[0].config.epochs,
            # What failed would be tried anew for ever.
            is_measuring=MeasureStatus.MEASURING in statuses
            and MeasureStatus.FAILED not in statuses,
        )

    def start(
        self, what: Compared, present: FinetuneConfig, *, epochs: int | None = None
    ) -> Standing:
        """Queue the runs of a comparison, all on the photos as they are now.

        Raise `NotEnoughImagesError` when training could not start either, `DragonError` while
        another comparison goes on.
        """
        planned = variants(what, present, epochs=epochs)
        for variant in planned:
            self._runs.check(variant.config)
        missing = self._runs.missing()
        if missing:
            raise NotEnoughImagesError(f"There is nothing to compare on yet: {'; '.join(missing)}.")
        with self._beginning:
            self._check_that_none_goes_on()
            snapshot = self._workspace.snapshots.take()
            comparison = self._workspace.comparisons.create(what, planned, snapshot.id)
        self._runs.line_up(comparison.run_ids)
        return self.get(comparison.id)

    def newest(self) -> Standing | None:
        """Return the newest comparison, None when there is none."""
        newest = self._workspace.comparisons.newest()
        return None if newest is None else self.get(newest)

    def get(self, comparison_id: int) -> Standing:
        """Return a comparison as it stands; raise `NotFoundError` when there is none."""
        comparison = self._workspace.comparisons.get(comparison_id)
        contenders = tuple(self._contender(run_id) for run_id in comparison.run_ids)
        verdict, scored = _verdict(comparison.what, contenders)
        return Standing(
            comparison=comparison,
            contenders=contenders,
            winner=None if verdict is None else scored[verdict.place],
            is_clear=verdict is not None and verdict.is_clear,
            words=_words(contenders, verdict),
        )

    def cancel(self, comparison_id: int) -> Standing:
        """End all runs that are not over; the one at work keeps what it has learned so far."""
        standing = self.get(comparison_id)
        for contender in reversed(standing.contenders):  # else the next would begin in between
            if not contender.is_over:
                self._runs.stop(contender.run.id)
        return self.get(comparison_id)

    def use(self, comparison_id: int) -> Run:
        """Let the winner answer in Try and return its run; raise `NotFoundError` without one."""
        standing = self.get(comparison_id)
        if standing.winner is None:
            raise NotFoundError(f"Comparison {comparison_id} has no winner. {standing.words}")
        self._predictions.choose_run(standing.winner.run.id)
        return standing.winner.run

    def _check_that_none_goes_on(self) -> None:
        """Raise `DragonError` when a comparison is not over: two would share the page and wait."""
        before = self.newest()
        if before is None or before.is_over:
            return
        paused = [
            each.run.label for each in before.contenders if each.run.status is RunStatus.PAUSED
        ]
        rests = f"; {', '.join(paused)} is paused and can go on" if paused else ""
        done = sum(each.is_over for each in before.contenders)
        raise DragonError(
            f"Comparison {before.comparison.id} is not over: {done} of {len(before.contenders)} "
            f"done{rests}. Let it end, or cancel it in Train, then compare again."
        )

    def _contender(self, run_id: int) -> Contender:
        run = self._runs.get(run_id)
        config = FinetuneConfig.from_json(run.config_json)
        planned = run.extended_at[0] if run.extended_at else config.epochs
        return Contender(
            run=run,
            points=tuple(
                (epoch.elapsed_s, epoch.val_accuracy)
                for epoch in self._runs.epochs(run_id)
                if epoch.epoch <= planned
            ),
            trainable_share=self._trainable_share(config),
        )

    def _trainable_share(self, config: FinetuneConfig) -> float | None:
        costs = self._measuring.known_costs(replace(config, arithmetic=Arithmetic.AUTO))
        costs = costs or self._measuring.known_costs(config)
        if costs is None:
            return None
        by_frozen = costs.by_frozen
        learning = by_frozen[frozen_in_the_end(config, len(costs.stages))].trainable_parameters
        return learning / by_frozen[0].trainable_parameters

    def _seconds(self, config: FinetuneConfig, costs: TrainingCosts | None) -> float | None:
        if costs is not None:
            return seconds_measured(config, costs)
        val_photos = sum(count.val for count in self._workspace.classes.counts())
        return seconds_for(config, val_photos=val_photos, runs=self._runs.all())


def _verdict(
    what: Compared, contenders: Sequence[Contender]
) -> tuple[Verdict | None, tuple[Contender, ...]]:
    """Call the winner once nothing goes on, among those with the same budget."""
    if not all(each.is_over for each in contenders):
        return None, ()
    scored = [(each, each.score) for each in contenders]
    finished = [(each, score) for each, score in scored if score is not None]
    verdict = _CALLS[what]([score for _, score in finished])
    return verdict, tuple(each for each, _ in finished)


def _words(contenders: Sequence[Contender], verdict: Verdict | None) -> str:
    open_runs = [each.run for each in contenders if not each.is_over]
    done = len(contenders) - len(open_runs)
    if open_runs:
        now = next(
            (f"{run.label} {_DOES[run.status]}" for run in open_runs if run.status in _DOES),
            "The next waits for its turn",
        )
        return f"{done} of {len(contenders)} done. {now}; the winner is called after the last."
    if verdict is None:
        return (
            "Fewer than two were trained to their end, so there is no winner. "
            "Compare again and let them finish."
        )
    unfinished = [each.run.label for each in contenders if each.score is None]
    if not unfinished:
        return verdict.words
    return (
        f"{verdict.words} Not trained for the same epochs, so not counted: {', '.join(unfinished)}."
    )
