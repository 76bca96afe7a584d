"""Names that others chose steer no terminal and spoil no file."""

import mido
import pytest

from realtime.files.note_files import Heading, write_midi
from realtime.files.plain_text import plain
from realtime.values.notes import Note

NOTES = [Note(0.0, 0.5, 60, 80, 0.1)]
NASTY = ["a\x1b]0;title\x07b", "bad\udcff", "a\u202egpj.exe", "a\x00b\x0c", "line\nline"]


@pytest.mark.parametrize("text", ["Zażółć gęślą jaźń", "日本語 😀", "می\u200cخواهم", "a & <b>"])
def test_what_can_be_seen_stays(text):
    assert plain(text) == text


@pytest.mark.parametrize("name", NASTY)
def test_nothing_else_does(name, tmp_path):
    shown = plain(name)
    shown.encode()
    assert shown.isprintable() and len(shown) == len(name)
    write_midi(NOTES, tmp_path / "a.mid", Heading(name, instrument=name), markers=[(0.1, name)])
    assert mido.MidiFile(tmp_path / "a.mid", charset="utf-8").tracks[1].name == shown
