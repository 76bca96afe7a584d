"""`jtm practice`: play a piece, from a microphone or a recording, and be told what was right."""

import json
import signal
import sys
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from realtime.troubles.codes import Code
from realtime.troubles.errors import UsageError
from realtime.troubles.trouble import Trouble
from realtime.values.practice_modes import (
    OF_PERFORMANCES,
    TOLERATED_LOSS_S,
    PracticeMode,
    TempoPercent,
)
from realtime.values.ranges import OneOf
from realtime.values.settings import (
    EngineSettings,
    HearingSettings,
    InputChoice,
    ModelName,
    Seconds,
    Semitones,
)

SILENCE_S = 10.0
"""Seconds by which a silence must outlast the longest rest of the piece to end a session."""
FITS, UNFIT_TEMPO = 0.8, 0.05
"""Part of the notes that is right where the tempo fits, and by how much one does not."""

if TYPE_CHECKING:
    from realtime.inference.onnx_model import HopModel
    from realtime.practice.assess import Assessment
    from realtime.practice.attacks import NetworkRolls
    from realtime.practice.pieces import Piece, PieceNote
    from realtime.values.arrays import Floats
    from realtime.values.strictness import Strictness


@dataclass(frozen=True, kw_only=True)
class Options(InputChoice, HearingSettings, ModelName):
    """Play a piece from a microphone or a recording, and get a verdict on every note."""

    piece: str
    """A .mid, .musicxml or .mxl file, a take (its name or .csv), or the name of a bundled piece."""
    parts: str = ""
    """Parts to be played, by number or name, with commas between: "1,2" or "right hand"; "" is
    all of them."""
    transpose: Semitones = 0
    """Semitones added to every note of the piece: -2 where a B flat clarinet reads a
    part that was written for it, but the file does not say so."""
    repeats: bool = True
    """Play the repeats of a score out; without them every passage comes once, with its last
    ending."""
    tempo: TempoPercent = 100.0
    """Percent of the written tempo at which the piece is meant to be played."""
    mode: Annotated[str, OneOf(OF_PERFORMANCES)] = PracticeMode.FREE.value
    """"wait": notes may come at any time; "along": the rhythm is judged against the piece's own
    times, from the player's first notes on; "free": the piece follows the player's tempo."""
    fast: bool = False
    """Read a recording as fast as it goes instead of at its own speed."""
    seconds: Seconds = 0.0
    """Stop after so many seconds of input; 0 goes on until Ctrl-C or the end of the recording; at a
    microphone also until the last note was heard ("wait"), or until 10 s longer than the longest
    rest of the piece were silent (else)."""
    json: bool = False
    """Print one JSON object: notes, extras and a summary."""


def main(argv: list[str]) -> int:
    """Run the subcommand. Returns 0, or 1 where it failed."""
    from realtime.commands.options import parse_options

    options = parse_options(
        Options,
        argv,
        command="practice",
        description="Play a piece, from a microphone or a recording, and be told what was right.",
        positional=("piece",),
        examples=(
            "jtm practice minuet-in-g",
            "jtm practice minuet-in-g --tempo 60 --mode wait",
            "jtm practice piece.mid --input recording.wav --fast --json",
        ),
    )
    settings = _settings(options)
    piece, others = _piece(options)
    from realtime.engine.build import open_model
    from realtime.practice.pieces import audible
    from realtime.processes.limits import quiet_c_libraries

    with quiet_c_libraries():
        model = open_model(settings)
        spec = model.spec
    piece = audible(piece, range(spec.pitch_low, spec.pitch_low + spec.pitch_count))
    for remark in piece.remarks:
        print(remark, file=sys.stderr, flush=True)
    known_remarks = len(piece.remarks)
    with quiet_c_libraries():
        heard, gaps = _predict_performance(options, settings, piece, model)
    if gaps is not None:
        piece = replace(piece, remarks=(*piece.remarks, gaps))
    from realtime.practice.assess import assess
    from realtime.practice.report import report

    assessment = assess(
        piece.notes,
        heard,
        PracticeMode(options.mode),
        options.tempo / 100,
        spec.practice,
        others=others,
    )
    piece = _with_remarks(piece, assessment, others, options, heard, spec.practice)
    told = report(piece, assessment)
    for remark in piece.remarks[known_remarks:]:
        print(remark, file=sys.stderr, flush=True)
    print(json.dumps(told) if options.json else _in_words(told))
    return 0


def _settings(options: Options) -> EngineSettings:
    return EngineSettings(
        input=options.input,
        gain_db=options.gain_db,
        a4_hz=options.a4_hz,
        model=options.model,
        midi_out="",
    )


def _piece(options: Options) -> "tuple[Piece, list[PieceNote]]":
    """The piece with the notes to be played, and what else may be heard."""
    from realtime.practice.open_piece import open_piece
    from realtime.practice.pieces import choose_parts, transposed

    piece = transposed(open_piece(options.piece, repeats=options.repeats), options.transpose)
    wanted = [word for word in options.parts.split(",") if word.strip()]
    chosen = choose_parts(piece, wanted)
    if not chosen.notes:
        raise UsageError(
            f"{options.piece} has no notes in these parts; choose others with --parts."
        )
    mine = {note.part for note in chosen.notes}
    return chosen, [*(note for note in piece.notes if note.part not in mine), *piece.optional]


def _predict_performance(
    options: Options, settings: "EngineSettings", piece: "Piece", model: "HopModel"
) -> "tuple[NetworkRolls, Trouble | None]":
    """What the network says of everything that was played, and what of that did not come."""
    from realtime.audio.sources import FileSource
    from realtime.commands.progress import ProgressBar
    from realtime.engine.build import open_source
    from realtime.files.sound_files import is_sound_file
    from realtime.practice.pieces import longest_rest_s
    from realtime.practice.predictions import EndingSource, predict_all

    from_file = is_sound_file(options.input)
    if options.fast and not from_file:
        raise UsageError("--fast reads a recording: name one with --input.")
    source = open_source(settings, options.fast, patient=False)
    stop = threading.Event()
    before = signal.signal(signal.SIGINT, lambda _number, _frame: stop.set())
    bar, seconds = ProgressBar(), 0.0
    if isinstance(source, FileSource):
        seconds = source.duration_s
    elif not options.json:
        print(f"Listening to {source.name}; Ctrl-C ends.", file=sys.stderr, flush=True)
    ends_itself = from_file or options.mode == PracticeMode.WAIT
    silence_s = 0.0 if ends_itself else SILENCE_S + longest_rest_s(piece) * 150 / options.tempo
    ending = EndingSource(source, stop, options.seconds, silence_s)
    try:
        name = Path(options.input).name
        if options.mode == PracticeMode.WAIT and not options.fast:
            # A short look-ahead: the player should not have to wait as well.
            prompter = Prompter(piece, model, stop)
            heard = predict_all(ending, model, settings, head=model.head, on_onset=prompter.push)
        else:
            heard = predict_all(ending, model, settings, lambda part: bar.show(name, part), seconds)
        lost_s = ending.lost_s()
        lost = Trouble(Code.PRACTICE_GAPS, name=source.name, seconds=lost_s)
        return heard, lost if lost_s >= TOLERATED_LOSS_S else None
    finally:
        bar.clear()
        source.close()
        signal.signal(signal.SIGINT, before)


def _with_remarks(
    piece: "Piece",
    assessment: "Assessment",
    others: "list[PieceNote]",
    options: Options,
    heard: "NetworkRolls",
    rules: "Strictness | None",
) -> "Piece":
    """The piece with remarks on a performance that cannot be judged as it was asked for."""
    from realtime.practice.assess import assess
    from realtime.practice.verdicts import RIGHT

    def right(found: "Assessment") -> int:
        return sum(verdict.judgement == RIGHT for verdict in found.verdicts)

    remark = None
    if not any(assessment.reached) and not assessment.extras:
        remark = Trouble(Code.PRACTICE_SILENT)
    elif options.mode == PracticeMode.ALONG and right(assessment) < FITS * len(piece.notes):
        rate = options.tempo / 100
        free = assess(piece.notes, heard, PracticeMode.FREE, rate, rules, others=others)
        gained = right(free) - right(assessment)
        if abs(free.rate / rate - 1) > UNFIT_TEMPO and gained > (1 - FITS) * len(piece.notes):
            remark = Trouble(Code.PRACTICE_TEMPO, played=100 * free.rate, asked=options.tempo)
    return piece if remark is None else replace(piece, remarks=(*piece.remarks, remark))


class Prompter:
    """Says on a terminal which notes are waited for, and ends the session after the last ones.

    Args:
        piece: to be played.
        model: whose onset probabilities are heard.
        stop: set when the last chord has sounded.
    """

    def __init__(self, piece: "Piece", model: "HopModel", stop: threading.Event) -> None:
        from realtime.practice.waiting import Waiter

        spec = model.spec
        look_ahead = spec.heads[model.head].look_ahead_frames
        frame_s = spec.hop_samples / spec.sample_rate
        self._waiter = Waiter(piece.notes, frame_s, spec.pitch_low, spec.pitch_count, look_ahead)
        self._stop = stop
        self._wrong = 0
        self._show = sys.stderr.isatty()
        self._prompt()

    def push(self, onset: "Floats") -> None:
        """Take the onset probabilities of the next hop."""
        from realtime.values.pitches import pitch_name

        went_on = self._waiter.push(onset)
        for _, pitch, _ in self._waiter.wrong[self._wrong :]:
            if self._show:
                print(f"  not {pitch_name(pitch)}", file=sys.stderr, flush=True)
        self._wrong = len(self._waiter.wrong)
        if went_on:
            self._prompt()

    def _prompt(self) -> None:
        from realtime.values.pitches import pitch_name

        expected = self._waiter.expected
        if not expected:
            self._stop.set()
        elif self._show:
            print(" ".join(pitch_name(p) for p in expected), file=sys.stderr, flush=True)


def _in_words(told: dict[str, Any]) -> str:
    """The summary for a terminal."""
    figures = told["summary"]
    lines = [
        f"{figures['title']}: {figures['right']} of {figures['notes']} notes right "
        f"({100 * figures['right_share']:.0f} %), {figures['early']} early, "
        f"{figures['late']} late, {figures['wrong']} wrong, {figures['missed']} missed, "
        f"{figures['extras']} extra."
    ]
    if figures["reached"] < figures["notes"]:
        lines.append(
            f"{figures['reached']} notes were reached; the other "
            f"{figures['notes'] - figures['reached']} count as missed."
        )
    if figures["unsure"]:
        lines.append(f"{figures['unsure']} of the mistakes are unsure and do not count.")
    rhythm = figures["rhythm_ms"]
    if rhythm["median"] is not None:
        lines.append(
            f"Rhythm: half of the notes within {rhythm['median']:.0f} ms, 95 % within "
            f"{rhythm['p95']:.0f} ms; tempo {figures['tempo_bpm']:.0f} "
            f"({figures['tempo_percent']:.0f} % of the written one)."
        )
    if figures["bad_bars"]:
        worst = ", ".join(
            f"{row.get('printed', row['bar'])} ({row['mistakes']})"
            for row in figures["bad_bars"][:8]
        )
        lines.append(f"Bars with mistakes: {worst}.")
    return "\n".join(lines)
