"""The corpora that `jtm data` reads, by name."""

import importlib
from collections.abc import Callable, Iterable
from pathlib import Path

from realtime.troubles.errors import UsageError, UserError
from trainer.datasets.maestro import is_year, refuse_older
from trainer.datasets.pairs import holds_labels
from trainer.datasets.recordings import Recording

CORPORA: dict[str, tuple[str, str, str]] = {
    "musicnet": ("musicnet", "read_musicnet", "MusicNet, original labels"),
    "musicnet-em": ("musicnet", "read_musicnet_em", "MusicNet, labels of MusicNetEM"),
    "musicnet-synth": ("musicnet", "read_musicnet_synth", "MusicNet's scores, synthesised"),
    "maestro": ("maestro", "read_maestro", "MAESTRO v3, pedal applied"),
    "maps": ("maps", "read_maps", "MAPS, pedal applied"),
    "smd": ("smd", "read_smd", "Saarland Music Data, pedal applied"),
    "guitarset": ("guitarset", "read_guitarset", "GuitarSet, microphone"),
    "guitarset-mix": ("guitarset", "read_guitarset_mix", "GuitarSet, pickup mix"),
    "guitarset-hex": ("guitarset", "read_guitarset_hex", "GuitarSet, each string alone"),
    "guitarset-clean": ("guitarset", "read_guitarset_clean", "GuitarSet, strings without bleed"),
    "urmp": ("urmp", "read_urmp", "URMP, mixes"),
    "urmp-stems": ("urmp", "read_urmp_stems", "URMP, each player alone"),
    "bach10": ("bach10", "read_bach10", "Bach10, mixes"),
    "bach10-stems": ("bach10", "read_bach10_stems", "Bach10, each voice alone"),
    "slakh": ("slakh", "read_slakh", "Slakh2100 redux or BabySlakh, mixes"),
    "slakh-stems": ("slakh", "read_slakh_stems", "Slakh2100 or BabySlakh, each instrument alone"),
    "pairs": ("pairs", "read_pairs", "audio files with .mid, .csv or .jams notes of the same name"),
    "audio": ("pairs", "read_audio", "audio files without labels"),
}
"""Name -> (module of trainer.datasets, function, what it is). `mirdata:NAME` is read too."""


def read_corpus(folder: Path, name: str = "", metadata: str = "") -> list[Recording]:
    """Every recording of the corpus in `folder`; an empty name is guessed from its files.

    Args:
        folder: of the corpus.
        name: one of CORPORA, or `mirdata:NAME`.
        metadata: CSV of categories, for `pairs` and `audio`; empty for `folder/metadata.csv`.

    Raises:
        UserError: if there is no such folder or corpus, its layout is another, or it is empty.
    """
    if not folder.is_dir():
        raise UserError(f"No folder '{folder}'; give the folder that holds the corpus.")
    name = name or guess_corpus(folder)
    if name != "audio":
        refuse_older(folder)
    if name.startswith("mirdata:"):
        if name == "mirdata:maestro":
            raise UserError(
                "mirdata reads an older MAESTRO, whose recordings and splits differ; get version 3 "
                "and leave --corpus out."
            )
        from trainer.datasets.mirdata_loaders.corpus import read_mirdata

        return read_mirdata(name.removeprefix("mirdata:"), folder)
    if name not in CORPORA:
        raise UsageError(f"No corpus '{name}'; known: {', '.join(CORPORA)}, mirdata:NAME.")
    module, function, _ = CORPORA[name]
    read: Callable[..., list[Recording]] = getattr(
        importlib.import_module(f"trainer.datasets.{module}"), function
    )
    if metadata and module != "pairs":
        raise UsageError(f"--metadata is for corpora pairs and audio; {name} brings its own.")
    found = read(folder, Path(metadata)) if metadata else read(folder)
    if not found:
        raise UserError(f"The table of {name} in '{folder}' lists no recordings; get it again.")
    return found


MARKS = {
    "maestro": ("maestro-v[0-9]*.*", "maestro-v[0-9]*/maestro-v[0-9]*.*"),
    "musicnet": ("train_labels", "test_labels", "musicnet/train_labels"),
    "musicnet-em": ("musicnet_em",),
    "guitarset": ("annotation/*.jams", "GuitarSet/annotation"),
    "slakh": ("*/Track*/metadata.yaml", "Track*/metadata.yaml", "*/*/Track*/metadata.yaml"),
    "urmp": ("*/AuMix_*.wav", "Dataset/*/AuMix_*.wav"),
    "maps": ("**/MAPS_MUS-*",),
    "bach10": ("*/*-GTNotes.mat", "Bach10*/*/*-GTNotes.mat"),
    "smd": ("**/*-SMD.*",),
}
"""Name of a corpus -> paths of which one is there, below its folder or that of its parts."""
NEIGHBOURS = 100
"""Folders below the given one that are looked at for a corpus."""


def guess_corpus(folder: Path) -> str:
    """Name of the corpus whose marks `folder` bears; "pairs" or "audio" where it bears none.

    Raises:
        UserError: if it would be "pairs", and a corpus lies deeper in it, or it is a part of one:
            its splits, works and known errors would be lost.
    """
    if name := _marked(folder):
        return name
    if not holds_labels(folder):
        return "audio"
    refuse_older(folder)
    names = [name for name, marks in MARKS.items() if not marks[0].startswith("**")]
    below = [path for pattern in ("*", "*/*") for path in sorted(folder.glob(pattern))]
    places = [path for path in below if path.is_dir() and path.name[0] != "."][:NEIGHBOURS]
    found = ((place, name) for place in places if (name := _marked(place, names)))
    whole = folder.resolve().parent
    year = [(whole, "maestro")] if is_year(folder) and _marked(whole, ["maestro"]) else []
    for place, name in (*year, *found):
        raise UserError(
            f"'{place}' holds {name}, which has splits of its own; give that folder, or say "
            f"--corpus pairs to read '{folder}' as any other."
        )
    return "pairs"


def _marked(folder: Path, names: Iterable[str] = tuple(MARKS)) -> str:
    """The first of some corpora whose marks a folder bears; "" where it bears none."""
    return next(
        (name for name in names if any(next(folder.glob(mark), None) for mark in MARKS[name])), ""
    )
