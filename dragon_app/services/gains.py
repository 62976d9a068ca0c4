"""What fixes brought: what was put right between two runs, and how both did on the same photos."""

from collections.abc import Mapping
from dataclasses import dataclass

from dragon_app.core.paired import sign_test
from dragon_app.core.training import Run
from dragon_app.core.types import EventKind
from dragon_app.services.history import History
from dragon_app.services.results import Results
from dragon_app.storage.workspace import Workspace

LIKELY_CHANCE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixes:
    """How many photos got another class, went into the bin, and were found right as they were."""

    relabelled: int
    binned: int
    kept: int

    @property
    def changed(self) -> int:
        """How many changed what is learned."""
        return self.relabelled + self.binned

    @property
    def words(self) -> str:
        """Say in one phrase what changed."""
        told = {"relabelled": self.relabelled, "binned": self.binned}
        parts = ", ".join(f"{n:,} {what}" for what, n in told.items() if n)
        return f"{self.changed:,} {'fix' if self.changed == 1 else 'fixes'} ({parts})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """Two runs on the `n` photos that both held out, by the labels of the later one.

    `right` counts each run's hits there; `chance` is how likely so uneven a split comes about
    without any difference. With other settings or new photos (`new` to the later one) nobody can
    say what of it the fixes did.
    """

    before: int
    after: int
    fixes: Fixes
    n: int
    right: tuple[int, int]
    chance: float
    is_same_settings: bool
    new: int

    @property
    def is_chance(self) -> bool:
        """Whether the difference may be chance."""
        return self.chance > LIKELY_CHANCE

    @property
    def words(self) -> str:
        """Say it in plain sentences."""
        told = f"After {self.fixes.words}: "
        if not self.n:
            return f"{told}run {self.before} and run {self.after} held out no photo in common."
        told += (
            f"of the {self.n:,} photos that both held out, run {self.before} is right on "
            f"{self.right[0]:,}, run {self.after} on {self.right[1]:,}, both by the labels of now."
        )
        if self.right[0] == self.right[1]:
            told += " They do equally well."
        elif self.is_chance:
            told += " So small a difference may be chance."
        else:
            told += " That is hardly chance."
        besides = [] if self.is_same_settings else ["the settings differ"]
        if self.new:
            besides.append(f"{self.new:,} {'photo is' if self.new == 1 else 'photos are'} new")
        if besides:
            told += f" Besides, {' and '.join(besides)}: it may not be the fixes alone."
        return told


class Gains:
    """Compares runs before and after fixes. Safe from several threads."""

    def __init__(self, workspace: Workspace, results: Results, history: History) -> None:
        self._workspace = workspace
        self._results = results
        self._history = history

    def waiting(self) -> tuple[int | None, Fixes]:
        """Return the newest run with a model, and what was fixed since it began."""
        runs = self._runs()
        if not runs:
            return None, _fixes({})
        newest = self._workspace.labels.newest_batch()
        return runs[0].id, self._between(runs[0], newest)

    def latest(self) -> Gain | None:
        """Return what the fixes between the two newest runs brought; None where there are none.

        A run that was asked about its photos before the app kept answers takes a while.
        """
        runs = self._runs()
        if len(runs) < 2:
            return None
        after, before = runs[:2]
        fixes = self._between(before, self._workspace.labels.batch_at(after.created_at))
        if not fixes.changed:
            return None
        earlier, later = self._hits(before.id), self._hits(after.id)
        truths = {digest: truth for digest, (truth, _) in later.items() if digest in earlier}
        hits = [
            (earlier[digest][1] == truth, later[digest][1] == truth)
            for digest, truth in truths.items()
        ]
        return Gain(
            before=before.id,
            after=after.id,
            fixes=fixes,
            n=len(hits),
            right=(sum(first for first, _ in hits), sum(second for _, second in hits)),
            chance=sign_test(
                sum(first and not second for first, second in hits),
                sum(second and not first for first, second in hits),
            ),
            is_same_settings=before.config_json == after.config_json,
            new=len(self._digests(after) - self._digests(before)),
        )

    def _runs(self) -> list[Run]:
        """Return the runs that are over and have a model, newest first, without comparisons."""
        return [
            run
            for run in self._workspace.runs.all()
            if run.status.is_final and run.val_accuracy is not None and run.comparison_id is None
        ]

    def _between(self, run: Run, until: int) -> Fixes:
        began = self._workspace.labels.batch_at(run.created_at)
        found = self._workspace.inbox.fixes(run.snapshot_id, after=began, until=until)
        return _fixes(found)

    def _digests(self, run: Run) -> set[str]:
        samples = self._workspace.snapshots.get(run.snapshot_id).samples
        return {sample.digest for sample in samples}

    def _hits(self, run_id: int) -> dict[str, tuple[int, int | None]]:
        """Return the class that each held-out photo had and what the run said, as today's classes.

        By digest; photos whose class is gone are left out.
        """
        classes = self._history.classes_of_run(run_id)
        found = {}
        for each in self._results.answers(run_id).answers:
            truth = classes[each.target]
            if truth is not None:
                found[each.digest] = (truth, classes[each.said])
        return found


def _fixes(found: Mapping[EventKind, int]) -> Fixes:
    return Fixes(
        relabelled=found.get(EventKind.CLASS, 0),
        binned=found.get(EventKind.BINNED, 0),
        kept=found.get(EventKind.KEPT, 0),
    )
