"""Pictures of sound in a report: a spectrogram with reference and estimated notes, features."""

from pathlib import Path
from typing import Any

import numpy as np
import scipy.signal
import torch
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator

from realtime.inference.spec import LOWEST_PITCH
from realtime.troubles.errors import UserError
from realtime.values.pitches import hertz
from trainer.evaluation.scoring import decode, onset_f1
from trainer.network.backbone import Backbone
from trainer.reports.curves import EVEN_STEPS
from trainer.runs.checkpoints import BACKBONE_PARTS, find_checkpoint, load_transcriber, read_weights
from trainer.shards.array_files import is_remote
from trainer.shards.audio_folder import audio_caches
from trainer.shards.shards import Shards

RATE = 16_000
SHOWN_SECONDS = 8.0
HIGHEST_PITCH = LOWEST_PITCH + 96
BINS_PER_SEMITONE = 3
HOP_SAMPLES = 160
REFERENCE, ESTIMATE = "#1f5fd0", "#ff7f0e"


def pitch_spectrogram(audio: np.ndarray, hop_samples: int) -> np.ndarray:
    """Magnitudes in dB below the loudest, (bins, frames), three bins a semitone from A0 up."""
    size = 4096
    padded = np.pad(audio, (size // 2, size // 2))
    _, _, spectrum = scipy.signal.stft(
        padded, RATE, nperseg=size, noverlap=size - hop_samples, boundary=None, padded=False
    )
    pitches = np.arange(LOWEST_PITCH, HIGHEST_PITCH, 1 / BINS_PER_SEMITONE)
    places = hertz(pitches) * size / RATE
    lower = np.minimum(places.astype(int), size // 2 - 1)
    share = np.minimum(places - lower, 1)[:, None]
    power = np.abs(spectrum) ** 2
    rows = (1 - share) * power[lower] + share * power[lower + 1]
    level = 10 * np.log10(rows + 1e-12)
    result: np.ndarray = level - level.max()
    return result


def show_spectrogram(axes: Axes, audio: np.ndarray, title: str) -> None:
    """Draw the spectrogram of audio `(samples,)` at `RATE` Hz on a pitch axis, octaves named."""
    rows = pitch_spectrogram(audio, HOP_SAMPLES)
    # a row and a frame lie around their pitch and their moment, not behind them
    half, late = 0.5 / BINS_PER_SEMITONE, 0.5 * HOP_SAMPLES / RATE
    end = (rows.shape[1] - 0.5) * HOP_SAMPLES / RATE
    extent = (-late, end, LOWEST_PITCH - half, HIGHEST_PITCH - half)
    axes.imshow(rows, origin="lower", aspect="auto", extent=extent, cmap="Greys", vmin=-60, vmax=0)
    axes.set_xlim(0, len(audio) / RATE)
    octaves = range(24, HIGHEST_PITCH, 12)
    axes.set_yticks(list(octaves), [f"C{pitch // 12 - 1}" for pitch in octaves])
    axes.set(xlabel="seconds", ylabel="pitch", title=title)
    axes.title.set_fontsize(10)


def show_range(axes: Axes, pitches: list[int]) -> None:
    """Zoom in on these MIDI pitches and a few semitones around them."""
    if pitches:
        axes.set_ylim(min(pitches) - 4, min(HIGHEST_PITCH - 0.5, max(pitches) + 8))


def draw_boxes(axes: Axes, notes: list[tuple[float, float, int]], **style: Any) -> None:
    """Notes (onset s, offset s, MIDI pitch) as boxes one semitone high."""
    for onset, offset, pitch in notes:
        if onset < SHOWN_SECONDS:
            axes.add_patch(Rectangle((onset, pitch - 0.5), max(0.02, offset - onset), 1.0, **style))


def reference_notes(notes: np.ndarray) -> list[tuple[float, float, int]]:
    """Structured notes in samples -> onset s, offset s, pitch."""
    return [(n["onset"] / RATE, n["offset"] / RATE, int(n["pitch"])) for n in notes]


def draw_transcriptions(run: Path, shards: Shards, out: Path, most: int = 3) -> list[Path]:
    """Held-out clips with what is written and what the run's best weights hear.

    Args:
        run: of `jtm train`.
        shards: held-out clips.
        out: folder of the pictures.
        most: clips shown, evenly from all that have notes.

    Raises:
        UserError: if the run has no usable weights.
    """
    model, _ = load_transcriber(find_checkpoint(run))
    settings = model.settings
    head = settings.look_aheads.index(settings.default_look_ahead)
    pictures = []
    for number, clip in enumerate(choose_clips(shards, most)):
        audio = opening(shards, clip, model.hop_samples)
        notes = shards.notes(clip)
        notes = notes[(notes["onset"] >= 0) & (notes["onset"] < len(audio))]
        with torch.no_grad():
            heard, _, _ = model(torch.from_numpy(audio)[None], model.initial_state(1))
        frame_seconds = model.hop_samples / model.sample_rate
        found = decode(heard, head, settings.default_look_ahead, frame_seconds)
        figure, axes = plt.subplots(figsize=(9, 5.2), dpi=100, layout="constrained")
        name = shards.clips[clip].id
        title = f"{name}: note F1 {onset_f1(notes, found):.2f}, {len(found)} found of {len(notes)}"
        show_spectrogram(axes, audio, title)
        boxes = [(note.onset_s, note.offset_s, note.pitch) for note in found]
        written = reference_notes(notes)
        show_range(axes, [pitch for *_, pitch in boxes + written])
        draw_boxes(axes, boxes, facecolor=ESTIMATE, alpha=0.6, edgecolor="none")
        draw_boxes(axes, written, fill=False, edgecolor=REFERENCE, lw=1.4)
        delay_ms = 1000 * frame_seconds * settings.default_look_ahead
        handles = [
            Patch(fill=False, edgecolor=REFERENCE, lw=1.4, label="written"),
            Patch(
                facecolor=ESTIMATE,
                label=f"heard, {delay_ms:g} ms",
            ),
        ]
        axes.legend(handles=handles, fontsize=8, loc="upper right", framealpha=0.8)
        pictures.append(out / f"heard_{number}.png")
        figure.savefig(pictures[-1])
        plt.close(figure)
    return pictures


def draw_features(run: Path, shards: Shards, out: Path) -> list[Path]:
    """One held-out clip above what the encoder and the context make of it.

    Features are ordered by how early in the clip they are strongest, each scaled to 0-1.

    Args:
        run: of `jtm pretrain`.
        shards: held-out clips, with or without notes.
        out: folder of the picture.

    Raises:
        UserError: if the run has no usable weights.
    """
    settings, weights, _ = read_weights(find_checkpoint(run))
    model = Backbone(settings.encoder, settings.context)
    model.load_state_dict({n: v for n, v in weights.items() if n.startswith(BACKBONE_PARTS)})
    clip = choose_clips(shards, 1)[0]
    audio = opening(shards, clip, model.hop_samples)
    with torch.no_grad():
        heard = model.eval().encode(torch.from_numpy(audio)[None], model.initial_state(1))
    figure, axes = plt.subplots(
        3, 1, figsize=(9, 8), dpi=100, layout="constrained", sharex=True, height_ratios=(2, 1, 1)
    )
    show_spectrogram(axes[0], audio, f"{shards.clips[clip].id}, written notes in blue")
    written = [note for note in reference_notes(shards.notes(clip)) if note[0] < SHOWN_SECONDS]
    show_range(axes[0], [pitch for *_, pitch in written])
    draw_boxes(axes[0], written, fill=False, edgecolor=REFERENCE, lw=1.2)
    axes[0].set(xlabel="", xlim=(0, len(audio) / RATE))
    for axis, name, values in zip(axes[1:], ("encoder", "context"), heard[:2], strict=True):
        show_features(axis, in_order(values[0].flatten(1).numpy().T), len(audio) / RATE, name)
    axes[2].set(xlabel="seconds")
    path = out / "features_of_a_clip.png"
    figure.savefig(path)
    plt.close(figure)
    return [path]


def show_features(axes: Axes, rows: np.ndarray, seconds: float, name: str) -> None:
    """Features (features, frames), 0-1, over time; the axis counts them."""
    extent = (0, seconds, 0, len(rows))
    axes.imshow(rows, origin="lower", aspect="auto", extent=extent, cmap="viridis")
    axes.set(ylabel=f"{name}, {len(rows)} feature{'s' if len(rows) > 1 else ''}")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, **EVEN_STEPS))


def in_order(rows: np.ndarray, most: int = 256) -> np.ndarray:
    """Up to `most` of the rows that change, scaled to 0-1, by the place of their maximum."""
    rows = rows[np.ptp(rows, axis=1) > 1e-6]
    if not len(rows):
        return np.zeros((1, rows.shape[1]))
    rows = rows[np.argsort(-rows.std(axis=1), kind="stable")[:most]]
    rows = (rows - rows.min(axis=1, keepdims=True)) / np.ptp(rows, axis=1)[:, None]
    return rows[np.argsort(rows.argmax(axis=1), kind="stable")]


def choose_clips(shards: Shards, most: int) -> list[int]:
    """Clips with notes (else any), evenly from the whole set."""
    step = max(1, len(shards) // 200)
    with_notes = [i for i in range(0, len(shards), step) if len(shards.notes(i)) > 5]
    known = with_notes or list(range(len(shards)))
    return [known[place * len(known) // most] for place in range(min(most, len(known)))]


def opening(shards: Shards, clip: int, hop_samples: int) -> np.ndarray:
    """The first seconds of a clip, float32, a whole number of hops."""
    pcm = shards.window(clip, 0, int(SHOWN_SECONDS * RATE))
    return pcm[: len(pcm) // hop_samples * hop_samples].astype(np.float32) / 32768


def held_out(settings: dict[str, Any]) -> Shards | None:
    """The run's held-out shards, else its training shards, if they are still there.

    Sound files (--audio) were decoded into shards in a cache, and are not decoded again.
    """
    caches = audio_caches(settings.get("audio") or [], settings.get("cache") or "")
    for named in (settings.get("valid") or [], settings.get("data") or [], caches):
        folders = [folder for folder in named if is_remote(folder) or Path(folder).is_dir()]
        if folders:
            try:
                return Shards(folders)
            except UserError:
                continue
    return None
