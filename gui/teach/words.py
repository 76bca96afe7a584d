"""Texts of the guide: what to play, what was heard, what was wrong."""

from collections.abc import Sequence

from gui.language.translate import Text, plural, tr, translated
from gui.music.pitch_names import pitch_name
from realtime.teach.guide.attempts import AttemptFault
from realtime.teach.guide.guide import Status
from realtime.teach.guide.plan import Ask
from realtime.teach.judging.choosing import LessonVerdict


def family_names() -> dict[str, str]:
    """Code of a family -> what it is called."""
    return {
        "": tr("Any instrument"),
        "keys": tr("Piano, electric piano, harpsichord"),
        "plucked": tr("Guitar, harp, zither: plucked strings"),
        "bars": tr("Kalimba, xylophone, bells"),
        "organ": tr("Organ, accordion, harmonica"),
        "bowed": tr("Violin, cello: bowed strings"),
        "winds": tr("Woodwind and brass"),
        "voice": tr("Voice"),
    }


def ask_title(ask: Ask | None, naming: str) -> str:
    """What to do now, in a few words."""
    if ask is None:
        return tr("That is all")
    if ask.kind == "room":
        return tr("Please be quiet for a moment")
    if ask.kind == "lowest":
        return tr("Play your lowest note")
    if ask.kind == "highest":
        return tr("Play your highest note")
    if ask.kind == "phrase":
        return tr("Play a short phrase")
    names = " – ".join(pitch_name(pitch, naming) for pitch in ask.pitches)
    if ask.kind == "chord":
        return tr("Play {notes} together", notes=names)
    if ask.touch == "soft":
        return tr("Play {note} softly", note=names)
    if ask.touch == "loud":
        return tr("Play {note} loudly", note=names)
    return tr("Play {note}", note=names)


def ask_hint(ask: Ask | None) -> str:
    """Advice that is shown under what is asked for."""
    if ask is None:
        return tr("Now the program can learn. It takes about two minutes on a quiet computer.")
    usual = tr("Let it sound for a second. If your instrument lacks this note, skip it.")
    hints = {
        "room": tr("The noise of your room is learned too, so that it is not taken for notes."),
        "lowest": tr("Let it sound for a second, then damp it. It need not be the very lowest."),
        "highest": tr("The notes that follow lie between the two."),
        "chord": tr(
            "Notes sound otherwise together than alone: that is learned and judged by too."
        ),
        "phrase": tr(
            "Whatever you like, up to fifteen seconds. You will see what is heard of it before and "
            "after."
        ),
    }
    return hints.get(ask.kind, usual)


def state_words(status: Status, deaf: bool) -> str:
    """What the guide is doing."""
    if deaf:
        return tr("No sound comes in: choose an input in the main window.")
    return {
        "quiet": tr("Waiting until it is quiet…"),
        "play": tr("Now."),
        "hearing": tr("I hear you…"),
        "checking": tr("A moment…"),
        "taken": tr("Good."),
        "paused": tr("The lesson rests."),
        "done": "",
    }[status.state]


def fault_words(status: Status, naming: str) -> str:
    """What was wrong with the last attempt, and what to do; "" where nothing was."""
    judged, ask = status.judged, status.ask
    if judged is None or not judged.fault or ask is None:
        return ""
    if judged.fault is AttemptFault.OTHER and ask.kind == "highest":
        return tr("That was your lowest note. Play the highest one, or skip it.")
    if judged.fault is AttemptFault.OTHER:
        heard = pitch_name(judged.pitch, naming)
        asked = ", ".join(pitch_name(pitch, naming) for pitch in ask.pitches)
        if ask.pitch and abs(judged.pitch - ask.pitch) == 12:
            higher = judged.pitch > ask.pitch
            return (
                tr("I heard {heard}, an octave higher. Play {asked}, or take it as {heard} if your "
                   "instrument sounds so.", heard=heard, asked=asked)
                if higher else
                tr("I heard {heard}, an octave lower. Play {asked}, or take it as {heard} if your "
                   "instrument sounds so.", heard=heard, asked=asked)
            )  # fmt: skip
        return tr("That was {heard}. Again, please: {asked}.", heard=heard, asked=asked)
    return {
        AttemptFault.SILENT: tr("Nothing was heard. Again, please."),
        AttemptFault.TORN: tr("The sound came with gaps: the computer is too busy. Again, please."),
        AttemptFault.SOFT: tr("Again, a little louder."),
        AttemptFault.CLIPPED: tr("Again, a little softer: the sound was cut off."),
        AttemptFault.SHORT: tr("Again, and let it sound longer."),
        AttemptFault.SEVERAL: tr("Again, one note alone."),
        AttemptFault.UNCLEAR: tr("I could not make out the pitch. Again, please."),
        AttemptFault.TELEPHONE: tr(
            "This input gives the sound of a telephone, as many headsets do: choose another one in "
            "the main window. Again, please."
        ),
        AttemptFault.NOT_SOFTER: tr("Again, softer than before."),
        AttemptFault.NOT_LOUDER: tr("Again, louder than before."),
    }[judged.fault]


def offset_words(semitones: int) -> str:
    """What to do where every note sounds off in the same way; "" where none does."""
    if not semitones:
        return ""
    count = plural(abs(semitones), "semitone", "semitones")
    far = (
        tr("Your notes sound {count} lower than asked.", count=count)
        if semitones < 0
        else tr("Your notes sound {count} higher than asked.", count=count)
    )
    advice = tr(
        "Is it tuned to another A? Set that in the main window. If it transposes, play what sounds "
        "as asked, or take the notes as they are."
    )
    return Text(lambda: f"{translated(far)} {translated(advice)}")


def score_words(card: dict[str, object]) -> Sequence[str]:
    """What became of the lesson, a sentence each."""
    before, after = _percent(card, "before"), _percent(card, "after")
    others = _percent(card, "others_before"), _percent(card, "others_after")
    if card["verdict"] == LessonVerdict.NOTHING_GAINED:
        return (
            tr("Nothing was gained: notes of yours that were kept for judging are heard no better "
               "than before ({before} %, then {after} %).", before=before, after=after),
            tr("Your model is as it was. More notes help, soft and loud ones."),
        )  # fmt: skip
    if card["verdict"] == LessonVerdict.OTHERS_LOST:
        return (
            tr("Other instruments would be heard worse ({before} %, then {after} %), so nothing "
               "was kept.", before=others[0], after=others[1]),
            tr("Your model is as it was. More notes help, soft and loud ones."),
        )  # fmt: skip
    return (
        tr("Your notes that it had not met: {before} % heard right before, {after} % now.",
           before=before, after=after),
        tr("Other instruments: {before} % before, {after} % now.",
           before=others[0], after=others[1]),
    )  # fmt: skip


def _percent(card: dict[str, object], part: str) -> int:
    scores = card[part]
    assert isinstance(scores, dict)
    return round(100 * float(scores["onset_f1"]))
