"""Pictures of recordings with the notes that are true and the notes that were found.

    python -m benchmarks.notes.spectrograms MANIFEST.csv --items good=ID middling=ID bad=ID \
        --out docs/images [--start 10 --seconds 6] [--model FILE.onnx] [--latency-ms 40]

Writes OUT/notes-good.png and so on: the network's own view of the sound, found notes that are right
in green, found notes that are wrong in red with the reason, missed notes in dotted blue. Without
--items the best, the middle and the worst recording of the manifest by onset F1 are drawn.
"""

import argparse
import sys
from pathlib import Path

import matplotlib
import numpy as np
import soundfile
import soxr
import torch
from matplotlib import pyplot
from matplotlib.patches import Rectangle

from benchmarks.notes.errors import Verdict, judge
from realtime.inference.onnx_model import OnnxModel
from realtime.inference.spec import ModelSpec
from realtime.troubles.errors import UserError
from trainer.evaluation.evaluate import RecordingRolls, decode_rolls, predict
from trainer.evaluation.manifest import read_manifest
from trainer.network.encoders.spectrum import LogFrequencySpectrum

RIGHT, WRONG, MISSED = "#35e07f", "#ff4d6d", "#4db8ff"


def spectrum_of(path: Path, start: float, seconds: float) -> np.ndarray:
    """The first spectrum of the default encoder, (frames, bins), three bins a semitone from A0."""
    view = LogFrequencySpectrum()
    rate = view.settings.sample_rate
    audio, own = soundfile.read(path, dtype="float32", always_2d=True)
    audio = soxr.resample(audio.mean(axis=1), own, rate)
    hop = view.settings.hop_samples
    first, last = round(start * rate / hop) * hop, round((start + seconds) * rate / hop) * hop
    padded = np.concatenate([np.zeros(view.tail_samples, np.float32), audio])
    tail = torch.from_numpy(padded[first : first + view.tail_samples])[None]
    piece = audio[first:last]
    piece = torch.from_numpy(piece[: len(piece) // hop * hop])[None]
    return view(piece, tail)[0][0].numpy()


def draw(verdict: Verdict, title: str, start: float, seconds: float, path: Path) -> None:
    """Write the picture of one stretch of a recording."""
    spectrum = spectrum_of(verdict.recording.audio, start, seconds)
    end = start + len(spectrum) / 100
    found = [
        (note.onset_s, note.offset_s, note.pitch, reason)
        for note, reason in zip(verdict.found, verdict.extra, strict=True)
    ]
    missed = [
        (note[0], note[1], note[2], reason)
        for note, reason in zip(verdict.recording.notes, verdict.missed, strict=True)
        if reason
    ]
    shown = [n for n in (*found, *missed) if n[1] > start and n[0] < end]
    pitches = [n[2] for n in shown] or [60]
    low, high = max(min(pitches) - 6, 21), min(max(pitches) + 20, 121)
    figure, axes = pyplot.subplots(figsize=(9.6, 4.6), dpi=80)
    top = 21 - 1 / 2 + spectrum.shape[1] / 3
    axes.imshow(
        spectrum.T,
        origin="lower",
        aspect="auto",
        cmap="gray",
        extent=(start, end, 21 - 1 / 2, top),
        vmin=np.percentile(spectrum, 20),
        vmax=np.percentile(spectrum, 99.9) + 0.4 * np.ptp(spectrum),
        interpolation="nearest",
    )
    for onset, offset, pitch, reason in found:
        colour = WRONG if reason else RIGHT
        box(axes, onset, offset, pitch, colour, "-")
        if reason and start < onset < end:
            axes.text(onset, pitch + 0.6, reason, color=colour, fontsize=6, clip_on=True)
    for onset, offset, pitch, _ in missed:
        box(axes, onset, offset, pitch, MISSED, ":")
    axes.set(
        xlim=(start, end), ylim=(low, high), xlabel="seconds", ylabel="MIDI pitch", title=title
    )
    lines = [
        matplotlib.lines.Line2D([], [], color=RIGHT, label="found, right"),
        matplotlib.lines.Line2D([], [], color=WRONG, label="found, wrong"),
        matplotlib.lines.Line2D([], [], color=MISSED, linestyle=":", label="missed"),
    ]
    axes.legend(handles=lines, loc="upper right", fontsize=7, facecolor="#202020", labelcolor="w")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})
    pyplot.close(figure)


def box(axes, onset: float, offset: float, pitch: float, colour: str, line: str) -> None:
    """A note as a frame, one semitone high."""
    size = (max(offset - onset, 0.02), 0.9)
    corner = (onset, pitch - 0.45)
    axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=colour, lw=1.6, linestyle=line))


def f1_of(verdict: Verdict) -> float:
    """Onset F1 of a recording."""
    return 2 * verdict.missed.count("") / max(len(verdict.missed) + len(verdict.extra), 1)


def verdict_of(heard: RecordingRolls, spec: ModelSpec, head: int) -> Verdict:
    """What became of every note at one look-ahead."""
    return judge(heard.recording, decode_rolls(heard, spec, head, spec.heads[head].decoder))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--items", nargs="+", default=[], metavar="NAME=ID")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--start", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--latency-ms", type=float)
    options = parser.parse_args()
    matplotlib.use("Agg")
    try:
        recordings = {one.id: one for one in read_manifest(options.manifest)}
        wanted = dict(item.partition("=")[::2] for item in options.items)
        unknown = set(wanted.values()) - set(recordings)
        if unknown:
            raise UserError(f"The manifest has no recording '{min(unknown)}'.")
        model = OnnxModel(options.model, options.latency_ms)
        spec, head = model.spec, model.head
        if not wanted:
            every = [one for one in recordings.values() if len(one.notes)]
            scored = [(f1_of(verdict_of(predict(model, one), spec, head)), one.id) for one in every]
            ranked = [name for _, name in sorted(scored)]
            wanted = {"good": ranked[-1], "middling": ranked[len(ranked) // 2], "bad": ranked[0]}
        for name, item in wanted.items():
            verdict = verdict_of(predict(model, recordings[item]), spec, head)
            title = f"{item}: onset F1 {f1_of(verdict):.2f} at {spec.latency_ms(head):g} ms"
            start = min(options.start, max(verdict.recording.seconds - options.seconds, 0))
            path = options.out / f"notes-{name}.png"
            draw(verdict, title, start, options.seconds, path)
            print(f"{path}: {title}")
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
