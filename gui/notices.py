"""What the window tells the user at this moment, if anything: one calm notice at a time."""

from dataclasses import dataclass, replace

from gui.engine_words import in_our_words
from gui.status_text import duration, short_name
from gui.words import tr
from realtime.snapshot import Snapshot

SILENT_AFTER_S = 5.0
"""Digital silence of this long means that the input is muted or the wrong one."""
LOST_SHOWN_S = 6.0


@dataclass(frozen=True)
class Notice:
    """A message with what can be done about it.

    `kind` is hint, info, warning or error; `actions` are names of controller actions;
    `centre` shows it large in the empty roll, otherwise as a strip above it.
    """

    kind: str
    title: str
    text: str
    actions: tuple[str, ...] = ()
    centre: bool = False
    closable: bool = False
    """Whether the user may send it away with the action "dismiss"."""


@dataclass(frozen=True)
class Situation:
    """What besides the snapshot decides the notice."""

    silent_s: float = 0.0
    """Seconds of digital silence."""
    clipped: bool = False
    notes_seen: bool = False
    """Whether any note was heard since the input was chosen."""
    plays_file: bool = False
    """Whether the chosen input is a sound file."""
    plays_demo: bool = False
    demo_available: bool = True
    lost_lately: bool = False
    dismissed: str = ""
    """The message that the user has sent away."""


def choose_notice(snapshot: Snapshot, situation: Situation) -> Notice | None:
    """The most important thing to say, or None."""
    snapshot = replace(snapshot, message=in_our_words(snapshot.message))
    for rule in (_failed, _no_input, _ended, _message, _lost, _clipping, _silence, _file, _first):
        notice = rule(snapshot, situation)
        if notice is not None:
            return notice
    return None


def drop_notice() -> Notice:
    """What a file that hovers over the window would become."""
    return Notice(
        "hint",
        tr("Drop it here"),
        tr("The sound file becomes a .mid file; the microphone keeps listening."),
        centre=True,
    )


def _demo(situation: Situation) -> tuple[str, ...]:
    return ("demo",) if situation.demo_available and not situation.plays_file else ()


def _failed(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if snapshot.state != "failed":
        return None
    back = ("microphone",) if situation.plays_file else ()
    text = snapshot.message or tr("Your takes are safe. Start it again, or choose another input.")
    return Notice("error", tr("The engine has stopped"), text, ("retry", *back))


def _no_input(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if snapshot.state != "no-input":
        return None
    hope = tr("Plug in a microphone or an audio interface: listening starts by itself.")
    return Notice(
        "warning",
        tr("No input device"),
        f"{snapshot.message}\n{hope}" if snapshot.message and not snapshot.notes else hope,
        ("rescan", *_demo(situation)),
        centre=not snapshot.notes,
    )


def _ended(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if snapshot.state != "file-ended":
        return None
    text = snapshot.message or tr(
        "{name}, {length}.",
        name=short_name(snapshot.input_name),
        length=duration(snapshot.stream_s),
    )
    return Notice("info", tr("The recording has ended"), text, ("microphone", "again"))


def _message(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if not snapshot.message or snapshot.message == in_our_words(situation.dismissed):
        return None
    back = ("microphone",) if situation.plays_file else ()
    return Notice("warning", "", snapshot.message, back, closable=True)


def _lost(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if not situation.lost_lately:
        return None
    return Notice(
        "warning",
        tr("Some audio was lost"),
        tr("The computer was too busy for a moment. Closing other programs helps."),
    )


def _clipping(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if not situation.clipped or situation.plays_file:
        return None
    return Notice(
        "warning", tr("Too loud"), tr("The input clips: turn the microphone down a little.")
    )


def _silence(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if snapshot.state != "listening" or situation.silent_s < SILENT_AFTER_S or situation.plays_file:
        return None
    text = tr(
        "“{name}” sends pure silence. Is it the right input, switched on and not muted?",
        name=short_name(snapshot.input_name) or tr("The input"),
    )
    return Notice(
        "hint", tr("I hear nothing yet"), text, _demo(situation), centre=not snapshot.notes
    )


def _file(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if not situation.plays_file or snapshot.state != "listening":
        return None
    name = tr("the demo") if situation.plays_demo else short_name(snapshot.input_name)
    text = tr("Playing {name} through the whole chain.", name=name)
    return Notice("info", "", text, ("microphone",))


def _first(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if situation.notes_seen or snapshot.notes:
        return None
    if snapshot.state == "starting":
        return Notice(
            "hint", tr("Opening the input…"), tr("This takes a second or two."), centre=True
        )
    return Notice(
        "hint",
        tr("Play something"),
        tr("Your notes appear here while they sound. No instrument at hand? Try the demo."),
        _demo(situation),
        centre=True,
    )
