"""What went into each run when it began, and again whenever it went on under other conditions."""

from dragon_app.core.provenance import Provenance
from dragon_app.storage.database import Database


class ProvenanceStore:
    """Keeps and reads provenances. Safe from several threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, run_id: int, provenance: Provenance) -> None:
        """Keep what a run begins or goes on with, unless that is what it had before."""
        before = self.of_run(run_id)
        if before and before[-1].is_like(provenance):
            return
        with self._database.writing() as db:
            db.execute(
                "insert into provenances (run_id, facts) values (?, ?)",
                [run_id, provenance.to_json()],
            )

    def of_run(self, run_id: int) -> list[Provenance]:
        """Return what a run had before it, its beginning first; empty for runs of older versions.

        More than one where it went on with other programs or on another machine.
        """
        return self.all().get(run_id, [])

    def all(self) -> dict[int, list[Provenance]]:
        """Return what every run had before it, by run."""
        found: dict[int, list[Provenance]] = {}
        with self._database.reading() as db:
            for run_id, facts in db.execute("select run_id, facts from provenances order by id"):
                found.setdefault(run_id, []).append(Provenance.from_json(facts))
        return found
