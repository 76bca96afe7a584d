"""`jtm live`: listen without a window; send MIDI, record takes."""

import signal
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from realtime.commands.live_output import (
    FinishPrinter,
    NotePrinter,
    RecoveryPrinter,
    StatusPrinter,
    StopAsked,
    print_line,
    print_losses,
)
from realtime.troubles.errors import UsageError, UserError
from realtime.values.ranges import Whole
from realtime.values.settings import LiveSettings, Seconds

if TYPE_CHECKING:
    from realtime.engine.engine import Engine
    from realtime.transcription.chain import Timed
    from realtime.values.settings import EngineSettings


@dataclass(frozen=True, kw_only=True)
class Options(LiveSettings):
    """Transcribe an input without a window: send MIDI, record takes."""

    record: str = ""
    """Record a take into this folder; "" records none."""
    seconds: Seconds = 0.0
    """Stop after so many seconds of input; 0 goes on until Ctrl-C or the end of the file."""
    fast: bool = False
    """Read a sound file as fast as it goes instead of at its own speed."""
    overwrite: bool = False
    """Write over --csv where it is there already."""
    csv: str = ""
    """At the end write onset_s,offset_s,midi_pitch,velocity,emitted_s rows here."""
    block: Whole = 0
    """Cut a file read with --fast into blocks of so many samples; 0 is 50 ms."""


def main(argv: list[str]) -> int:
    """Run the subcommand. Returns 0, or 1 where the input ended badly."""
    from realtime.commands.options import parse_options
    from realtime.processes.inside import ending_signals

    options = parse_options(
        Options,
        argv,
        command="live",
        description="Listen to a microphone or file; send notes as MIDI, record takes.",
        examples=(
            "jtm live --midi-out virtual",
            "jtm live --input USB --record takes",
            "jtm live --input song.wav --fast --csv song.csv",
        ),
    )
    if any(word.replace("_", "-").startswith("--click-bpm") for word in argv):
        options = replace(options, click=True)
    stop = StopAsked()
    handlers = {number: signal.getsignal(number) for number in ending_signals()}
    for number in handlers:
        signal.signal(number, lambda number, _frame: stop.ask(number == signal.SIGINT))
    from realtime.processes.limits import ENGINE_BYTES, memory_limit, quiet_c_libraries, share_heap

    share_heap()
    try:
        with memory_limit(ENGINE_BYTES), quiet_c_libraries():
            return _transcribe(options, stop)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _transcribe(options: Options, stop: "StopAsked") -> int:
    from realtime.engine.build import build_engine
    from realtime.files.output_files import OutputFiles
    from realtime.files.sound_files import is_sound_file
    from realtime.transcription.offline import notes_of

    settings = _settings(options)
    if options.fast and not is_sound_file(options.input):
        raise UsageError("--fast reads a sound file: name one with --input.")
    outputs = OutputFiles([options.input, options.model], options.overwrite)
    if options.csv:
        _check_output(options.csv)
        outputs.claim(options.csv)
    _check_folder(options.record)
    said: list[Timed] = []
    printer = NotePrinter()

    def left(timed: "list[Timed]") -> None:
        if options.csv:
            said.extend(timed)
        printer.show(timed, engine.chain.frame_seconds)

    engine = build_engine(settings, options.fast, patient=False, on_events=left)
    recovery = RecoveryPrinter(options.record)
    try:
        _announce(engine)
        recovery.start()
        if options.record:
            engine.record()
        _run(engine, options, stop)
    finally:
        engine.close(FinishPrinter(stop).goes_on)
        recovery.join()
        code = _summary(engine, options.record)
        if options.csv:
            from realtime.files.note_files import write_csv

            table = outputs.place(Path(options.csv))
            write_csv(notes_of(said, engine.chain.frame_seconds), table)
            if table != Path(options.csv):
                print_line(
                    f"{options.csv} was made by somebody else meanwhile; the notes are in {table}."
                )
    return code


def _run(engine: "Engine", options: Options, stop: "StopAsked") -> None:
    from realtime.engine.build import run_on

    limit = options.seconds or float("inf")
    if options.fast and options.block > 0:
        while not stop.is_set() and engine.stream_s < limit:
            if not engine.pull(options.block):
                return
    status = StatusPrinter(engine)
    run_on(
        engine,
        lambda: status.show() or stop.is_set() or engine.stream_s >= limit,
        lambda trouble: print_line(f"{trouble} The bundled model goes on."),
    )


def _summary(engine: "Engine", record: str) -> int:
    last, takes = engine.snapshot(), engine.takes.finished
    failed = last.state == "failed"
    for take in takes:
        print_line(f"Take: {take}")
    asked = Path(record).expanduser().resolve()
    elsewhere = bool(record) and any(take.resolve().parent != asked for take in takes)
    if elsewhere:
        print_line(f"{record} could not be written; the take is where it says above.")
    print_losses(last)
    unfinished = engine.takes.complaint if record else None
    if record and not (takes or unfinished or failed):
        print_line("No sound came, so there is no take.")
    if unfinished and not failed:
        print_line(unfinished)
    if failed:
        print_line(f"jtm live: {' '.join(map(str, last.troubles))}")
    return 1 if failed or elsewhere or unfinished or (record and not takes) else 0


def _settings(options: Options) -> "EngineSettings":
    from realtime.values.settings import EngineSettings

    chosen = vars(options)
    known = {field.name for field in fields(EngineSettings)}
    given = {name: chosen[name] for name in chosen.keys() & known}
    return EngineSettings(**given, recent_minutes=0.0)


def _announce(engine: "Engine") -> None:
    shown = engine.snapshot()
    midi = f", MIDI to {shown.midi_name}" if shown.midi_name else ""
    print_line(
        f"Listening to {shown.input_name} ({shown.device_rate} Hz) with {shown.model_name}, "
        f"{shown.look_ahead_ms:g} ms look-ahead{midi}. Ctrl-C ends."
    )


def _check_output(path: str) -> None:
    """Find out before the music plays that a file cannot be written."""
    if path and not Path(path).absolute().parent.is_dir():
        raise UserError(f"Cannot write {path}: its folder does not exist.")


def _check_folder(folder: str) -> None:
    import tempfile

    if folder:
        try:
            Path(folder).expanduser().mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=Path(folder).expanduser()):
                pass
        except OSError as error:
            raise UserError(
                f"Cannot record into {folder}: {error.strerror or error}. Choose another folder."
            ) from error
