"""Makes a lesson and a test of an instrument of which single notes were recorded.

    python -m benchmarks.teaching.one_shots NOTES_FOLDER PIECE.mid OUT [--lowest 36] [--highest 96]

NOTES_FOLDER holds sound files called PITCH_... (MIDI). OUT gets `scale.flac` with `scale.csv`,
every other pitch one after another, which teaches; and `music.flac` with `music.csv`, the first
40 s of the piece played with the notes in between, which no lesson hears: each pitch sounds as its
neighbour, a semitone moved, where it was not recorded.
"""

import argparse
import csv
import re
import sys
from pathlib import Path

import numpy as np
import soundfile
import soxr

from realtime.teach.listening.understanding import read_given

RATE = 44_100
NOTE_SECONDS, PAUSE_SECONDS = 0.9, 0.35
PIECE_SECONDS = 40.0


def read_notes(folder: Path, lowest: int, highest: int) -> dict[int, np.ndarray]:
    """Sounds by pitch, the loudest layer of each, (n,) mono."""
    found: dict[int, np.ndarray] = {}
    for path in sorted(folder.iterdir()):
        named = re.match(r"(\d+)", path.stem)
        if named is None or not lowest <= int(named[1]) <= highest:
            continue
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
        mono = sound.mean(axis=1)
        found[int(named[1])] = soxr.resample(mono, rate, RATE) if rate != RATE else mono
    return found


def shaped(sound: np.ndarray, seconds: float) -> np.ndarray:
    """A note that is let go after so many seconds."""
    cut = sound[: int((seconds + 0.06) * RATE)].copy()
    fade = min(len(cut), int(0.06 * RATE))
    cut[len(cut) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return cut


def write_notes(path: Path, notes: list[tuple[float, float, int]]) -> None:
    """Write onsets and ends in seconds, and pitches, as `--notes` reads them."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["onset_s", "offset_s", "midi_pitch"])
        writer.writerows(notes)


def main() -> int:
    """Cut single notes, and write sound, notes and the list of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notes", type=Path)
    parser.add_argument("piece", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--lowest", type=int, default=36)
    parser.add_argument("--highest", type=int, default=96)
    options = parser.parse_args()
    sounds = read_notes(options.notes, options.lowest, options.highest)
    pitches = sorted(sounds)
    taught, tested = pitches[::2], pitches[1::2]
    options.out.mkdir(parents=True, exist_ok=True)
    pause = np.zeros(int(PAUSE_SECONDS * RATE), np.float32)
    parts, written = [pause, pause, pause], []
    for pitch in taught:
        begin = sum(map(len, parts)) / RATE
        written.append((round(begin, 4), round(begin + NOTE_SECONDS, 4), pitch))
        parts += [shaped(sounds[pitch], NOTE_SECONDS), pause]
    write_notes(options.out / "scale.csv", written)
    scale = np.concatenate(parts)
    soundfile.write(options.out / "scale.flac", 0.4 * scale / np.abs(scale).max(), RATE)
    score = read_given(options.piece)
    score = score[(score[:, 0] < PIECE_SECONDS) & (score[:, 2] >= options.lowest)]
    score = score[score[:, 2] <= options.highest]
    music = np.zeros(int((PIECE_SECONDS + 3) * RATE), np.float32)
    for onset, end, pitch in score:
        near = min(tested, key=lambda one: abs(one - pitch))
        sound = soxr.resample(sounds[near], RATE * 2 ** ((pitch - near) / 12), RATE)
        note = shaped(sound, max(0.08, min(end, PIECE_SECONDS) - onset))
        begin = int(onset * RATE)
        music[begin : begin + len(note)] += note[: len(music) - begin]
    noise = np.random.default_rng(1).standard_normal(len(music)).astype(np.float32)
    music = 0.5 * music / np.abs(music).max() + 1e-4 * noise
    soundfile.write(options.out / "music.flac", music, RATE)
    heard = [(on, min(end, PIECE_SECONDS), int(pitch)) for on, end, pitch in score]
    write_notes(options.out / "music.csv", heard)
    print(f"{len(taught)} notes teach, {len(score)} notes test.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
