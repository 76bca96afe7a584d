"""MusicNet: chamber music with the original labels, the EM labels, or synthesised from its MIDI.

Source: Thickstun, Harchaoui, Kakade 2017 (zenodo.org/records/5120004); MusicNetEM: Maman and
Bermano 2022 (benadar293.github.io). Layout: `{train,test}_data/ID.wav`,
`{train,test}_labels/ID.csv`, `musicnet_metadata.csv`, `musicnet_em/ID.mid`.
"""

from functools import partial
from pathlib import Path
from typing import Any

from realtime.files.labels.midi_notes import read_midi_notes
from realtime.files.labels.musicnet_csv import read_label_csv
from realtime.files.labels.tables import is_number, read_records, to_number
from realtime.troubles.errors import UserError
from trainer.datasets.file_names import find_file, has_suffix
from trainer.datasets.recordings import Recording, find_audio, require_folder

OFFICIAL_TEST = frozenset({1759, 1819, 2106, 2191, 2298, 2303, 2382, 2416, 2556, 2628})
"""Test folder of the published corpus; Thickstun's "extended" test set."""


THICKSTUN_TEST = frozenset({1819, 2303, 2382})


CHEUK_TEST = frozenset({2191, 2628, 2106, 2298, 1819, 2416})
"""Strings and winds of the official test set."""


MT3_VALID = frozenset(
    {1733, 1765, 1790, 1818, 2160, 2198, 2289, 2300, 2308, 2315, 2336, 2466, 2477, 2504, 2611}
)


MT3_TEST = frozenset(
    {1729, 1776, 1813, 1893, 2118, 2186, 2296, 2431, 2432, 2487, 2497, 2501, 2507, 2537, 2621}
)


def split_parts(id: int) -> dict[str, str]:
    """Scheme -> part of recording `id`; "" where a scheme leaves it out.

    The rest of the official test set is left out of `thickstun` and `cheuk`, whose authors
    trained on the 320 official training recordings.
    """
    official = "test" if id in OFFICIAL_TEST else "train"
    small = {"train": "train", "test": ""}[official]
    return {
        "official": official,
        "thickstun": "test" if id in THICKSTUN_TEST else small,
        "cheuk": "test" if id in CHEUK_TEST else small,
        "mt3": "valid" if id in MT3_VALID else "test" if id in MT3_TEST else "train",
    }


EM_MISSING = frozenset({"2194", "2211", "2227", "2230", "2292", "2305", "2310"})
"""Recordings that MusicNetEM has no MIDI for."""


DUPLICATE_MIDI = frozenset({"test_labels_midi/1759.mid", "test_labels_midi/1819.mid"})
"""Second copies under an id that has its MIDI elsewhere (mimbres/YourMT3)."""


INSTRUMENTS = {
    1: "piano",
    7: "harpsichord",
    41: "violin",
    42: "viola",
    43: "cello",
    44: "double bass",
    61: "horn",
    69: "oboe",
    71: "bassoon",
    72: "clarinet",
    74: "flute",
}
"""The label CSVs number GM programs from 1; `program` in our tables counts from 0."""


def read_musicnet(folder: Path) -> list[Recording]:
    """The 330 recordings with the original, DTW-aligned labels."""
    found = []
    for id, audio, part in _list_audio(folder, "data"):
        labels = find_file(audio.parent.parent / f"{part}_labels" / f"{id}.csv")
        found.append((id, audio, labels, partial(read_label_csv, labels)))
    return _describe(folder, "musicnet", found)


def read_musicnet_em(folder: Path) -> list[Recording]:
    """The 323 recordings that have MusicNetEM labels; the seven known gaps are left out."""
    midi = midi_by_id(_root(folder), "musicnet_em", "*_em")
    found = []
    for id, audio, _ in _list_audio(folder, "data"):
        if id in EM_MISSING and id not in midi:
            continue
        labels = midi.get(id, _root(folder) / "musicnet_em" / f"{id}.mid")
        found.append((id, audio, labels, partial(read_midi_notes, labels)))
    return _describe(folder, "musicnet-em", found)


def read_musicnet_synth(folder: Path) -> list[Recording]:
    """MusicNet's scores as synthesised audio: `*_synth/ID.wav` with `*_labels_midi/*.mid`."""
    midi = midi_by_id(_root(folder), "*_labels_midi")
    found = []
    for id, audio, part in _list_audio(folder, "synth"):
        labels = midi.get(id, audio.parent.parent / f"{part}_labels_midi" / f"{id}.mid")
        found.append((id, audio, labels, partial(read_midi_notes, labels)))
    return _describe(folder, "musicnet-synth", found)


def midi_by_id(root: Path, *folders: str) -> dict[str, Path]:
    """MIDI files named `ID.mid` or `ID_anything.mid` in `folders` (globs), one for each id.

    Raises:
        UserError: if an id has two files and neither is a known duplicate.
    """
    found: dict[str, Path] = {}
    for pattern in folders:
        for path in sorted(root.glob(f"{pattern}/**/*")):
            if not has_suffix(path, (".mid", ".midi")):
                continue
            id = path.stem.split("_")[0]
            if id in found and found[id] != path:
                spare = [p for p in (found[id], path) if _short(p) in DUPLICATE_MIDI]
                if not spare:
                    raise UserError(
                        f"'{found[id]}' and '{path}' both claim MusicNet id {id}; remove one."
                    )
                path = path if spare[0] == found[id] else found[id]
            found[id] = path
    return found


def _short(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _root(folder: Path) -> Path:
    return folder / "musicnet" if (folder / "musicnet").is_dir() else folder


def _list_audio(folder: Path, kind: str) -> list[tuple[str, Path, str]]:
    """(id, audio, "train" or "test") of every recording that has audio or a label."""
    root = _root(folder)
    require_folder(root, f"train_{kind}", f"test_{kind}")
    listed: dict[str, Any] = {}
    for part in ("train", "test"):
        for place in (root / f"{part}_{kind}", root / f"{part}_labels"):
            for path in sorted(place.iterdir()) if place.is_dir() else ():
                if path.stem.isdigit():
                    audio = find_audio(root / f"{part}_{kind}" / path.stem)
                    listed.setdefault(path.stem, (audio, part))
    return [(id, audio, part) for id, (audio, part) in sorted(listed.items())]


def _describe(folder: Path, corpus: str, found: list[Any]) -> list[Recording]:
    about = _read_metadata(folder)
    recordings = []
    for id, audio, labels, read_notes in found:
        row = about.get(id, {})
        composer, work = row.get("composer", ""), row.get("composition", "")
        ensemble = row.get("ensemble", "")
        categories = {"composer": composer, "ensemble": ensemble}
        if ensemble.startswith("Solo "):
            categories["instrument"] = ensemble.removeprefix("Solo ").lower()
        recordings.append(
            Recording(
                id,
                corpus,
                audio,
                read_notes,
                (labels,),
                composition=f"{composer}: {work}" if work else "",
                seconds=to_number(row["seconds"]) if is_number(row.get("seconds", "")) else None,
                rates=(44_100, 16_000),
                categories={name: value for name, value in categories.items() if value},
                splits=split_parts(int(id)),
            )
        )
    return recordings


def _read_metadata(folder: Path) -> dict[str, dict[str, str]]:
    for place in (_root(folder), folder):
        path = place / "musicnet_metadata.csv"
        if path.is_file():
            return {row["id"]: row for _, row in read_records(path, ("id",))}
    return {}
