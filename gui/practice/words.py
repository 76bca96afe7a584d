"""Names of modes and verdicts, in the user's language."""

from gui.language.translate import tr
from realtime.values.practice_modes import PracticeMode


def mode_names() -> dict[PracticeMode, tuple[str, str]]:
    """Mode -> (its name, what it does)."""
    return {
        PracticeMode.WAIT: (tr("Wait for me"), tr("Goes on when the right notes have sounded")),
        PracticeMode.ALONG: (
            tr("Play along"),
            tr("Keeps the tempo, with a click and the other parts"),
        ),
        PracticeMode.FREE: (
            tr("Follow me"),
            tr("Follows your tempo, and so do the other parts; repeat as you like"),
        ),
        PracticeMode.RHYTHM: (
            tr("Rhythm only"),
            tr("Keeps the tempo; any pitch will do, and claps"),
        ),
    }


def judgement_names() -> dict[str, tuple[str, str]]:
    """Verdict -> (its name, what it means)."""
    return {
        "right": (tr("Right"), tr("It came in time")),
        "early": (tr("Early"), tr("It came clearly before its time")),
        "late": (tr("Late"), tr("It came clearly after its time")),
        "wrong": (tr("Wrong"), tr("Another pitch came in its place")),
        "missed": (tr("Missed"), tr("It did not come")),
        "extra": (tr("Extra"), tr("A note that the piece does not have")),
        "unsure": (tr("Unsure"), tr("It was not heard clearly enough to judge; it does not count")),
    }


def bundled_names() -> dict[str, str]:
    """File name of a bundled piece -> what it is called."""
    return {
        "1-first-steps": tr("First steps, with one finger"),
        "2-ode-to-joy": tr("Ode to Joy"),
        "3-frere-jacques": tr("Frère Jacques, a round"),
        "4-two-hands-in-step": tr("Two hands in step"),
        "5-minuet-in-g": tr("Minuet in G"),
    }


def keys() -> list[tuple[str, str]]:
    """(keys, what they do) on the page of practice."""
    return [
        (tr("Space"), tr("Begin to practise, or stop")),
        ("1  2  3  4", tr("Wait for me, play along, follow me, rhythm only")),
        ("← →", tr("Begin a bar earlier or later")),
        ("Shift+← →", tr("Repeat fewer or more bars")),
        ("L", tr("Repeat bars, or not")),
        ("↑ ↓", tr("Faster or slower by 5 %")),
        ("A", tr("The other parts are heard, or not")),
        ("G", tr("Large notes, to be read from a music stand")),
        ("O", tr("Choose another piece")),
    ]
