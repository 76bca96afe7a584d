"""Reads one MusicXML score and prints what `score_pieces` makes a piece of, as JSON."""

import json
import sys
import zipfile
from dataclasses import fields
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

from realtime.practice.readers.musical_time import TooManyBars
from realtime.practice.readers.sounding import sound_out
from realtime.practice.readers.symbols import DamagedScore
from realtime.processes.limits import cap_memory
from realtime.troubles.codes import Code

LARGEST_SCORE = 128 << 20
"""Bytes of an unpacked score."""


def read_text(path: Path) -> bytes:
    """The MusicXML in a file, unpacked where it is an .mxl.

    Raises:
        DamagedScore: if there is none.
    """
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return _unpacked(archive, _root_file(archive))


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > LARGEST_SCORE:
        raise DamagedScore(Code.PIECE_TOO_LARGE)
    return archive.read(name)


def _is_score(name: str) -> bool:
    return name.lower().endswith((".xml", ".musicxml"))


def _root_file(archive: zipfile.ZipFile) -> str:
    """Name of the score in an .mxl: what its container names, or the first MusicXML inside."""
    if "META-INF/container.xml" in archive.namelist():
        for element in Xml.fromstring(_unpacked(archive, "META-INF/container.xml")).iter():
            name = element.get("full-path", "")
            if element.tag.endswith("rootfile") and name in archive.namelist() and _is_score(name):
                return name
    for name in archive.namelist():
        if _is_score(name) and not name.startswith(("META-INF", "__MACOSX")):
            return name
    raise DamagedScore(Code.SCORE_NO_MUSICXML)


def read_score(text: bytes, repeats: bool) -> dict[str, Any]:
    """The score as it sounds, by the fields of `Sounding`, and its title.

    Raises:
        DamagedScore: if it is no MusicXML, says what cannot be, or nothing with a pitch is left.
        TooManyBars: if it has no end.
    """
    try:
        root = Xml.fromstring(text)
    except Xml.ParseError as error:
        raise DamagedScore(Code.SCORE_NO_MUSICXML) from error
    _remove_names(root)
    if root.tag == "score-timewise":
        raise DamagedScore(Code.SCORE_TIMEWISE)
    if root.tag != "score-partwise":
        raise DamagedScore(Code.SCORE_NO_MUSICXML)
    sounding, unpitched = sound_out(root, repeats)
    if not sounding.notes:
        raise DamagedScore(Code.PIECE_PERCUSSION if unpitched else Code.PIECE_EMPTY)
    title = root.findtext("work/work-title") or root.findtext("movement-title") or ""
    told = {each.name: getattr(sounding, each.name) for each in fields(sounding)}
    return {**told, "title": " ".join(title.split())[:200]}


def _remove_names(root: Xml.Element) -> None:
    """Take off the namespace that some programs give every element."""
    if "}" in root.tag:
        for element in root.iter():
            element.tag = str(element.tag).rpartition("}")[2]


def main(path: Path, repeats: bool) -> None:
    """Print the score, or {"trouble"} with the code of what is wrong."""
    cap_memory()
    try:
        told = read_score(read_text(path), repeats)
    except DamagedScore as error:
        told = {"trouble": error.code}
    except TooManyBars:
        told = {"trouble": Code.PIECE_TOO_MANY_BARS}
    except (OSError, KeyError, zipfile.BadZipFile, Xml.ParseError, NotImplementedError):
        told = {"trouble": Code.SCORE_NO_MUSICXML}
    except (RuntimeError, MemoryError, ArithmeticError):
        told = {"trouble": Code.PIECE_UNREADABLE}
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] != ["once"])
