"""`jtm practice` on the bundled performance."""

import json
import threading
import time

import numpy as np
import pytest
import soundfile

import jtm
from realtime.audio.sources import FileSource, SourceStatus
from realtime.commands.demo import FOLDER
from realtime.practice.open_piece import open_piece
from realtime.practice.pieces import Piece, PieceNote, longest_rest_s
from realtime.practice.predictions import EndingSource

PERFORMANCE = str(FOLDER / "performance.flac")


def test_the_bundled_performance_plays_the_bundled_minuet(capsys):
    words = ["practice", "minuet-in-g", "--input", PERFORMANCE, "--fast", "--json"]
    assert jtm.main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"notes", "extras", "summary"}
    assert set(told["notes"][0]) == {
        "bar",
        "beat",
        "pitch",
        "judgement",
        "error_ms",
        "certainty",
    }
    judgements = [note["judgement"] for note in told["notes"]]
    assert judgements.count("right") >= 0.97 * len(judgements)
    assert told["summary"]["right"] == judgements.count("right")
    assert told["summary"]["tempo_bpm"] == pytest.approx(150, abs=1)
    assert told["summary"]["rhythm_ms"]["median"] <= 10
    assert len(told["extras"]) <= 3


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (["minuet-in-g", "--parts", "drums"], 2, "has no part 'drums'"),
        (["minuet-in-g", "--fast"], 2, "--fast reads a recording"),
        (["minuet-in-g", "--input", "gone.wav", "--fast"], 1, "No such sound file"),
        (["gone.mid", "--input", PERFORMANCE], 1, "There is no file gone.mid"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(words, code, why, capsys):
    assert jtm.main(["practice", *words]) == code
    said = capsys.readouterr().err
    assert why in said
    assert len(said.strip().splitlines()) == 1


def test_an_unknown_mode_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as leaving:
        jtm.main(["practice", "minuet-in-g", "--mode", "fast"])
    assert leaving.value.code == 2


def practise(capsys, *words):
    assert jtm.main(["practice", *words, "--fast", "--json"]) == 0
    said = capsys.readouterr()
    return json.loads(said.out), said.err.strip().splitlines()


def test_a_tempo_that_does_not_fit_is_told(tmp_path, capsys):
    sound, rate = soundfile.read(PERFORMANCE)
    soundfile.write(tmp_path / "begin.wav", sound[: 9 * rate], rate)
    words = ["minuet-in-g", "--mode", "along", "--input"]
    told, lines = practise(capsys, *words, str(tmp_path / "begin.wav"), "--tempo", "60")
    codes = [remark["code"] for remark in told["summary"]["remarks"]]
    assert codes == ["practice_tempo"]
    played = told["summary"]["remarks"][0]["values"]["played"]
    told, nothing = practise(capsys, *words, PERFORMANCE, "--tempo", str(round(played)))
    assert told["summary"]["remarks"] == nothing == []
    assert told["summary"]["right_share"] >= 0.97
    assert len(lines) == 1 and f"about {played:.0f} %" in lines[0]


def test_a_silent_recording_is_told(tmp_path, capsys):
    soundfile.write(tmp_path / "still.wav", np.zeros(44100), 22050)
    told, lines = practise(capsys, "first-steps", "--input", str(tmp_path / "still.wav"))
    assert [remark["code"] for remark in told["summary"]["remarks"]] == ["practice_silent"]
    assert lines == ["No note was heard: check the microphone, or the recording."]


def test_notes_out_of_range_are_not_asked_for_and_are_told_once(tmp_path, capsys):
    soundfile.write(tmp_path / "still.wav", np.zeros(44100), 22050)
    words = ["--input", str(tmp_path / "still.wav"), "--transpose"]
    told, lines = practise(capsys, "first-steps", *words, "46")
    assert all(note["pitch"] <= 108 for note in told["notes"])
    outside = told["summary"]["remarks"][0]
    assert outside["code"] == "piece_outside"
    assert outside["values"]["count"] + len(told["notes"]) == len(open_piece("first-steps").notes)
    assert len(lines) == 2 and "A0 to C8" in lines[0]


def test_a_long_rest_does_not_end_a_session(tmp_path):
    notes = (PieceNote(0, 1, 60, 1, 1.0), PieceNote(15, 16, 62, 8, 1.0))
    assert longest_rest_s(Piece("Rests", ("Horn",), notes)) == 14


class VanishingMicrophone(FileSource):
    """Gives the beginning of a recording, and is gone then."""

    live, left_s = True, 6.0

    def read(self, max_frames, least=1):
        if self.left_s <= 0:
            return np.zeros(0, np.float32)
        block = super().read(max_frames, least)
        self.left_s -= len(block) / self.rate
        return block

    def wait(self, frames, timeout_s):
        time.sleep(0.01 if self.left_s <= 0 else 0)

    def status(self):
        return SourceStatus(connected=self.left_s > 0)


def test_a_microphone_that_vanishes_ends_the_session_and_what_was_heard_is_kept(
    monkeypatch, capsys
):
    monkeypatch.setattr(EndingSource, "GONE_S", 0.4, raising=False)
    microphone = VanishingMicrophone(FOLDER / "performance.flac")
    monkeypatch.setattr("realtime.engine.build.open_source", lambda *_, **__: microphone)
    # On a program that waits for it for ever this is what ends the test.
    ending = threading.Timer(20, lambda: setattr(microphone, "read", lambda *_: None))
    ending.daemon = True
    ending.start()
    assert jtm.main(["practice", "minuet-in-g", "--json"]) == 0
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert told["summary"]["right"] >= 10
    assert [remark["code"] for remark in told["summary"]["remarks"]] == ["practice_gaps"]
    assert said.err.strip().splitlines()[-1].startswith(f"No sound came from {microphone.name} for")
