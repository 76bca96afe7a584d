"""Reads one score with Verovio and prints what `score_pieces` makes a piece of, as JSON."""

import json
import re
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree as Xml

from realtime.practice.readers.written_out import write_out
from realtime.processes.limits import cap_memory
from realtime.troubles.codes import Code

LARGEST_SCORE = 128 << 20
"""Bytes of an unpacked score."""


class BadScore(ValueError):
    """A file that is no score, or none that can be played; the code says why."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code = code


BEAT_TYPES = {str(1 << power) for power in range(8)}
"""What a beat may be: a whole note to a 128th."""


def read_text(path: Path) -> bytes:
    """The MusicXML in a file, unpacked where it is an .mxl.

    Raises:
        BadScore: if there is none.
    """
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return _unpacked(archive, _root_file(archive))


def _unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > LARGEST_SCORE:
        raise BadScore(Code.PIECE_TOO_LARGE)
    return archive.read(name)


def _root_file(archive: zipfile.ZipFile) -> str:
    """Name of the score in an .mxl: what its container names, or the first MusicXML inside."""
    if "META-INF/container.xml" in archive.namelist():
        for element in Xml.fromstring(_unpacked(archive, "META-INF/container.xml")).iter():
            name = element.get("full-path", "")
            if element.tag.endswith("rootfile") and name in archive.namelist():
                return name
    for name in archive.namelist():
        if name.lower().endswith((".xml", ".musicxml")) and not name.startswith("META-INF"):
            return name
    raise BadScore(Code.SCORE_NO_MUSICXML)


def prepared(text: bytes) -> tuple[str, str]:
    """The score written out, without grace notes and drums, and its title.

    Raises:
        BadScore: if it is no MusicXML, or nothing with a pitch is left.
    """
    try:
        root = Xml.fromstring(text)
    except Xml.ParseError as error:
        raise BadScore(Code.SCORE_NO_MUSICXML) from error
    if root.tag == "score-timewise":
        raise BadScore(Code.SCORE_TIMEWISE)
    if root.tag != "score-partwise":
        raise BadScore(Code.SCORE_NO_MUSICXML)
    pitched, unpitched = _keep_pitched(root)
    if not pitched:
        raise BadScore(Code.PIECE_PERCUSSION if unpitched else Code.PIECE_EMPTY)
    for sound in root.iter("sound"):
        tempo = sound.get("tempo")
        if tempo is not None and not _positive(tempo):
            raise BadScore(Code.PIECE_TEMPO)
    for unit in root.iter("beat-type"):
        if (unit.text or "").strip() not in BEAT_TYPES:  # Verovio finds no end of others
            raise BadScore(Code.PIECE_UNREADABLE)
    write_out(root)
    title = root.findtext("work/work-title") or root.findtext("movement-title") or ""
    return Xml.tostring(root, encoding="unicode"), " ".join(title.split())[:200]


def _keep_pitched(root: Xml.Element) -> tuple[int, int]:
    """Take grace notes out and make rests of drums. Returns how many notes have a pitch or none."""
    pitched = unpitched = 0
    for measure in root.iter("measure"):
        for note in list(measure.findall("note")):
            if note.find("grace") is not None:
                measure.remove(note)
            elif (drum := note.find("unpitched")) is not None:
                unpitched += 1
                drum.clear()
                drum.tag = "rest"
                # A rest cannot sound together with the note before it.
                if note.find("chord") is not None:
                    measure.remove(note)
            elif note.find("pitch") is not None:
                pitched += 1
    return pitched, unpitched


def _positive(text: str) -> bool:
    try:
        return float(text) > 0
    except ValueError:
        return False


def render(score: str) -> tuple[str, list[tuple[float, int]]]:
    """MIDI of a score in base 64, and (quarters, printed number) of its bars as played.

    Raises:
        BadScore: if Verovio refuses it.
    """
    try:
        import verovio
    except ImportError as error:
        raise BadScore(Code.SCORE_READER_MISSING) from error
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions({"breaks": "none", "midiNoCue": True})
    if not toolkit.loadData(score):
        raise BadScore(Code.PIECE_UNREADABLE)
    numbers = {}
    for tag in re.findall(r"<measure [^>]*>", toolkit.getMEI()):
        identity, number = re.search(r'xml:id="([^"]*)"', tag), re.search(r' n="(\d+)', tag)
        if identity and number:
            numbers[identity[1]] = int(number[1])
    bars: list[tuple[float, int]] = []
    for entry in toolkit.renderToTimemap({"includeMeasures": True}):
        if "measureOn" in entry:
            name = re.sub(r"-rend\d+$", "", entry["measureOn"])
            bars.append((entry["qstamp"], numbers.get(name, len(bars) + 1)))
    return toolkit.renderToMIDI(), bars


def main(path: Path) -> None:
    """Print {"midi", "bars", "title"}, or {"trouble"} with the code of what is wrong."""
    cap_memory()
    try:
        score, title = prepared(read_text(path))
        midi, bars = render(score)
    except BadScore as error:
        print(json.dumps({"trouble": error.code}))
    except (OSError, KeyError, zipfile.BadZipFile):
        print(json.dumps({"trouble": Code.SCORE_NO_MUSICXML}))
    except (RuntimeError, MemoryError):
        print(json.dumps({"trouble": Code.PIECE_UNREADABLE}))
    else:
        print(json.dumps({"midi": midi, "bars": bars, "title": title}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
