"""Judgements with the score in hand, and the place kept in it."""

from dataclasses import replace

import numpy as np
import pytest

from realtime.practice.assess import assess
from realtime.practice.attacks import NetworkRolls
from realtime.practice.report import UNSURE, rhythm
from realtime.values.practice_modes import PracticeMode
from realtime.values.strictness import Strictness
from tests.realtime.practice.performances import heard, melody, play

PITCHES = [int(p) for p in np.random.default_rng(5).choice([60, 62, 64, 65, 67, 69, 71, 72], 64)]
TUNE = melody(PITCHES)


def judgements(assessment):
    return [verdict.judgement for verdict in assessment.verdicts]


@pytest.mark.parametrize("mode", [PracticeMode.WAIT, PracticeMode.ALONG, PracticeMode.FREE])
def test_a_faithful_performance_is_all_right_and_in_time(mode):
    found = assess(TUNE, heard(play(TUNE, 2.0)), mode)
    assert set(judgements(found)) == {"right"}
    assert max(abs(verdict.error_s) for verdict in found.verdicts) < 0.01
    assert not found.extras
    assert all(found.reached)


@pytest.mark.parametrize("rate", [0.6, 0.8, 1.25, 1.4])
def test_the_piece_follows_another_tempo(rate):
    found = assess(TUNE, heard(play(TUNE, rate=rate)), PracticeMode.FREE)
    assert judgements(found).count("right") == len(TUNE)
    assert found.rate == pytest.approx(rate, rel=0.02)


def test_along_at_a_named_tempo_judges_by_that_tempo():
    slow = heard(play(TUNE, rate=0.8))
    assert judgements(assess(TUNE, slow, PracticeMode.ALONG, rate=0.8)).count("right") == len(TUNE)
    assert (
        judgements(assess(TUNE, slow, PracticeMode.ALONG, rate=1.0)).count("right") < len(TUNE) / 2
    )


def test_another_pitch_is_wrong_and_is_no_extra():
    played = play(TUNE)
    played[20] = (*played[20][:2], played[20][2] + 1)
    found = assess(TUNE, heard(played))
    assert [i for i, word in enumerate(judgements(found)) if word != "right"] == [20]
    assert found.verdicts[20].judgement == "wrong"
    assert found.verdicts[20].certainty > 0.5
    assert not found.extras


def test_a_note_left_out_is_missed():
    played = play(TUNE)
    del played[30]
    found = assess(TUNE, heard(played))
    assert [i for i, word in enumerate(judgements(found)) if word != "right"] == [30]
    assert found.verdicts[30].judgement == "missed"
    assert found.verdicts[30].error_s is None


@pytest.mark.parametrize("mode", [PracticeMode.FREE, PracticeMode.ALONG])
def test_a_repetition_left_out_is_missed_though_its_pitch_sounded_before(mode):
    notes = melody([64, 60, 60, 60, 60, 62, 62, 62, 65, 64, 62, 60])
    played = play(notes)
    del played[6], played[3]
    found = assess(notes, heard(played), mode)
    missed = {i for i, v in enumerate(found.verdicts) if v.judgement == "missed"}
    assert missed == {3, 6}
    assert all(found.verdicts[i].certainty >= 0.5 for i in missed)
    assert not found.extras


def test_a_note_struck_again_while_it_is_held_is_an_extra():
    notes = melody([64, 60, 67, 60, 65, 62, 69, 62, 65, 64, 62, 60], step_s=0.8)
    played = play(notes)
    on, off, pitch = played[6]
    played[6:7] = [(on, on + 0.38, pitch), (on + 0.4, off, pitch)]
    found = assess(notes, heard(played))
    assert all(v.judgement == "right" for v in found.verdicts)
    assert [(e.pitch, round(e.time_s - on, 1)) for e in found.extras] == [(69, 0.4)]


def test_a_note_too_many_is_an_extra():
    played = play(TUNE)
    at_s = played[10][0] + 0.2
    found = assess(TUNE, heard([*played, (at_s, at_s + 0.1, 54)]))
    assert judgements(found).count("right") == len(TUNE)
    (extra,) = found.extras
    assert extra.pitch == 54
    assert extra.time_s == pytest.approx(at_s, abs=0.03)


@pytest.mark.parametrize(("shift_s", "word"), [(0.15, "late"), (-0.15, "early")])
def test_a_note_out_of_time_is_early_or_late(shift_s, word):
    played = play(TUNE)
    on, off, pitch = played[25]
    played[25] = (on + shift_s, off + shift_s, pitch)
    found = assess(TUNE, heard(played))
    assert [i for i, said in enumerate(judgements(found)) if said != "right"] == [25]
    assert found.verdicts[25].judgement == word
    assert found.verdicts[25].error_s == pytest.approx(shift_s, abs=0.02)


@pytest.mark.parametrize(("strength", "late"), [(0.3, False), (0.12, False), (0.01, True)])
def test_who_was_heard_in_time_is_not_late_for_what_sounds_after(strength, late):
    """A soft note that is struck once more, loudly, 180 ms later: bowed notes swell like that."""
    played = play(TUNE)
    on, off, pitch = played.pop(25)
    soft, again = heard([(on, off, pitch)], 30.0, strength), heard([(on + 0.18, off, pitch)], 30.0)
    rest = heard(played, 30.0)
    onset = np.maximum(rest.onset, np.maximum(soft.onset, again.onset))
    found = assess(TUNE, replace(rest, onset=onset, frame=np.maximum(rest.frame, soft.frame)))
    verdict = found.verdicts[25]
    assert (verdict.judgement == "late" and verdict.certainty > UNSURE) is late


def test_waiting_knows_no_rhythm():
    played = play(TUNE)
    on, off, pitch = played[25]
    played[25] = (on + 0.15, off + 0.15, pitch)
    assert judgements(assess(TUNE, heard(played), PracticeMode.WAIT)).count("right") == len(TUNE)


def test_a_faint_attack_where_a_note_is_due_suffices_but_elsewhere_does_not():
    faint = heard(play(TUNE), strength=0.15)
    assert judgements(assess(TUNE, with_clear_neighbours(faint))).count("right") == len(TUNE)


def with_clear_neighbours(faint: NetworkRolls) -> NetworkRolls:
    """Every second note clear, the others faint, and a faint attack that nobody expects."""
    onset = faint.onset.copy()
    for index, (on, _, pitch) in enumerate(play(TUNE)):
        if index % 2:
            middle = round(on / faint.frame_s) + 1
            onset[middle - 2 : middle + 3, pitch - 21] *= 6
    onset[700:705, 50 - 21] = 0.14
    return replace(faint, onset=onset)


def test_overtones_of_expected_notes_are_no_mistakes():
    played = play(TUNE)
    ghosts = [(on + 0.01, off, pitch + 12) for on, off, pitch in played[::3]]
    sound = heard(played)
    echo = heard(ghosts, sound.seconds, 0.4)
    both = NetworkRolls(
        np.maximum(sound.onset, echo.onset), sound.frame, sound.frame_s, 21, sound.seconds
    )
    found = assess(TUNE, both)
    assert not found.extras
    assert judgements(found).count("right") == len(TUNE)


def test_a_jump_back_of_four_bars_is_followed_and_what_is_played_again_counts_anew():
    first, again = TUNE[:40], TUNE[24:]
    played = play(first)
    played[38] = (*played[38][:2], 45)
    start_s = played[-1][1] + 0.3
    played += play(again, start_s, from_s=again[0].onset_s)
    found = assess(TUNE, heard(played))
    assert judgements(found).count("right") == len(TUNE)
    assert len(found.passes) == 2
    assert found.passes[1][0] == pytest.approx(again[0].onset_s, abs=0.9)


def test_a_pause_is_no_mistake():
    played = play(TUNE[:30]) + play(TUNE[30:], 0.5 + 12.0 + 5.0, from_s=12.0)
    found = assess(TUNE, heard(played))
    assert judgements(found).count("right") == len(TUNE)


def test_skipped_bars_are_missed_and_the_rest_is_right():
    played = play(TUNE[:24]) + play(TUNE[44:], 0.5 + 24 * 0.4, from_s=44 * 0.4)
    words = judgements(assess(TUNE, heard(played)))
    assert set(words[24:44]) == {"missed"}
    assert (words[:24] + words[44:]).count("right") >= 43


def test_somebody_else_s_part_is_no_extra():
    bass = melody([36, 43, 38, 45] * 16)
    both = heard(play(TUNE) + play(bass))
    assert assess(TUNE, both).extras
    found = assess(TUNE, both, others=bass)
    assert not found.extras
    assert judgements(found).count("right") == len(TUNE)


def test_two_voices_on_one_pitch_are_one_note():
    doubled = sorted([*TUNE, *TUNE[::4]], key=lambda note: (note.onset_s, note.pitch))
    found = assess(doubled, heard(play(TUNE)))
    assert judgements(found) == ["right"] * len(doubled)


def test_silence_misses_everything_and_accuses_nobody_of_extras():
    found = assess(TUNE, heard([], seconds=5.0))
    assert set(judgements(found)) == {"missed"}
    assert not any(found.reached)
    assert not found.extras


def test_the_first_note_of_a_pass_is_early_or_late_for_nobody_sure():
    tune = melody([60, 62, 64, 65, 67, 65, 64, 62, 60, 64])
    played = play(tune)
    on, off, pitch = played[0]
    played[0] = (on - 0.2, off, pitch)
    first = assess(tune, heard(played)).verdicts[0]
    assert first.judgement != "missed" and (first.judgement == "right" or first.certainty < UNSURE)


def test_a_note_that_was_due_as_the_sound_ended_is_not_surely_missed():
    tune = melody([60, 62, 64, 65, 67, 65, 64, 62, 60, 64])
    played = play(tune)
    cut_s = played[-1][0] + 0.05
    last = assess(tune, heard(played[:-1], cut_s)).verdicts[-1]
    assert last.judgement == "right" or last.certainty < UNSURE


def test_who_stops_and_lets_it_run_on_has_missed_nothing_that_was_right_before():
    tune = melody([60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72])
    again = [*play(tune), *play(tune[:6], 6.0)]
    found = assess(tune, heard(again, 12.0))
    assert [verdict.judgement for verdict in found.verdicts] == ["right"] * 12


def test_an_octave_ghost_is_less_sure_than_a_wrong_note():
    tune = melody([60, 62, 64, 65, 67, 65, 64, 62])
    on, off, _ = play(tune)[3]
    ghost = assess(tune, heard([*play(tune), (on, off, 77)])).extras
    apart = assess(tune, heard([*play(tune), (on + 0.2, off, 70)])).extras
    assert [extra.pitch for extra in apart] == [70] and apart[0].certainty >= UNSURE
    assert all(extra.certainty < UNSURE for extra in ghost)


def test_a_player_with_a_firm_rhythm_is_held_to_it_and_a_loose_one_is_not():
    def shifted(spread_s: float) -> str:
        played = play(TUNE)
        wander = np.random.default_rng(3).normal(0, spread_s, len(played))
        played = [(on + w, off + w, p) for (on, off, p), w in zip(played, wander, strict=True)]
        on, off, pitch = play(TUNE)[25]
        played[25] = (on + 0.095, off + 0.095, pitch)
        return assess(TUNE, heard(played)).verdicts[25].judgement

    assert shifted(0.004) == "late"
    assert shifted(0.035) == "right"


def test_an_interval_that_is_heard_with_many_notes_is_how_the_instrument_sounds():
    played = play(TUNE)
    ringing = [(on, off, pitch + 17) for on, off, pitch in played[::2]]
    once = [(played[10][0], played[10][1], played[10][2] + 17)]
    often = assess(TUNE, heard([*played, *ringing])).extras
    assert not [extra for extra in often if extra.certainty >= UNSURE]
    alone = assess(TUNE, heard([*played, *once])).extras
    assert [extra.certainty >= UNSURE for extra in alone] == [True]


def test_thresholds_of_the_model_decide():
    played = play(TUNE)
    at_s = played[10][0] + 0.2
    sound = heard([*played, (at_s, at_s + 0.1, 54)])
    assert assess(TUNE, sound).extras
    assert not assess(TUNE, sound, rules=Strictness(extra_told=50.0)).extras


def test_the_histogram_tells_which_notes_were_right():
    """What is in time follows the player's spread: 90 ms late can be right, 99 ms late not."""
    told = rhythm([(-5.0, True), (-15.0, True), (90.0, True), (99.0, False), (300.0, False)])
    assert told["histogram"] == [
        {"from_ms": -20, "notes": 2, "right": 2},
        {"from_ms": 80, "notes": 2, "right": 1},
        {"from_ms": 180, "notes": 1, "right": 0},
    ]
    assert (told["median"], rhythm([])["histogram"]) == (90.0, [])


@pytest.mark.parametrize("beside", [-2, 2])
def test_the_smear_of_a_note_is_not_its_neighbour(beside):
    """The onset of a note spreads to the next pitches, which do not sound on."""
    number = 20
    played = TUNE[number]
    neighbour = replace(played, pitch=played.pitch + beside)
    notes = sorted([*TUNE, neighbour], key=lambda note: (note.onset_s, note.pitch))
    sound = heard(play(TUNE, 0.5))
    onset, frame = sound.onset.copy(), sound.frame.copy()
    at = round((0.5 + played.onset_s) / sound.frame_s) + 1
    column = neighbour.pitch - sound.pitch_low
    onset[at - 2 : at + 3, column] = 0.05
    frame[at : at + 14, column] = 0.6
    found = assess(notes, replace(sound, onset=onset, frame=frame))
    wrong = [
        note.pitch - played.pitch
        for note, verdict in zip(notes, found.verdicts, strict=True)
        if verdict.judgement != "right"
    ]
    assert wrong == [beside]
