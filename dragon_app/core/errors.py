"""The errors a person can act on: each message says what is wrong, the value, and what to do.

Anything that is not a `DragonError` is a bug and is left to surface.
"""

# What a person reads of a bug.
BUG_WORDS = "Something went wrong inside the app. The log file has details."


class DragonError(Exception):
    """Base of every error whose message is meant for people."""


class BadImageError(DragonError):
    """A file cannot be accepted as a photo; the message is the reason without the file's name."""


class ArchiveError(DragonError):
    """A zip cannot be taken at all; the message is the reason without the file's name."""


class TableError(DragonError):
    """A table of files and classes cannot be read; the reason without the file's name."""


class InvalidConfigError(DragonError):
    """Settings contradict each other or lie outside their range; every problem is listed."""


class NotEnoughImagesError(DragonError):
    """There are too few labelled photos, or too few classes, to train or to measure."""


class ClassNameError(DragonError):
    """A class name is empty, too long or already taken."""


class NotFoundError(DragonError):
    """A photo, class, run or file that was asked for does not exist."""


class WeightsError(DragonError):
    """Pretrained weights are absent, damaged, or do not fit the backbone."""


class WorkspaceError(DragonError):
    """The workspace cannot be opened: in use, not writable, or made by a newer version."""


class SetupError(DragonError):
    """The machine lacks what the app needs: too old a Python, packages that do not fit together."""


class TrainingError(DragonError):
    """Training stopped for a reason a person can change: a loss that is not a number, memory."""


class NothingKeptError(TrainingError):
    """Training was stopped, as somebody asked, before its first epoch ended: there is no model."""
