"""Builds an engine from settings, and swaps the parts that a change of settings concerns."""

from collections.abc import Callable
from pathlib import Path

from realtime.audio.sources import AudioSource, FileSource, PacedSource
from realtime.engine.engine import Engine
from realtime.errors import UserError
from realtime.files.sound_files import SOUND_SUFFIXES
from realtime.inference.instruments import find_model
from realtime.inference.onnx_model import HopModel, OnnxModel
from realtime.midi.sink import MidiOut, NoOutput, NoteSink
from realtime.playback.player import NoSound, SoundOut
from realtime.settings import EngineSettings
from realtime.transcription.chain import Timed

OPEN_SECONDS = 4.0


def open_model(settings: EngineSettings) -> HopModel:
    """The chosen model, at the chosen look-ahead.

    Raises:
        UserError: if it cannot be used.
    """
    return OnnxModel(find_model(settings.model), settings.latency_ms)


def open_source(settings: EngineSettings, fast: bool = False, patient: bool = True) -> AudioSource:
    """The chosen file or microphone.

    Args:
        settings: `input` names it.
        fast: read a file as fast as it goes, not at the speed of sound.
        patient: a microphone that is not there now is waited for, and no error.

    Raises:
        UserError: if the file cannot be read, or an impatient caller's microphone not opened.
    """
    if is_file(settings.input):
        file = FileSource(Path(settings.input).expanduser())
        return file if fast else PacedSource(file)
    from realtime.audio.inputs import InputOpener
    from realtime.audio.microphone import Microphone
    from realtime.processes import raise_priority

    raise_priority()
    microphone = Microphone(settings.input, InputOpener(settings.input_channel))
    if not patient:
        try:
            microphone.wait_until_open(OPEN_SECONDS)
        except UserError:
            microphone.close()
            raise
    return microphone


def open_sink(settings: EngineSettings) -> NoteSink:
    """The chosen MIDI port, or nothing.

    Raises:
        UserError: if it cannot be opened.
    """
    if not settings.midi_out:
        return NoOutput()
    from realtime.midi.guarded_port import GuardedPort

    port = GuardedPort(settings.midi_out, settings.active_sensing)
    return MidiOut(port, settings.channel, settings.transpose)


def build_engine(
    settings: EngineSettings,
    fast: bool = False,
    patient: bool = True,
    on_events: Callable[[list[Timed]], None] | None = None,
) -> Engine:
    """An engine for these settings.

    Raises:
        UserError: if model, input or MIDI port cannot be opened.
    """
    model = open_model(settings)
    source = open_source(settings, fast, patient)
    try:
        sink = open_sink(settings)
    except UserError:
        source.close()
        raise
    sound = NoSound() if fast else SoundOut(settings)
    return Engine(model, source, sink, settings, on_events, sound)


def apply_settings(engine: Engine, settings: EngineSettings) -> None:
    """Give a running engine other settings, opening anew only what they concern.

    Raises:
        UserError: if something cannot be opened; the engine goes on with what it had there.
    """
    before = engine.settings
    engine.apply(settings)
    if (settings.model, settings.latency_ms) != (before.model, before.latency_ms):
        engine.swap_model(open_model(settings))
    midi = (settings.midi_out, settings.active_sensing)
    if midi != (before.midi_out, before.active_sensing):
        engine.swap_sink(open_sink(settings))
    if (settings.input, settings.input_channel) != (before.input, before.input_channel):
        engine.swap_source(open_source(settings))


def is_file(name: str) -> bool:
    """Whether an input names a sound file rather than a device."""
    if not name:
        return False
    path = Path(name).expanduser()
    looks_like_path = path.suffix.lower() in SOUND_SUFFIXES or name.startswith((".", "/", "~"))
    return path.is_file() or looks_like_path
