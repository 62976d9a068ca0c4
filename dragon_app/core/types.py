"""The words of the app as frozen values. Knows no file, table, tensor or widget.

Times are UTC, sizes pixels, probabilities 0..1, losses nats.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Split(StrEnum):
    """Which part a photo plays: learned from, measured on, or kept away from both."""

    TRAIN = "train"
    VAL = "val"
    TEST = "test"


class EventKind(StrEnum):
    """What a journal entry changed."""

    CLASS = "class"
    SKIPPED = "skipped"
    BINNED = "binned"
    SPLIT = "split"
    KEPT = "kept"  # a person looked and left the photo with the class it had


class ClassEventKind(StrEnum):
    """What a journal entry changed about a class; MERGED names the class it went into."""

    NAME = "name"
    DELETED = "deleted"
    MERGED = "merged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageClass:
    """A name that photos can carry; `colour` is `#rrggbb`, `hotkey` a single character or none.

    `key_place` counts from 1 and gives it one of the digits where it has no `hotkey`. It stays what
    it is when other classes go.
    """

    id: int
    name: str
    colour: str
    hotkey: str | None = None
    key_place: int = 0
    is_disabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRecord:
    """One photo of the dataset. `name` is the client's: shown, never used as a path."""

    id: int
    digest: str
    perceptual_hash: str | None
    width_px: int
    height_px: int
    size_bytes: int
    name: str
    group_id: int
    split: Split | None
    class_id: int | None
    is_skipped: bool
    is_binned: bool
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewImage:
    """A photo whose bytes are stored already and whose row is not."""

    digest: str
    perceptual_hash: str | None
    format: str
    width_px: int
    height_px: int
    size_bytes: int
    name: str
    split: Split | None = None  # a folder's own level; never reshuffled
    sharpness: float | None = None  # comparable among photos of one size


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPhoto:
    """One photo outside the bin as it is written down elsewhere; its class by name, or ""."""

    digest: str
    format: str
    name: str
    class_name: str
    split: Split | None
    is_skipped: bool


class Shown(StrEnum):
    """The states that photos are counted by."""

    ALL = "all"
    LABELLED = "labelled"
    UNLABELLED = "unlabelled"
    SKIPPED = "skipped"
    BINNED = "binned"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRows:
    """Photos as numbers, for a page that filters and orders a hundred thousand of them itself.

    `packed` holds six big-endian 32-bit numbers a photo, oldest first: its id, the start of its
    digest, when it was added (UTC seconds), its size in bytes, its class or 0, and flags:
    1 skipped, 2 in the bin, 4 / 8 / 12 to learn from / held out / kept apart. `total` counts all
    photos and `newest_batch` is the newest of the journal, both at the same moment.
    """

    newest_batch: int
    total: int
    packed: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelEvent:
    """One line of the journal: what somebody changed about one photo, and from what."""

    id: int
    batch: str
    number: int  # of the batch; it grows
    kind: EventKind
    image_id: int
    before: str | None
    after: str | None
    who: str
    at: datetime
    is_undone: bool
    is_reversal: bool  # an undo, or a redo
    suggested_by: str | None = None  # who suggested what the person accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """What a batch, an undo or a redo changed, and the photos it left as they were.

    `images` are the photos it changed, `kind` is what it changed about them and `value` what the
    gesture gave them that was done, undone or redone; `class_kind` and `class_name` are set where
    it changed a class, too.
    """

    changed: int
    left: tuple[int, ...] = ()
    images: tuple[int, ...] = field(default=(), compare=False)
    kind: EventKind | None = field(default=None, compare=False)
    value: str | None = field(default=None, compare=False)
    class_kind: ClassEventKind | None = field(default=None, compare=False)
    class_name: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassCount:
    """How many photos of one class are learned from, measured on and kept away."""

    image_class: ImageClass
    train: int
    val: int
    test: int

    @property
    def total(self) -> int:
        """All photos of the class."""
        return self.train + self.val + self.test


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A file that was not accepted, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddResult:
    """The outcome of adding files: ids of new photos, count of known ones, refused files.

    `image_ids` holds every photo meant, new or already there, in the order of the files.
    """

    added: int
    duplicates: int
    refused: tuple[Refusal, ...]
    image_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One photo of a snapshot: its bytes by digest, the index of its class, its part."""

    digest: str
    target: int
    split: Split


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What one run trained on; later relabelling cannot change it."""

    id: int
    class_names: tuple[str, ...]
    samples: tuple[Sample, ...]
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotPhoto:
    """One photo of a snapshot and what is so today; `image_id` is None when it is gone."""

    target: int
    split: Split
    image_id: int | None
    class_id: int | None
    is_binned: bool
