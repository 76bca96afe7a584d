"""A take goes on whole where its folder is removed, made anew, emptied or refuses for long."""

import shutil
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from realtime.files.note_files import read_csv
from realtime.takes.journal import TakeEvent, TakeInfo
from realtime.takes.recorder import TakeRecorder
from realtime.troubles.codes import Code

RATE = 16_000
ON, OFF = TakeEvent("on", 0.1, 0.15, 60, 90), TakeEvent("off", 1.5, 1.55, 60)


@pytest.fixture
def rescue(tmp_path, monkeypatch):
    folder = tmp_path / "rescue"
    monkeypatch.setattr("realtime.takes.recorder.rescue_folders", lambda: (folder,))
    monkeypatch.setattr("realtime.takes.recorder.RETRY_SECONDS", 0.05)
    return folder


def noise(seconds: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 0.1 * rng.standard_normal(int(seconds * RATE)).astype(np.float32)


def wait_for(condition, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def begun(folder: Path) -> TakeRecorder:
    """A take of which the first second is on disk."""
    recorder = TakeRecorder(folder, TakeInfo(RATE))
    recorder.add(noise(1.0, 1), [ON])
    wait_for(lambda: not recorder.waiting and any(folder.glob("*/audio-0001.flac")))
    time.sleep(0.3)
    return recorder


def is_whole(recorder: TakeRecorder) -> bool:
    assert recorder.take is not None, recorder.trouble
    assert recorder.trouble is None
    (note,) = read_csv(recorder.take.with_suffix(".csv"))
    assert (note.onset_s, note.offset_s, note.pitch) == (0.1, 1.5, 60)
    sound, rate = soundfile.read(recorder.take.with_suffix(".flac"), dtype="float32")
    whole = np.concatenate([noise(1.0, 1), noise(1.0, 2)])
    assert rate == RATE and len(sound) == len(whole)
    return bool(np.abs(sound - whole).max() < 1e-6)


@pytest.mark.parametrize("own_disk", [True, False])
def test_the_folder_is_deleted(tmp_path, rescue, monkeypatch, own_disk):
    monkeypatch.setattr("realtime.takes.second_copy.is_same_disk", lambda folder: own_disk)
    folder = tmp_path / "stick"
    recorder = begun(folder)
    shutil.rmtree(folder)
    wait_for(lambda: recorder.remark)
    assert recorder.remark.code is Code.TAKE_MOVED
    assert str(folder) in str(recorder.remark) and str(rescue) in str(recorder.remark)
    recorder.add(noise(1.0, 2), [OFF])
    recorder.close()
    assert is_whole(recorder) and recorder.take.parent == rescue
    assert not folder.exists(), "what was unplugged is not made anew in its place"


def test_the_folder_is_deleted_and_made_anew_at_once(tmp_path, rescue):
    folder = tmp_path / "stick"
    recorder = begun(folder)
    shutil.rmtree(folder)
    folder.mkdir()
    recorder.add(noise(1.0, 2), [OFF])
    recorder.close()
    assert is_whole(recorder) and recorder.take.parent == folder
    assert sorted(path.suffix for path in folder.iterdir()) == [".csv", ".flac", ".mid"]


def test_only_the_growing_files_are_deleted(tmp_path, rescue):
    recorder = begun(tmp_path)
    (journal,) = tmp_path.glob("*.recording")
    shutil.rmtree(journal)
    recorder.add(noise(1.0, 2), [OFF])
    recorder.close()
    assert is_whole(recorder)


def test_the_folder_goes_while_a_sound_file_begins(tmp_path, rescue, monkeypatch):
    folder = tmp_path / "stick"
    opened = soundfile.SoundFile

    def unplugged(path, *arguments, **options):
        file = opened(path, *arguments, **options)
        if folder.exists():
            shutil.rmtree(folder)
        return file

    monkeypatch.setattr(soundfile, "SoundFile", unplugged)
    recorder = TakeRecorder(folder, TakeInfo(RATE))
    recorder.add(np.concatenate([noise(1.0, 1), noise(1.0, 2)]), [ON, OFF])
    wait_for(lambda: recorder.remark or recorder.finished)
    recorder.close()
    assert is_whole(recorder) and recorder.take.parent == rescue


def test_the_folder_goes_when_the_take_has_ended(tmp_path, rescue, monkeypatch):
    """Between the last flush and the files."""
    folder = tmp_path / "stick"
    recorder = begun(folder)
    recorder.add(noise(1.0, 2), [OFF])
    wait_for(lambda: not recorder.waiting)
    time.sleep(0.3)
    from realtime.takes import recorder as module

    finish = module.finish

    def unplugged(journal, progress):
        if journal.parent == folder:
            shutil.rmtree(folder)
        return finish(journal, progress)

    monkeypatch.setattr(module, "finish", unplugged)
    recorder.close()
    assert is_whole(recorder) and recorder.take.parent == rescue


def test_a_disk_that_stays_full_is_left_after_a_while(tmp_path, rescue, monkeypatch):
    folder = tmp_path / "full"
    usage, full = shutil.disk_usage, set()
    monkeypatch.setattr("realtime.takes.recorder.PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(
        "realtime.takes.recorder.shutil.disk_usage",
        lambda place: usage(place)._replace(free=0) if place in full else usage(place),
    )
    recorder = begun(folder)
    full.add(folder)
    wait_for(lambda: recorder.remark)
    recorder.add(noise(1.0, 2), [OFF])
    recorder.close()
    assert is_whole(recorder) and recorder.take.parent == rescue


def test_what_lies_on_another_disk_is_copied_to_the_users_own(tmp_path, rescue, monkeypatch):
    """A stick that is pulled out: nothing on it can be read any more."""
    monkeypatch.setattr("realtime.takes.second_copy.is_same_disk", lambda folder: False)
    folder = tmp_path / "stick"
    recorder = begun(folder)
    pulled = tmp_path / "pulled"
    folder.rename(pulled)
    for part in pulled.glob("*/audio-*.flac"):
        part.write_bytes(b"")
    recorder.add(noise(1.0, 2), [OFF])
    recorder.close()
    sound = soundfile.info(recorder.take.with_suffix(".flac"))
    assert sound.frames >= 2 * RATE - 4096, "but for the encoder's last block"
    assert len(read_csv(recorder.take.with_suffix(".csv"))) == 1


def test_a_take_of_nothing_is_none(tmp_path, rescue):
    recorder = TakeRecorder(tmp_path / "takes", TakeInfo(RATE))
    recorder.close()
    assert recorder.take is None and list((tmp_path / "takes").iterdir()) == []


@pytest.mark.slow
def test_a_slow_disk_is_waited_for(tmp_path, rescue, monkeypatch):
    """A writer that gets somewhere now and then is not given up; who asks is told how far it is."""
    monkeypatch.setattr("realtime.takes.journal.os.fsync", lambda descriptor: time.sleep(1.5))
    recorder = TakeRecorder(tmp_path, TakeInfo(RATE))
    recorder.add(np.concatenate([noise(1.0, 1), noise(1.0, 2)]), [ON, OFF])
    asked: list[float] = []
    recorder.close(lambda done: asked.append(done) is None)
    assert is_whole(recorder) and len(asked) >= 3


@pytest.mark.slow
def test_who_does_not_want_to_wait_is_told_where_the_take_lies(tmp_path, rescue, monkeypatch):
    monkeypatch.setattr("realtime.takes.journal.os.fsync", lambda descriptor: time.sleep(1.0))
    recorder = TakeRecorder(tmp_path, TakeInfo(RATE))
    recorder.add(noise(1.0, 1), [ON])
    wait_for(lambda: recorder.where is not None)
    recorder.close(lambda done: False)
    assert str(recorder.where) in str(recorder.trouble) and "audio-*.flac" in str(recorder.trouble)
    wait_for(lambda: recorder.finished)
