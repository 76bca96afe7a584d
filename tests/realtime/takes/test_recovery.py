"""Whichever front end starts next finishes what an interrupted one left, wherever that lies."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from realtime.files.note_files import read_csv
from realtime.takes import folders
from realtime.takes.finish import new_journal_path
from realtime.takes.folders import mark_recording, temporary_folder
from realtime.takes.journal import JournalWriter, TakeEvent, TakeInfo, lock
from realtime.takes.recovery import Recovered, recover, recover_known, recovery_troubles
from realtime.troubles.codes import Code

ROOT = Path(__file__).parents[3]


def left_behind(folder: Path) -> Path:
    folder.mkdir(exist_ok=True, parents=True)
    journal = JournalWriter(new_journal_path(folder), TakeInfo(16_000))
    journal.append_events([TakeEvent("on", 0.1, 0.1, 60, 90), TakeEvent("off", 0.4, 0.4, 60)])
    journal.append_audio(np.full(8_000, 0.1, dtype=np.float32))
    journal.flush()
    journal.close()
    return journal.folder


@pytest.mark.parametrize(("seconds", "harm"), [(0.4, "empty"), (9.0, "short"), (9.0, "gone")])
def test_a_recovered_take_without_its_sound_says_so(tmp_path, seconds, harm):
    journal = left_behind(tmp_path)
    (audio,) = journal.glob("audio-*")
    if harm == "empty":
        audio.write_bytes(b"")
    if harm == "gone":
        audio.unlink()
    with (journal / "events.jsonl").open("a") as file:
        for kind in ("on", "off"):
            event = {"kind": kind, "at_s": seconds - (kind == "on") * 0.1, "left_s": seconds}
            file.write(json.dumps({**event, "pitch": 62, "velocity": 90}) + "\n")
    found = recover(tmp_path)
    told = [one for one in recovery_troubles(found) if one.code is Code.TAKE_LACKS_SOUND]
    lacks = seconds - (0.5 if harm == "short" else 0.0)
    assert [one.values["seconds"] for one in told] == [pytest.approx(lacks, abs=0.01)]
    assert str(found.takes[0]) in str(told[0])


def test_a_recovered_take_that_is_whole_or_wanted_no_sound_says_nothing_of_it(tmp_path):
    left_behind(tmp_path / "a")
    journal = left_behind(tmp_path / "b")
    for audio in journal.glob("audio-*"):
        audio.unlink()
    meta = json.loads((journal / "meta.json").read_text())
    (journal / "meta.json").write_text(json.dumps({**meta, "sound": False}))
    for folder in ("a", "b"):
        (told,) = recovery_troubles(recover(tmp_path / folder))
        assert told.code is Code.TAKE_RECOVERED


DEEP = "[" * 100_000
META = [
    '{"rate": 1e999, "name": "a"}',
    '{"rate": -1e400, "name": [], "channel": {}}',
    DEEP,
    '{"rate": "48000", "name": null}',
    "null",
    "",
]
EVENTS = [
    DEEP,
    '{"kind": "on", "at_s": 1e999, "left_s": 0, "pitch": 60, "velocity": 90}',
    '{"kind": "on", "at_s": "1", "left_s": [], "pitch": 60.5, "velocity": true}',
    '{"kind": {}, "at_s": 0, "left_s": 0}',
    '{"kind": "click", "at_s": 0, "left_s": 0, "text": "nan nan"}',
    '{"kind": "marker", "at_s": 0, "left_s": 0, "text": "\\ud800"}',
    '{"kind": "bend", "at_s": 0, "left_s": 0, "cents": NaN}',
]


def test_one_damaged_journal_never_stops_the_next(tmp_path):
    for meta in META:
        (left_behind(tmp_path) / "meta.json").write_text(meta)
    for lines in EVENTS:
        with (left_behind(tmp_path) / "events.jsonl").open("a") as file:
            file.write(lines + "\n")
    found = recover(tmp_path)
    assert len(found.takes) == len(META) + len(EVENTS), found
    assert not found.unfinished and not found.damaged
    for take in found.takes:
        assert read_csv(take.with_suffix(".csv"))[0].pitch == 60
        assert soundfile.info(take.with_suffix(".flac")).frames == 8_000


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names")
@pytest.mark.parametrize("part", ["meta.json", "events.jsonl", "audio-0001.flac"])
@pytest.mark.parametrize("kind", ["pipe", "device"])
def test_a_pipe_or_a_device_in_a_journal_never_stops_the_next(tmp_path, part, kind):
    """It was read, for ever, and no other take was finished; what it may hide is not deleted."""
    bad, good = left_behind(tmp_path), left_behind(tmp_path)
    (bad / part).unlink()
    if kind == "pipe":
        os.mkfifo(bad / part)
    else:
        (bad / part).symlink_to("/dev/zero")
    found = recover(tmp_path)
    assert good.with_suffix(".mid") in found.takes and not good.exists()
    assert bad.exists() == (part != "meta.json")
    assert [path.name for path in found.unfinished] == ([bad.name] if bad.exists() else [])


def test_an_error_nobody_thought_of_stops_no_other(tmp_path, monkeypatch):
    from realtime.takes import recovery

    bad, good = left_behind(tmp_path), left_behind(tmp_path)
    finish = recovery.finish

    def failing(journal):
        if journal == bad:
            raise MemoryError
        return finish(journal)

    monkeypatch.setattr(recovery, "finish", failing)
    found = recover(tmp_path)
    assert found.unfinished == (bad,) and len(found.takes) == 1 and not good.exists()
    assert str(bad) in " ".join(map(str, recovery_troubles(found)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
EVENT = st.fixed_dictionaries(
    {},
    optional={
        name: JSON for name in ("kind", "at_s", "left_s", "pitch", "velocity", "text", "cents")
    },
)


@settings(max_examples=60)
@given(st.lists(EVENT, max_size=4), st.dictionaries(st.sampled_from(["rate", "name"]), JSON))
def test_values_of_any_type_cost_only_themselves(tmp_path_factory, events, meta):
    folder = tmp_path_factory.mktemp("takes")
    journal = left_behind(folder)
    with (journal / "events.jsonl").open("a") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)
    (journal / "meta.json").write_text(json.dumps(meta))
    (take,) = recover(folder).takes
    assert any(note.pitch == 60 for note in read_csv(take.with_suffix(".csv")))


def test_takes_are_found_wherever_they_were_begun(tmp_path, monkeypatch):
    """A folder that no setting names any more, and one of an earlier version's hidden journals."""
    usual = tmp_path / "usual"
    monkeypatch.setattr("realtime.takes.recovery.default_folder", lambda: usual)
    monkeypatch.setattr("realtime.takes.recovery.rescue_folders", lambda: (usual,))
    elsewhere = left_behind(tmp_path / "a stick")
    mark_recording(elsewhere)
    old = left_behind(usual)
    old.rename(usual / ".take-20250101-101010.journal")
    found = recover_known(tmp_path / "given")
    assert {take.parent for take in found.takes} == {elsewhere.parent, usual}
    assert (usual / "take-20250101-101010.mid").is_file()
    assert recover_known().takes == ()


def test_jtm_live_finishes_interrupted_takes_and_says_so(tmp_path, toy_path, melodies):
    takes = tmp_path / "takes"
    left_behind(takes)
    done = subprocess.run(
        [sys.executable, str(ROOT / "jtm.py"), "live", "--input", str(melodies[16_000]), "--fast",
         "--model", str(toy_path), "--record", str(takes)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Recovered a take of an interrupted session" in done.stderr
    assert len(list(takes.glob("*.flac"))) == 2 and not list(takes.glob("*.recording"))


def test_the_temporary_folder_is_ours_alone(tmp_path, monkeypatch):
    """Whoever made a folder of our name first does not own what is rescued into it."""
    monkeypatch.setattr(folders.tempfile, "gettempdir", lambda: str(tmp_path / "a"))
    (tmp_path / "a").mkdir()
    ours = temporary_folder()
    assert ours.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(folders.tempfile, "gettempdir", lambda: str(tmp_path / "b"))
    (tmp_path / "b" / ours.name).mkdir(parents=True, mode=0o755)
    other = temporary_folder()
    assert other.name != ours.name and other.stat().st_mode & 0o777 == 0o700
    monkeypatch.setattr(folders.tempfile, "gettempdir", lambda: str(tmp_path / "c"))
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / ours.name).symlink_to(tmp_path)
    assert temporary_folder().name != ours.name


@pytest.mark.parametrize("taken", [".mid", ".csv", ".flac", ".recording"])
def test_a_journal_reserves_its_takes_name(tmp_path, taken):
    (tmp_path / f"take-1{taken}").write_text("")
    assert new_journal_path(tmp_path, "take-1").name == "take-1-2.recording"


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is locked there")
def test_a_lock_that_was_won_of_a_journal_that_moved_is_none(tmp_path, monkeypatch):
    """A take is done, and the next begins under its name, between the look and the lock."""
    import fcntl

    first = JournalWriter(tmp_path / "take-1.recording", TakeInfo(16_000))
    begun, take_lock = [], fcntl.flock

    def late(file, kind):
        if not begun:
            begun.append(None)
            first.folder.rename(tmp_path / "kept")
            first.close()
            begun.append(JournalWriter(tmp_path / "take-1.recording", TakeInfo(16_000)))
        take_lock(file, kind)

    monkeypatch.setattr(fcntl, "flock", late)
    with pytest.raises(BlockingIOError):
        lock(tmp_path / "take-1.recording")
    assert recover(tmp_path) == Recovered() and begun[1].is_there()
    begun[1].close()


def test_a_take_that_begins_while_others_are_finished_is_left_alone(tmp_path):
    """`jtm live` looks for interrupted takes while its own begins."""
    over, found = threading.Event(), []

    def finish_others() -> None:
        while not over.is_set():
            found.append(recover(tmp_path))

    other = threading.Thread(target=finish_others)
    other.start()
    try:
        for number in range(100):
            journal = JournalWriter(new_journal_path(tmp_path), TakeInfo(16_000))
            journal.append_events([TakeEvent("on", 0.1, 0.1, 60, 90)])
            journal.flush()
            assert journal.is_there()
            journal.folder.rename(tmp_path / f"kept-{number}")
            journal.close()
    finally:
        over.set()
        other.join()
    assert found and not any(one.takes or one.damaged for one in found)


@pytest.mark.parametrize("name", ["events.jsonl", "audio-0001.flac"])
def test_what_the_system_cannot_read_now_is_kept_for_later(tmp_path, name):
    """A disk that fails, a limit on open files: no take without its notes, or without its sound."""
    journal = left_behind(tmp_path)
    (journal / name).rename(tmp_path / "away")
    (journal / name).mkdir()
    found = recover(tmp_path)
    assert found.unfinished == (journal,) and not found.takes and not found.damaged
    (journal / name).rmdir()
    (tmp_path / "away").rename(journal / name)
    (take,) = recover(tmp_path).takes
    assert len(read_csv(take.with_suffix(".csv"))) == 1
    assert soundfile.info(take.with_suffix(".flac")).frames == 8_000


def test_a_journal_that_could_not_be_begun_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("realtime.takes.journal.EVENTS", "no such folder/events.jsonl")
    with pytest.raises(OSError, match="no such folder"):
        JournalWriter(new_journal_path(tmp_path), TakeInfo(16_000))
    assert list(tmp_path.iterdir()) == []
