"""What the window tells the user at this moment: every trouble, or else one calm notice."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from gui.language.engine_messages import in_words
from gui.language.formats import duration, short_name
from gui.language.status_items import BEHIND_S
from gui.language.translate import tr
from gui.notices.advice import OF_INPUT, Advice, advice_on, permission_advice
from gui.notices.system_audio import guide
from gui.notices.wish import Wish
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.snapshot import Snapshot

SILENT_AFTER_S = 5.0
"""Digital silence of this long means that the input is muted or the wrong one."""
LOST_SHOWN_S = 6.0
KINDS = ("error", "warning", "info", "hint")
"""How serious a notice is, the most serious first."""


@dataclass(frozen=True)
class Notice:
    """A message: title, text, severity, and the buttons that help.

    `kind` is hint, info, warning or error; `actions` are what the player may ask for;
    `centre` shows it large in the empty roll, otherwise as a strip above it.
    """

    kind: str
    title: str
    text: str
    actions: tuple[Wish, ...] = ()
    centre: bool = False
    closable: bool = False
    """Whether the user may send it away."""
    about: tuple[Trouble, ...] = ()
    """What is sent away then."""
    details: str = ""
    """What there is room for in a tip alone: the words of other notices."""


@dataclass(frozen=True)
class Situation:
    """Facts besides the snapshot on which the choice of notices depends."""

    silent_s: float = 0.0
    """Seconds for which every sample was zero."""
    clipped: bool = False
    notes_seen: bool = False
    """Whether any note was heard since the input was chosen."""
    plays_file: bool = False
    """Whether the chosen input is a sound file."""
    plays_demo: bool = False
    demo_available: bool = True
    lost_lately: bool = False
    dismissed: frozenset[Trouble] = frozenset()
    """What the user has sent away."""
    own_model: bool = False
    """Whether a model other than the bundled one is chosen."""
    asks_for_system_audio: bool = False
    """Whether the user wants to know how what the computer plays becomes an input."""
    cut_off: Trouble | None = None
    """What to say of a file that has ended before its header says."""
    platform: str = sys.platform


def choose_notices(snapshot: Snapshot, situation: Situation) -> tuple[Notice, ...]:
    """All there is to say, the most important first: each trouble, and one of the hints."""
    state = _first_of((_failed, _system_audio, _no_input, _ended), snapshot, situation)
    told = set() if state is None else set(state.about)
    troubles = [
        _trouble(trouble, situation)
        for trouble in snapshot.troubles
        if trouble not in told and trouble not in situation.dismissed
    ]
    troubles.sort(key=lambda notice: KINDS.index(notice.kind))
    if state is None:
        strain = _first_of((_behind, _lost, _clipping, _silence), snapshot, situation)
        calm = None if strain or troubles else _first_of((_file, _first), snapshot, situation)
        return tuple(filter(None, (*troubles, strain, calm)))
    return (state, *troubles)


def _first_of(
    rules: Sequence[Callable[[Snapshot, Situation], Notice | None]],
    snapshot: Snapshot,
    situation: Situation,
) -> Notice | None:
    notices = (rule(snapshot, situation) for rule in rules)
    return next((notice for notice in notices if notice is not None), None)


def drop_notice() -> Notice:
    """What a file that hovers over the window would become."""
    return Notice(
        "hint",
        tr("Drop it here"),
        tr("The sound file becomes a take; the microphone keeps listening."),
        centre=True,
    )


def _demo(situation: Situation) -> tuple[Wish, ...]:
    return (Wish.DEMO,) if situation.demo_available and not situation.plays_file else ()


def _failed(snapshot: Snapshot, situation: Situation) -> Notice | None:
    """What stopped the engine is the first of the troubles."""
    if snapshot.state != "failed":
        return None
    back = (Wish.MICROPHONE,) if situation.plays_file else ()
    calm = tr("Your takes are safe. Start it again, or choose another input.")
    if not snapshot.troubles:
        return Notice("error", tr("The engine has stopped"), calm, (Wish.RETRY, *back, Wish.REPORT))
    trouble = snapshot.troubles[0]
    advice = advice_on(trouble, situation.platform)
    bundled = (Wish.BUNDLED,) if situation.own_model and Wish.BUNDLED in advice.actions else ()
    actions = (Wish.RETRY, *bundled, *back, Wish.REPORT)
    return Notice("error", advice.title, _sentences(trouble, advice), actions, about=(trouble,))


def _system_audio(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if not situation.asks_for_system_audio:
        return None
    text = guide(situation.platform)
    return Notice("info", tr("What this Mac plays"), text, (Wish.RESCAN,), closable=True)


def _no_input(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if snapshot.state != "no-input":
        return None
    hope = tr("Plug in a microphone or an audio interface: listening starts by itself.")
    if snapshot.recording and snapshot.take_s > 0:
        hope += " " + tr("The take goes on: what is missing becomes silence.")
    about = tuple(trouble for trouble in snapshot.troubles if trouble.code in OF_INPUT)
    if snapshot.notes:
        actions = (Wish.RESCAN, *_demo(situation), Wish.REPORT)
        text = " ".join((*map(in_words, about), hope))
        return Notice("warning", tr("The input is gone"), text, actions, about=about)
    title, advice = tr("No input device"), (hope, guide(situation.platform))
    for trouble in about:
        if trouble.code is Code.INPUT_FORBIDDEN:
            found = advice_on(trouble, situation.platform)
            title, advice = found.title, (found.text, "")
    return Notice(
        "warning",
        title,
        "\n".join(part for part in (*map(in_words, about), *advice) if part),
        (Wish.RESCAN, *_demo(situation)),
        centre=True,
        about=about,
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
    kind = "info"
    if situation.cut_off is not None:
        kind, text = "warning", in_words(situation.cut_off)
    return Notice(kind, title, text, (Wish.MICROPHONE, Wish.AGAIN))


def _trouble(trouble: Trouble, situation: Situation) -> Notice:
    advice = advice_on(trouble, situation.platform)
    back = (Wish.MICROPHONE,) if situation.plays_file else ()
    offered = [wish for wish in advice.actions if wish != Wish.BUNDLED or situation.own_model]
    copy = (Wish.REPORT,) if advice.kind != "info" else ()
    return Notice(
        advice.kind,
        advice.title,
        _sentences(trouble, advice),
        (*offered, *back, *copy),
        closable=True,
        about=(trouble,),
    )


def _sentences(trouble: Trouble, advice: Advice) -> str:
    return " ".join(part for part in (in_words(trouble), advice.text) if part)


def merged(notices: Sequence[Notice]) -> Notice:
    """The first of several, with the titles of the others, where there is no room for each.

    Once the first is closed, or its cause is gone, the next has its turn.
    """
    first, *others = notices
    if not others:
        return first
    titles = " · ".join(notice.title or notice.text for notice in others)
    return replace(
        first,
        title=f"{first.title} (+{len(others)})",
        text=f"{first.text} {tr('Also: {titles}.', titles=titles)}",
        details="\n".join(f"{notice.title}: {notice.text}" for notice in others),
    )


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
        (Wish.REPORT,),
    )


def _lost(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if not situation.lost_lately:
        return None
    return Notice(
        "warning",
        tr("Some audio was lost"),
        tr("The computer was too busy for a moment. Closing other programs helps."),
        (Wish.REPORT,),
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
    heard = bool(snapshot.notes) or snapshot.held_s > 0
    title = tr("I hear nothing now") if heard else tr("I hear nothing yet")
    return Notice("hint", title, text, _demo(situation), centre=not snapshot.notes)


def _file(snapshot: Snapshot, situation: Situation) -> Notice | None:
    if not situation.plays_file or snapshot.state != "listening":
        return None
    name = tr("the demo") if situation.plays_demo else short_name(snapshot.input_name)
    text = tr("Playing {name} through the whole chain.", name=name)
    return Notice("info", "", text, (Wish.MICROPHONE,))


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
        tr(
            "Your notes appear here while they sound. The last minutes are held in memory: what "
            "you liked can be kept afterwards (J)."
        ),
        _demo(situation),
        centre=True,
    )
