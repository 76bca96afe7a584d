"""`jtm transcribe`: sound files -> .mid and .csv, through the very chain that runs live."""

import json
import sys
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from realtime.commands.standard_streams import (
    INPUT_NAME,
    STREAM,
    files_for_streams,
    read_input,
    refuse_terminal,
    write_output,
)
from realtime.files.output_files import OutputFiles
from realtime.files.plain_text import plain
from realtime.files.sound_files import SOUND_SUFFIXES, find_files
from realtime.troubles.errors import UsageError, UserError
from realtime.values.settings import ModelChoice, NoteSettings

if TYPE_CHECKING:
    from realtime.commands.progress import ProgressBar
    from realtime.inference.onnx_model import OnnxModel


@dataclass(frozen=True, kw_only=True)
class Options(NoteSettings, ModelChoice):
    """Transcribe sound files to .mid and .csv."""

    inputs: list[str]
    """Sound files, or folders that hold some; - is standard input."""
    out: str = ""
    """Write the notes of a single input to this .mid; "" puts it beside the input, - is standard
    output."""
    csv: str = ""
    """Also write onset_s,offset_s,midi_pitch,velocity,emitted_s rows of a single input here; - is
    standard output."""
    out_dir: str = ""
    """Write NAME.mid and NAME.csv of every input into this folder."""
    refine: bool = False
    """Hear each file with hindsight, as "Refine" does in the window: better notes, which all leave
    at the end of the file; takes the longest look-ahead whatever --latency-ms says."""
    overwrite: bool = False
    """Write over .mid and .csv files that are there; never over a sound file that is heard."""
    json: bool = False
    """Print one JSON object with the figures of every input."""


@dataclass
class FileOutcome:
    """What became of one input."""

    input: str
    midi: str = ""
    csv: str = ""
    notes: int = 0
    seconds: float = 0.0
    instrument: str = ""
    """What the model heard most, "" where it does not say."""
    remark: str = ""
    """What is to be known of the file although it was transcribed, "" for nothing."""
    error: str = ""


def main(argv: list[str]) -> int:
    """Run the subcommand. Returns 0, or 1 where any input failed."""
    from realtime.commands.options import parse_options

    options = parse_options(
        Options,
        argv,
        command="transcribe",
        description="Turn sound files into MIDI files, through the very engine that runs live.",
        positional=("inputs",),
        aliases={"-o": "out"},
        examples=(
            "jtm transcribe song.mp3                       # song.mid beside it",
            "jtm transcribe song.wav -o notes.mid --csv notes.csv",
            "jtm transcribe recordings --out-dir notes     # a folder, each file of it",
            "ffmpeg -i film.mkv -f wav - | jtm transcribe - > film.mid",
        ),
    )
    _check_streams(options)
    _check_suffixes(options)
    if STREAM not in (*options.inputs, options.out, options.csv):
        return _transcribe(options)
    with files_for_streams() as folder:
        files = [str(folder / name) for name in ("notes.mid", "notes.csv")]
        inputs = [read_input(folder) if word == STREAM else word for word in options.inputs]
        out, csv = options.out, options.csv
        if STREAM in options.inputs and not (out or csv or options.out_dir):
            out = STREAM
        if out == STREAM:
            refuse_terminal()
        replaced = replace(
            options,
            inputs=[str(path) for path in inputs],
            out=files[0] if out == STREAM else out,
            csv=files[1] if csv == STREAM else csv,
        )
        spoken = {str(folder / INPUT_NAME): "standard input"}
        spoken |= dict.fromkeys(files, "standard output")
        code = _transcribe(replaced, spoken, sys.stderr if STREAM in (out, csv) else None)
        for name, chosen in zip(files, (out, csv), strict=True):
            if chosen == STREAM:
                write_output(Path(name))
    return code


def _check_streams(options: Options) -> None:
    """Refuse what cannot go through one standard input and one standard output."""
    if options.inputs.count(STREAM) > 1:
        raise UsageError("- is standard input, which can be read once; name it once.")
    if STREAM in options.inputs and len(options.inputs) > 1 and not options.out_dir:
        raise UsageError("Standard input beside other inputs needs --out-dir.")
    if options.out == options.csv == STREAM:
        raise UsageError("-o and --csv cannot both be standard output; name a file for one.")
    if options.out_dir == STREAM:
        raise UsageError("--out-dir is a folder; - is standard output, which takes one file.")
    silent = STREAM in options.inputs and not (options.out or options.csv or options.out_dir)
    if options.json and (silent or STREAM in (options.out, options.csv)):
        raise UsageError("--json prints to standard output; name files for the notes.")


def _check_suffixes(options: Options) -> None:
    """Refuse names under which nobody would look for what is written."""
    for option, name, kind, others in (
        ("-o", options.out, ".mid", SOUND_SUFFIXES | {".csv"}),
        ("--csv", options.csv, ".csv", SOUND_SUFFIXES | {".mid", ".midi"}),
    ):
        suffix = Path(name).suffix.lower()
        if suffix in others:
            raise UsageError(f"{option} writes a {kind} file; {name} ends in {suffix}.")


def _transcribe(
    options: Options, spoken: dict[str, str] | None = None, told: TextIO | None = None
) -> int:
    """Transcribe with real files only.

    Args:
        options: without a "-".
        spoken: path of a file that stands for a stream -> what people call that stream.
        told: where outcomes are printed; None is standard output.

    Returns:
        The exit code.
    """
    files = find_files(options.inputs)
    if len(files) != 1 and (options.out or options.csv):
        raise UsageError(f"-o and --csv take one input, not {len(files)}; use --out-dir.")
    if not files:
        raise UserError(f"No sound files in {', '.join(options.inputs)}.")

    from realtime.inference.ahead_model import AheadModel
    from realtime.inference.instruments import find_model
    from realtime.processes.limits import ENGINE_BYTES, memory_limit, quiet_c_libraries

    model = AheadModel(find_model(options.model), options.latency_ms)
    speech = Speech(spoken or {}, told or sys.stdout)
    with memory_limit(ENGINE_BYTES), quiet_c_libraries():
        outcomes = _transcribe_all(files, options, model, speech)
    failed = [outcome for outcome in outcomes if outcome.error]
    if options.json:
        rows = [vars(outcome) for outcome in outcomes]
        print(json.dumps({"model": model.spec.name, "files": rows, "failed": len(failed)}))
    elif len(outcomes) > 1:
        speech.print(f"{len(outcomes) - len(failed)} of {len(outcomes)} files transcribed.")
    return 1 if failed else 0


@dataclass(frozen=True)
class Speech:
    """Prints outcomes of a command, and names streams as the user did.

    Args:
        spoken: path of a file that stands for a stream -> what people call that stream.
        stream: where outcomes go; faults go to standard error.
    """

    spoken: dict[str, str]
    stream: TextIO

    def name(self, text: object) -> str:
        """The text with streams called by their names, safe for a terminal."""
        said = str(text)
        for path, name in self.spoken.items():
            said = said.replace(path, name)
        return plain(said)

    def print(self, text: str) -> None:
        """Print what became of one input."""
        print(self.name(text), file=self.stream)

    def warn(self, text: object) -> None:
        """Print to stderr what went wrong with an input."""
        print(self.name(f"jtm transcribe: {text}"), file=sys.stderr)


def claim_outputs(path: Path, options: Options, outputs: OutputFiles) -> tuple[Path, Path | None]:
    """(.mid, .csv or None) of an input; inputs of one name get numbers.

    Raises:
        UserError: if one of them may not be written.
    """
    folder = Path(options.out_dir) if options.out_dir else path.parent
    midi = Path(options.out) if options.out else folder / f"{path.stem}.mid"
    number = 2
    while not options.out and outputs.holds(midi):
        midi, number = folder / f"{path.stem}-{number}.mid", number + 1
    if options.out_dir and not options.out:
        claimed = outputs.claim_all(midi, midi.with_suffix(".csv"))
    else:
        claimed = outputs.claim_all(options.out or midi, *([options.csv] if options.csv else []))
    return claimed[0], claimed[1] if len(claimed) > 1 else None


def _transcribe_all(
    files: list[Path], options: Options, model: "OnnxModel", speech: Speech
) -> list[FileOutcome]:
    from realtime.commands.progress import ProgressBar
    from realtime.files.note_files import Heading, write_csv, write_midi
    from realtime.files.stated_length import missing_sound
    from realtime.transcription.offline import transcribe
    from realtime.transcription.refine import refine
    from realtime.troubles.trouble import Trouble
    from realtime.values.settings import EngineSettings

    hear = refine if options.refine else transcribe
    settings = EngineSettings(**options.note_settings())
    bar = ProgressBar()
    outputs = OutputFiles([*files, options.model], options.overwrite)
    outcomes = []
    for index, path in enumerate(files):
        outcome = FileOutcome(speech.name(path))
        outcomes.append(outcome)
        damage: list[Trouble] = []
        try:
            midi, csv = claim_outputs(path, options, outputs)
            notes = hear(
                path,
                model,
                settings,
                partial(_show, bar, plain(path.name), index, len(files)),
                partial(setattr, outcome, "instrument"),
                on_damage=damage.append,
            )
            midi = outputs.place(midi)
            write_midi(notes, midi, Heading(path.stem, instrument=outcome.instrument))
            outcome.midi = speech.name(midi)
            if csv:
                csv = outputs.place(csv)
                write_csv(notes, csv)
                outcome.csv = speech.name(csv)
        except UserError as error:
            outcome.error = speech.name(error)
            bar.clear()
            speech.warn(error)
            continue
        outcome.notes = len(notes)
        outcome.seconds = max((note.offset_s for note in notes), default=0.0)
        bar.clear()
        missing = damage[0] if damage else missing_sound(path)
        if missing:
            outcome.remark = speech.name(missing)
            speech.warn(missing)
        if not options.json:
            heard = f", mostly {outcome.instrument}" if outcome.instrument else ""
            written = " and ".join(_written(outcome))
            speech.print(f"{path}: {outcome.notes} notes{heard} -> {written}")
    return outcomes


def _show(bar: "ProgressBar", name: str, index: int, count: int, part: float) -> None:
    bar.show(name, (index + part) / count)


def _written(outcome: FileOutcome) -> list[str]:
    return [name for name in (outcome.midi, outcome.csv) if name]
