"""Hearing a file with hindsight: the same notes where nothing is gained, better ones elsewhere."""

from dataclasses import replace

import numpy as np
import pytest

from realtime.inference.spec import DecoderSettings, ModelSpec, RefineSettings
from realtime.transcription.offline import transcribe
from realtime.transcription.refine import refine, refine_settings, with_hindsight
from realtime.values.settings import EngineSettings
from tests.support.toy_model import SPEC


def heard(notes):
    return [(note.onset_s, note.offset_s, note.pitch, note.velocity) for note in notes]


@pytest.mark.parametrize("rate", [16_000, 44_100])
def test_without_settings_of_its_own_it_is_the_longest_look_ahead(rate, toy, melodies):
    toy.head = 1
    expected = transcribe(melodies[rate], toy)
    toy.head = 0
    parts: list[float] = []
    found = refine(melodies[rate], toy, progress=parts.append)
    assert toy.head == 0
    assert heard(found) == heard(expected)
    assert len({note.emitted_s for note in found}) == 1
    assert found[0].emitted_s >= max(note.onset_s for note in found)
    assert parts == sorted(parts) and parts[-1] == 1.0


def test_the_player_settings_hold_for_a_refined_file_too(toy, melodies):
    settings = EngineSettings(lowest_pitch=60, velocity_fixed=77)
    found = refine(melodies[16_000], toy, settings)
    assert found and all(note.pitch >= 60 and note.velocity == 77 for note in found)


def test_an_onset_without_sound_after_it_is_dropped():
    rolls = {name: np.zeros((30, 2), np.float32) for name in ("onset", "frame", "offset")}
    rolls["velocity"] = np.zeros((30, 2), np.float32)
    rolls["onset"][10] = 0.9
    rolls["frame"][10:25, 0] = 1
    rolls["frame"][10:12, 1] = 1
    found = with_hindsight(rolls, 4, RefineSettings(support=0.5, support_frames=9))
    assert found["onset"][6].tolist() == pytest.approx([0.9, 0.0])
    assert all(len(roll) == 26 for roll in found.values())
    smooth = with_hindsight(rolls, 4, RefineSettings(smooth_frames=1))["frame"]
    assert smooth[5:8, 0].tolist() == pytest.approx([1 / 3, 2 / 3, 1])


def test_settings_travel_in_the_specification():
    chosen = RefineSettings(DecoderSettings(gathered_threshold=0.6), support=0.3, smooth_frames=2)
    spec = replace(SPEC, refine=chosen)
    assert ModelSpec.from_json(spec.to_json()) == spec
    assert refine_settings(spec) == (chosen, 1)
    assert refine_settings(SPEC)[0].decoder == SPEC.heads[1].decoder


def test_the_notes_of_the_beginning_come_before_the_rest_is_heard(toy, tmp_path):
    import soundfile

    from tests.support import toy_model

    song = np.tile(toy_model.melody(16_000), 40)[: 16_000 * 20]
    path = tmp_path / "long.wav"
    soundfile.write(path, song, 16_000, "FLOAT")
    told: list[tuple[int, float]] = []
    parts: list[float] = []
    found = refine(
        path, toy, progress=parts.append,
        on_notes=lambda notes: told.append((len(notes), max(n.offset_s for n in notes))),
    )  # fmt: skip
    ends = [end for _, end in told]
    assert 1 <= len(told) <= 3 and ends == sorted(ends) and ends[0] < 6
    for count, end in told:
        whole = [note for note in found if note.offset_s < end - 0.2]
        assert abs(len(whole) - count) <= 3
    assert heard(found) == heard(refine(path, toy))
