"""Any corpus that mirdata has a loader with notes for, from a local folder; never downloads."""

import logging
import warnings
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from realtime.troubles.errors import UserError
from trainer.datasets.mirdata_loaders.notes import ask, find_notes, find_sound, note_attributes
from trainer.datasets.recordings import Recording

CATEGORY_ATTRIBUTES = ("composer", "canonical_composer", "ensemble", "instrument", "style", "genre")
PERFORMER_ATTRIBUTES = (
    "player_id",
    "singer_id",
    "performer",
    "musician",
    "drummer",
    "singer",
    "artist",
)
"""Who plays or sings, to be held out by."""


def read_mirdata(name: str, folder: Path) -> list[Recording]:
    """The tracks of mirdata's loader `name` whose audio is below `folder`.

    mirdata keeps its index of a corpus (file names and checksums) apart from the corpus, and
    downloads it first. Where there is no network, put that index into `folder`, under its own
    name, such as `guitarset_index_1.1.0.json`.

    Raises:
        UserError: if mirdata has no such loader, a package that it needs or its index is missing.
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
    tracks = {id: dataset.track(id) for id in ids}
    works = works_of(dataset)
    folds = {str(v) for track in tracks.values() if is_fold(v := ask(track, "split"))}
    recordings = []
    for id, track in tracks.items():
        audio = find_sound(track)
        if audio is None or not (note_attributes(track) or ask(track, "midi_path")):
            continue
        categories = {
            key.removeprefix("canonical_"): str(value)
            for key in CATEGORY_ATTRIBUTES
            if (value := ask(track, key)) is not None
        }
        performers = (ask(track, name) for name in PERFORMER_ATTRIBUTES)
        recordings.append(
            Recording(
                id,
                f"mirdata:{name}",
                audio,
                partial(read_track_notes, name, str(folder), id),
                categories=categories,
                composition=composition_of(name, track) or works.get(id, ""),
                performer=next((str(one) for one in performers if one not in (None, "")), ""),
                splits=splits_of(ask(track, "split"), folds),
            )
        )
    if not recordings:
        raise UserError(
            f"mirdata's {name} has no track with both sound and notes of its own, as `jtm` reads "
            "them (corpora of several tracks a piece are among these); choose another corpus."
        )
    return recordings


def works_of(dataset: Any) -> dict[str, str]:
    """Track -> the piece of several tracks that it is a part of, where the corpus has such pieces.

    Players of one performance hear each other, so a split must not part them.
    """
    pieces = ask(dataset, "mtrack_ids") or []
    return {
        track: str(piece)
        for piece in pieces
        for track in ask(dataset.multitrack(piece), "track_ids") or []
    }


def is_fold(split: Any) -> bool:
    """Whether a track's split is the number of a fold."""
    return isinstance(split, int) or (isinstance(split, str) and split.isdigit())


def splits_of(split: Any, folds: set[str]) -> dict[str, str]:
    """Schemes of a track: the official one, or one for each fold, which is tested on."""
    if is_fold(split):
        return {f"fold{one}": "test" if one == str(split) else "train" for one in sorted(folds)}
    part = {"validation": "valid", "val": "valid", "dev": "valid"}.get(str(split), str(split))
    return {"official": part} if part in ("train", "valid", "test") else {}


def composition_of(name: str, track: Any) -> str:
    """The work that a track plays; "" where its loader does not tell.

    GuitarSet tells it in the name only: `00_BN1-129-Eb_comp` and `_solo`, and the same of all six
    players, follow one lead sheet.
    """
    if name == "guitarset":
        return str(track.track_id).split("_")[1]
    titles = (ask(track, key) for key in ("canonical_title", "piece", "title"))
    return next((str(title) for title in titles if title), "")


def open_dataset(name: str, data_home: str) -> Any:
    """A mirdata dataset that reads `data_home`, with the index that lies there if one does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import mirdata

        logging.disable(logging.ERROR)  # it logs what is raised here
        try:
            dataset = mirdata.initialize(name, data_home=data_home)
        except ValueError as error:
            raise UserError(
                f"mirdata has no loader '{name}'; `mirdata.list_datasets()` lists them."
            ) from error
        except ImportError as error:
            raise UserError(
                f"mirdata's loader of {name} needs a package that is not installed; install it "
                f"with `pip install 'mirdata[{name}]'`."
            ) from error
        finally:
            logging.disable(logging.NOTSET)
    beside = Path(data_home) / Path(dataset.index_path).name
    if beside.is_file():
        dataset.index_path = str(beside)
    return dataset


def read_track_notes(name: str, data_home: str, id: str) -> np.ndarray:
    """Notes `(n,)` of one track, of SECONDS_DTYPE: times in seconds.

    Raises:
        UserError: if the loader knows no notes of it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        track = open_dataset(name, data_home).track(id)
        return find_notes(track, f"mirdata's {name}, track {id},")
