"""`jtm practice` on the bundled performance."""

import json

import pytest

import jtm
from realtime.commands.demo import FOLDER

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
