"""Builds an engine from settings, and swaps the parts that a change of settings concerns."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from realtime.audio.sources import AudioSource, FileSource, PacedSource
from realtime.engine.engine import Engine
from realtime.files.sound_files import is_sound_file
from realtime.inference.instruments import BUNDLED, find_model
from realtime.inference.onnx_model import HopModel, OnnxModel
from realtime.midi.sink import MidiOut, NoOutput, NoteSink
from realtime.playback.player import NoSound, SoundOut
from realtime.transcription.chain import Timed
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings

OPEN_SECONDS = 4.0
SAME_MS = 0.5
"""Look-aheads that differ by less are the same: settings are kept in whole milliseconds."""


def open_model(settings: EngineSettings) -> HopModel:
    """The chosen model, at the chosen look-ahead.

    Raises:
        UserError: if it cannot be used.
    """
    return OnnxModel(find_model(settings.model), settings.latency_ms)


def open_nearest_model(settings: EngineSettings) -> tuple[HopModel, Trouble | None]:
    """The chosen model at the look-ahead nearest to the chosen one, for who may not be refused.

    Returns:
        The model, and what to say where it has no such look-ahead.

    Raises:
        UserError: if the model cannot be used.
    """
    model = open_model(replace(settings, latency_ms=None))
    wanted_ms = settings.latency_ms
    if wanted_ms is None:
        return model, None
    model.head = model.spec.nearest_head(wanted_ms)
    used_ms = model.spec.latency_ms(model.head)
    if abs(used_ms - wanted_ms) < SAME_MS:
        return model, None
    name = model.spec.name
    return model, Trouble(Code.LOOK_AHEAD_CHANGED, name=name, wanted_ms=wanted_ms, used_ms=used_ms)


def open_some_model(settings: EngineSettings) -> tuple[HopModel, Trouble | None]:
    """Open the chosen model; where it is refused, the bundled one, and say why.

    Raises:
        UserError: if the bundled model cannot be used either.
    """
    try:
        return open_nearest_model(settings)
    except UserError as error:
        if not settings.model:
            raise
        return OnnxModel(), error.trouble


def run_on(engine: Engine, until: Callable[[], bool], refused: Callable[[Trouble], None]) -> None:
    """Run an engine; where its model stops working, the bundled one goes on.

    Args:
        engine: see `Engine.run`.
        until: the same.
        refused: told why the model was given up.

    Raises:
        UserError: if the bundled model itself stops working.
    """
    while True:
        try:
            engine.run(until)
            return
        except UserError as error:
            model = engine.chain.model
            bundled = isinstance(model, OnnxModel) and model.path == BUNDLED
            if error.trouble.code != Code.MODEL_STOPPED or bundled:
                raise
            refused(error.trouble)
            engine.swap_model(OnnxModel())


def open_source(settings: EngineSettings, fast: bool = False, patient: bool = True) -> AudioSource:
    """The chosen file or microphone.

    Args:
        settings: `input` names it.
        fast: read a file as fast as it goes, not at the speed of sound.
        patient: a microphone that is not there now is waited for, and no error.

    Raises:
        UserError: if the file cannot be read, or an impatient caller's microphone not opened.
    """
    if is_sound_file(settings.input):
        file = FileSource(Path(settings.input).expanduser(), settings.input_channel)
        return file if fast else PacedSource(file)
    from realtime.audio.input_devices import InputOpener
    from realtime.audio.microphone import Microphone
    from realtime.processes.limits import raise_priority

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
        UserError: if a setting is out of range, or model, input or MIDI port cannot be opened.
    """
    settings.check()
    model = open_model(settings)
    source = open_source(settings, fast, patient)
    try:
        sink = open_sink(settings)
    except UserError:
        source.close()
        raise
    sound = NoSound() if fast else SoundOut(settings)
    return Engine(model, source, sink, settings, on_events, sound)


def apply_settings(engine: Engine, settings: EngineSettings) -> dict[str, Trouble | None]:
    """Give a running engine other settings, opening anew only what they concern.

    Returns:
        Part that was opened anew ("model", "midi", "input") -> what there is to say of it. Where it
        cannot be opened the engine goes on with what it had there; the other parts are not held up.

    Raises:
        UserError: if a setting is out of range; nothing is changed then.
    """
    settings.check()
    changed = settings.changed_since(engine.settings)
    engine.apply(settings)
    told = {}
    if changed & {"model", "latency_ms"}:
        told["model"] = _trouble_of(lambda: _swap_model(engine, settings))
    if changed & {"midi_out", "active_sensing"}:
        told["midi"] = _trouble_of(lambda: engine.swap_sink(open_sink(settings)))
    if changed & {"input", "input_channel"}:
        told["input"] = reopen_input(engine, settings)
    return told


def reopen_input(engine: Engine, settings: EngineSettings) -> Trouble | None:
    """Open the input anew; returns why that failed."""
    return _trouble_of(lambda: engine.swap_source(open_source(settings)))


def _swap_model(engine: Engine, settings: EngineSettings) -> Trouble | None:
    model, trouble = open_nearest_model(settings)
    engine.swap_model(model)
    return trouble


def _trouble_of(change: Callable[[], Trouble | None]) -> Trouble | None:
    try:
        return change()
    except UserError as error:
        return error.trouble
