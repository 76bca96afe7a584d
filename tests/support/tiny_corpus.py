"""A few seconds of invented one-shots and MIDI files, laid out like the real folders."""

import csv
from pathlib import Path

import mido
import numpy as np
import soundfile as sf

from trainer.render.sound.one_shots import SOURCE_RATE

HEADER = (
    "file",
    "instrument",
    "family",
    "midi_pitch",
    "layer",
    "n_layers",
    "looped_ok",
    "f0_cents",
    "attack_ms",
)
MIDI_HEADER = ("file", "source", "licence", "seconds", "n_notes", "performed")


def write_samples(folder: Path) -> Path:
    """Plucked and blown tones every two semitones, some folders held out for validation."""
    rows = []
    for name, family, sustained in (
        ("piano_toy", "piano", False),
        ("guitar_toy", "guitar", False),
        ("flute_toy", "woodwind", True),
        ("cello_toy", "bowed strings", True),
        ("guitar_emily_rr2", "guitar", False),
        ("ph_oboe", "woodwind", True),
    ):
        (folder / name).mkdir(parents=True)
        for pitch in range(36, 96, 4):
            tone = make_tone(pitch, 1.2 if sustained else 2.0, sustained)
            file = f"{name}/{pitch}_0.wav"
            sf.write(folder / file, tone, SOURCE_RATE)
            rows.append([file, name, family, pitch, 0, 1, int(sustained), 0, 4])
    return _write_index(folder, HEADER, rows)


def make_tone(pitch: int, seconds: float, sustained: bool) -> np.ndarray:
    """A sine with harmonics that starts at sample 0, float32 (n,) at SOURCE_RATE."""
    time = np.arange(int(seconds * SOURCE_RATE)) / SOURCE_RATE
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    wave = sum(np.cos(2 * np.pi * frequency * h * time) / h for h in (1, 2, 3))
    envelope = np.ones(len(time)) if sustained else np.exp(-time / 0.25)
    return (0.3 * wave * envelope).astype(np.float32)


def write_midi(folder: Path, songs: int = 60) -> Path:
    """Short two-track songs under pop909/, index included."""
    (folder / "pop909").mkdir(parents=True)
    rows = []
    for number in range(songs):
        midi = mido.MidiFile(ticks_per_beat=480)
        for name, base in (("MELODY", 72), ("PIANO", 55)):
            track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
            for i in range(40):
                pitch = base + (i * (number + 2)) % 7
                track.append(mido.Message("note_on", note=pitch, velocity=70, time=0))
                track.append(mido.Message("note_off", note=pitch, velocity=0, time=240))
            midi.tracks.append(track)
        file = f"pop909/{number:03d}.mid"
        midi.save(folder / file)
        rows.append([file, "toy", "CC0", 10, 80, "no"])
    return _write_index(folder, MIDI_HEADER, rows)


def _write_index(folder: Path, header: tuple[str, ...], rows: list[list]) -> Path:
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return folder
