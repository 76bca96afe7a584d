"""What a trouble means to a player: a title, how serious it is, what can be done. No Qt.

The sentence of a trouble says what happened and what the engine does; here stands, by code, what
the player may do about it.
"""

from dataclasses import dataclass
from functools import cache

from gui.language.translate import language, tr
from gui.notices.wish import Wish
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble

INPUT_AWAY = (
    Code.NO_INPUT, Code.UNKNOWN_INPUT, Code.INPUT_REFUSED, Code.INPUT_SILENT, Code.INPUT_STOPPED,
    Code.INPUT_AWAITED, Code.INPUT_UNPLUGGED, Code.LEFT_FOR_MONITOR,
    Code.INPUT_MOVED, Code.INPUT_WAS_AWAY,
    Code.SOUND_SERVER_SILENT, Code.SOUND_SYSTEM_FAILED,
)  # fmt: skip
INPUT_CHANGED = (Code.INPUT_CHANGED, Code.INPUT_CHANGED_TO_MONITOR, Code.INPUT_BACK)
OF_INPUT = frozenset({*INPUT_AWAY, Code.INPUT_FORBIDDEN, Code.PORTAUDIO_MISSING})
"""Why nothing can be heard."""
FILE_FAILED = (
    Code.FILE_IS_FOLDER, Code.FILE_MISSING, Code.FILE_EMPTY, Code.FILE_NOT_SOUND,
    Code.FILE_HOLDS_NOTHING, Code.FILE_LACKS_CHANNEL, Code.FILE_DAMAGED, Code.FILE_CUT_OFF,
    Code.FILE_HAS_HOLES,
    Code.FILE_UNREADABLE, Code.PIECE_UNREADABLE, Code.PIECE_NO_MUSIC, Code.PIECE_EMPTY,
    Code.PIECE_MISSING, Code.PIECE_IS_FOLDER, Code.PIECE_PERCUSSION, Code.PIECE_TEMPO,
    Code.PIECE_KIND, Code.PIECE_UNKNOWN, Code.PIECE_TOO_LARGE, Code.PIECE_SLOW,
    Code.PIECE_NO_BEATS, Code.PIECE_TOO_LONG, Code.PIECE_TOO_MANY_BARS,
    Code.PRACTICE_TEMPO, Code.PRACTICE_SILENT, Code.PRACTICE_LOST, Code.PRACTICE_GAPS,
    Code.PIECE_UNHEARD, Code.PIECE_OUTSIDE, Code.SCORE_ENDINGS, Code.SCORE_JUMPS,
    Code.SCORE_SWING, Code.SCORE_SLASHES, Code.SCORE_HARMONICS, Code.SCORE_MICROTONES,
    Code.PIECE_TOO_MANY_NOTES, Code.PIECE_NOTES_DAMAGED, Code.SCORE_TIMEWISE,
    Code.SCORE_NO_MUSICXML, Code.SCORE_READER_MISSING, Code.HISTORY_UNWRITABLE,
    Code.SCORE_NOT_ENGRAVED, Code.FILE_GONE, Code.SHORT_OR_DAMAGED, Code.NO_SUCH_FILE,
    Code.FILE_REPLACED, Code.NO_REGULAR_FILE, Code.READ_ONLY_DISK, Code.DISK_FAILS,
    Code.TOO_MANY_OPEN, Code.NAME_TOO_LONG, Code.FORMAT_UNKNOWN, Code.NOTHING_TO_HEAR,
    Code.NO_DECODER, Code.DECODER_MISSING, Code.RATES_DIFFER, Code.VALUE_MISSING, Code.VALUE_UNFIT,
    Code.VALUES_UNFIT, Code.NO_JSON, Code.NO_TEXT, Code.NESTED_TOO_DEEP, Code.ENDS_TOO_SOON,
    Code.PERMISSION_DENIED, Code.NOT_IN_FOLDER, Code.NOT_TRASHED,
    Code.NOT_IN_TRASH, Code.PLACE_TAKEN,
)  # fmt: skip
NO_MIDI = (Code.UNKNOWN_PORT, Code.PORT_REFUSED, Code.PORT_SILENT)
NO_MIDI_SYSTEM = (Code.NO_MIDI, Code.NO_MIDI_SYSTEM, Code.NO_VIRTUAL_PORTS)
MIDI_LOST = (Code.PORT_LOST, Code.PORT_GONE, Code.MIDI_SYSTEM_GONE)
UNHEARD = (
    Code.NO_OUTPUT, Code.UNKNOWN_OUTPUT, Code.OUTPUT_REFUSED, Code.OUTPUT_STUCK, Code.OUTPUT_LOST,
    Code.OUTPUT_SILENT, Code.OUTPUT_NOT_STARTED,
)  # fmt: skip
UNMEASURED = (
    Code.LOOP_NEEDS_MICROPHONE, Code.LOOP_NEEDS_NO_TAKE, Code.PROBE_UNHEARD, Code.PROBES_DISAGREE,
)  # fmt: skip
UNWRITTEN = (Code.TAKE_UNWRITTEN, Code.CANNOT_WRITE, Code.DISK_FULL)
LESSON_FAILED = (
    Code.LESSON_TOO_SHORT, Code.LESSON_UNREADABLE, Code.LESSON_DAMAGED, Code.LESSON_STOPPED,
    Code.WORKER_KILLED,
    Code.LESSON_MEMORY, Code.LESSON_UNWRITTEN, Code.TRAINER_MISSING, Code.TRAINER_NOT_INSTALLED,
    Code.THOROUGH_FROM_BUNDLED, Code.REPLAY_UNREADABLE, Code.LESSON_AT_ONCE, Code.FEW_NOTES,
    Code.FEW_GOOD_NOTES, Code.FAULT_COUNTED, Code.LISTED, Code.NOTE_SHORT, Code.NOTE_CLIPPED,
    Code.NOTE_UNPITCHED, Code.NOTE_DOUBLE, Code.NOTE_UNCLEAR, Code.NOTE_OUTSIDE, Code.NOTE_OTHER,
    Code.RECORDING_RATE, Code.RECORDING_LONG, Code.RECORDING_SILENT, Code.RECORDING_NARROW,
    Code.RECORDING_DOUBLE,
    Code.NOTES_UNFIT, Code.NOTES_FEW, Code.NOTES_ALIKE, Code.NOTES_ELSEWHERE,
    Code.NO_INSTALLER, Code.PACKAGES_MISSING, Code.SAID_NOTHING, Code.ENDED_WITH,
)  # fmt: skip
UNFINISHED = (
    Code.TAKE_NOT_WHOLE, Code.TAKE_LACKS_SOUND, Code.TAKE_LOST, Code.TAKE_UNFINISHED,
    Code.TAKE_CUT_SHORT,
    Code.NOT_WAITED_FOR, Code.STILL_UNFINISHED, Code.NOTHING_READABLE,
)  # fmt: skip
UNPRACTISED = (
    Code.STRETCH_EMPTY, Code.PART_UNKNOWN, Code.MODE_UNKNOWN, Code.TEMPO_UNPLAYABLE,
)  # fmt: skip
SETTING_REFUSED = (Code.SETTING_UNFIT, Code.SETTINGS_CROSSED, Code.FROM_TO)
NAME_REFUSED = (
    Code.NAME_UNFIT, Code.NAME_RESERVED, Code.NAME_TAKEN, Code.NOT_RENAMED,
    Code.INSTRUMENT_NAME_OURS, Code.NAME_HOLDS,
    Code.INSTRUMENT_NAME_TWIN,
)  # fmt: skip
RECOVERED = (Code.TAKE_RECOVERED, Code.TAKES_RECOVERED)
MODEL_REFUSED = (
    Code.MODEL_UNREADABLE, Code.MODEL_UNUSABLE, Code.MODEL_CHANGED, Code.MODEL_STOPPED,
    Code.MODEL_TRAINED,
    Code.PROVIDER_MISSING, Code.SELF_TEST_MISSING, Code.SELF_TEST_DAMAGED, Code.SELF_TEST_FAILED,
    Code.UNKNOWN_MODEL, Code.TAUGHT, Code.NONE_TAUGHT, Code.MODEL_UNTEACHABLE,
    Code.INSTRUMENT_UNUSABLE, Code.INSTRUMENT_UNFIT, Code.INSTRUMENT_BASE_MISSING,
    Code.INSTRUMENT_NAME_UNFIT, Code.INSTRUMENT_DAMAGED, Code.INSTRUMENT_VERSION, Code.HEAD_UNFIT,
    Code.NO_SUCH_WEIGHTS, Code.GIVES_FEATURES, Code.SPEC_HEAD_SIZE,
    Code.FILE_TOO_LARGE, Code.NOT_ONNX, Code.NOT_OURS, Code.SPEC_MISSING, Code.SPEC_VERSION,
    Code.SPEC_UNREADABLE, Code.SPEC_RATE, Code.SPEC_PITCHES, Code.SPEC_HEADS, Code.SPEC_LOOK_AHEAD,
    Code.SPEC_SPECTRUM, Code.SPEC_INSTRUMENTS, Code.EXTERNAL_DATA, Code.FOREIGN_OPERATORS,
    Code.STATE_ABSURD, Code.RUNTIME_REFUSES, Code.DOES_NOT_RUN, Code.TOO_MUCH_MEMORY,
    Code.HOP_TOO_SLOW, Code.TENSOR_MISSING, Code.TENSOR_UNFIT, Code.TENSOR_UNKNOWN,
)  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """Title, severity and buttons with which a trouble is shown."""

    kind: str
    """info | warning | error"""
    title: str
    text: str = ""
    """What the player may do, "" where the sentence of the trouble says it."""
    actions: tuple[Wish, ...] = ()


def advice_on(trouble: Trouble, platform: str) -> Advice:
    """How a trouble is presented, in the user's language.

    Args:
        trouble: as the engine tells it.
        platform: as `sys.platform` says it.
    """
    return _advices(language(), platform)[trouble.code]


def refuses_model(trouble: Trouble) -> bool:
    """Whether the engine says that it does not use the model."""
    return trouble.code in MODEL_REFUSED


def permission_advice(platform: str) -> str:
    """How a program gets leave to use the microphone."""
    if platform == "darwin":
        return tr("Allow it in System Settings, Privacy & Security, Microphone.")
    if platform == "win32":
        return tr("Allow it in Settings, Privacy & security, Microphone.")
    return tr("Another program may hold it, or your user may not use sound devices (group audio).")


@cache
def _advices(_language: str, platform: str) -> dict[Code, Advice]:
    """Code -> its presentation; kept per language and platform, for it is asked for every frame."""
    groups = (
        ((Code.OTHER,), Advice("warning", tr("Something went wrong"))),
        (INPUT_AWAY, _input_away()),
        (INPUT_CHANGED, Advice("info", tr("Another input"))),
        (
            (Code.INPUT_MUTED,),
            Advice(
                "warning",
                tr("The input is muted"),
                tr("Unmute it, or turn it up, in the sound settings of the system."),
            ),
        ),
        (
            (Code.INPUT_FORBIDDEN,),
            Advice(
                "warning",
                tr("The microphone may not be used"),
                permission_advice(platform),
                (Wish.RESCAN,),
            ),
        ),
        ((Code.PORTAUDIO_MISSING,), Advice("error", tr("A part of the program is missing"))),
        (FILE_FAILED, Advice("warning", tr("The file cannot be used"))),
        ((Code.TRANSCRIBER_STOPPED,), Advice("error", tr("The file cannot be used"))),
        *_of_midi_and_sound(),
        (UNMEASURED, Advice("warning", tr("The audio loop is not measured"))),
        (
            UNWRITTEN,
            Advice("error", tr("The take is not on disk yet"), "", (Wish.TAKES_FOLDER,)),
        ),
        (
            (Code.TAKE_MOVED,),
            Advice("warning", tr("The take goes on in another folder"), "", (Wish.TAKES_FOLDER,)),
        ),
        (
            (Code.CLICK_UNKNOWN,),
            Advice("warning", tr("The take does not know its click")),
        ),
        (UNFINISHED, Advice("error", tr("A take is not whole"), "", (Wish.TAKES_FOLDER,))),
        (SETTING_REFUSED, Advice("warning", tr("The setting stays as it was"))),
        (NAME_REFUSED, Advice("error", tr("The take keeps its name"))),
        (
            RECOVERED,
            Advice("info", tr("A take was rescued"), tr("It is among your takes."), (Wish.TAKES,)),
        ),
        (UNPRACTISED, Advice("warning", tr("Practice does not begin"))),
        (LESSON_FAILED, Advice("error", tr("The lesson was not learned"))),
        (MODEL_REFUSED, Advice("error", tr("The model was refused"), "", (Wish.BUNDLED,))),
        (
            (Code.LOOK_AHEAD_MISSING, Code.LOOK_AHEAD_CHANGED),
            Advice("info", tr("Another look-ahead")),
        ),
        *_of_the_engine(),
    )
    return {code: advice for codes, advice in groups for code in codes}


def _input_away() -> Advice:
    text = tr("Listening starts by itself once it answers; or choose another input.")
    return Advice("warning", tr("The input is away"), text, (Wish.RESCAN,))


def _of_midi_and_sound() -> tuple[tuple[tuple[Code, ...], Advice], ...]:
    other_port = tr("Notes are still shown and recorded. You can choose another MIDI out.")
    other_output = tr(
        "Notes are still shown, sent and recorded. You can choose another output behind the "
        "headphones."
    )
    return (
        (MIDI_LOST, Advice("warning", tr("The MIDI port is gone"), other_port)),
        (NO_MIDI, Advice("warning", tr("No MIDI leaves"), other_port)),
        (NO_MIDI_SYSTEM, Advice("warning", tr("No MIDI leaves"), "", (Wish.RESCAN,))),
        (UNHEARD, Advice("warning", tr("Nothing is heard"), other_output, (Wish.RESCAN,))),
    )


def _of_the_engine() -> tuple[tuple[tuple[Code, ...], Advice], ...]:
    play_on = tr("Every sounding note was ended; a take goes on as a new one. Just play on.")
    return (
        ((Code.ENGINE_RESTARTED,), Advice("warning", tr("A short break"), play_on)),
        ((Code.HELPER_NOT_STARTED,), Advice("error", tr("A part of the program is missing"))),
        ((Code.ENGINE_GAVE_UP,), Advice("error", tr("The engine has stopped"))),
        (
            (Code.DRIVER_HANGS, Code.DRIVER_CRASHED, Code.DEVICES_UNREAD),
            Advice("warning", tr("A driver is in trouble")),
        ),
    )
