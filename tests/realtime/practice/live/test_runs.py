"""Runs of practice, hop by hop, on performances made of numbers."""

import numpy as np
import pytest

from realtime.practice.live.along_run import AlongRun
from realtime.practice.live.free_run import LAG_S, FreeRun
from realtime.practice.live.memory import Memory
from realtime.practice.live.plan import PracticePlan
from realtime.practice.live.wait_run import WaitRun
from realtime.practice.pieces import Bar, PieceNote
from realtime.values.practice_modes import PracticeMode
from tests.realtime.practice.performances import FRAME_S, LOW, heard, melody, play

PITCHES = [60, 62, 64, 65, 67, 65, 64, 62, 60, 64, 67, 72, 71, 67, 65, 62]
TUNE = tuple(melody(PITCHES, 0.5))
BARS = tuple(Bar(number, 2.0 * (number - 1), 4) for number in (1, 2, 3, 4))


def along(plan, played, seconds, measured=True, origin_s=0.0):
    """The run after a performance whose second 0 is the run's; it is never told the future."""
    memory = Memory(FRAME_S, LOW, 88, 10.0)
    run = AlongRun(plan, memory, measured)
    run.start(origin_s, 0.0)
    sound = heard(played, seconds)
    for frame, (onset, sounding) in enumerate(zip(sound.onset, sound.frame, strict=True)):
        memory.add(frame, onset, sounding)
        run.update()
    return run


def begins_s(plan):
    """When the first note is due: after 0.4 s and the bar that is counted."""
    return 0.4 + 2.0 / plan.tempo


def verdicts(run):
    return {each.note: each.judgement for each in run.judged}


def test_who_plays_along_is_right_and_each_note_is_judged_once():
    plan = PracticePlan(TUNE, bars=BARS, mode=PracticeMode.ALONG, tempo=0.8)
    run = along(plan, play(TUNE, begins_s(plan), 0.8), 16.0)
    assert len(run.judged) == len(TUNE)
    assert set(verdicts(run).values()) == {"right"}
    assert run.ended and not run.extras
    assert max(abs(each.error_ms) for each in run.judged) < 20


def test_late_wrong_missed_and_extra_notes_are_told_apart():
    plan = PracticePlan(TUNE, bars=BARS, mode=PracticeMode.ALONG)
    played = play(TUNE, begins_s(plan))
    late, wrong, missed = 3, 6, 9
    on, off, pitch = played[late]
    played[late] = (on + 0.2, off + 0.2, pitch)
    on, off, pitch = played[wrong]
    played[wrong] = (on, off, pitch - 1)
    del played[missed]
    played.append((begins_s(plan) + 6.25, begins_s(plan) + 6.6, 58))
    found = along(plan, sorted(played), 12.0)
    told = verdicts(found)
    assert (told[late], told[wrong], told[missed]) == ("late", "wrong", "missed")
    assert sum(judgement != "right" for judgement in told.values()) == 3
    ((extra),) = found.extras
    assert extra.pitch == 58 and extra.place_s == pytest.approx(6.25, abs=0.05)


def test_a_loop_delay_that_was_only_guessed_makes_nobody_late():
    plan = PracticePlan(TUNE, bars=BARS, mode=PracticeMode.ALONG)
    played = play(TUNE, begins_s(plan) + 0.16)
    assert set(verdicts(along(plan, played, 12.0, measured=False)).values()) == {"right"}
    measured = along(plan, played, 12.0, measured=True)
    assert set(verdicts(measured).values()) == {"late"}


def test_a_loop_is_slower_after_mistakes_and_faster_after_none():
    plan = PracticePlan(
        TUNE,
        bars=BARS,
        mode=PracticeMode.ALONG,
        tempo=0.8,
        end_s=2.0,
        loop=True,
        adapts=True,
        click=False,
    )
    run = along(plan, [], 12.0)
    assert [round_.tempo for round_ in run.timetable.rounds] == pytest.approx([0.8, 0.75])
    first = play(TUNE[:4], begins_s(plan), 0.8)
    run = along(plan, first, 9.0)
    assert [round_.tempo for round_ in run.timetable.rounds] == pytest.approx([0.8, 0.85])
    assert {(each.round, each.judgement) for each in run.judged} == {(0, "right")}


def test_rhythm_alone_does_not_ask_which_pitch():
    plan = PracticePlan(TUNE, bars=BARS, mode=PracticeMode.RHYTHM)
    played = [(on, off, 60) for on, off, _ in play(TUNE, begins_s(plan))]
    on, off, pitch = played[5]
    played[5] = (on + 0.2, off + 0.2, pitch)
    del played[10]
    told = verdicts(along(plan, played, 12.0))
    assert (told[5], told[10]) == ("late", "missed")
    assert sum(judgement != "right" for judgement in told.values()) == 2


def test_sound_that_is_missing_is_silence_and_time_goes_on():
    memory = Memory(FRAME_S, LOW, 88, 5.0)
    row = np.ones(88, dtype=np.float32)
    memory.add(100, row, row)
    memory.add(150, row, row)
    sound, begin_s = memory.since(1.0)
    assert begin_s == 1.0 and len(sound.onset) == 51
    assert sound.onset.sum(axis=1).nonzero()[0].tolist() == [0, 50]
    memory.add(100_000, row, row)
    sound, begin_s = memory.since(0.0)
    assert begin_s == 1000.0 and len(sound.onset) == 1


def test_memory_forgets_what_is_old_and_keeps_what_is_not():
    memory = Memory(FRAME_S, LOW, 1, 2.0)
    for frame in range(20_000):
        memory.add(frame, np.float32([frame % 7]), np.float32([0]))
    sound, begin_s = memory.since(memory.end_s - 2.0)
    assert begin_s == pytest.approx(198.0)
    assert sound.onset[:, 0].tolist() == [frame % 7 for frame in range(19_800, 20_000)]


def wait(plan, played, seconds):
    run = WaitRun(plan, FRAME_S, LOW, 88, 4)
    sound = heard(played, seconds)
    for onset, sounding in zip(sound.onset, sound.frame, strict=True):
        run.push(onset, sounding)
    return run


def test_waiting_asks_for_the_stretch_and_tells_a_wrong_note_where_it_came():
    plan = PracticePlan(TUNE, bars=BARS, start_s=2.0, end_s=4.0)
    run = wait(plan, [(0.5, 0.9, 67), (1.5, 1.9, 60), (3.0, 3.4, 65)], 4.0)
    assert [each.note for each in run.judged] == [4, 5]
    assert run.place_s == 3.0 and run.next == (64,) and not run.ended
    ((extra),) = run.extras
    assert (extra.pitch, extra.place_s) == (60, 2.5)


def test_waiting_ends_with_the_stretch_or_begins_it_again():
    played = play(TUNE[4:8], 0.5, from_s=2.0)
    plan = PracticePlan(TUNE, bars=BARS, start_s=2.0, end_s=4.0)
    assert wait(plan, played, 4.0).ended
    loop = PracticePlan(TUNE, bars=BARS, start_s=2.0, end_s=4.0, loop=True)
    run = wait(loop, [*played, *play(TUNE[4:6], 4.0, from_s=2.0)], 6.0)
    assert (run.round, run.next, run.ended) == (1, (64,), False)
    assert [(each.note, each.round) for each in run.judged][-2:] == [(4, 1), (5, 1)]


def test_while_waiting_the_other_hand_plays_up_to_the_next_chord():
    others = tuple(PieceNote(at, at + 0.2, 40, 1, 1.0, 1) for at in (0.0, 0.25, 0.5, 0.75))
    run = wait(PracticePlan(TUNE, others, BARS, tempo=0.5), [], 0.1)
    assert run.sounding == []
    run = wait(PracticePlan(TUNE, others, BARS, tempo=0.5), [(0.3, 0.5, 60)], 0.5)
    assert [(cue.at_s, cue.velocity > 0) for cue in run.sounding] == [
        (0.0, True), (pytest.approx(0.38), False), (0.5, True), (pytest.approx(0.88), False)
    ]  # fmt: skip


def free(plan, played, seconds):
    memory = Memory(FRAME_S, LOW, 88, 600.0)
    run = FreeRun(plan, memory)
    sound = heard(played, seconds)
    for frame, (onset, sounding) in enumerate(zip(sound.onset, sound.frame, strict=True)):
        memory.add(frame, onset, sounding)
        run.update()
    return run


def test_who_plays_freely_is_followed_judged_and_judged_better_at_the_end():
    played = play(TUNE, 1.0, 0.7)
    wrong = 6
    on, off, pitch = played[wrong]
    played[wrong] = (on, off, pitch - 1)
    run = free(PracticePlan(TUNE, bars=BARS, mode=PracticeMode.FREE), played, 17.0)
    assert run.ended and run.rate == pytest.approx(0.7, rel=0.1)
    assert run.place_s == TUNE[-1].onset_s
    told = verdicts(run)
    assert told[wrong] == "wrong"
    assert [note for note, judgement in told.items() if judgement != "right"] == [wrong]
    run.set_final(run.finish())
    told = verdicts(run)
    assert sorted(told) == list(range(len(TUNE)))
    assert [note for note, judgement in told.items() if judgement != "right"] == [wrong]


def test_who_goes_back_is_followed_there_and_what_was_not_reached_is_not_missed():
    played = [*play(TUNE[:8], 0.5), *play(TUNE[2:8], 5.0, from_s=1.0)]
    run = free(PracticePlan(TUNE, bars=BARS, mode=PracticeMode.FREE), played, 9.5)
    assert run.place_s == TUNE[7].onset_s
    run.set_final(run.finish())
    assert verdicts(run) == dict.fromkeys(range(8), "right")


BASS = tuple(PieceNote(at, at + 0.45, 40, 1, 1.0, 1) for at in np.arange(0.0, 8.0, 0.5).tolist())


def followed(played, seconds, others=BASS, wishes=None):
    """Cues of a free run: (second of the sound, pitch, velocity)."""
    memory = Memory(FRAME_S, LOW, 88, 600.0)
    plan = PracticePlan(TUNE, others, BARS, mode=PracticeMode.FREE, **(wishes or {}))
    run, cues = FreeRun(plan, memory), []
    sound = heard(played, seconds)
    for frame, (onset, sounding) in enumerate(zip(sound.onset, sound.frame, strict=True)):
        memory.add(frame, onset, sounding)
        run.update()
        now_s = memory.end_s + LAG_S
        cues += [(now_s + cue.at_s, cue.pitch, cue.velocity) for cue in run.sounding]
        run.sounding.clear()
    return cues


@pytest.mark.parametrize("rate", [0.7, 1.0, 1.3])
def test_the_other_part_follows_the_player_at_the_player_s_tempo(rate):
    played = play(TUNE, 1.0, rate)
    begun = [at_s for at_s, _, velocity in followed(played, 14.0) if velocity]
    assert len(begun) == len(BASS)
    late = np.array(begun) - np.array([on for on, _, _ in played])
    assert np.abs(late[4:]).max() < 0.05


def test_the_other_part_waits_with_a_player_who_stops_and_plays_again_what_is_repeated():
    played = play(TUNE[:8], 0.5)
    stopped = [at_s for at_s, _, velocity in followed(played, 12.0) if velocity]
    assert 8 <= len(stopped) <= 10 and max(stopped) < 5.6
    again = [*played, *play(TUNE[2:], 5.0, from_s=1.0)]
    repeated = [at_s for at_s, _, velocity in followed(again, 14.0) if velocity]
    assert len([at_s for at_s in repeated if at_s > 6.0]) >= 9


def test_every_note_of_the_other_part_ends_and_nothing_sounds_where_it_is_not_wanted():
    played = play(TUNE, 1.0)
    cues = followed(played, 14.0)
    ends = [at_s for at_s, _, velocity in cues if not velocity]
    assert len(ends) == len(BASS)
    assert followed(played, 14.0, wishes={"accompanies": False}) == []
