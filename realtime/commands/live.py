"""`jtm live`: listen without a window; send MIDI, record takes."""

import signal
import sys
import threading
import time
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from realtime.troubles.errors import UsageError, UserError
from realtime.values.ranges import Whole
from realtime.values.settings import LiveSettings, Seconds

if TYPE_CHECKING:
    from realtime.engine.engine import Engine
    from realtime.transcription.chain import Timed
    from realtime.troubles.trouble import Trouble
    from realtime.values.settings import EngineSettings
    from realtime.values.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Options(LiveSettings):
    """Options of `jtm live`."""

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
    handlers = {number: signal.getsignal(number) for number in _signals()}
    for number in handlers:
        signal.signal(number, lambda _number, _frame: stop.ask())
    from realtime.processes.limits import ENGINE_BYTES, memory_limit, quiet_c_libraries, share_heap

    share_heap()
    try:
        with memory_limit(ENGINE_BYTES), quiet_c_libraries():
            return _listen(options, stop)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def _listen(options: Options, stop: "StopAsked") -> int:
    from realtime.engine.build import build_engine
    from realtime.files.outputs import Outputs
    from realtime.files.sound_files import is_sound_file
    from realtime.transcription.offline import notes_of

    settings = _settings(options)
    if options.fast and not is_sound_file(options.input):
        raise UsageError("--fast reads a sound file: name one with --input.")
    if options.csv:
        _check_output(options.csv)
        Outputs([options.input, options.model], options.overwrite).claim(options.csv)
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
        if options.csv:
            from realtime.files.note_files import write_csv

            write_csv(notes_of(said, engine.chain.frame_seconds), Path(options.csv))
    return _summary(engine, options.record)


def _run(engine: "Engine", options: Options, stop: "StopAsked") -> None:
    from realtime.engine.build import run_on

    limit = options.seconds or float("inf")
    if options.fast and options.block > 0:
        while not stop.is_set() and engine.stream_s < limit:
            if not engine.pull(options.block):
                return
    news = NewsPrinter(engine)
    run_on(
        engine,
        lambda: news.show() or stop.is_set() or engine.stream_s >= limit,
        lambda trouble: print(f"{trouble} The bundled model goes on.", file=sys.stderr, flush=True),
    )


def _summary(engine: "Engine", record: str) -> int:
    last, takes = engine.snapshot(), engine.takes.finished
    failed = last.state == "failed"
    for take in takes:
        print(f"Take: {take}", file=sys.stderr)
    asked = Path(record).expanduser().resolve()
    elsewhere = bool(record) and any(take.resolve().parent != asked for take in takes)
    if elsewhere:
        print(f"{record} could not be written; the take is where it says above.", file=sys.stderr)
    print_losses(last)
    unfinished = engine.takes.complaint if record else None
    if unfinished and not failed:
        print(unfinished, file=sys.stderr)
    if failed:
        print(f"jtm live: {' '.join(map(str, last.troubles))}", file=sys.stderr)
    return 1 if failed or elsewhere or unfinished or (record and not takes) else 0


def print_losses(shown: "Snapshot") -> None:
    """Say how much sound was lost, and how much only came too late to be heard."""
    lost_s = shown.lost_s - shown.unheard_s
    if lost_s >= 0.005:
        print(f"{lost_s:.2f} s of sound were lost.", file=sys.stderr)
    if shown.unheard_s >= 0.005:
        print(
            f"{shown.unheard_s:.2f} s of sound came too late to be heard, because this computer "
            "was busy: a take has the sound, without its notes.",
            file=sys.stderr,
        )


def _settings(options: Options) -> "EngineSettings":
    from realtime.values.settings import EngineSettings

    chosen = vars(options)
    known = {field.name for field in fields(EngineSettings)}
    given = {name: chosen[name] for name in chosen.keys() & known}
    return EngineSettings(**given, recent_minutes=0.0)


def _announce(engine: "Engine") -> None:
    shown = engine.snapshot()
    from realtime.files.plain_text import plain

    midi = f", MIDI to {shown.midi_name}" if shown.midi_name else ""
    said = (
        f"Listening to {shown.input_name} ({shown.device_rate} Hz) with {shown.model_name}, "
        f"{shown.look_ahead_ms:g} ms look-ahead{midi}. Ctrl-C ends."
    )
    print(plain(said), file=sys.stderr, flush=True)


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


def _signals() -> list[signal.Signals]:
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


class StopAsked:
    """Whether, and how often, somebody asked us to end."""

    def __init__(self) -> None:
        self.times = 0

    def ask(self) -> None:
        """Count one more request to end."""
        self.times += 1

    def is_set(self) -> bool:
        """Whether a stop was asked for at all."""
        return self.times > 0


class FinishPrinter:
    """Says how far the take is that is being finished, where that takes more than a moment."""

    def __init__(self, stop: StopAsked) -> None:
        self._stop, self._asked = stop, stop.times
        self._began = self._next = 0.0

    def goes_on(self, done: float) -> bool:
        """Whether to wait on: until one more Ctrl-C."""
        now = time.monotonic()
        if not self._began:
            self._began, self._next = now, now + 1.0
        if now >= self._next:
            self._next = now + 5.0
            far = f"{100 * done:.0f} % of its sound" if done else f"{now - self._began:.0f} s"
            print(
                f"Finishing the take ({far}); Ctrl-C leaves it to the next start.",
                file=sys.stderr,
                flush=True,
            )
        return self._stop.times <= max(1, self._asked)


class RecoveryPrinter(threading.Thread):
    """Finishes takes of interrupted sessions while we listen, and says so.

    Args:
        folder: where this session records, or "".
    """

    def __init__(self, folder: str) -> None:
        super().__init__(name="recover takes")
        self._folders = (Path(folder).expanduser(),) if folder else ()

    def run(self) -> None:
        """Look in every folder that is known."""
        from realtime.takes.recovery import recover_known, told

        for line in told(recover_known(*self._folders)):
            print(line, file=sys.stderr, flush=True)


class NewsPrinter:
    """Says on stderr when trouble comes and goes and what is heard, looking twice a second."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._told: tuple[Trouble, ...] = ()
        self._instrument = ""
        self._next = 0.0

    def show(self) -> bool:
        """Print what is new. Always False, so that it fits into a condition."""
        now = time.monotonic()
        if now >= self._next:
            self._next = now + 0.5
            shown = self._engine.snapshot()
            if shown.instrument not in ("", self._instrument):
                self._instrument = shown.instrument
                sure = f"{100 * shown.instrument_share:.0f} %"
                print(f"Sounds like {shown.instrument} ({sure}).", file=sys.stderr, flush=True)
            before, self._told = self._told, shown.troubles
            for trouble in shown.troubles:
                if trouble not in before:
                    print(trouble, file=sys.stderr, flush=True)
            if before and not shown.troubles:
                print("All is well again.", file=sys.stderr, flush=True)
        return False


class NotePrinter:
    """Prints notes as they sound, where somebody watches."""

    def __init__(self) -> None:
        self._enabled = sys.stdout.isatty()

    def show(self, timed: "list[Timed]", frame_seconds: float) -> None:
        """One line per note-on: time, name, how loud."""
        if not self._enabled:
            return
        from realtime.values.notes import NoteOn
        from realtime.values.pitches import pitch_name

        for item in timed:
            event = item.event
            if isinstance(event, NoteOn):
                bar = "#" * (event.velocity // 8)
                at_s = event.frame * frame_seconds
                print(f"{at_s:8.2f} s  {pitch_name(event.pitch):<4} {bar}", flush=True)
