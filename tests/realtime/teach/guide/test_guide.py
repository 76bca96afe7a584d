"""A lesson asks, hears, says what is wrong, and goes on by itself."""

import numpy as np
import pytest

from realtime.teach.guide.attempts import AttemptContext, AttemptFault, HeardNote, judge_attempt
from realtime.teach.guide.guide import FEWEST_TAKEN, Guide, Moment
from realtime.teach.guide.plan import FAMILIES, Ask, propose_chords, propose_notes, propose_pitches
from realtime.teach.listening.recordings import resample
from tests.realtime.teach.guide.player import PARTIALS, Player, plucked
from tests.realtime.teach.tones import RATE, pluck


@pytest.mark.parametrize("low, high", [(21, 108), (60, 72), (48, 52), (60, 61), (60, 60), (72, 60)])
def test_the_notes_that_are_proposed_cover_the_range(low, high):
    pitches = propose_pitches(low, high, 17)
    least, most = min(low, high), max(low, high)
    assert pitches == sorted({*pitches}) and pitches[0] == least and pitches[-1] == most
    assert len(pitches) <= 17 and (len(pitches) >= 8 or len(pitches) == most - least + 1)
    if most - least <= 48:
        assert max(np.diff([*pitches, most])) <= 4


@pytest.mark.parametrize("family", FAMILIES.values())
def test_a_lesson_asks_for_8_to_25_notes_soft_and_loud_where_there_are_both(family):
    asks = propose_notes(48, 84, family)
    assert 8 <= len(asks) <= 25 and len({*asks}) == len(asks)
    assert ({ask.touch for ask in asks} == {"usual", "soft", "loud"}) == family.touches


def test_chords_are_of_notes_that_were_taken():
    chords = propose_chords([48, 50, 53, 55, 60, 64, 67, 72])
    assert chords == [(48, 53, 55), (60, 64, 67)]
    assert propose_chords([60, 61]) == [] == propose_chords([])


def test_a_player_who_plays_well_is_led_from_the_first_note_to_the_last():
    guide = Guide("plucked")
    player = Player(guide)
    parts = [0.0]
    while guide.status.state != "done":
        player.step()
        parts.append(guide.status.number / guide.status.of)
    assert parts == sorted(parts) and max(np.diff(parts)) < 0.25 and parts[-1] == 1
    kinds = [one.ask.kind for one in guide.taken]
    assert kinds[:3] == ["room", "lowest", "highest"] and kinds[-1] == "phrase"
    assert kinds.count("chord") == 2
    singles = [one for one in guide.taken if len(one.pitches) == 1]
    assert 8 <= len(singles) <= 27 and guide.enough
    for one in singles:
        assert one.pitches == plucked_pitches(one.ask)
        assert abs(one.cents) < 8 and 0.3 < one.end_s - one.start_s < 1.2
    assert len(player.asked) == len(kinds) - 1  # nothing was asked for twice


def plucked_pitches(ask):
    return {"lowest": (48,), "highest": (72,)}.get(ask.kind, ask.pitches)


def holes(seconds):
    """Ones with gaps of 10 ms."""
    kept = np.ones(int(seconds * RATE))
    for start in range(RATE // 10, len(kept), RATE // 8):
        kept[start : start + RATE // 100] = 0
    return kept


def wrong_then_right(wrong):
    """A player who plays `wrong` the first time a usual note is asked for, then what is asked."""
    done = []

    def play(ask):
        if ask.kind == "note" and not done:
            done.append(ask)
            return wrong(ask)
        return plucked(ask)

    return play


@pytest.mark.parametrize(
    "fault, wrong",
    [
        ("soft", lambda ask: plucked(ask, 0.0013)),
        ("clipped", lambda ask: plucked(ask, 6.0)),
        ("torn", lambda ask: plucked(ask) * holes(0.7)),
        ("short", lambda ask: plucked(ask, seconds=0.12)),
        ("other", lambda ask: pluck(ask.pitch + 2, 0.7, 0.25, PARTIALS)),
        ("several", lambda ask: np.concatenate([plucked(ask), pluck(ask.pitch + 5, 0.7, 0.25)])),
        ("unclear", lambda ask: 0.2 * np.random.default_rng(1).standard_normal(9000)),
    ],
)
def test_what_is_wrong_is_said_and_the_note_is_asked_for_again(fault, wrong):
    guide = Guide("plucked")
    player = Player(guide, wrong_then_right(wrong))
    player.until(lambda: guide.status.tries == 1 and guide.status.ask.kind == "note", 60)
    assert guide.status.fault == fault and guide.status.state in ("quiet", "play")
    asked, taken = guide.status.ask, guide.notes_taken
    player.until(lambda: guide.notes_taken > taken)
    assert guide.taken[-1].ask == asked and guide.taken[-1].pitches == asked.pitches


def test_a_headset_that_sounds_as_a_telephone_is_told_but_stops_nobody():
    rng = np.random.default_rng(2)
    full = np.concatenate([np.zeros(RATE // 4), pluck(60, 0.8, 0.25)]).astype(np.float32)
    full += 3e-4 * rng.standard_normal(len(full)).astype(np.float32)
    narrow = resample(resample(full, RATE, 8_000), 8_000, RATE)
    ask = Ask("note", (60,))
    for sound, lenient, fault in (
        (narrow, False, "telephone"),
        (narrow, True, ""),
        (full, False, ""),
    ):
        found = judge_attempt(
            sound, RATE, ask, [HeardNote(60, 0.9)], AttemptContext(lenient=lenient)
        )
        assert found.fault == fault
    assert not judge_attempt(narrow, RATE, ask, [], AttemptContext()).usable


def test_a_soft_note_is_softer_and_a_loud_one_louder_than_the_usual():
    seen = set()

    def play(ask):
        first = (ask, "first") not in seen and ask.touch != "usual"
        seen.add((ask, "first"))
        return pluck(ask.pitch, 0.7, 0.25, PARTIALS) if first else plucked(ask)

    guide = Guide("plucked")
    player, faults = Player(guide, play), set()
    while guide.status.state != "done":
        player.step()
        faults.add(guide.status.fault)
    assert faults == {AttemptFault.NONE, AttemptFault.NOT_SOFTER, AttemptFault.NOT_LOUDER}


def test_who_cannot_do_better_is_not_kept_from_going_on():
    guide = Guide("plucked")
    player = Player(guide, lambda ask: pluck(ask.pitch or 48, 0.7, 0.25, PARTIALS))
    player.until(lambda: guide.taken and guide.taken[-1].ask.kind == "lowest")
    player.until(lambda: guide.status.tries == 2)
    assert guide.status.fault == "other" and guide.status.ask.kind == "highest"
    guide.skip()
    player.until(lambda: any(one.ask.touch == "soft" for one in guide.taken), 200)


def test_the_player_may_say_that_another_note_is_right():
    guide = Guide("plucked")
    player = Player(guide, wrong_then_right(lambda ask: pluck(ask.pitch + 2, 0.7, 0.25, PARTIALS)))
    player.until(lambda: guide.status.fault == "other")
    asked = guide.status.ask
    assert guide.offer == asked.pitch + 2
    taken = guide.take_anyway()
    assert taken.pitches == (asked.pitch + 2,) and guide.status.state == "taken"
    player.until(lambda: guide.status.ask != asked)
    assert guide.take_anyway() is None


def test_an_instrument_that_sounds_a_semitone_off_is_noticed():
    guide = Guide("plucked")
    player = Player(guide, lambda ask: pluck(ask.pitch - 1, 0.7, 0.25, PARTIALS)
                    if ask.kind == "note" else plucked(ask))  # fmt: skip
    player.until(lambda: guide.status.fault == "other")
    assert guide.offset == 0
    guide.skip()
    player.until(lambda: guide.status.fault == "other")
    assert guide.offset == -1


@pytest.mark.parametrize("cents", [-40, 30])
def test_an_instrument_that_is_out_of_tune_is_taught_as_it_is(cents):
    guide = Guide("bowed")

    def play(ask):
        pitch = {"lowest": 55, "highest": 79}.get(ask.kind, ask.pitch)
        return pluck(pitch + cents / 100, 0.7, 0.25, PARTIALS) if pitch else plucked(ask)

    player = Player(guide, play)
    player.until(lambda: guide.notes_taken == 6, 60)
    for one in guide.taken[1:]:
        asked = {"lowest": 55, "highest": 79}.get(one.ask.kind, one.ask.pitch)
        assert one.pitches == (asked,) and one.cents == pytest.approx(cents, abs=8)


def test_pause_back_skip_and_stop():
    guide = Guide("plucked")
    player = Player(guide)
    player.until(lambda: guide.notes_taken == 3)
    guide.pause()
    before = len(player.asked)
    for _ in range(150):
        player.step()
    assert guide.status.state == "paused" and len(player.asked) == before
    guide.resume()
    player.until(lambda: guide.notes_taken == 4)
    third = guide.taken[-1]
    player.until(lambda: guide.status.state != "taken")
    assert guide.back() == third and third not in guide.taken
    player.until(lambda: guide.notes_taken == 4)
    assert guide.taken[-1].ask == third.ask
    player.until(lambda: guide.status.state != "taken")
    skipped = guide.status.ask
    guide.skip()
    assert guide.status.ask != skipped
    assert not guide.enough or guide.notes_taken >= FEWEST_TAKEN
    guide.stop()
    assert guide.status.state == "done" and guide.status.ask is None
    assert guide.push(Moment(1e4, -80.0)) in ("end", None)


def test_a_lesson_that_goes_on_asks_only_for_what_is_missing():
    guide = Guide("organ")
    player = Player(guide)
    player.until(lambda: guide.notes_taken == 6, 60)
    again = Guide("organ", known=guide.taken)
    player = Player(again)
    player.until(lambda: again.status.state == "done", 400)
    assert not {one.ask for one in guide.taken[1:]} & {*player.asked}
    pitches = [one.pitches for one in again.taken if len(one.pitches) == 1]
    assert len(pitches) == len({*pitches}) and len(pitches) > len(guide.taken) + 4


def test_an_engine_that_began_anew_and_a_loud_room_do_not_stop_the_lesson():
    guide = Guide("plucked")
    player = Player(guide)
    player.until(lambda: guide.notes_taken == 2)
    player.now = 0  # the stream's time begins again
    player.until(lambda: guide.notes_taken == 4)
    player.noise = 0.02  # somebody opened the window
    player.until(lambda: guide.notes_taken == 6, 60)


RODS = (1, 2, 3.93, 6.8)


@pytest.mark.parametrize("step", [3, 4, 5, 8, 9, 15])
@pytest.mark.parametrize("partials", [PARTIALS, RODS, (1,), (1, 2.76, 5.4)])
def test_two_notes_at_once_are_told_however_often_they_are_tried(step, partials):
    """Its partials tell it, whatever the model hears; the player may say that it is one."""
    sound = pluck(60, 0.9, 0.2, partials) + pluck(60 + step, 0.9, 0.15, partials)
    sound = np.concatenate([np.zeros(RATE // 4, np.float32), sound])
    for lenient in (False, True):
        context = AttemptContext(lenient=lenient)
        found = judge_attempt(sound, RATE, Ask("note", (60,)), [HeardNote(60, 0.9)], context)
        assert (found.fault, found.pitch) == (AttemptFault.SEVERAL, 60) and found.usable


@pytest.mark.parametrize("partials", [PARTIALS, RODS, (1,), (1, 2.76, 5.4), (2, 3, 4, 5, 6, 7)])
@pytest.mark.parametrize("pitch", [43, 60, 79])
def test_one_note_of_any_kind_is_one(pitch, partials):
    sound = np.concatenate([np.zeros(RATE // 4, np.float32), pluck(pitch, 0.9, 0.2, partials)])
    found = judge_attempt(sound, RATE, Ask("note", (pitch,)), [], AttemptContext())
    assert found.fault is not AttemptFault.SEVERAL


@pytest.mark.parametrize("octave", [12, -12])
@pytest.mark.parametrize("partials", [PARTIALS, (0.5, 1, 2, 3.93, 6.8)])
def test_a_note_in_another_octave_is_no_answer_and_is_taken_as_what_it_sounds(octave, partials):
    """Also where the model hears the asked octave in it, and at the third try."""
    weak = 0.06 / 0.5 if 0.5 in partials else 0.0

    def tone(pitch, gain=0.25):
        fuller = [one for one in partials if one >= 1]
        return pluck(pitch, 0.9, gain, fuller) + pluck(pitch - 12, 0.9, weak * gain, (1,))

    sound = np.concatenate([np.zeros(RATE // 4, np.float32), tone(62 + octave)])
    for lenient in (False, True):
        heard = [HeardNote(62, 0.8), HeardNote(62 + octave, 0.9)]
        context = AttemptContext(lenient=lenient)
        found = judge_attempt(sound, RATE, Ask("note", (62,)), heard, context)
        assert (found.fault, found.pitch) == (AttemptFault.OTHER, 62 + octave)
    guide = Guide("plucked")
    wrong = lambda ask: tone(ask.pitch + octave) if ask.kind == "note" else plucked(ask)  # noqa: E731
    player = Player(guide, wrong)
    player.until(lambda: guide.status.fault == "other")
    asked = guide.status.ask.pitch
    assert guide.offer == asked + octave
    assert guide.take_anyway().pitches == (asked + octave,)
    player.until(lambda: sum(one.ask.kind == "note" for one in guide.taken) == 3)
    notes = [one for one in guide.taken if one.ask.kind == "note"]
    assert all(one.pitches == (one.ask.pitch + octave,) for one in notes)


@pytest.mark.parametrize("hertz", [50, 60])
def test_a_lesson_beside_a_hum_or_with_an_offset_asks_for_no_note_twice(hertz):
    guide = Guide("plucked")
    player = Player(guide)
    player.hum, player.offset = (hertz, 0.03), 0.1
    player.until(lambda: guide.notes_taken == 8, 60)
    assert len(player.asked) == 8
    for one in guide.taken:
        if len(one.pitches) == 1:
            assert one.pitches == plucked_pitches(one.ask)
