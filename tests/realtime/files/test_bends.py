import pytest

from realtime.files.bends import read_bends
from realtime.files.note_files import Heading, write_midi
from realtime.values.notes import Note

NOTES = [Note(0.5, 2.0, 69, 90, 0.5), Note(3.0, 4.0, 71, 90, 3.0)]
BENDS = [(0.5, 0.0), (1.0, 35.5), (1.25, -60.0), (3.5, 12.0)]


@pytest.mark.parametrize("bpm", [60.0, 120.0, 97.3])
def test_bends_come_back_in_seconds_and_cents(tmp_path, bpm):
    path = tmp_path / "take.mid"
    write_midi(NOTES, path, Heading("take", bpm=bpm), bends=BENDS)
    read = [(at_s, cents) for at_s, cents in read_bends(path) if cents]
    wanted = [(at_s, cents) for at_s, cents in BENDS if cents]
    assert [at_s for at_s, _ in read] == pytest.approx([at_s for at_s, _ in wanted], abs=0.002)
    assert [cents for _, cents in read] == pytest.approx([c for _, c in wanted], abs=0.1)


def test_no_bends_where_none_are(tmp_path):
    write_midi(NOTES, tmp_path / "plain.mid", Heading("plain"))
    assert read_bends(tmp_path / "plain.mid") == []
    (tmp_path / "broken.mid").write_bytes(b"MThd no")
    assert read_bends(tmp_path / "broken.mid") == []
    assert read_bends(tmp_path / "gone.mid") == []
