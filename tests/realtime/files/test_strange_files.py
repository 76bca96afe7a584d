"""Values of the wrong kind, size or depth in files that people hand on: refused in words."""

import json
import os
import signal
import struct
import time
import zipfile

import numpy as np
import pytest
from mido import Message

from realtime.files import midi_file
from realtime.files.bends import read_bends
from realtime.files.midi_file import NoMidiFile, open_midi
from realtime.inference.model_file import open_model_file
from realtime.midi.patchbay import read_targets
from realtime.practice.history import COLUMNS, add_run, runs
from realtime.practice.open_piece import open_piece
from realtime.practice.readers import musical_time
from realtime.teach.guide.guide import Taken
from realtime.teach.guide.lesson_folder import MANIFEST, Lesson, read, save
from realtime.teach.guide.plan import Ask
from realtime.teach.listening.understanding import read_given
from realtime.troubles.errors import UserError
from realtime.values.json_text import parse_json

NOTES = [Message("note_on", note=60, velocity=70), Message("note_off", note=60, time=480)]


def midi_of(path, *events, ticks=480, notes=NOTES):
    """A .mid with raw events (bytes) before its notes."""
    track = b"".join(b"\0" + event for event in events)
    for message in notes:
        wait = message.time
        septets = [wait >> shift & 0x7F | 0x80 * (shift > 0) for shift in (21, 14, 7, 0)]
        track += bytes(septets) + bytes(message.bytes())
    head = b"MThd" + struct.pack(">IHHH", 6, 0, 1, ticks)
    path.write_bytes(head + b"MTrk" + struct.pack(">I", len(track)) + track)
    return path


@pytest.mark.parametrize(
    "event",
    [bytes([255, 89, 2, 44, 0]), bytes([255, 89, 2, 0, 9]), bytes([255, 81, 1, 0]), bytes([244])],
    ids=["44 sharps", "no mode", "short tempo", "no status"],
)
def test_whatever_the_library_says_of_a_piece_is_told_in_words(tmp_path, event):
    path = midi_of(tmp_path / "a.mid", event)
    for reader in (lambda: open_piece(str(path)), lambda: read_given(path)):
        with pytest.raises(UserError, match=r"a\.mid"):
            reader()
    assert read_bends(path) == []


def test_a_midi_file_without_ticks_in_a_beat_is_told_in_words(tmp_path):
    path = midi_of(tmp_path / "a.mid", ticks=0)
    for reader in (lambda: open_piece(str(path)), lambda: read_given(path)):
        with pytest.raises(UserError, match=r"a\.mid"):
            reader()


def test_a_midi_file_that_would_take_minutes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(midi_file, "LARGEST_FILE", 1000)
    path = tmp_path / "a.mid"
    path.write_bytes(bytes(1001))
    with pytest.raises(NoMidiFile, match="more than"):
        open_midi(path)


def test_names_of_parts_are_utf_8_or_latin(tmp_path):
    for text, raw in (("Gęśle", "Gęśle".encode()), ("Flöte", "Flöte".encode("latin1"))):
        path = midi_of(tmp_path / "a.mid", bytes([255, 3, len(raw)]) + raw)
        assert open_piece(str(path)).parts == (text,)


@pytest.mark.parametrize("metre", [bytes([0, 2, 24, 8]), bytes([1, 40, 24, 8])])
def test_bars_without_length_do_not_fill_the_memory(tmp_path, metre):
    last = Message("note_off", note=60, time=(1 << 27))
    signs = bytes([255, 88, 4]) + metre
    path = midi_of(tmp_path / "a.mid", signs, ticks=30_000, notes=[NOTES[0], last])
    began = time.process_time()
    with pytest.raises(UserError, match="more than 100000 bars"):
        open_piece(str(path))
    assert time.process_time() - began < 2


def test_a_take_of_a_hundred_years_is_no_piece(tmp_path, monkeypatch):
    monkeypatch.setattr(musical_time, "MOST_BARS", 1000)
    path = tmp_path / "a.csv"
    path.write_text("onset_s,offset_s,midi_pitch,velocity\n0,1,60,64\n3600,3601,60,64\n")
    with pytest.raises(UserError, match="bars"):
        open_piece(str(path))


@pytest.mark.parametrize("pitch", ["9" * 400, "1e400", "nan"])
def test_notes_to_learn_from_with_absurd_numbers_are_told_in_words(tmp_path, pitch):
    path = tmp_path / "a.csv"
    path.write_text(f"onset_s,offset_s,midi_pitch\n0,1,{pitch}\n")
    with pytest.raises(UserError, match=r"a\.csv"):
        read_given(path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda v: v["taken"][0].update(pitches=[float("inf")]),
        lambda v: v["taken"][0].update(cents=float("nan")),
        lambda v: v["taken"][0].update(level_db=float("inf")),
        lambda v: v["taken"][0].update(sound="9" * 400 + ".flac"),
        lambda v: v.update(a4_hz=float("nan")),
    ],
)
def test_numbers_of_a_lesson_are_numbers(tmp_path, damage):
    taken = Taken(Ask("note", (60,), "usual"), (60,), 0.3, 1.0, 2.0, -20.0, "001.flac")
    save(tmp_path, Lesson("a", taken=(taken,)))
    values = json.loads((tmp_path / MANIFEST).read_text())
    damage(values)
    (tmp_path / MANIFEST).write_text(json.dumps(values))
    with pytest.raises(UserError, match="damaged"):
        read(tmp_path)


def test_a_line_of_the_practice_table_of_any_length_costs_only_itself(tmp_path):
    path = tmp_path / "practice.csv"
    row = dict.fromkeys(COLUMNS, "1") | {"right_share": "0.5"}
    add_run(row, path)
    with path.open("a") as file:
        file.write("x" * 200_000 + "\n")
    add_run(row, path)
    assert len(runs(path)) == 2


@pytest.mark.parametrize("name", ["\ud800", "a\0b", "", 5, None, ["a"]])
def test_names_that_no_port_has_are_not_connected(tmp_path, name):
    path = tmp_path / "connections.json"
    path.write_text(json.dumps(["synth:in", name]))
    assert read_targets(path) == {"synth:in"}


def test_json_that_is_nested_deep_is_a_value_error():
    with pytest.raises(ValueError, match="deep"):
        parse_json("[" * 200_000 + "]" * 200_000)
    assert parse_json(b'{"a": [1, 2]}') == {"a": [1, 2]} and np.isnan(parse_json("NaN"))


@pytest.fixture
def impatient():
    """Ends a test that waits for what never comes."""

    def give_up(*_):
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


READERS = {
    ".onnx": open_model_file,
    ".mid": lambda path: open_piece(str(path)),
    ".musicxml": lambda path: open_piece(str(path)),
    ".mxl": lambda path: open_piece(str(path)),
    ".csv": lambda path: open_piece(str(path)),
    ".CSV": read_given,
    ".MID": read_given,
}
"""Ending -> what reads a file of it that a user names."""


@pytest.mark.parametrize("ending", READERS)
@pytest.mark.parametrize("what", ["pipe", "device"])
def test_a_pipe_that_never_begins_and_a_device_that_never_ends(tmp_path, impatient, ending, what):
    path = tmp_path / f"strange{ending}"
    if what == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    with pytest.raises(UserError, match="pipe or a device") as refused:
        READERS[ending](path)
    assert path.name in str(refused.value)


def test_no_file_of_a_packed_score_is_unpacked_beyond_its_limit(tmp_path):
    path = tmp_path / "bomb.mxl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("META-INF/container.xml", b" " * (200 << 20))
    with pytest.raises(UserError, match="a score of more than"):
        open_piece(str(path))
