"""How well a model hears each of seventy-five General MIDI instruments: a player finds his own.

    python -m benchmarks.notes.instrument_table [--soundfont FONT.sf2] [--model M.onnx]
        [--csv OUT.csv]

Every instrument of a SoundFont that the model was not trained on plays three invented pieces of
twelve seconds, one line where it plays one note at a time and two hands otherwise, without a room.
Printed as a Markdown table: mean onset F1 at 40 ms and F1 with note ends, live and heard again.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pretty_midi

from realtime.inference.onnx_model import OnnxModel
from realtime.values.atomic import whole_file
from trainer.evaluation.evaluate import RecordingRolls, predict, score_rolls
from trainer.evaluation.recording import ScoredRecording
from trainer.evaluation.tuning import refined
from trainer.render.music.notation import SAMPLE_RATE, Part, Score
from trainer.render.music.performance import fit_range, humanise, play_alone, separate_repeats
from trainer.render.music.scores import compose_keys, compose_part, draw_sketch
from trainer.render.sound.soundfonts import SoundFontPlayer, Voice
from trainer.render.sound.timbres import PROGRAMS, SOLO, Timbre

SOUNDFONT = Path(pretty_midi.__file__).with_name("TimGM6mb.sf2")
"""Comes with pretty_midi; GPL, so nothing is trained on it."""
LEFT_OUT = frozenset({"synth"})
PIECES = 3
SECONDS = 12.0
PEAK = 0.3
SOFT_ATTACKS = frozenset({"bowed", "ensemble", "pipe", "voice"})
SOFT_TOLERANCE, TOLERANCE = 0.1, 0.05
"""Seconds that an onset may be off, as for the development recordings."""
Row = dict[str, str | float]


class Rendering(ScoredRecording):
    """A recording that was rendered: its sound is at hand."""

    def __init__(self, timbre: Timbre, number: int, sound: np.ndarray, notes: np.ndarray) -> None:
        tolerance = SOFT_TOLERANCE if timbre.family in SOFT_ATTACKS else TOLERANCE
        name = pretty_midi.program_to_instrument_name(timbre.program)
        super().__init__(f"{name} {number}", name, Path(), notes, SECONDS, tolerance)
        object.__setattr__(self, "_sound", sound)

    def sound(self) -> tuple[np.ndarray, int]:
        """Mono float32 (samples,) and its rate in Hz."""
        return self.__dict__["_sound"], SAMPLE_RATE


def compose(timbre: Timbre, rng: np.random.Generator) -> Part:
    """What the instrument plays in one piece, within its range."""
    sketch = draw_sketch(rng, max(timbre.low, 36), min(timbre.high, 96))
    solo = timbre.family in SOLO or timbre.family == "bass"
    part = compose_part(sketch, "lead", SECONDS) if solo else compose_keys(sketch, SECONDS)
    part = fit_range(humanise(part, rng), timbre.low, timbre.high)
    return separate_repeats(play_alone(part, rng) if solo else part, SECONDS, 0.02)


def render(player: SoundFontPlayer, timbre: Timbre) -> Iterator[Rendering]:
    """The pieces of one instrument, the same at every run; those without notes are left out."""
    for number in range(PIECES):
        rng = np.random.default_rng([timbre.program, number])
        part = compose(timbre, rng)
        if not Score((part,)).notes:
            continue
        sound, table = player.play(Voice(timbre, part), round(SECONDS * SAMPLE_RATE), rng)
        table = table[table["onset"] < len(sound)]
        columns = [table["onset"] / SAMPLE_RATE, table["offset"] / SAMPLE_RATE]
        notes = np.stack([*columns, table["pitch"], table["velocity"] * 127.0], axis=1)
        peak = float(np.abs(sound).max()) or 1.0
        yield Rendering(timbre, number, (sound * (PEAK / peak)).astype(np.float32), notes)


def judge(model: OnnxModel, timbre: Timbre, pieces: list[Rendering]) -> Row:
    """Mean scores of one instrument."""
    spec = model.spec
    head = spec.default_head
    heard: list[RecordingRolls] = [predict(model, piece) for piece in pieces]
    live = [score_rolls(one, spec, head, spec.heads[head].decoder).figures for one in heard]
    again, single = refined(heard, spec)
    later = [score_rolls(one, single, 0, single.heads[0].decoder).figures for one in again]
    return {
        "instrument": pieces[0].group,
        "family": timbre.family,
        "notes": float(sum(len(piece.notes) for piece in pieces)),
        "onset_f1": float(np.mean([one["onset_f1"] for one in live])),
        "offset_f1": float(np.mean([one["offset_f1"] for one in live])),
        "refined_onset_f1": float(np.mean([one["onset_f1"] for one in later])),
        "refined_offset_f1": float(np.mean([one["offset_f1"] for one in later])),
    }


def as_markdown(rows: list[Row]) -> str:
    """The table, best heard first."""
    lines = [
        "| instrument | notes | onset F1 | with ends | refined | with ends |",
        "| --- " * 6 + "|",
    ]
    for row in sorted(rows, key=lambda one: -float(one["onset_f1"])):
        figures = [f"{row[name]:.2f}" for name in list(row)[3:]]
        lines.append(f"| {row['instrument']} | {row['notes']:.0f} | {' | '.join(figures)} |")
    return "\n".join(lines)


def main() -> None:
    """Render every instrument, hear it, and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soundfont", type=Path, default=SOUNDFONT, help="one .sf2, General MIDI")
    parser.add_argument("--model", type=Path, help="exported model; the bundled one if left out")
    parser.add_argument("--csv", type=Path, help="write every figure to this file")
    options = parser.parse_args()
    model = OnnxModel(options.model) if options.model else OnnxModel()
    player = SoundFontPlayer([options.soundfont])
    rows = []
    for program, (family, low, high, _) in sorted(PROGRAMS.items()):
        timbre = Timbre(f"{options.soundfont.stem}:{program:03}", program, family, low, high, 0)
        pieces = [] if family in LEFT_OUT else list(render(player, timbre))
        if pieces:
            rows.append(judge(model, timbre, pieces))
            print(f"{rows[-1]['instrument']}: {rows[-1]['onset_f1']:.2f}", flush=True)
    player.close()
    print(as_markdown(rows))
    if options.csv:
        with whole_file(options.csv) as temporary, temporary.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)


if __name__ == "__main__":
    main()
