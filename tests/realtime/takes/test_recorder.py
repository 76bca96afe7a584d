import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import mido
import numpy as np
import pytest
import soundfile

from realtime.files.note_files import read_csv
from realtime.takes.finish import finish, new_journal_path
from realtime.takes.journal import JournalWriter, TakeEvent, TakeInfo
from realtime.takes.read_journal import notes_of, read_events
from realtime.takes.recorder import TakeRecorder
from realtime.takes.recovery import journals, recover
from realtime.values.notes import Note

INFO = TakeInfo(48_000, "ünïcode")
EVENTS = [
    TakeEvent("on", 0.10, 0.15, 60, 90),
    TakeEvent("on", 0.20, 0.25, 64, 70),
    TakeEvent("off", 0.50, 0.55, 60),
    TakeEvent("off", 0.60, 0.65, 64),
]
NOTES = [Note(0.10, 0.50, 60, 90, 0.15), Note(0.20, 0.60, 64, 70, 0.25)]


def sound(seconds=1.0, rate=48_000):
    time_s = np.arange(int(seconds * rate)) / rate
    return (0.3 * np.sin(2 * np.pi * 440 * time_s)).astype(np.float32)


def blocks(samples, size=480):
    return [samples[start : start + size] for start in range(0, len(samples), size)]


def test_a_take(tmp_path):
    folder = tmp_path / "takes of müsic"
    recorder = TakeRecorder(folder, INFO)
    for index, block in enumerate(blocks(sound())):
        recorder.add(block, EVENTS if index == 50 else ())
    assert recorder.length_s == 1.0 and recorder.note_count == 2
    recorder.close()
    assert recorder.finished and not recorder.trouble
    assert recorder.take.suffix == ".mid" and recorder.take.parent == folder
    assert sorted(p.suffix for p in folder.iterdir()) == [".csv", ".flac", ".mid"]
    written, rate = soundfile.read(recorder.take.with_suffix(".flac"), dtype="float32")
    assert rate == 48_000 and np.abs(written - sound()).max() < 1e-6
    assert read_csv(recorder.take.with_suffix(".csv")) == NOTES


def test_the_midi_file_opens_elsewhere_with_its_timing(tmp_path):
    import pretty_midi

    recorder = TakeRecorder(tmp_path, INFO)
    recorder.add(sound(), EVENTS)
    recorder.close()
    file = mido.MidiFile(recorder.take, charset="utf-8")
    assert file.type == 1 and file.ticks_per_beat >= 480
    kinds = {message.type for track in file.tracks for message in track}
    assert {"set_tempo", "time_signature", "track_name"} <= kinds
    assert file.tracks[1].name == "ünïcode"
    notes = pretty_midi.PrettyMIDI(str(recorder.take)).instruments[0].notes
    found = sorted((n.pitch, n.velocity, n.start, n.end) for n in notes)
    for (pitch, velocity, start, end), note in zip(found, NOTES, strict=True):
        assert (pitch, velocity) == (note.pitch, note.velocity)
        assert abs(start - note.onset_s) < 0.0006 and abs(end - note.offset_s) < 0.0006


def test_takes_within_a_second_do_not_overwrite_each_other(tmp_path):
    takes = []
    for _ in range(3):
        recorder = TakeRecorder(tmp_path, INFO)
        recorder.add(sound(0.1), EVENTS)
        recorder.close()
        takes.append(recorder.take)
    assert len({*takes}) == 3 and all(take.is_file() for take in takes)


def test_a_gap_is_silence_of_its_length(tmp_path):
    recorder = TakeRecorder(tmp_path, INFO)
    recorder.add(sound(0.5), ())
    recorder.add_gap(48_000)
    recorder.add(sound(0.5), ())
    recorder.close()
    written, _ = soundfile.read(recorder.take.with_suffix(".flac"), dtype="float32")
    assert len(written) == 96_000
    assert not written[24_000:72_000].any() and written[72_001:].any()


def test_a_take_without_its_sound(tmp_path):
    recorder = TakeRecorder(tmp_path, replace(INFO, sound=False))
    recorder.add(sound(), EVENTS)
    recorder.add_gap(48_000, "0.5 s are missing")
    assert recorder.length_s == 2.0 and recorder.note_count == 2
    recorder.close()
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".csv", ".mid"]
    assert read_csv(recorder.take.with_suffix(".csv")) == NOTES


def left_behind(folder: Path, with_sound: bool = True) -> Path:
    """A journal as a killed program leaves it."""
    journal = JournalWriter(new_journal_path(folder), replace(INFO, sound=with_sound))
    journal.append_events(EVENTS)
    if with_sound:
        journal.append_audio(sound(0.5))
    journal.flush()
    journal.close()
    return journal.folder


def test_what_was_left_behind_becomes_a_take(tmp_path):
    journal = left_behind(tmp_path)
    assert journals(tmp_path) == [journal]
    (take,) = recover(tmp_path).takes
    assert read_csv(take.with_suffix(".csv")) == NOTES
    assert soundfile.info(take.with_suffix(".flac")).duration == pytest.approx(0.5)
    assert not recover(tmp_path).takes and not journal.exists()
    left_behind(tmp_path, with_sound=False)
    (take,) = recover(tmp_path).takes
    assert read_csv(take.with_suffix(".csv")) == NOTES
    assert not take.with_suffix(".flac").exists()


def test_a_journal_in_use_is_left_alone(tmp_path):
    journal = JournalWriter(new_journal_path(tmp_path), INFO)
    journal.append_events(EVENTS)
    journal.flush()
    assert journals(tmp_path) == [] and not recover(tmp_path).takes
    journal.close()
    assert len(recover(tmp_path).takes) == 1


def test_events_cut_at_every_byte(tmp_path):
    whole = left_behind(tmp_path)
    content = (whole / "events.jsonl").read_bytes()
    seen = 0
    for cut in range(len(content) + 1):
        (whole / "events.jsonl").write_bytes(content[:cut])
        notes = notes_of(read_events(whole))
        assert len(notes) >= seen
        assert all(note.offset_s > note.onset_s for note in notes)
        seen = len(notes)
    assert notes_of(read_events(whole)) == NOTES


def test_junk_never_blocks_recovery(tmp_path):
    rng = np.random.default_rng(0)
    for index in range(6):
        journal = left_behind(tmp_path)
        for name in ("events.jsonl", "meta.json", "audio-0001.flac"):
            junk = rng.integers(0, 256, int(rng.integers(0, 300))).astype(np.uint8).tobytes()
            if index & 1 or name != "events.jsonl":
                (journal / name).write_bytes(junk)
    empty = tmp_path / ".take-20200101-000000.journal"
    empty.mkdir()
    left_behind(tmp_path)
    takes = recover(tmp_path).takes
    assert len(takes) == 4
    assert journals(tmp_path) == []
    assert list(tmp_path.glob("*.damaged-*")), "what cannot be read is set aside, not deleted"


def test_sound_cut_at_any_byte_is_read_as_far_as_it_goes(tmp_path):
    whole = left_behind(tmp_path)
    content = (whole / "audio-0001.flac").read_bytes()
    for cut in [*range(0, 300, 7), *range(300, len(content), len(content) // 25)]:
        journal = tmp_path / f".take-cut-{cut}.journal"
        journal.mkdir()
        (journal / "events.jsonl").write_text("\n".join(json.dumps({}) for _ in EVENTS))
        (journal / "audio-0001.flac").write_bytes(content[:cut])
        finish(journal)
        flac = tmp_path / f"take-cut-{cut}.flac"
        if cut > len(content) * 0.6:
            assert soundfile.info(flac).duration > 0.15


def test_a_folder_that_cannot_be_written_is_a_message_and_memory(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    recorder = TakeRecorder(blocked / "takes", INFO)
    recorder.add(sound(), EVENTS)
    deadline = time.monotonic() + 3
    while not recorder.trouble and time.monotonic() < deadline:
        time.sleep(0.02)
    assert "cannot be written" in str(recorder.trouble) and recorder.length_s == 1.0
    blocked.unlink()
    recorder.stop()
    assert recorder.wait(6)
    assert recorder.take is not None and read_csv(recorder.take.with_suffix(".csv")) == NOTES


def test_a_full_disk_is_a_message(tmp_path):
    recorder = TakeRecorder(tmp_path, INFO, least_free_bytes=1 << 60)
    recorder.add(sound(), EVENTS)
    wait_for(lambda: "disk is full" in str(recorder.trouble))
    assert recorder.waits and recorder.take is None


@pytest.mark.parametrize("stopped_before", [False, True])
def test_a_take_that_cannot_be_written_when_the_program_ends_goes_where_it_can(
    tmp_path, monkeypatch, stopped_before
):
    """The first folder that lets us, with everything, once; nothing is left in memory.

    The end may come while the writer waits for its next try.
    """
    blocked, rescue = tmp_path / "file", tmp_path / "rescue"
    blocked.write_text("")
    folders = (blocked / "usual", rescue)
    monkeypatch.setattr("realtime.takes.recorder.rescue_folders", lambda: folders)
    recorder = TakeRecorder(blocked / "takes", INFO)
    recorder.add(sound(), EVENTS)
    wait_for(lambda: recorder.waits)
    if stopped_before:
        recorder.stop()
        time.sleep(0.5)
    recorder.close()
    assert recorder.take is not None and [*rescue.glob("*.mid")] == [recorder.take]
    assert not recorder.waits and recorder.trouble is None
    assert read_csv(recorder.take.with_suffix(".csv")) == NOTES
    assert soundfile.info(recorder.take.with_suffix(".flac")).duration == pytest.approx(1.0)


def test_what_nobody_lets_us_write_is_said(tmp_path, monkeypatch):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setattr("realtime.takes.recorder.rescue_folders", lambda: (blocked / "usual",))
    recorder = TakeRecorder(blocked / "takes", INFO)
    recorder.add(sound(), EVENTS)
    recorder.close()
    assert recorder.take is None and "The take is lost" in str(recorder.trouble)


def test_a_take_on_a_full_disk_goes_on_whole_in_another_folder(tmp_path, monkeypatch):
    """What is on the full disk already comes along; nothing is left behind there."""
    first, second = tmp_path / "first", tmp_path / "second"
    full: set[str] = set()
    usage = shutil.disk_usage

    def free(folder):
        real = usage(folder)
        return real._replace(free=0) if str(folder) in full else real

    monkeypatch.setattr("realtime.takes.recorder.shutil.disk_usage", free)
    monkeypatch.setattr("realtime.takes.recorder.RETRY_SECONDS", 0.05)
    recorder = TakeRecorder(first, INFO)
    recorder.add(sound(), EVENTS[:1])
    wait_for(lambda: any(first.glob("*/audio-0001.flac")))
    full.add(str(first))
    recorder.add(sound(), EVENTS[1:])
    wait_for(lambda: "choose another folder" in str(recorder.trouble))
    recorder.may_move_to(second)
    wait_for(lambda: not recorder.trouble)
    recorder.stop()
    assert recorder.wait(6)
    assert recorder.take is not None and recorder.take.parent == second
    assert read_csv(recorder.take.with_suffix(".csv")) == NOTES
    assert soundfile.info(recorder.take.with_suffix(".flac")).duration == pytest.approx(2.0)
    assert list(first.iterdir()) == []


def test_a_take_that_can_be_written_stays_where_it_began(tmp_path):
    recorder = TakeRecorder(tmp_path / "first", INFO)
    recorder.add(sound(), EVENTS)
    recorder.may_move_to(tmp_path / "second")
    recorder.close()
    assert recorder.take is not None and recorder.take.parent == tmp_path / "first"


def wait_for(condition, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


LIMITED = """
import resource, sys, time, signal
from pathlib import Path
import numpy as np
from realtime.takes.journal import TakeInfo
from realtime.takes.recorder import TakeRecorder
rng = np.random.default_rng(0)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, resource.RLIM_INFINITY))
recorder = TakeRecorder(Path(sys.argv[1]), TakeInfo(48_000))
total = 0
for _ in range(20):
    recorder.add(0.1 * rng.standard_normal(9_600).astype(np.float32), ())
    time.sleep(0.05)
time.sleep(0.5)
print(recorder.trouble, flush=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
recorder.stop()
recorder.wait(8)
print(recorder.take, recorder.trouble)
"""


def test_a_write_that_fails_in_the_middle_loses_next_to_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, timeout=30
    )
    message, last = done.stdout.strip().splitlines()
    assert "cannot be written" in message, done.stderr
    flac = next(tmp_path.glob("*.flac"))
    assert soundfile.info(flac).duration > 3.0, (last, done.stderr)


KILLED = """
import sys, time
from pathlib import Path
import numpy as np
from realtime.takes.journal import TakeEvent, TakeInfo
from realtime.takes.recorder import TakeRecorder
recorder = TakeRecorder(Path(sys.argv[1]), TakeInfo(16_000))
began = time.monotonic()
done = 0
rng = np.random.default_rng(0)
while True:
    due = int((time.monotonic() - began) * 100)
    for index in range(done, due):
        at_s = index / 100
        events = [TakeEvent("on", at_s, at_s, 60, 90)] if index % 10 == 0 else []
        events += [TakeEvent("off", at_s, at_s, 60)] if index % 10 == 5 else []
        recorder.add(0.1 * rng.standard_normal(160).astype(np.float32), events)
    done = max(done, due)
    print(done / 100, flush=True)
    time.sleep(0.01)
"""


@pytest.mark.parametrize("after_s", [1.2, pytest.param(2.13, marks=pytest.mark.slow)])
def test_kill_9_loses_at_most_a_second(tmp_path, after_s):
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    played = 0.0
    for line in process.stdout:
        played = float(line)
        if played >= after_s:
            break
    os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read().split()
    process.wait()
    process.stdout.close()
    played = max([played, *map(float, rest[:-1])])
    (take,) = recover(tmp_path).takes
    assert soundfile.info(take.with_suffix(".flac")).duration >= played - 1.0
    notes = read_csv(take.with_suffix(".csv"))
    assert notes[-1].onset_s >= played - 1.1


def test_sound_that_is_no_number_spoils_no_take(tmp_path):
    """Found by the random fault machine, sequence 363."""
    recorder = TakeRecorder(tmp_path, TakeInfo(16_000))
    block = np.full(4_000, np.nan, dtype=np.float32)
    block[::3], block[::5] = np.inf, 1e30
    recorder.add(block, ())
    recorder.close()
    assert recorder.take is not None and not recorder.trouble
    assert soundfile.info(recorder.take.with_suffix(".flac")).frames == 4_000
