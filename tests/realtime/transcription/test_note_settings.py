"""Gate, tuning, retrigger, velocity, one voice, rate limit: one meaning for live and file."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime.transcription.chain import Chain, decoder_for
from realtime.transcription.gate import HOLD_HOPS, NoiseGate
from realtime.transcription.shaping import NoteShaper, shaped_velocity
from realtime.troubles.errors import UserError
from realtime.values.notes import NoteOff, NoteOn
from realtime.values.pitches import LEFT_OUT, NAMES, OUTSIDE, SCALES
from realtime.values.settings import EngineSettings
from tests.support.toy_model import SPEC, melody

SETTINGS = EngineSettings()


def heard(toy, settings, sound, rate=48_000):
    """[(seconds, pitch)] of the note-ons, and the chain."""
    toy.reset()
    chain = Chain(toy, rate, settings)
    timed = chain.process(sound) + chain.finish()
    ons = [t.event for t in timed if isinstance(t.event, NoteOn)]
    return [(on.frame * chain.frame_seconds, on.pitch) for on in ons], chain


@pytest.mark.parametrize("a4_hz", [415.0, 440.0, 442.0, 443.7, 466.0])
@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_an_instrument_tuned_elsewhere_is_heard_on_its_own_pitches(toy, a4_hz, rate):
    stretched = melody(round(rate * 440 / a4_hz), 3.0 * a4_hz / 440)
    played = stretched[: len(stretched)]
    plain, _ = heard(toy, SETTINGS, melody(rate), rate)
    tuned, _ = heard(toy, replace(SETTINGS, a4_hz=a4_hz), played, rate)
    assert [pitch for _, pitch in tuned][:8] == [pitch for _, pitch in plain][:8]
    late = [a - b * 440 / a4_hz for (a, _), (b, _) in zip(tuned[:8], plain[:8], strict=True)]
    assert max(map(abs, late)) < 0.03, "onsets in the seconds of the player, not of the model"


def test_the_cut_of_the_blocks_changes_nothing_at_another_tuning(toy):
    settings = replace(SETTINGS, a4_hz=442.0, gate_db=-50.0, mono=True)
    sound = melody(44_100)
    results = []
    for size in (len(sound), 441, 37):
        toy.reset()
        chain = Chain(toy, 44_100, settings)
        timed = [e for i in range(0, len(sound), size) for e in chain.process(sound[i : i + size])]
        results.append(timed + chain.finish())
    assert results[0] and results[0] == results[1] == results[2]


def test_an_engine_is_retuned_while_it_runs(toy):
    from realtime.audio.sources import ArraySource
    from realtime.engine.engine import Engine
    from tests.support.list_output import ListOutput

    sink = ListOutput()
    engine = Engine(toy, ArraySource(melody(), 16_000), sink, SETTINGS)
    for _ in range(8):
        engine.pull()
    engine.apply(replace(SETTINGS, a4_hz=432.0))
    assert engine.stream_s == pytest.approx(0.4)
    engine.run()
    assert alternates(sink.events) and len(sink.events) > 8


def test_the_gate_opens_at_once_holds_and_closes():
    gate = NoiseGate(-40.0)
    loud, soft = np.full(160, 0.1, np.float32), np.full(160, 0.001, np.float32)
    assert not gate.pass_on(soft).any()
    assert np.array_equal(gate.pass_on(loud), loud)
    passed = [gate.pass_on(soft) for _ in range(HOLD_HOPS + 1)]
    assert np.array_equal(passed[0], soft) and np.array_equal(passed[-3], soft)
    assert passed[-2][0] > passed[-2][-1] == 0 and not passed[-1].any()
    gate.apply(-120.0)
    assert gate.pass_on(soft) is soft


def test_soft_playing_below_the_gate_gives_no_notes(toy):
    loud = replace(SETTINGS, gate_db=-60.0)
    assert heard(toy, loud, melody(48_000))[0]
    assert not heard(toy, replace(SETTINGS, gate_db=-5.0), melody(48_000))[0]


def test_repeat_distance_in_milliseconds():
    assert decoder_for(SPEC, 0, SETTINGS).repeat_frames == 5
    assert decoder_for(SPEC, 0, replace(SETTINGS, retrigger_ms=121)).repeat_frames == 13


def test_velocity():
    assert [shaped_velocity(v, SETTINGS) for v in (1, 2, 64, 126, 127)] == [1, 2, 64, 126, 127]
    assert shaped_velocity(5, replace(SETTINGS, velocity_fixed=90)) == 90
    soft = replace(SETTINGS, velocity_curve=2.0)
    assert shaped_velocity(64, soft) == 32 and shaped_velocity(1, soft) == 1
    narrow = replace(SETTINGS, velocity_min=40, velocity_max=100)
    assert shaped_velocity(127, narrow) == 100 and 40 <= shaped_velocity(1, narrow) <= 41


def alternates(events):
    sounding = set()
    for event in events:
        if isinstance(event, NoteOn):
            assert event.pitch not in sounding and 1 <= event.velocity <= 127
            sounding.add(event.pitch)
        else:
            sounding.remove(event.pitch)
    return not sounding


def test_one_voice_the_newest_and_loudest():
    shaper = NoteShaper(replace(SETTINGS, mono=True), 0.01)
    assert shaper.shape([NoteOn(1, 60, 50), NoteOn(1, 64, 80)]) == [NoteOn(1, 64, 80)]
    assert shaper.shape([NoteOff(5, 60)]) == []
    assert shaper.shape([NoteOn(9, 62, 70)]) == [NoteOff(9, 64), NoteOn(9, 62, 70)]
    assert shaper.shape([NoteOff(10, 64), NoteOff(10, 62)]) == [NoteOff(10, 62)]


def test_no_more_notes_a_second_than_allowed():
    shaper = NoteShaper(replace(SETTINGS, most_notes_per_second=3), 0.01)
    left = [e for f in range(100) for e in shaper.shape([NoteOn(f, f % 128, 64)])]
    assert len(left) == 3 and shaper.left_out == 97
    assert shaper.shape([NoteOn(100, 5, 64)])


events = st.lists(
    st.lists(
        st.tuples(st.booleans(), st.integers(0, 12), st.integers(1, 127)), min_size=0, max_size=6
    ),
    max_size=40,
)


wishes = st.builds(
    EngineSettings,
    mono=st.booleans(),
    most_notes_per_second=st.integers(1, 40),
    velocity_fixed=st.integers(0, 127),
    velocity_curve=st.just(0.5),
    scale=st.sampled_from(sorted(SCALES)),
    scale_root=st.sampled_from(NAMES),
    outside_scale=st.sampled_from(OUTSIDE),
)


@given(events, wishes, wishes, st.integers(0, 40))
def test_whatever_goes_in_what_comes_out_alternates(frames, first, then, changed_at):
    shaper, left, voices = NoteShaper(first, 0.01), [], []
    for frame, entries in enumerate(frames):
        if frame == changed_at:
            shaper.apply(then, 0.01)
        offs = [NoteOff(frame, pitch) for on, pitch, _ in entries if not on]
        ons = [NoteOn(frame, pitch, velocity) for on, pitch, velocity in entries if on]
        now = shaper.shape([*offs, *ons])
        settings = then if frame >= changed_at else first
        tones = {(NAMES.index(settings.scale_root) + t) % 12 for t in SCALES[settings.scale]}
        assert all(e.pitch % 12 in tones for e in now if isinstance(e, NoteOn))
        left += now
        started = any(isinstance(event, NoteOn) for event in now)
        voices.append(sum(1 if isinstance(e, NoteOn) else -1 for e in left))
        assert not (settings.mono and started) or voices[-1] <= 1
    left += shaper.shape([NoteOff(len(frames), pitch) for pitch in range(13)])
    assert alternates(left)


def test_notes_outside_the_scale_move_to_the_nearest_or_are_left_out():
    moved = NoteShaper(replace(SETTINGS, scale="major", scale_root="D"), 0.01)
    heard = [NoteOn(0, pitch, 64) for pitch in (60, 63, 65, 67)]
    assert [e.pitch for e in moved.shape(heard)] == [59, 62, 64, 67]
    removed = NoteShaper(
        replace(SETTINGS, scale="major", scale_root="D", outside_scale="remove"), 0.01
    )
    assert [e.pitch for e in removed.shape(heard)] == [67]
    assert not removed.shape([NoteOff(5, pitch) for pitch in (60, 63, 65)])
    edge = replace(SETTINGS, scale="major", scale_root="F#", lowest_pitch=60, highest_pitch=60)
    assert edge.landing()[60] == LEFT_OUT, "no note of the scale is within the range"
    edge = replace(edge, lowest_pitch=60, highest_pitch=62)
    assert edge.landing()[60] == 61, "59 is as near, but below the lowest note"


def test_two_heard_notes_on_one_key():
    shaper = NoteShaper(replace(SETTINGS, scale="major", scale_root="C"), 0.01)
    assert shaper.shape([NoteOn(0, 60, 50), NoteOn(0, 61, 80)]) == [NoteOn(0, 60, 80)]
    assert shaper.shape([NoteOff(4, 61)]) == [], "60 is held still"
    assert shaper.shape([NoteOn(6, 61, 70)]) == [NoteOff(6, 60), NoteOn(6, 60, 70)]
    assert shaper.source_pitch(60) == 61
    assert shaper.shape([NoteOff(8, 60)]) == []
    shaper.apply(SETTINGS, 0.01)
    assert shaper.shape([NoteOff(9, 61)]) == [NoteOff(9, 60)], "it ends where it began"


def test_a_scale_acts_through_the_whole_chain(toy):
    plain, _ = heard(toy, SETTINGS, melody(48_000))
    settings = replace(SETTINGS, scale="whole-tone", scale_root="C#")
    snapped, chain = heard(toy, settings, melody(48_000))
    assert {pitch % 2 for _, pitch in plain} == {0, 1}, "the melody has notes to move"
    assert {pitch % 2 for _, pitch in snapped} == {1}
    assert max(chain.certainty.recent.values()) > 0.9, "judged by the pitch that was heard"
    removed, _ = heard(toy, replace(settings, outside_scale="remove"), melody(48_000))
    assert removed == [note for note in plain if note[1] % 2 == 1]


@pytest.mark.parametrize(
    "wrong",
    [
        {"a4_hz": 300.0},
        {"velocity_fixed": 200},
        {"gate_db": 3.0},
        {"scale": "happy"},
        {"scale_root": "H"},
        {"outside_scale": "keep"},
    ],
)
def test_values_out_of_range_are_refused_by_name(wrong):
    (name,) = wrong
    with pytest.raises(UserError, match="--" + name.replace("_", "-")):
        EngineSettings(**wrong).check()
    SETTINGS.check()
