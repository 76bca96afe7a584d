"""Crops for pretraining: repeatable, grouped, continued, damaged in the past only."""

import itertools
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import soundfile
import torch

from realtime.troubles.errors import UserError
from tests.support.tiny_music import struck_tones
from trainer.classification.task import ClassifySettings
from trainer.crops.augment import AugmentSettings, Responses
from trainer.crops.batches import Draws
from trainer.crops.tempo import change_tempo
from trainer.crops.unlabelled import PretrainCropSettings, UnlabelledCrops, category_of
from trainer.shards.audio_folder import open_audio_folder
from trainer.shards.format import Clip, empty_notes
from trainer.shards.index import run_jobs
from trainer.shards.shards import Shards
from trainer.shards.writing import write_shard

PLAIN = AugmentSettings(detune_cents=0, transpose_chance=0)


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """Six recordings by three composers; the last sample of each names it."""
    folder = tmp_path_factory.mktemp("unlabelled")
    audio = [struck_tones(i, 3.0)[0] for i in range(6)]
    clips = [
        Clip(str(i), 0, 0, "test", f"song{i}", (), "music", {"composer": f"c{i % 3}"})
        for i in range(6)
    ]
    write_shard(folder, 0, audio, [empty_notes()] * 6, clips)
    return Shards(folder)


def make(shards, settings=None, **words) -> UnlabelledCrops:
    settings = settings or PretrainCropSettings(seconds=0.5)
    return UnlabelledCrops(shards, settings, Responses("", 16_000), Draws(7, 4), group=2, **words)


def test_batches_repeat_and_start_anywhere(shards):
    crops, again = make(shards), make(shards)
    batches = list(itertools.islice(iter(crops), 3))
    again.first_batch = 2
    for one, other in zip(batches[2], next(iter(again)), strict=True):
        assert torch.equal(one, other)
    assert batches[0].future.shape == (4, 8000) and not torch.equal(
        *[b.future for b in batches[:2]]
    )


def test_two_devices_share_out_the_crops_of_one(shards):
    single = make(shards)
    whole = [single.draw_batch(i).future for i in range(2)]
    for device in range(2):
        part = make(shards)
        part.device, part.devices = device, 2
        assert torch.equal(part.draw_batch(0).future, whole[device])


def test_the_past_is_damaged_and_the_future_is_not(shards):
    loud = AugmentSettings(noise_chance=1, loudest_noise_db=0, quietest_noise_db=-1)
    damaged = make(shards, PretrainCropSettings(seconds=0.5, past_chance=1.0, augment=loud))
    plain = make(shards, PretrainCropSettings(seconds=0.5, past_chance=0.0, augment=loud))
    one, other = damaged.draw_batch(0), plain.draw_batch(0)
    assert torch.equal(one.future, other.future)
    assert other.past.shape == (4, 0)
    assert one.past.shape == one.future.shape and not torch.equal(one.past, one.future)
    assert torch.isfinite(one.past).all()


def test_pitch_changes_in_past_and_future_alike(shards):
    up = AugmentSettings(
        transpose_chance=1,
        transpose_semitones=3,
        room_chance=0,
        equalizer_chance=0,
        noise_chance=0,
        hum_chance=0,
        click_chance=0,
        drive_chance=0,
    )
    shifted = make(shards, PretrainCropSettings(seconds=0.5, past_chance=1.0, augment=up))
    plain = make(shards, PretrainCropSettings(seconds=0.5, past_chance=0.0, augment=PLAIN))
    batch = shifted.draw_batch(0)
    assert not torch.allclose(batch.future, plain.draw_batch(0).future, atol=1e-3)
    past = batch.past / batch.past.abs().amax(1, keepdim=True)
    future = batch.future / batch.future.abs().amax(1, keepdim=True)
    assert torch.allclose(past, future, atol=1e-5)


def test_tempo_changes_in_past_and_future_alike_and_pitch_stays(tmp_path):
    """A tone of 500 Hz that pulses four times a second, up to twice as fast or slow."""
    time = np.arange(8 * 16_000) / 16_000
    tone = 12_000 * np.sin(2 * np.pi * 500 * time) * (1 + np.cos(2 * np.pi * 4 * time)) / 2
    clip = Clip("0", 0, 0, "test", "song", (), "music")
    write_shard(tmp_path, 0, [tone.astype(np.int16)], [empty_notes()], [clip])
    still = replace(
        PLAIN,
        equalizer_chance=0,
        noise_chance=0,
        hum_chance=0,
        click_chance=0,
        drive_chance=0,
    )
    settings = PretrainCropSettings(2.56, 1.0, tempo_chance=1, tempo_percent=100, augment=still)
    batch = make(Shards(tmp_path), settings).draw_batch(0)
    past = batch.past / batch.past.abs().amax(1, keepdim=True)
    future = batch.future / batch.future.abs().amax(1, keepdim=True)
    assert torch.allclose(past, future, atol=1e-5)
    pulses = []
    for crop in future.numpy():
        hertz = np.fft.rfftfreq(len(crop), 1 / 16_000)
        assert abs(hertz[np.abs(np.fft.rfft(crop)).argmax()] - 500) < 3
        slow = np.abs(np.fft.rfft(crop**2))
        pulses.append(hertz[1 + slow[1 : np.searchsorted(hertz, 20)].argmax()])
    assert all(1.8 < pulse < 8.4 for pulse in pulses) and max(pulses) > 1.3 * min(pulses)
    plain = make(Shards(tmp_path), replace(settings, tempo_chance=0)).draw_batch(0).future
    assert plain.shape == future.shape


@pytest.mark.parametrize("ratio", [0.8, 1.25])
def test_a_stretched_sound_has_the_length_it_should(ratio):
    sound = np.random.default_rng(0).standard_normal(20_000).astype(np.float32)
    assert len(change_tempo(sound, ratio)) == round(20_000 / ratio)
    assert np.isfinite(change_tempo(np.zeros(5000, np.float32), ratio)).all()
    assert len(change_tempo(sound[:100], ratio)) == 100


def test_groups_share_a_category(shards):
    settings = PretrainCropSettings(seconds=0.5, category="composer")
    crops = make(shards, settings, by_category=True)
    seen = set()
    for number in range(20):
        categories = crops.draw_batch(number).categories.view(2, 2)
        assert torch.all(categories[:, 0] == categories[:, 1])
        seen |= set(categories.flatten().tolist())
    assert len(seen) == 3


def test_an_unknown_category_names_those_there_are(shards):
    with pytest.raises(UserError, match=r"no column 'mood'.*composer.*composition"):
        make(shards, PretrainCropSettings(category="mood"))


def test_rows_read_on_where_they_ended(shards):
    settings = PretrainCropSettings(seconds=0.5, past_chance=0, quietest_db=0, augment=PLAIN)
    crops = make(shards, settings, sequential=True)
    batches = [crops.draw_batch(i) for i in range(8)]
    assert torch.all(batches[0].continues == 0)
    flags = torch.stack([batch.continues for batch in batches])
    assert flags.any() and not flags[1:].all()
    clip, start = crops.windows[0]
    assert start == 0
    heard = torch.cat([batches[i].future[0] for i in range(2)]).numpy()
    pcm = shards.audio(int(clip))[:16_000].astype(np.float32)
    for half in (heard[:8000] * pcm[:8000]).sum(), (heard[8000:] * pcm[8000:]).sum():
        assert half > 0
    assert np.corrcoef(heard[8000:], pcm[8000:])[0, 1] > 0.999


def test_a_crop_knows_where_it_was_cut(shards):
    """Also where it is transposed, and so is a shorter or longer stretch than it is."""
    slow = replace(PLAIN, transpose_chance=1, transpose_semitones=3)
    crops = make(shards, PretrainCropSettings(seconds=0.5, past_chance=0, augment=slow))
    batches = [crops.draw_batch(i) for i in range(6)]
    stretched = set()
    for batch in batches:
        for sound, (clip, first, end) in zip(batch.future, batch.spans.tolist(), strict=True):
            semitones = 12 * np.log2((end - first) / 8000)
            assert abs(semitones - round(semitones)) < 0.01
            stretched.add(round(semitones))
            pcm = shards.audio(clip)[first:end].astype(np.float32)
            again = np.interp(np.arange(8000) * len(pcm) / 8000, np.arange(len(pcm)), pcm)
            assert np.corrcoef(again, sound)[0, 1] > 0.97
    assert len(stretched) > 3
    read = make(shards, PretrainCropSettings(seconds=0.5), sequential=True)
    spans = [read.draw_batch(i).spans[0].tolist() for i in range(2)]
    clip = spans[0][0]
    assert spans == [[clip, 0, 8000], [clip, 8000, 16_000]]


def test_crops_that_read_on_have_one_level(tmp_path):
    """A sound that dies away does so over the borders of crops, at the one gain of its clip."""
    fall = np.exp(-np.arange(48_000) / 12_000)
    pcm = (20_000 * fall * np.sin(np.arange(48_000) / 9)).astype(np.int16)
    clips = [Clip(str(i), 0, 0, "test", f"song{i}", (), "music") for i in range(2)]
    write_shard(tmp_path, 0, [pcm, pcm // 8], [empty_notes()] * 2, clips)
    settings = PretrainCropSettings(seconds=0.5, past_chance=0)
    crops = make(Shards(tmp_path), settings, sequential=True)
    gains = {0: [], 1: []}
    for batch in map(crops.draw_batch, range(6)):
        for sound, (clip, first, end) in zip(batch.future, batch.spans.tolist(), strict=True):
            heard = [pcm, pcm // 8][clip][first:end].astype(np.float32)
            gains[clip].append(float((sound.numpy() * heard).sum() / (heard * heard).sum()))
    for found in gains.values():
        assert len(found) > 6 and found == pytest.approx([found[0]] * len(found), rel=1e-4)
    assert gains[0][0] != pytest.approx(gains[1][0], rel=0.1)


def test_a_folder_of_audio_is_decoded_once(tmp_path):
    for name in ("a", "sub/b"):
        path = tmp_path / "music" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, struck_tones(len(name), 2.0)[0], 16_000)
    table = "file,composer\na,Bacewicz\nsub/b,Szymanowska\n"
    (tmp_path / "music" / "metadata.csv").write_text(table)
    cache = tmp_path / "cache"
    first = open_audio_folder(tmp_path / "music", str(cache), workers=1)
    assert sorted(clip.categories["composer"] for clip in first.clips) == [
        "Bacewicz",
        "Szymanowska",
    ]
    assert len(first.audio(0)) == 32_000 and first.audio(0).dtype == np.int16
    made = {path: path.stat().st_mtime_ns for path in cache.glob("*.npy")}
    open_audio_folder(tmp_path / "music", str(cache), workers=1)
    assert made == {path: path.stat().st_mtime_ns for path in cache.glob("*.npy")}
    soundfile.write(tmp_path / "music" / "a.wav", struck_tones(9, 3.0)[0], 16_000)
    again = open_audio_folder(tmp_path / "music", str(cache), workers=1)
    assert sum(clip.n_samples for clip in again.clips) == 80_000


DECODING = """
import sys
from pathlib import Path
from trainer.shards.audio_folder import open_audio_folder

print(open_audio_folder(Path(sys.argv[1]), sys.argv[2], workers=1).digest())
"""


@pytest.mark.slow
def test_two_runs_at_once_share_one_cache(tmp_path):
    music, cache = tmp_path / "music", tmp_path / "cache"
    music.mkdir()
    for i in range(6):
        soundfile.write(music / f"{i}.wav", struck_tones(i, 2.0)[0], 16_000)
    words = [sys.executable, "-c", DECODING, str(music), str(cache)]
    runs = [subprocess.Popen(words, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0]
    # The last line: pyfluidsynth tells where its library lies when CI is set.
    assert [said.splitlines()[-1] for said in told] == [Shards(cache).digest()] * 2
    assert len(Shards(cache)) == 6 and not list(cache.glob("*.tmp"))


def test_audio_is_decoded_by_as_many_processes_as_there_are_cores(tmp_path, monkeypatch):
    soundfile.write(tmp_path / "a.wav", struck_tones(1, 2.0)[0], 16_000)
    asked = []

    def run_here(jobs, workers):
        asked.append(workers)
        return run_jobs(jobs, 1)

    monkeypatch.setattr("trainer.shards.audio_folder.os.cpu_count", lambda: 12)
    monkeypatch.setattr("trainer.shards.audio_folder.run_jobs", run_here)
    assert len(open_audio_folder(tmp_path, str(tmp_path / "cache"))) == 1
    assert asked == [12]


def test_a_folder_without_audio_is_refused(tmp_path):
    with pytest.raises(UserError, match="No audio files"):
        open_audio_folder(tmp_path, str(tmp_path / "cache"))
    with pytest.raises(UserError, match="No folder"):
        open_audio_folder(tmp_path / "nowhere")


def test_a_work_has_one_name_in_pretraining_and_in_classification(shards):
    clip = replace(shards.clips[0], song="op. 27")
    assert category_of(clip, "composition") == category_of(clip, "song") == "op. 27"
    assert category_of(replace(clip, categories={"composition": "x"}), "composition") == "x"
    assert PretrainCropSettings().category == ClassifySettings().hold_out == "composition"
