"""`jtm transcribe`: sound files -> .mid and .csv, through the very chain that runs live."""

import json
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from realtime.files.outputs import Outputs
from realtime.files.plain_text import plain
from realtime.files.sound_files import find_files
from realtime.troubles.errors import UserError
from realtime.values.settings import ModelSettings, NoteSettings

if TYPE_CHECKING:
    from realtime.commands.progress import ProgressBar
    from realtime.inference.onnx_model import OnnxModel


@dataclass(frozen=True, kw_only=True)
class Options(NoteSettings, ModelSettings):
    """Options of `jtm transcribe`."""

    inputs: list[str]
    """Sound files, or folders that hold some."""
    out: str = ""
    """Write the notes of a single input to this .mid; "" puts it beside the input."""
    csv: str = ""
    """Also write onset_s,offset_s,midi_pitch,velocity,emitted_s rows of a single input here."""
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
class Outcome:
    """What became of one input."""

    input: str
    midi: str = ""
    csv: str = ""
    notes: int = 0
    seconds: float = 0.0
    instrument: str = ""
    """What the model heard most, "" where it does not say."""
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
    )
    files = find_files(options.inputs)
    if len(files) != 1 and (options.out or options.csv):
        raise UserError(f"-o and --csv take one input, not {len(files)}; use --out-dir.")
    if not files:
        raise UserError(f"No sound files in {', '.join(options.inputs)}.")

    from realtime.inference.ahead_model import AheadModel
    from realtime.inference.instruments import find_model
    from realtime.processes.limits import ENGINE_BYTES, memory_limit, quiet_c_libraries

    model = AheadModel(find_model(options.model), options.latency_ms)
    with memory_limit(ENGINE_BYTES), quiet_c_libraries():
        outcomes = _transcribe_all(files, options, model)
    failed = [outcome for outcome in outcomes if outcome.error]
    if options.json:
        rows = [vars(outcome) for outcome in outcomes]
        print(json.dumps({"model": model.spec.name, "files": rows, "failed": len(failed)}))
    elif len(outcomes) > 1:
        print(f"{len(outcomes) - len(failed)} of {len(outcomes)} files transcribed.")
    return 1 if failed else 0


def claim_outputs(path: Path, options: Options, outputs: Outputs) -> tuple[Path, Path | None]:
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
        claimed = outputs.claim_all(midi, *([options.csv] if options.csv else []))
    return claimed[0], claimed[1] if len(claimed) > 1 else None


def _transcribe_all(files: list[Path], options: Options, model: "OnnxModel") -> list[Outcome]:
    from realtime.commands.progress import ProgressBar
    from realtime.files.note_files import write_csv, write_midi
    from realtime.transcription.offline import transcribe
    from realtime.transcription.refine import refine
    from realtime.values.settings import EngineSettings

    hear = refine if options.refine else transcribe
    settings = EngineSettings(**options.note_settings())
    bar = ProgressBar()
    outputs = Outputs([*files, options.model], options.overwrite)
    outcomes = []
    for index, path in enumerate(files):
        outcome = Outcome(str(path))
        outcomes.append(outcome)
        try:
            midi, csv = claim_outputs(path, options, outputs)
            notes = hear(
                path,
                model,
                settings,
                partial(_show, bar, plain(path.name), index, len(files)),
                partial(setattr, outcome, "instrument"),
            )
            write_midi(notes, midi, path.stem, instrument=outcome.instrument)
            outcome.midi = str(midi)
            if csv:
                write_csv(notes, csv)
                outcome.csv = str(csv)
        except UserError as error:
            outcome.error = str(error)
            bar.clear()
            print(plain(f"jtm transcribe: {error}"), file=sys.stderr)
            continue
        outcome.notes = len(notes)
        outcome.seconds = max((note.offset_s for note in notes), default=0.0)
        bar.clear()
        if not options.json:
            heard = f", mostly {outcome.instrument}" if outcome.instrument else ""
            written = " and ".join(_written(outcome))
            print(plain(f"{path}: {outcome.notes} notes{heard} -> {written}"))
    return outcomes


def _show(bar: "ProgressBar", name: str, index: int, count: int, part: float) -> None:
    bar.show(name, (index + part) / count)


def _written(outcome: Outcome) -> list[str]:
    return [name for name in (outcome.midi, outcome.csv) if name]
