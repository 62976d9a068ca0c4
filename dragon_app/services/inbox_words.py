"""The fix-it inbox in plain words: what its kinds are called and why a photo is in it."""

from collections.abc import Mapping

from dragon_app.core.inbox import Finding, Kind, Reason
from dragon_app.core.metrics import percent

NAMES = {
    Kind.LABEL: ("Likely wrong label", "The other photos speak for another class."),
    Kind.MISTAKE: ("Mistake of the model", "A held-out photo that the model answers wrongly."),
    Kind.TWINS: ("Same look, other class", "Photos that look almost the same and differ in class."),
    Kind.LEAK: (
        "On both sides",
        "It looks almost like a photo to learn from and is measured on: accuracy is flattered.",
    ),
    Kind.BROKEN: ("Broken", "The file cannot be read, or nothing is on it."),
    Kind.DARK: ("Dark", "Even its lightest parts are dark."),
    Kind.BLURRY: ("Blurry", "Far more blurred than the other photos."),
    Kind.UNLIKE: ("Unlike the rest", "Far from everything that is labelled."),
    Kind.UNSURE: ("Unsure", "A photo without a class, for which none stands out."),
}


def reason_words(reason: Reason, finding: Finding, names: Mapping[int, str]) -> str:
    """Say in one sentence why a photo is in the inbox; `names` of the classes by id."""
    now = names.get(finding.class_id or 0, "")
    other = names.get(reason.class_id or 0, "a class that is gone")
    sure = percent(reason.sure)
    match reason.kind:
        case Kind.LABEL:
            return f"Going by the other photos it is {other} ({sure}); its label is {now}."
        case Kind.MISTAKE:
            told = f"Run {reason.run_id} says {other} ({sure}); its label is {now}."
            return f"{told} That is its worst mistake." if reason.place == 1 else told
        case Kind.TWINS:
            n = len(reason.others)
            photos = "a photo" if n == 1 else f"{n} photos"
            return f"It looks almost the same as {photos} of {other}; its label is {now}."
        case Kind.LEAK:
            return (
                "It looks almost the same as a photo to learn from, but it is measured on: that "
                "flatters the accuracy."
            )
        case Kind.BROKEN:
            return "Its file cannot be read, or it is one colour nearly all over."
        case Kind.DARK:
            return "It is so dark that little can be seen."
        case Kind.BLURRY:
            return "It is far more blurred than the other photos."
        case Kind.UNLIKE:
            return "It is unlike all that is labelled. Does it belong here?"
        case Kind.UNSURE:
            return f"No class stands out; {other} is the likeliest ({sure})."
