"""Slakh2100: songs of the Lakh MIDI corpus, rendered with sampled instruments.

Source: Manilow et al. 2019, zenodo.org/records/4599666 (redux). Layout:
`{train,validation,test,omitted}/TrackNNNNN/{mix.flac, metadata.yaml, stems/SNN.flac,
MIDI/SNN.mid}`; BabySlakh has the tracks without parts. mirdata's loader needs an index that it
downloads first.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from realtime.files.labels.midi_notes import read_midi_notes
from realtime.files.labels.note_table import SECONDS_DTYPE
from realtime.files.labels.tables import read_text
from realtime.troubles.errors import UserError
from trainer.datasets.recordings import Recording, find_audio

PARTS = {"train": "train", "validation": "valid", "test": "test", "omitted": ""}


def read_slakh(folder: Path) -> list[Recording]:
    """The mixes. Drums and stems that were never rendered have no notes.

    Songs that Slakh's authors moved to `omitted` (duplicates) are in no part of split `official`;
    nor is a song (by UUID) that an earlier part holds too, as in the corpus before "redux".
    """
    return [_describe_mix(*track) for track in _tracks(folder)]


def read_slakh_stems(folder: Path) -> list[Recording]:
    """Every rendered instrument alone; drums are there too, and have no notes of any pitch.

    A track whose metadata cannot be read is there as its mix, so that the doctor can name it.
    """
    found = []
    for track, about, song, part in _tracks(folder):
        stems = _rendered(about)
        found += [_describe_stem(track, name, stem, song, part) for name, stem in stems]
        if not about:
            found.append(replace(_describe_mix(track, about, song, part), corpus="slakh-stems"))
    return found


def _tracks(folder: Path) -> Iterator[tuple[Path, dict[str, Any], str, str]]:
    """Give (folder, metadata, song, part of the official split) of each track.

    Raises:
        UserError: if there is none.
    """
    root = next(
        (folder / n for n in ("slakh2100_flac_redux", "babyslakh_16k") if (folder / n).is_dir()),
        folder,
    )
    found = False
    home: dict[str, str] = {}
    for part in (*PARTS, "."):
        for track in sorted((root / part).glob("Track*")):
            if not track.is_dir():
                continue
            about = _read_metadata(track)
            song = str(about.get("UUID", ""))
            chosen = PARTS.get(part, "train")
            if chosen and song and home.setdefault(song, chosen) != chosen:
                chosen = ""
            found = True
            yield track, about, song, chosen
    if not found:
        raise UserError(f"No Track folders in '{root}'; see docs/data.md for the layout.")


def _rendered(about: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Name and facts of the stems that sound and whose notes were kept."""
    return [
        (name, stem)
        for name, stem in sorted(about.get("stems", {}).items())
        if stem.get("audio_rendered") and stem.get("midi_saved", True)
    ]


def _describe_mix(track: Path, about: dict[str, Any], song: str, part: str) -> Recording:
    stems = {
        track / "MIDI" / f"{name}.mid": int(stem["program_num"])
        for name, stem in _rendered(about)
        if not stem["is_drum"]
    }
    return Recording(
        track.name,
        "slakh",
        find_audio(track / "mix"),
        partial(read_stems, tuple(stems.items())) if about else partial(_refuse, track),
        (track / "metadata.yaml", *stems),
        composition=song,
        rates=(44_100, 16_000),
        categories={"ensemble": "band"},
        splits={"official": part},
    )


def _describe_stem(track: Path, name: str, stem: dict[str, Any], song: str, part: str) -> Recording:
    midi = track / "MIDI" / f"{name}.mid"
    drums = bool(stem["is_drum"])
    notes = () if drums else ((midi, int(stem["program_num"])),)
    return Recording(
        f"{track.name}/{name}",
        "slakh-stems",
        find_audio(track / "stems" / name),
        partial(read_stems, notes),
        (track / "metadata.yaml", *(() if drums else (midi,))),
        composition=song,
        rates=(44_100, 16_000),
        categories={"instrument": str(stem.get("inst_class", "unknown")).lower()},
        splits={"official": part},
    )


def read_stems(stems: tuple[tuple[Path, int], ...]) -> np.ndarray:
    """(MIDI file, GM program) of each stem -> notes `(n,)` of all, SECONDS_DTYPE."""
    tables = [read_midi_notes(path, program=program) for path, program in stems]
    return np.sort(np.concatenate([np.zeros(0, SECONDS_DTYPE), *tables]), order=["onset", "pitch"])


def _refuse(track: Path) -> np.ndarray:
    """Stand for the notes of a track of which nobody knows what plays in it.

    Raises:
        UserError: always.
    """
    raise UserError(f"'{track / 'metadata.yaml'}' does not tell the stems; get it again.")


def _read_metadata(track: Path) -> dict[str, Any]:
    """metadata.yaml; empty where it is missing or broken, so that the doctor can name the track."""
    try:
        read = yaml.safe_load(read_text(track / "metadata.yaml"))
        known = {**read}
        for stem in known["stems"].values():
            int(stem["program_num"]), stem["is_drum"], stem.get("audio_rendered")
        return known
    except Exception:  # foreign bytes: whatever YAML and its values lead to
        return {}
