"""Readers of what a player brings: pieces, scores, taught instruments, lessons, notes, sound."""

import base64
import contextlib
import io
import json
import os
import struct
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import numpy as np

from benchmarks.attacks.fuzz_values import Reading, midi_seeds
from realtime.troubles.errors import UserError

SCORE = """<score-partwise version="4.0"><work><work-title>A</work-title></work><part-list>
<score-part id="P1"><part-name>Violin</part-name></score-part></part-list><part id="P1">
<measure number="1"><attributes><divisions>2</divisions><key><fifths>-2</fifths></key>
<time><beats>3</beats><beat-type>4</beat-type></time><clef><sign>G</sign><line>2</line></clef>
</attributes><direction><sound tempo="96"/></direction><barline location="left">
<repeat direction="forward"/></barline><note><pitch><step>B</step><alter>-1</alter>
<octave>4</octave></pitch><duration>4</duration><tie type="start"/><voice>1</voice>
<type>half</type></note><note><grace/><pitch><step>C</step><octave>5</octave></pitch></note>
<note><chord/><pitch><step>D</step><octave>5</octave></pitch><duration>4</duration></note>
<note><rest/><duration>2</duration></note></measure><measure number="2"><note><pitch>
<step>A</step><octave>4</octave></pitch><duration>2</duration><time-modification>
<actual-notes>3</actual-notes><normal-notes>2</normal-notes></time-modification></note>
<backup><duration>2</duration></backup><note><unpitched/><duration>6</duration></note>
<barline location="right"><ending number="1" type="stop"/><repeat direction="backward"/>
</barline></measure></part></score-partwise>"""
HEADER_BYTES = 8
MISFIT = (RecursionError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What comes of changed values that no wrapping holds; the reader gets them bare."""


def piece_seeds(folder: Path) -> list[bytes]:
    """A take's .mid, and a bundled piece."""
    from realtime.practice.open_piece import bundled_pieces

    return [*midi_seeds(folder), bundled_pieces()[0].read_bytes()]


def read_piece(content: bytes, folder: Path) -> None:
    """Open a piece as `jtm practice` does, and learn from its notes as `jtm teach` does."""
    from realtime.practice.open_piece import open_piece
    from realtime.teach.listening.understanding import read_given

    path = folder / "case.mid"
    path.write_bytes(content)
    with contextlib.suppress(UserError):
        read_given(path)
    open_piece(str(path))


def piece_value_seeds(folder: Path) -> list[bytes]:
    """A .mid as numbers: type, ticks, and tracks of (ticks to wait, bytes)."""
    signs = [[0, [255, 81, 3, 7, 161, 32]], [0, [255, 88, 4, 3, 2, 24, 8]],
             [0, [255, 89, 2, 2, 0]], [0, [255, 3, 1, 65]]]  # fmt: skip
    notes = [[0, [144, 60, 80]], [480, [128, 60, 0]], [100, [153, 40, 9]], [480, [144, 64, 80]]]
    tracks = [signs, [*notes, [480, [144, 64, 0]], [1_000_000, [255, 47, 0]]]]
    return [json.dumps({"type": 1, "ticks": 480, "tracks": tracks}).encode()]


def read_piece_values(content: bytes, folder: Path) -> None:
    """Open a .mid whose numbers were changed and whose lengths fit."""
    with contextlib.suppress(*MISFIT):
        told = json.loads(content)
        tracks = [b"".join(map(_event, track)) for track in told["tracks"]]
        head = struct.pack(">HHH", told["type"] & 0xFFFF, len(tracks), told["ticks"] & 0xFFFF)
        chunks = [(b"MThd", head), *((b"MTrk", track) for track in tracks)]
        content = b"".join(name + struct.pack(">I", len(body)) + body for name, body in chunks)
    read_piece(content, folder)


def _event(event: Any) -> bytes:
    wait = min(max(int(event[0]), 0), (1 << 28) - 1)
    septets = [wait >> shift & 0x7F for shift in (21, 14, 7, 0)]
    return bytes([septet | 0x80 for septet in septets[:3]] + septets[3:]) + bytes(
        int(byte) & 0xFF for byte in event[1]
    )


def score_seeds(folder: Path) -> list[bytes]:
    """A score of two bars."""
    return [SCORE.encode()]


def read_score(content: bytes, folder: Path) -> None:
    """Open a score the way `jtm practice` does; its reader's process is a copy of this one."""
    from realtime.practice.readers import score_child
    from realtime.practice.readers.score_pieces import parse_piece

    path = folder / "case.musicxml"
    path.write_bytes(content)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):  # the reader's own end: its parent hears nothing
            os.dup2(theirs, 1)
            sys.stdout = open(1, "w")  # noqa: SIM115
            score_child.main(path, True)
            sys.stdout.flush()
        os._exit(0)
    os.close(theirs)
    with open(ours, "rb") as told:
        answer = told.read()
    os.waitpid(child, 0)
    parse_piece(answer, path)


def score_value_seeds(folder: Path) -> list[bytes]:
    """The score as lists: name, attributes, text, what is inside."""

    def listed(element: Xml.Element) -> list[Any]:
        inside = [listed(one) for one in element]
        return [element.tag, dict(element.attrib), (element.text or "").strip(), inside]

    return [json.dumps(listed(Xml.fromstring(SCORE))).encode()]


def read_score_values(content: bytes, folder: Path) -> None:
    """Open a score whose values were changed and whose XML is whole."""

    def element(told: Any) -> Xml.Element:
        name, attributes, text, inside = told
        made = Xml.Element(str(name), {str(key): str(v) for key, v in attributes.items()})
        made.text = str(text)
        made.extend(map(element, inside))
        return made

    with contextlib.suppress(*MISFIT):
        text = Xml.tostring(element(json.loads(content)), encoding="unicode")
        content = text.encode(errors="replace")
    read_score(content, folder)


def instrument_seeds(folder: Path) -> list[bytes]:
    """A taught instrument of the bundled model, with a small head."""
    from realtime.inference.instrument_file import TaughtInstrument
    from realtime.inference.onnx_model import OnnxModel
    from realtime.inference.spec import HEAD_TENSORS, OUTPUTS

    spec = OnnxModel().spec
    answers = len(OUTPUTS) * len(spec.heads)
    shapes = ((3, 2), (2,), (2, answers), (answers,))
    weights = {name: np.ones(s, np.float32) for name, s in zip(HEAD_TENSORS, shapes, strict=True)}
    card = {"name": "violin", "notes": 12}
    taught = TaughtInstrument("violin", "0" * 64, weights, spec.heads, spec.refine, card)
    return [taught.to_bytes()]


def read_taught(content: bytes, folder: Path) -> None:
    """Read an instrument the way `--model` does, and hear a fifth of a second by its thresholds."""
    from realtime.inference.instrument_file import read_instrument
    from realtime.inference.spec import ModelSpec
    from realtime.transcription.tracker import NoteTracker

    taught = read_instrument(content)
    spec = replace(ModelSpec("base"), heads=taught.heads, feature_width=3, head_hidden=2)
    spec = taught.spec_of(spec)
    loud = np.random.default_rng(0).random((4, 20, 88)).astype(np.float32)
    for head in spec.heads:
        tracker = NoteTracker(head.decoder, look_ahead_frames=head.look_ahead_frames)
        tracker.feed(*loud)
        tracker.finish()


def instrument_value_seeds(folder: Path) -> list[bytes]:
    """The header of an instrument, its JSON unpacked, and its numbers."""
    content = instrument_seeds(folder)[0]
    (size,) = struct.unpack_from("<Q", content)
    header = json.loads(content[HEADER_BYTES : HEADER_BYTES + size])
    about = header["__metadata__"]
    about.update(taught=json.loads(about["taught"]), card=json.loads(about["card"]))
    numbers = base64.b64encode(content[HEADER_BYTES + size :]).decode()
    return [json.dumps([header, numbers]).encode()]


def read_taught_values(content: bytes, folder: Path) -> None:
    """Read an instrument whose values were changed and whose lengths fit."""
    with contextlib.suppress(*MISFIT):
        header, numbers = json.loads(content)
        about = header["__metadata__"]
        about.update(taught=json.dumps(about["taught"]), card=json.dumps(about["card"]))
        head = json.dumps(header).encode()
        content = struct.pack("<Q", len(head)) + head + base64.b64decode(numbers)
    read_taught(content, folder)


def lesson_seeds(folder: Path) -> list[bytes]:
    """A lesson of one note."""
    from realtime.teach.guide.guide import Taken
    from realtime.teach.guide.lesson_folder import MANIFEST, Lesson, save
    from realtime.teach.guide.plan import Ask

    taken = Taken(Ask("note", (60,), "usual"), (60,), 0.3, 1.0, 2.0, -20.0, "001.flac")
    save(folder, Lesson("violin", taken=(taken, taken)))
    return [(folder / MANIFEST).read_bytes()]


def read_lesson(content: bytes, folder: Path) -> None:
    """Take up a lesson the way the window does."""
    from realtime.teach.guide.lesson_folder import MANIFEST, SOUNDS, read, save

    (folder / SOUNDS).mkdir(exist_ok=True)
    (folder / SOUNDS / "001.flac").touch()
    (folder / MANIFEST).write_bytes(content)
    lesson = read(folder)
    assert 415 <= lesson.a4_hz <= 466, lesson.a4_hz
    assert all(np.isfinite([one.cents, one.level_db]).all() for one in lesson.taken)
    save(folder, lesson)


def own_file_seeds(folder: Path) -> list[bytes]:
    """What we keep of earlier runs: a line of practice, and who was connected."""
    from realtime.practice.history import COLUMNS, add_run

    path = folder / "seed.csv"
    row = dict.fromkeys(COLUMNS, "3") | {"right_share": "0.9", "piece": "A", "mode": "along"}
    for _ in range(2):
        add_run(row, path)
    return [path.read_bytes(), json.dumps(["synth:in", "other:in"]).encode()]


def read_own_files(content: bytes, folder: Path) -> None:
    """Read them the way the practice page and the guardian do; nothing may be raised."""
    from realtime.midi.patchbay import read_targets
    from realtime.practice.history import last_run, runs

    path = folder / "case"
    path.write_bytes(content)
    for row in runs(path):
        assert 0 <= round(100 * float(row["right_share"])) <= 100
    last_run("A", "along", path)
    for name in read_targets(path):
        name.encode()


def take_piece_seeds(folder: Path) -> list[bytes]:
    """A take's notes and the beginning of its .mid."""
    from realtime.files.click import Click

    table = b"onset_s,offset_s,midi_pitch,velocity,emitted_s\n0.5,0.9,60,64,0.55\n"
    table += b"".join(b"%d.0,%d.5,64,90,1.05\n" % (n, n) for n in range(1, 6))
    return [table + MARK + Click(96.0, 3, 0.4).text().encode()]


MARK = b"<<part>>"


def read_take_piece(content: bytes, folder: Path) -> None:
    """Practise a take, and learn from its notes."""
    from realtime.practice.open_piece import open_piece
    from realtime.teach.listening.understanding import read_given

    path = folder / "case.csv"
    table, _, click = content.partition(MARK)
    path.write_bytes(table)
    path.with_suffix(".mid").write_bytes(click)
    with contextlib.suppress(UserError):
        read_given(path)
    open_piece(str(path))


def container_seeds(folder: Path) -> list[bytes]:
    """A fifth of a second in files that libsndfile does not know."""
    import av

    tone = (0.3 * np.sin(np.arange(9600) / 5)).astype(np.float32)[None]
    seeds = []
    for form, codec in (("ipod", "aac"), ("matroska", "aac"), ("mov", "pcm_s16le"), ("adts", "aac"),
                        ("avi", "mp2")):  # fmt: skip
        file = io.BytesIO()
        with av.open(file, "w", format=form) as container:
            stream = container.add_stream(codec, rate=48_000, layout="mono")
            frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            frame.sample_rate = 48_000
            for packet in (*stream.encode(frame), *stream.encode(None)):
                container.mux(packet)
        seeds.append(file.getvalue())
    return seeds


VALUES: dict[str, Reading] = {
    "piece values": (piece_value_seeds, read_piece_values, (UserError,)),
    "score values": (score_value_seeds, read_score_values, (UserError,)),
    "instrument values": (instrument_value_seeds, read_taught_values, (UserError,)),
    "lesson": (lesson_seeds, read_lesson, (UserError,)),
}
"""Readers of JSON whose values are changed: seeds, what reads them, what it may raise."""
BYTES: dict[str, Reading] = {
    "piece": (piece_seeds, read_piece, (UserError,)),
    "take as a piece": (take_piece_seeds, read_take_piece, (UserError,)),
    "score": (score_seeds, read_score, (UserError,)),
    "instrument": (instrument_seeds, read_taught, (UserError,)),
    "own files": (own_file_seeds, read_own_files, ()),
}
"""Readers of files whose bytes are changed."""
