"""What the window tells the user at this moment, if anything: one calm notice at a time."""

import sys
from dataclasses import dataclass

from gui.language.engine_messages import in_our_words
from gui.language.formats import duration, short_name
from gui.language.status_items import BEHIND_S
from gui.language.translate import tr
from gui.notices.advice import permission_advice, trouble_of
from gui.notices.system_audio import guide
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
    own_model: bool = False
    """Whether a model other than the bundled one is chosen."""
    asks_for_system_audio: bool = False
    """Whether the user wants to know how what the computer plays becomes an input."""
    platform: str = sys.platform


def choose_notice(snapshot: Snapshot, situation: Situation) -> Notice | None:
    """The most important thing to say, or None."""
    rules = (
        _failed, _system_audio, _no_input, _ended, _message, _behind, _lost, _clipping, _silence,
        _file, _first,
    )  # fmt: skip
    for rule in rules:
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
    trouble = trouble_of(snapshot.message, situation.platform)
    bundled = ("bundled",) if situation.own_model and "bundled" in trouble.actions else ()
    calm = tr("Your takes are safe. Start it again, or choose another input.")
    text = _sentences(snapshot.message, trouble.advice) or calm
    title = trouble.title or tr("The engine has stopped")
    return Notice("error", title, text, ("retry", *bundled, *back, "report"))


def _system_audio(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if not situation.asks_for_system_audio:
        return None
    text = guide(situation.platform)
    return Notice("info", tr("What this Mac plays"), text, ("rescan",), closable=True)


def _no_input(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if snapshot.state != "no-input":
        return None
    hope = tr("Plug in a microphone or an audio interface: listening starts by itself.")
    if snapshot.recording and snapshot.take_s > 0:
        hope += " " + tr("The take goes on: what is missing becomes silence.")
    trouble = trouble_of(snapshot.message, situation.platform)
    told = in_our_words(snapshot.message)
    if snapshot.notes:
        return Notice(
            "warning", tr("The input is gone"), hope, ("rescan", *_demo(situation), "report")
        )
    forbidden = trouble.advice == permission_advice(situation.platform)
    advice = (trouble.advice,) if forbidden else (hope, guide(situation.platform))
    return Notice(
        "warning",
        trouble.title if forbidden else tr("No input device"),
        "\n".join(part for part in (told, *advice) if part),
        ("rescan", *_demo(situation)),
        centre=True,
    )


def _ended(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if snapshot.state != "file-ended":
        return None
    text = tr(
        "{name}, {length}.",
        name=short_name(snapshot.input_name),
        length=duration(snapshot.stream_s),
    )
    title = tr("The demo has ended") if situation.plays_demo else tr("The file has ended")
    told = "" if snapshot.message == situation.dismissed else in_our_words(snapshot.message)
    return Notice("info", title, " ".join(filter(None, (text, told))), ("microphone", "again"))


def _message(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if not snapshot.message or snapshot.message == situation.dismissed:
        return None
    trouble = trouble_of(snapshot.message, situation.platform)
    back = ("microphone",) if situation.plays_file else ()
    offered = [name for name in trouble.actions if name != "bundled" or situation.own_model]
    copy = ("report",) if trouble.kind != "info" else ()
    return Notice(
        trouble.kind,
        trouble.title,
        _sentences(snapshot.message, trouble.advice),
        (*offered, *back, *copy),
        closable=True,
    )


def _sentences(message: str, advice: str) -> str:
    return " ".join(part for part in (in_our_words(message), advice) if part)


def _behind(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if snapshot.behind_s <= BEHIND_S or snapshot.state != "listening":
        return None
    return Notice(
        "warning",
        tr("The computer is too slow just now"),
        tr(
            "To stay in time, sound that came too late is recorded but not listened to. "
            "Closing other programs helps."
        ),
        ("report",),
    )


def _lost(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if not situation.lost_lately:
        return None
    return Notice(
        "warning",
        tr("Some audio was lost"),
        tr("The computer was too busy for a moment. Closing other programs helps."),
        ("report",),
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
    if situation.platform in ("darwin", "win32"):
        text += " " + permission_advice(situation.platform)
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
