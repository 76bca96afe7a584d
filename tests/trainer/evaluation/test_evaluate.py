"""`jtm evaluate` scores what is right as right, and tuning never makes it worse."""

import json
from dataclasses import replace

import numpy as np
import pytest
import soundfile

import jtm
from export.model_spec import read_refine, read_thresholds
from realtime.inference.spec import DecoderSettings, HeadSpec, ModelSpec
from realtime.values.notes import Note
from trainer.evaluation.evaluate import RecordingRolls, decode_rolls, evaluate
from trainer.evaluation.figures import score
from trainer.evaluation.intervals import interval_of_group_means, mean_interval
from trainer.evaluation.judged import JudgedRecordings
from trainer.evaluation.left_out import left_out
from trainer.evaluation.recording import ScoredRecording
from trainer.evaluation.reports import format_table, lacks_interval, tables_of
from trainer.evaluation.tables import by_group, find_outcomes
from trainer.evaluation.tuning import (
    Search,
    fit_velocity,
    objective,
    refined,
    thresholds_json,
    tune,
    tune_refine,
)

ROLLS = ("onset", "frame", "offset", "velocity")


def recording(tmp_path, notes, group="piano", seconds=4.0, tolerance=0.05) -> ScoredRecording:
    table = np.array(notes, float).reshape(-1, 4)
    return ScoredRecording("one", group, tmp_path / "a.wav", table, seconds, tolerance)


def note(onset, offset, pitch, emitted=0.0) -> Note:
    return Note(onset, offset, pitch, 80, emitted)


def test_a_right_note_scores_one_and_a_late_one_only_where_onsets_are_soft(tmp_path):
    truth = [[1.0, 1.5, 60, 90], [2.0, 2.5, 64, 90]]
    found = [note(1.0, 1.5, 60, 1.05), note(2.08, 2.5, 64, 2.13)]
    hard = score(recording(tmp_path, truth), found)
    soft = score(recording(tmp_path, truth, tolerance=0.1), found)
    assert hard["onset_f1"] == pytest.approx(0.5)
    assert soft["onset_f1"] == pytest.approx(1.0)
    assert hard["delay_ms"] == pytest.approx(50.0)
    assert score(recording(tmp_path, truth), [])["onset_f1"] == 0.0


def test_notes_in_a_recording_without_any_are_counted_by_the_minute(tmp_path):
    empty = recording(tmp_path, np.zeros((0, 4)), "negative", 30.0)
    assert score(empty, [note(1, 2, 60)])["false_per_minute"] == pytest.approx(2.0)


def test_groups_count_once_whatever_their_size(tmp_path):
    big = [(recording(tmp_path, np.zeros((1, 4)), "big"), {"onset_f1": 1.0})] * 9
    small = [(recording(tmp_path, np.zeros((1, 4)), "small"), {"onset_f1": 0.0})]
    assert by_group(big + small)["all"]["onset_f1"] == pytest.approx(0.5)


@pytest.fixture
def heard(tmp_path) -> RecordingRolls:
    """One note whose onset probability is 0.2, one ghost at 0.1."""
    rolls = {name: np.zeros((400, 1, 88), np.float32) for name in ("onset", "offset", "velocity")}
    rolls["frame"] = np.zeros((400, 1, 88), np.float32)
    rolls["onset"][104:106, 0, 39] = 0.2
    rolls["frame"][104:154, 0, 39] = 0.8
    rolls["onset"][204, 0, 50] = 0.1
    rolls["frame"][204:210, 0, 50] = 0.8
    return RecordingRolls(recording(tmp_path, [[1.0, 1.5, 60, 90]]), rolls)


def test_tuning_finds_the_threshold_between_note_and_ghost(heard):
    spec = ModelSpec("t", heads=(HeadSpec(4, DecoderSettings(onset_threshold=0.3)),))
    before = objective(evaluate([heard], spec, 0, spec.heads[0].decoder))
    best = tune([heard], spec, 0)
    table = evaluate([heard], spec, 0, best)
    assert 0.1 < best.onset_threshold <= 0.2
    assert table["all"]["onset_f1"] == 1.0
    assert objective(table) > before


@pytest.mark.parametrize(("longer", "hurries"), [(4, True), (8, False)])
def test_a_look_ahead_beyond_what_is_in_time_waits_for_all_notes(heard, longer, hurries):
    both = {name: np.concatenate([roll, roll], axis=1) for name, roll in heard.rolls.items()}
    early = DecoderSettings(onset_threshold=0.15, early=((1, 0.15),))
    spec = ModelSpec("t", heads=(HeadSpec(1), HeadSpec(longer, early)))
    best = tune([RecordingRolls(heard.recording, both)], spec, 1, Search(rounds=1))
    assert bool(best.early) == hurries


@pytest.mark.slow
def test_the_command_scores_the_bundled_model(tmp_path, capsys):
    tone = 0.2 * np.sin(2 * np.pi * 440 * np.arange(32_000) / 16_000)
    soundfile.write(tmp_path / "a.wav", tone, 16_000)
    (tmp_path / "a.csv").write_text("onset_s,offset_s,midi_pitch,velocity\n0.0,2.0,69,-1\n")
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("id,group,file,truth\nx,tones,a.wav,a.csv\nn,negative,a.wav,\n")
    assert jtm.main(["evaluate", str(manifest), "--json"]) == 0
    tables = json.loads(capsys.readouterr().out)
    groups = {"tones", "negative", "all", "items"}
    assert set(tables["40ms"]) == set(tables["refine"]) == groups
    assert "delay_ms" not in tables["refine"]["all"]
    assert jtm.main(["evaluate", str(tmp_path / "none.csv")]) == 1
    assert "No manifest" in capsys.readouterr().err


def test_a_swelled_note_left_when_it_was_sure_not_when_it_began(heard):
    heard.rolls["onset"][:] = 0
    spec = ModelSpec("t", heads=(HeadSpec(4),))
    settings = DecoderSettings(swell_threshold=0.7, swell_frames=6)
    first = decode_rolls(heard, spec, 0, settings)[0]
    assert first.onset_s == pytest.approx(1.0)
    assert first.emitted_s == pytest.approx(1.0 + (5 + 4 + 1) * 0.01)


def test_in_time_means_within_sixty_milliseconds(tmp_path):
    truth = [[1.0, 1.5, 60, 90], [2.0, 2.5, 64, 60]]
    found = [note(1.0, 1.5, 60, 1.05), note(2.0, 2.5, 64, 2.07)]
    assert score(recording(tmp_path, truth), found)["live_f1"] == pytest.approx(0.5)


def test_velocity_counts_what_agrees_after_the_best_line(tmp_path):
    truth = [[t, t + 0.5, 60, v] for t, v in ((0.5, 20), (1.5, 60), (2.5, 100))]
    rising = [Note(t, t + 0.5, 60, v, t) for t, v in ((0.5, 50), (1.5, 60), (2.5, 70))]
    flat = [Note(t, t + 0.5, 60, 64, t) for t in (0.5, 1.5, 2.5)]
    assert score(recording(tmp_path, truth), rising)["velocity_f1"] == pytest.approx(1.0)
    assert "velocity_f1" not in score(recording(tmp_path, truth), flat), "it has none to speak of"
    wrong = [replace(one, velocity=v) for one, v in zip(rising, (50, 52, 90), strict=True)]
    assert score(recording(tmp_path, truth), wrong)["velocity_f1"] == pytest.approx(1 / 3)


def test_intervals_cover_the_mean_of_few_recordings_as_often_as_they_say():
    """A percentile bootstrap of three covers 73 %, of five 84 %."""
    rng = np.random.default_rng(0)
    for count in (3, 5):
        drawn = rng.normal(0.6, 0.1, (1000, count))
        found = [mean_interval(one) for one in drawn]
        assert 0.92 < np.mean([low <= 0.6 <= high for low, high in found]) < 0.98
        pairs = [
            interval_of_group_means([one, 0.4 + 0 * one + other])
            for one, other in zip(drawn, rng.normal(0, 0.1, (1000, count)), strict=True)
        ]
        assert 0.92 < np.mean([low <= 0.5 <= high for low, high in pairs]) < 0.985
    assert mean_interval([0.5]) is None and interval_of_group_means([[0.5], [0.7]]) is None
    assert mean_interval([0.5, 0.5]) == (0.5, 0.5)


def test_recordings_that_score_alike_claim_no_interval(tmp_path):
    one = recording(tmp_path, [(0.1, 0.5, 60, 80)])
    right = [Note(0.1, 0.5, 60, 64, 0.2)]

    def rows(*answers):
        table = tables_of([find_outcomes(one, heard, score(one, heard)) for heard in answers])
        return table, [line.split() for line in format_table("40ms", table).splitlines()]

    for alike in (rows(right, right, right), rows([], [], [])):
        assert not any("onset_f1_low" in row for row in alike[0].values())
        assert all(lacks_interval(row) for row in alike[0].values())
        assert "%" in alike[1][0] and all("-" in line for line in alike[1][1:])
    apart = rows(right, right, [])
    assert "0.000-1.000" in apart[1][1] and not any(map(lacks_interval, apart[0].values()))


def test_a_group_without_spread_is_not_taken_for_known():
    """It counts with the spread of the others, of which fewer recordings tell."""
    low, high = interval_of_group_means([[0.5, 0.5, 0.5], [0.6, 0.7, 0.8]])
    both = interval_of_group_means([[0.4, 0.5, 0.6], [0.6, 0.7, 0.8]])
    assert low < both[0] < both[1] < high


def test_refining_is_tuned_and_travels_with_the_thresholds(heard, tmp_path):
    heard.rolls["frame"][206:210, 0, 50] = 0
    heard.rolls["onset"][204, 0, 50] = 0.9
    spec = ModelSpec("t", heads=(HeadSpec(4, DecoderSettings(onset_threshold=0.15)),))
    found = tune_refine([heard], spec, Search(rounds=1))
    assert found.support > 0, "only support tells the short ghost from the note"
    again, single = refined([heard], spec, found)
    assert evaluate(again, single, 0, found.decoder)["all"]["onset_f1"] == 1.0
    path = tmp_path / "thresholds.json"
    path.write_text(json.dumps(thresholds_json(replace(spec, refine=found))))
    assert read_refine(str(path)) == found
    assert read_thresholds(str(path)) == {4: spec.heads[0].decoder}


def test_the_loudness_scale_rises_and_hits_the_keys(tmp_path):
    rolls = {name: np.zeros((8000, 1, 88), np.float32) for name in ("onset", "frame", "offset")}
    rolls["velocity"] = np.zeros((8000, 1, 88), np.float32)
    truth = []
    for index in range(79):
        start = 50 + 100 * index
        rolls["onset"][start, 0, 39] = 0.9
        rolls["frame"][start : start + 50, 0, 39] = 0.9
        said = 0.5 + 0.1 * index / 78
        rolls["velocity"][start, 0, 39] = said
        truth.append([start / 100, start / 100 + 0.5, 60, 20 + 1000 * (said - 0.5)])
    spec = ModelSpec("t", heads=(HeadSpec(0),))
    one = RecordingRolls(recording(tmp_path, truth, seconds=80.0), rolls)
    found = fit_velocity([one], spec, 0, spec.heads[0].decoder)
    values = [decode_rolls(one, spec, 0, found)[i].velocity for i in (2, 39, 76)]
    assert values == pytest.approx([truth[i][3] for i in (2, 39, 76)], abs=6)
    assert [y for _, y in found.velocity_map] == sorted(y for _, y in found.velocity_map)


def two_groups(tmp_path) -> list[RecordingRolls]:
    """Notes whose onset probability is 0.2 in one group and 0.4 in the other, both with ghosts."""
    heard = []
    for group, sure, ghost in (("soft", 0.2, 0.05), ("loud", 0.4, 0.25)):
        rolls = {name: np.zeros((400, 1, 88), np.float32) for name in ROLLS}
        for start, row, onset in ((104, 39, sure), (204, 45, sure), (304, 50, ghost)):
            rolls["onset"][start : start + 2, 0, row] = onset
            rolls["frame"][start : start + 50, 0, row] = 0.8
        truth = [[1.0, 1.5, 60, 90], [2.0, 2.5, 66, 60]]
        heard.append(RecordingRolls(recording(tmp_path, truth, group), rolls))
    return heard


def test_a_group_left_out_is_scored_by_thresholds_of_the_others(tmp_path):
    heard = two_groups(tmp_path)
    start = DecoderSettings(onset_threshold=0.3, gathered_threshold=0.0)
    spec = ModelSpec("t", heads=(HeadSpec(4, start),))
    table = left_out(heard, spec, 0, Search(rounds=1))
    assert table["loud"]["onset_f1"] == pytest.approx(0.8)  # its ghost passes what suits the soft
    assert table["soft"]["onset_f1"] == 0.0  # its notes do not pass what suits the loud
    seen = evaluate(heard, spec, 0, tune(heard, spec, 0, Search(rounds=1)))
    assert seen["all"]["onset_f1"] > table["all"]["onset_f1"]


def test_nothing_is_decoded_twice_with_the_same_thresholds(tmp_path, monkeypatch):
    heard = two_groups(tmp_path)
    judged = JudgedRecordings(heard, ModelSpec("t", heads=(HeadSpec(4),)), 0)
    first = judged.table(DecoderSettings(), without="loud")
    monkeypatch.setattr("trainer.evaluation.judged.score_each", None)
    assert judged.table(DecoderSettings(), without="loud") == first
    assert set(judged.table(DecoderSettings())) == {"soft", "loud", "all"}
    assert judged.groups == ["soft", "loud"]


def test_what_a_group_lacks_of_its_floor_costs_more_than_another_wins():
    table = {"a": {"onset_f1": 0.9}, "b": {"onset_f1": 0.7}}
    table["all"] = {"onset_f1": 0.8, "offset_f1": 0.0}
    even = {"a": {"onset_f1": 0.79}, "b": {"onset_f1": 0.79}}
    even["all"] = {"onset_f1": 0.79, "offset_f1": 0.0}
    floor = {"a": 0.75, "b": 0.78}
    assert objective(table) > objective(even)
    assert objective(table, floor=floor) < objective(even, floor=floor) == objective(even)
