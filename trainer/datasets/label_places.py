"""Which label files belong to which sound files, by their names and those of their folders."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from realtime.files.labels.label_files import LABEL_SUFFIXES
from trainer.datasets.file_names import loose_name, normal_name
from trainer.datasets.recordings import AUDIO_SUFFIXES

KINDS = frozenset(suffix[1:] for suffix in (*AUDIO_SUFFIXES, *LABEL_SUFFIXES))
"""Names of folders that say what kind of files is in them, and nothing of a recording."""
MOST_OTHER_NAMES = 1
"""Names of folders that a sound and its label may both have of their own, `audio` and `labels`;
where both have more, one of them names another recording."""
BOUNDARY = re.compile(r"[\W_]")
MOST_COMPARED, ALIKE = 100, 0.8
"""Labels among which one that may be meant is looked for, and likeness (0-1) of misspelt names."""

Distance = tuple[bool, bool, int, bool, bool]
"""Another name, another folder, names of folders in common (negative), another case, another
Unicode form."""


class LabelPlaces:
    """Finds the labels of sound files.

    A label has the name of its sound in any Unicode normal form, and without regard to case where
    that leaves one. It lies beside it, or in a folder that shares the most names with the sound's:
    `labels/bach/01.csv` is that of `audio/bach/01.wav`, `bach/midi/01.mid` that of
    `bach/audio/01.wav`. Where it is as near to several sounds, it is that of all of them: several
    microphones heard one take.

    Args:
        folder: above all of them.
        sounds: every sound file.
        labels: every file that may be a label.
    """

    def __init__(self, folder: Path, sounds: Iterable[Path], labels: Iterable[Path]) -> None:
        self._folder = folder
        self._names: dict[Path, frozenset[str]] = {}
        self._sounds = _grouped(sounds)
        self._labels = _grouped(labels)
        self._least: dict[Path, Distance | None] = {}
        self._below: dict[tuple[str, str], list[Path]] = {}
        for stem, paths in self._sounds.stems.items():
            for path in paths:
                for name in ("", *self._of(path)):
                    self._below.setdefault((stem, name), []).append(path)
        self._telling = {
            name
            for stem, paths in self._labels.stems.items()
            for name in set[str]().union(*(self._of(path) for path in paths))
            if (stem, name) in self._below
        }
        self._told: dict[tuple[str, str], list[Path]] = {}
        for stem, paths in self._labels.stems.items():
            for path in paths:
                self._told.setdefault((stem, self._key(path)), []).append(path)
        self._stray: dict[str, list[Path]] = {}
        for stem, paths in self._labels.stems.items():
            if stem not in self._sounds.stems:
                for name in (stem, *_beginnings(stem)):
                    self._stray.setdefault(name, []).extend(paths)

    def find(self, audio: Path) -> tuple[Path, ...]:
        """The labels of a sound file, the preferred suffix first; () where it has none.

        Beside the sound, else the only label in a folder with one sound, else elsewhere. Of several
        those whose folders, letters and case are nearest.
        """
        stem, place = loose_name(audio.stem), audio.parent
        found = self._free(audio, self._labels.beside.get((stem, place), []))
        if found:
            return self._nearest(audio, found)
        near = self._labels.folders.get(place, [])
        if len(near) == 1 and len(self._sounds.folders[place]) == 1 and self._free(audio, near):
            return (near[0],)
        keys = [(stem, name) for name in ("", *self._of(audio))]
        found = self._free(audio, [label for key in keys for label in self._told.get(key, [])])
        return self._nearest(audio, found) if found else ()

    def explain(self, audio: Path) -> str:
        """Why a sound file has no label, and what lies near that may be meant as one."""
        told = (
            f"no label '{audio.stem}' ({', '.join(LABEL_SUFFIXES)}) beside '{audio}' or in another "
            f"folder of '{self._folder}'"
        )
        stem = loose_name(audio.stem)
        if namesakes := self._labels.stems.get(stem):
            other = min(namesakes[:MOST_COMPARED], key=lambda label: self._distance(audio, label))
            return f"{told}; '{other}' is that of another recording, by its name and folder"
        if (stray := self._find_stray(audio)) is not None:
            meant = f"{audio.stem}{stray.suffix}"
            return f"{told}; if '{stray}' is meant, call it '{meant}'"
        return told

    def _find_stray(self, audio: Path) -> Path | None:
        """A label that no sound has the name of, and that is called nearly as `audio`."""
        stem, place = loose_name(audio.stem), audio.parent
        found = [path for name in (stem, *_beginnings(stem)) for path in self._whole(name, stem)]
        if found:
            return min(found, key=lambda path: (path.parent != place, len(path.stem), str(path)))
        there = {
            loose_name(path.stem): path
            for path in self._labels.folders.get(place, [])[:MOST_COMPARED]
            if loose_name(path.stem) not in self._sounds.stems
        }
        alike = get_close_matches(stem, list(there), 1, ALIKE)
        return there[alike[0]] if alike else None

    def _whole(self, name: str, stem: str) -> list[Path]:
        """Labels that begin with the whole `stem`, or are called as its beginning `name`."""
        paths = self._stray.get(name, [])
        return [path for path in paths if name in (stem, loose_name(path.stem))]

    def _free(self, audio: Path, labels: Iterable[Path]) -> list[Path]:
        """Those of the labels that are of no other recording, and nearer to no other sound."""
        found = []
        for label in labels:
            if not self._is_of_another(audio, label):
                least = self._least_distance(label)
                if least is None or self._distance(audio, label) <= least:
                    found.append(label)
        return found

    def _least_distance(self, label: Path) -> Distance | None:
        """How far the nearest sound of its name is from a label; None where there is none."""
        if label not in self._least:
            stem = loose_name(label.stem)
            rivals = self._sounds.beside.get((stem, label.parent)) or [
                one
                for one in self._below.get((stem, self._key(label)), [])
                if not self._is_of_another(one, label)
            ]
            distances = (self._distance(one, label) for one in rivals)
            self._least[label] = min(distances, default=None)
        return self._least[label]

    def _is_of_another(self, audio: Path, label: Path) -> bool:
        """Whether names of folders say that a label is not of this recording.

        Those do by which other labels find their sounds, and more names than the kinds of files
        need.
        """
        own, theirs = self._of(audio) - self._of(label), self._of(label) - self._of(audio)
        return bool(theirs & self._telling) or min(len(own), len(theirs)) > MOST_OTHER_NAMES

    def _key(self, label: Path) -> str:
        """The name of a folder that every sound of a label has, rarely others; "" for none."""
        stem = loose_name(label.stem)
        names = self._of(label) & self._telling
        return min(names, key=lambda name: len(self._below.get((stem, name), [])), default="")

    def _nearest(self, audio: Path, labels: list[Path]) -> tuple[Path, ...]:
        least = min(self._distance(audio, path) for path in labels)
        nearest = [path for path in labels if self._distance(audio, path) == least]
        return tuple(sorted(nearest, key=lambda path: LABEL_SUFFIXES.index(path.suffix.lower())))

    def _distance(self, audio: Path, label: Path) -> Distance:
        return (
            loose_name(audio.stem) != loose_name(label.stem),
            audio.parent != label.parent,
            -len(self._of(audio) & self._of(label)),
            normal_name(audio.stem) != normal_name(label.stem),
            audio.stem != label.stem,
        )

    def _of(self, path: Path) -> frozenset[str]:
        """Names of the folders in which a file lies, but for kinds of files."""
        place = path.parent
        if place not in self._names:
            names = (loose_name(name) for name in place.relative_to(self._folder).parts)
            self._names[place] = frozenset(names) - KINDS
        return self._names[place]


class _Group:
    """Files by their loose names, by their folders, and by both."""

    def __init__(self) -> None:
        self.stems: dict[str, list[Path]] = {}
        self.folders: dict[Path, list[Path]] = {}
        self.beside: dict[tuple[str, Path], list[Path]] = {}


def _grouped(paths: Iterable[Path]) -> _Group:
    group = _Group()
    for path in paths:
        stem = loose_name(path.stem)
        group.stems.setdefault(stem, []).append(path)
        group.folders.setdefault(path.parent, []).append(path)
        group.beside.setdefault((stem, path.parent), []).append(path)
    return group


def _beginnings(stem: str) -> list[str]:
    """Beginnings of a name that end before something that is no letter and no digit."""
    return [stem[: found.start()] for found in BOUNDARY.finditer(stem) if found.start()]
