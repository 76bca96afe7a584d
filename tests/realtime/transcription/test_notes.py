from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from realtime.inference.spec import DecoderSettings
from realtime.transcription.tracker import NoteTracker
from realtime.values.notes import Note, NoteOff, NoteOn, pair_notes

PITCHES = 30
DECODER = DecoderSettings(0.5, 0.4, 0.9, repeat_frames=4, minimum_frames=3, release_frames=2)


def rows(values):
    return np.asarray(values, dtype=np.float32).reshape(-1, 1)


def decode(onset, frame, offset=None, velocity=None, decoder=DECODER, look_ahead=0):
    onset, frame = rows(onset), rows(frame)
    offset = np.zeros_like(onset) if offset is None else rows(offset)
    velocity = np.full_like(onset, 0.5) if velocity is None else rows(velocity)
    tracker = NoteTracker(decoder, 60, 1, look_ahead)
    return tracker.feed(onset, frame, offset, velocity) + tracker.finish()


@pytest.mark.parametrize(
    ("case", "onset", "frame", "expected"),
    [
        ("nothing", [0, 0, 0], [0, 0, 0], []),
        ("a note", [0, 0.6, 0, 0, 0, 0, 0, 0], [0, 1, 1, 1, 1, 0, 0, 0], [(1, "on"), (6, "off")]),
        ("at the threshold", [0, 0.5], [1, 1], [(1, "on"), (2, "off")]),
        ("below", [0, 0.49], [1, 1], []),
        ("one weak frame does not end it", [1, 0, 0, 0, 0, 0], [1, 1, 1, 0, 1, 1],
         [(0, "on"), (6, "off")]),
        ("held for the minimum", [1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 0], [(0, "on"), (3, "off")]),
        ("a long onset is one note", [1] * 9, [1] * 9, [(0, "on"), (9, "off")]),
        ("a repeat after a dip", [1, 0, 0, 0, 0, 1, 0], [1] * 7,
         [(0, "on"), (5, "off"), (5, "on"), (7, "off")]),
        ("a repeat too soon", [1, 0, 1, 0, 0, 0], [1] * 6, [(0, "on"), (6, "off")]),
        ("not a number", [float("nan"), 1, 0], [1, 1, float("nan")], [(1, "on"), (3, "off")]),
    ],
)  # fmt: skip
def test_table(case, onset, frame, expected):
    kinds = [(e.frame, "on" if isinstance(e, NoteOn) else "off") for e in decode(onset, frame)]
    assert kinds == expected, case


def test_an_offset_ends_a_note_at_once():
    events = decode([1, 0, 0, 0, 0, 0], [1] * 6, offset=[0, 0, 0, 0, 0.95, 0])
    assert events[-1] == NoteOff(4, 60)


def test_weak_frames_may_count_by_their_depth():
    """Nearly strong ones add up slowly, and the end is where they began."""
    settings = DecoderSettings(0.5, 0.6, release_frames=2, release_by_depth=True)
    onset = [1.0] + [0] * 19
    hesitating = [1] * 4 + [0.5] * 5 + [1] * 3 + [0] * 8
    fading = [1] * 4 + [0.25] * 16
    for frame, expected in ((hesitating, (12, 13)), (fading, (4, 7))):
        rolls = [np.array(values, np.float32)[:, None] for values in (onset, frame)]
        tracker = NoteTracker(settings, 60, 1)
        left, event = tracker.feed_each(*rolls, rolls[0] * 0, rolls[0])[-1]
        assert (event, left) == (NoteOff(expected[0], 60), expected[1])


def test_a_note_that_a_shorter_look_ahead_is_sure_of_leaves_at_once():
    """Struck at frame 4: heard 1 hop later by one look-ahead, 4 hops later by the one in use."""
    decoder = replace(DECODER, early=((1, 0.7),), velocity_map=((0, 0), (1, 100)))
    hops = 20
    onset, frame, offset, soon = (np.zeros((hops, 1), np.float32) for _ in range(4))
    soon[5], onset[8:10], frame[8:16] = 0.8, 0.9, 1.0

    def decode_sooner(threshold: float, scales: dict | None = None) -> list:
        tracker = NoteTracker(replace(decoder, early=((1, threshold),)), 60, 1, 4, scales)
        heard = {1: (soon, np.full_like(soon, 0.3))}
        return tracker.feed_each(onset, frame, offset, np.full_like(soon, 0.5), heard)

    assert decode_sooner(0.75) == [(5, NoteOn(4, 60, 30)), (17, NoteOff(13, 60))]
    assert decode_sooner(0.75, {1: ((0, 0), (1, 50))})[0] == (5, NoteOn(4, 60, 15))
    assert decode_sooner(0.85) == [(8, NoteOn(4, 60, 50)), (17, NoteOff(13, 60))]


def test_an_early_note_that_comes_to_nothing_is_short():
    decoder = replace(DECODER, early=((1, 0.7),))
    soon, nothing = (np.zeros((20, 1), np.float32) for _ in range(2))
    soon[5] = 0.8
    tracker = NoteTracker(decoder, 60, 1, 4)
    events = tracker.feed(nothing, nothing, nothing, nothing, {1: (soon, soon)})
    assert events == [NoteOn(4, 60, 102), NoteOff(7, 60)]


def test_an_end_is_dated_back_but_never_before_the_shortest_note():
    settings = DecoderSettings(0.5, 0.5, release_frames=1, release_lag_frames=4)

    def ends(frame: list[float], onset: list[float]) -> list[int]:
        rolls = [np.array(values, np.float32)[:, None] for values in (onset, frame)]
        events = NoteTracker(settings, 60, 1).feed(*rolls, rolls[0] * 0, rolls[0])
        return [event.frame for event in events if isinstance(event, NoteOff)]

    assert ends([1] * 9 + [0], [1] + [0] * 9) == [5]
    assert ends([1] * 5 + [0], [1] + [0] * 5) == [3]
    assert ends([1] * 9, [1, 0, 0, 0, 0, 0, 1, 0, 0]) == [6], "cut by its repeat"


def test_velocity_is_scaled_and_never_zero():
    assert decode([1], [1], velocity=[1.0])[0].velocity == 127
    assert decode([1], [1], velocity=[0.0])[0].velocity == 1
    assert decode([1], [1], velocity=[float("nan")])[0].velocity == 1


def test_frames_before_the_input_are_ignored():
    assert decode([1, 0, 0, 0], [1] * 4, look_ahead=2) == []
    assert decode([0, 0, 1, 0], [1] * 4, look_ahead=2)[0] == NoteOn(0, 60, 64)


def test_an_overtone_of_a_strong_note_is_left_out():
    decoder = DecoderSettings(0.3, 0.3, ghost_ratio=0.6)
    onset = np.zeros((1, 24), dtype=np.float32)
    onset[0, [0, 12, 19]] = 0.95, 0.4, 0.9
    tracker = NoteTracker(decoder, 40, 24)
    events = tracker.feed(onset, np.ones_like(onset), onset * 0, onset * 0 + 0.5)
    assert [event.pitch for event in events] == [40, 59]


probabilities = arrays.arrays(
    np.float32,
    (4, 25, PITCHES),
    elements=st.one_of(st.floats(0, 1, width=32), st.sampled_from([float("nan"), -1.0, 2.0])),
    fill=st.floats(0, 1, width=32),
)
decoders = st.builds(
    DecoderSettings,
    onset_threshold=st.floats(0.05, 0.95),
    frame_threshold=st.floats(0.05, 0.95),
    offset_threshold=st.floats(0.5, 1.5),
    repeat_frames=st.integers(1, 8),
    minimum_frames=st.integers(1, 8),
    release_frames=st.integers(1, 5),
    frame_support=st.floats(0, 0.9),
    ghost_ratio=st.floats(0, 0.9),
    gathered_threshold=st.sampled_from([0.0, 0.3, 0.8, 2.0]),
    gathered_frames=st.integers(1, 12),
    release_by_depth=st.booleans(),
    release_lag_frames=st.integers(0, 3),
    early=st.sampled_from([(), ((1, 0.6),), ((1, 0.9), (2, 0.4))]),
)


def sooner(values, part=slice(None)):
    """Other rolls of the same shape, as two shorter look-aheads might say."""
    return {1: (values[3][part], values[1][part]), 2: (values[2][part], values[0][part])}


@settings(max_examples=60)
@given(probabilities, decoders, st.integers(0, 6))
def test_whole_equals_frame_by_frame_and_after_reset(values, decoder, look_ahead):
    tracker = NoteTracker(decoder, 40, PITCHES, look_ahead)
    whole = tracker.feed(*values, sooner(values)) + tracker.finish()
    for cuts in (range(values.shape[1] + 1), (0, 7, values.shape[1])):
        tracker.reset()
        events = []
        for begin, end in pairwise(cuts):
            part = slice(begin, end)
            events += tracker.feed(*values[:, part], sooner(values, part))
        assert events + tracker.finish() == whole


@settings(max_examples=60)
@given(probabilities, decoders, st.integers(0, 4))
def test_ons_and_offs_alternate_and_every_on_ends(values, decoder, look_ahead):
    tracker = NoteTracker(decoder, 40, PITCHES, look_ahead)
    sounding: dict[int, int] = {}
    last = 0
    # Gathered starts and faded ends are dated back, early starts ahead.
    in_order = not (
        decoder.gathered_threshold
        or decoder.early
        or decoder.release_lag_frames
        or decoder.release_by_depth
    )
    for event in tracker.feed(*values, sooner(values)) + tracker.finish():
        if in_order:
            assert event.frame >= last
            last = event.frame
        if isinstance(event, NoteOn):
            assert event.pitch not in sounding and 1 <= event.velocity <= 127
            sounding[event.pitch] = event.frame
        else:
            assert event.frame > sounding.pop(event.pitch)
    assert not sounding and tracker.sounding == ()


def test_pairs_become_notes():
    events = [(NoteOn(1, 60, 80), 0.1), (NoteOn(1, 64, 70), 0.1), (NoteOff(5, 60), 0.2)]
    assert pair_notes(events, 0.01) == [Note(0.01, 0.05, 60, 80, 0.1)]


def swell(frames: int = 60, held: slice = slice(20, 40)) -> list[np.ndarray]:
    """Rolls of one pitch that sounds without ever having an onset."""
    onset, frame, offset, velocity = (np.zeros((frames, 88), np.float32) for _ in range(4))
    frame[held, 30] = 0.9
    velocity[:, 30] = 0.5
    return [onset, frame, offset, velocity]


def test_a_tone_that_swells_in_starts_after_some_clear_frames():
    settings = DecoderSettings(swell_threshold=0.8, swell_frames=4)
    tracker = NoteTracker(settings)
    events = tracker.feed(*swell()) + tracker.finish()
    assert [type(event).__name__ for event in events] == ["NoteOn", "NoteOff"]
    assert events[0].frame == 20 and events[0].pitch == 51
    assert events[1].frame == 40 + settings.release_frames - 1
    silent = NoteTracker(DecoderSettings())
    assert silent.feed(*swell()) + silent.finish() == []


def test_swells_frame_by_frame_equal_swells_at_once():
    settings = DecoderSettings(swell_threshold=0.6, swell_frames=3)
    rng = np.random.default_rng(8)
    rolls = [rng.random((200, 88), dtype=np.float32) ** 2 for _ in range(4)]
    whole, single = NoteTracker(settings), NoteTracker(settings)
    expected = whole.feed(*rolls) + whole.finish()
    found = [e for i in range(200) for e in single.feed(*(roll[i : i + 1] for roll in rolls))]
    assert found + single.finish() == expected
    sounding = set()
    for event in expected:
        assert (event.pitch in sounding) == isinstance(event, NoteOff)
        sounding ^= {event.pitch}


def test_a_soft_attack_starts_where_its_onsets_add_up_and_is_dated_to_their_centre():
    onset = [0.0, 0.1, 0.2, 0.2, 0.2, 0.1, 0.0, 0.0]
    plain = replace(DECODER, onset_threshold=0.5)
    gathering = replace(plain, gathered_threshold=0.65, gathered_frames=6)
    assert decode(onset, [1] * 8, decoder=plain) == []
    assert decode(onset, [1] * 8, decoder=gathering)[0] == NoteOn(3, 60, 64)
    assert decode(onset, [0.3] * 8, decoder=gathering) == [], "no sound is there to support it"
    short = replace(gathering, gathered_frames=2)
    assert decode(onset, [1] * 8, decoder=short) == [], "too long ago"


def test_gathered_onsets_do_not_cut_a_note_that_sounds():
    onset = [0.9] + [0.2] * 12
    gathering = replace(DECODER, gathered_threshold=0.6)
    ons = [e for e in decode(onset, [1] * 13, decoder=gathering) if isinstance(e, NoteOn)]
    assert len(ons) == 1


def test_velocity_follows_its_map():
    decoder = replace(DECODER, velocity_map=((0.2, 40), (0.6, 100)))
    loud = [decode([1], [1], velocity=[v], decoder=decoder)[0].velocity for v in (0.0, 0.4, 0.9)]
    assert loud == [40, 70, 100]
