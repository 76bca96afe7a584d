"""What the engine's messages mean to a player: a title, how serious it is, what can be done. No Qt.

The engine says what happened and what it does; here stands what the player may do about it.
"""

import re
from dataclasses import dataclass

from gui.language.translate import tr

REFUSED = r"(Cannot (read|use) model|The bundled model|Model |The file is (not )?an ONNX)"
"""How messages about a model begin that is not used."""


@dataclass(frozen=True)
class Trouble:
    """How a message is presented."""

    kind: str = "warning"
    """info | warning | error"""
    title: str = ""
    advice: str = ""
    """What the player may do, "" where the message says it."""
    actions: tuple[str, ...] = ()


def trouble_of(message: str, platform: str) -> Trouble:
    """The presentation of an engine's message in English; a plain warning for an unknown one.

    Args:
        message: as the engine wrote it.
        platform: as `sys.platform` says it.
    """
    if re.match(r"Input .*(permission|access is denied|not permitted)", message, re.IGNORECASE):
        return Trouble("warning", _forbidden(), permission_advice(platform))
    for pattern, trouble in _troubles():
        if re.match(pattern, message):
            return trouble
    return Trouble()


def is_refused_model(message: str) -> bool:
    """Whether the engine says that it does not use the model."""
    return re.match(REFUSED, message) is not None


def permission_advice(platform: str) -> str:
    """How a program gets leave to use the microphone."""
    if platform == "darwin":
        return tr("Allow it in System Settings, Privacy & Security, Microphone.")
    if platform == "win32":
        return tr("Allow it in Settings, Privacy & security, Microphone.")
    return tr("Another program may hold it, or your user may not use sound devices (group audio).")


def _forbidden() -> str:
    return tr("The microphone may not be used")


def _troubles() -> list[tuple[str, Trouble]]:
    """(start of the message, its presentation), the first that fits counts."""
    other_port = tr("Notes are still shown and recorded. You can choose another MIDI out.")
    other_output = tr(
        "Notes are still shown, sent and recorded. You can choose another output behind the "
        "headphones."
    )
    other_input = tr("Listening starts by itself once it answers; or choose another input.")
    return [
        (r"MIDI port '.*' was lost", Trouble("warning", tr("The MIDI port is gone"), other_port)),
        (
            r"(Output|No sound output|No loudspeaker|The sound output)",
            Trouble("warning", tr("Nothing is heard"), other_output, ("rescan",)),
        ),
        (r"(No )?MIDI port", Trouble("warning", tr("No MIDI leaves"), other_port)),
        (
            r"Windows has no virtual|No MIDI system",
            Trouble("warning", tr("No MIDI leaves"), "", ("rescan",)),
        ),
        (
            r"Takes cannot be written to .*; the take goes on in",
            Trouble("warning", tr("The take goes on in another folder")),
        ),
        (r"Takes cannot be written", _unwritten()),
        (r"Cannot write", _unwritten()),
        (REFUSED, _refused()),
        (
            r"Recovered",
            Trouble("info", tr("A take was rescued"), tr("It is among your takes."), ("takes",)),
        ),
        (
            r"The engine crashed and was restarted",
            Trouble(
                "warning",
                tr("A short break"),
                tr("Every sounding note was ended; a take goes on as a new one. Just play on."),
            ),
        ),
        (r"(Input|Waiting for input|No sound input)", _away(other_input)),
        (r"A sound or MIDI driver", Trouble("warning", tr("A driver is in trouble"))),
    ]


def _refused() -> Trouble:
    return Trouble("error", tr("The model was refused"), "", ("bundled",))


def _unwritten() -> Trouble:
    return Trouble("error", tr("The take is not on disk yet"), "", ("takes_folder",))


def _away(advice: str) -> Trouble:
    return Trouble("warning", tr("The input is away"), advice, ("rescan",))
