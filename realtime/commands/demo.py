"""`jtm demo`: the bundled performance through the whole chain, note by note on the terminal."""

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from realtime.values.settings import EngineSettings, ModelChoice

if TYPE_CHECKING:
    from realtime.transcription.chain import Timed

FOLDER = Path(__file__).resolve().parent.parent / "bundled"
LOWEST, HIGHEST = 43, 84
"""Pitches that the picture shows."""


@dataclass(frozen=True, kw_only=True)
class Options(ModelChoice):
    """Transcribe the bundled performance and show its notes on the terminal."""

    out_dir: str = ""
    """Folder for the take (.mid, .csv, .flac); "" is a new temporary folder."""
    midi_out: str = ""
    """MIDI port by name, "virtual" for a port of our own, "" for none."""
    fast: bool = False
    """Go as fast as the machine can instead of in real time."""
    json: bool = False
    """Print one JSON object at the end instead of the notes."""


def main(argv: list[str]) -> int:
    """Run the subcommand. Returns 0, or 1 where no take was made or the bundled model is deaf."""
    from realtime.commands.options import parse_options

    options = parse_options(
        Options,
        argv,
        command="demo",
        description="Play the bundled performance (Petzold's Minuet in G) through the whole chain.",
        examples=("jtm demo", "jtm demo --fast --json", "jtm demo --midi-out virtual"),
    )
    from realtime.commands.compare_notes import compare
    from realtime.engine.build import build_engine
    from realtime.files.note_files import read_csv
    from realtime.transcription.offline import notes_of

    folder = options.out_dir or tempfile.mkdtemp(prefix="jtm-demo-")
    settings = EngineSettings(
        input=str(FOLDER / "performance.flac"),
        midi_out=options.midi_out,
        model=options.model,
        latency_ms=options.latency_ms,
        record=folder,
        recent_minutes=0.0,
    )
    left: list[Timed] = []
    roll = TerminalRoll(sys.stderr if options.json else sys.stdout, quiet=options.json)

    def show(timed: "list[Timed]") -> None:
        left.extend(timed)
        roll.show(timed, engine.chain.frame_seconds)

    engine = build_engine(settings, options.fast, on_events=show)
    try:
        engine.record()
        engine.run()
    finally:
        engine.close()
    notes = notes_of(left, engine.chain.frame_seconds)
    score = compare(read_csv(FOLDER / "performance.csv"), notes)
    shown = engine.snapshot()
    if options.json:
        figures = {"true": score.true, "heard": score.heard, "found": score.found}
        extra = {"f1": score.f1, "take": shown.last_take, "hop_ms": shown.hop_ms}
        print(json.dumps({**figures, **extra}))
    else:
        print(
            f"Found {score.found} of {score.true} notes, {score.heard - score.found} besides "
            f"(F1 {score.f1:.2f}); a hop took {shown.hop_ms:.2f} ms."
        )
        print(f"Take: {shown.last_take}" if shown.last_take else " ".join(map(str, shown.troubles)))
    if score.found == 0 and not options.model:
        print(
            "jtm demo: the bundled model hears none of the notes; install the program again or "
            "name another with --model.",
            file=sys.stderr,
        )
        return 1
    return 0 if shown.last_take else 1


class TerminalRoll:
    """A piano roll that runs down the terminal: a line per moment, a column per pitch."""

    def __init__(self, stream: "TextIO", quiet: bool = False) -> None:
        self._stream, self._quiet = stream, quiet
        self._sounding: set[int] = set()

    def show(self, timed: "list[Timed]", frame_seconds: float) -> None:
        """Print the note-ons that left together on one line, between the notes that sound."""
        if self._quiet:
            return
        from realtime.values.notes import NoteOn
        from realtime.values.pitches import pitch_name

        starting: dict[int, list[int]] = {}
        for item in timed:
            event = item.event
            if isinstance(event, NoteOn):
                starting.setdefault(event.frame, []).append(event.pitch)
            else:
                self._sounding.discard(event.pitch)
        for frame, pitches in starting.items():
            row = "".join(self._mark(pitch, pitches) for pitch in range(LOWEST, HIGHEST + 1))
            names = " ".join(pitch_name(pitch) for pitch in pitches)
            print(f"{frame * frame_seconds:6.2f} s |{row}| {names}", file=self._stream, flush=True)
            self._sounding |= set(pitches)

    def _mark(self, pitch: int, starting: list[int]) -> str:
        if pitch in starting:
            return "O"
        return "|" if pitch in self._sounding else " "
