"""Any corpus that mirdata has a loader with notes for, from a local folder; never downloads."""

import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from realtime.errors import UserError
from trainer.datasets.recordings import UNKNOWN_VELOCITY, Recording, note_table

NOTE_ATTRIBUTES = ("notes_all", "notes", "notes_pyin", "score")
AUDIO_ATTRIBUTES = ("audio_mic_path", "mix_path", "audio_path", "audio_mono_path", "mix_audio_path")
CATEGORY_ATTRIBUTES = ("composer", "canonical_composer", "ensemble", "instrument", "style", "genre")


def read_mirdata(name: str, folder: Path) -> list[Recording]:
    """The tracks of mirdata's loader `name` whose audio is below `folder`.

    mirdata keeps its index of a corpus (file names and checksums) apart from the corpus, and
    downloads it first. Where there is no network, put that index into `folder`, under its own
    name, such as `guitarset_index_1.1.0.json`.

    Raises:
        UserError: if mirdata has no such loader, or its index is not there.
    """
    dataset = open_dataset(name, str(folder))
    try:
        ids = dataset.track_ids
    except FileNotFoundError as error:
        wanted = Path(dataset.index_path).name
        raise UserError(
            f"mirdata's index of {name} is missing: put {wanted} into '{folder}', or run "
            f"mirdata.initialize('{name}').download(['index']) where there is a network."
        ) from error
    recordings = []
    for id in ids:
        track = dataset.track(id)
        audio = next((p for a in AUDIO_ATTRIBUTES if (p := getattr(track, a, None))), None)
        if audio is None:
            continue
        categories = {
            key.removeprefix("canonical_"): str(value)
            for key in CATEGORY_ATTRIBUTES
            if (value := getattr(track, key, None)) is not None
        }
        split = getattr(track, "split", None)
        recordings.append(
            Recording(
                id,
                f"mirdata:{name}",
                Path(audio),
                partial(read_track_notes, name, str(folder), id),
                categories=categories,
                composition=composition_of(name, track),
                performer=str(getattr(track, "player_id", "") or ""),
                splits={"official": {"validation": "valid"}.get(split, split)} if split else {},
            )
        )
    return recordings


def composition_of(name: str, track: Any) -> str:
    """The work that a track plays; "" where its loader does not tell.

    GuitarSet tells it in the name only: `00_BN1-129-Eb_comp` and `_solo`, and the same of all six
    players, follow one lead sheet.
    """
    if name == "guitarset":
        return str(track.track_id).split("_")[1]
    return str(getattr(track, "canonical_title", "") or "")


def open_dataset(name: str, data_home: str) -> Any:
    """A mirdata dataset that reads `data_home`, with the index that lies there if one does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mirdata

        try:
            dataset = mirdata.initialize(name, data_home=data_home)
        except ValueError as error:
            raise UserError(
                f"mirdata has no loader '{name}'; `mirdata.list_datasets()` lists them."
            ) from error
    beside = Path(data_home) / Path(dataset.index_path).name
    if beside.is_file():
        dataset.index_path = str(beside)
    return dataset


def read_track_notes(name: str, data_home: str, id: str) -> np.ndarray:
    """Notes of one track -> SECONDS_DTYPE.

    Raises:
        UserError: if the loader knows no notes of it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        track = open_dataset(name, data_home).track(id)
        found = next((n for a in NOTE_ATTRIBUTES if (n := getattr(track, a, None))), None)
    if found is None or isinstance(found, dict):
        raise UserError(f"mirdata's {name} has no notes of track {id}.")
    pitches = found.pitches
    if found.pitch_unit == "hz":
        pitches = 69 + 12 * np.log2(np.asarray(pitches) / 440)
    velocities = [UNKNOWN_VELOCITY] * len(pitches)
    if found.confidence is not None and found.confidence_unit == "velocity":
        velocities = np.asarray(found.confidence) / 127
    return note_table(
        (float(on), float(off), round(float(p)), float(v), -1)
        for (on, off), p, v in zip(found.intervals, pitches, velocities, strict=True)
    )
