"""A file that is played as input and ends before its header says is named for that."""

import numpy as np
import soundfile

from realtime.values.settings import EngineSettings


def ended(make_stage, path) -> str:
    stage = make_stage(EngineSettings(input=str(path)))
    stage.engine.forced = {"state": "file-ended", "input_name": str(path)}
    stage.play(0.2)
    (strip,) = [each for each in stage.window.notices.strips if each.isVisible()]
    assert strip.notice.title == "The file has ended"
    return strip.notice.text


def test_a_file_that_broke_off_says_how_much_is_there(make_stage, tmp_path):
    path = tmp_path / "song.wav"
    soundfile.write(path, np.zeros(8000 * 10), 8000)
    whole = path.read_bytes()
    assert "cut off" not in ended(make_stage, path)
    broken = tmp_path / "broken.wav"
    broken.write_bytes(whole[: len(whole) // 4])
    said = ended(make_stage, broken)
    assert "broken.wav is cut off: 2.5 s of 10.0 s are there." in said
