import os
import signal
import threading
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest
import soundfile

from realtime.engine.host import EngineHost
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings
from tests.support.servers import wait_until
from tests.support.toy_model import melody


@pytest.fixture(scope="module")
def long_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("long") / "long.wav"
    soundfile.write(path, np.tile(melody(16_000, 3.0), 20), 16_000)
    return path


@pytest.fixture
def settings(toy_path, long_file, tmp_path):
    return EngineSettings(input=str(long_file), model=str(toy_path), record=str(tmp_path / "takes"))


@pytest.fixture
def host(settings):
    host = EngineHost(settings)
    host.start()
    yield host
    host.close()


def hears(host):
    return lambda: host.snapshot().state == "listening" and bool(host.snapshot().notes)


def test_it_plays_records_and_closes_within_two_seconds(host, tmp_path):
    wait_until(hears(host), 10, "first note")
    shown = host.snapshot()
    assert shown.model_name == "toy" and shown.device_rate == 16_000
    assert shown.hop_p95_ms >= shown.hop_ms > 0
    host.record()
    wait_until(lambda: host.snapshot().take_notes > 2, 10, "notes in the take")
    host.stop_recording()
    wait_until(lambda: host.snapshot().last_take, 5, "the take's file")
    assert host.snapshot().last_take.endswith(".mid") and not host.snapshot().recording
    pid, stream_s = host.pid, host.snapshot().stream_s
    host.press(60)
    host.release(60)
    host.panic()
    host.measure_loop()
    host.stop_measuring()
    host.stop_practising()
    host.keep_lesson(str(tmp_path))
    host.keep_lesson("")
    host.keep_recent("all of it", whole=True)
    wait_until(lambda: "all of it" in host.snapshot().last_take, 10, "a take of what was heard")
    wait_until(lambda: host.snapshot().stream_s > stream_s + 0.2, 3, "the stream going on")
    assert host.pid == pid, "every command is one that the engine knows"
    children = psutil.Process(pid).children(recursive=True)
    began = time.monotonic()
    host.close()
    assert time.monotonic() - began < 2
    assert not psutil.pid_exists(pid) and not any(child.is_running() for child in children)
    host.close()


def test_a_killed_engine_is_restarted_and_its_take_recovered(host, tmp_path):
    wait_until(hears(host), 10, "first note")
    host.record()
    wait_until(lambda: host.snapshot().take_s > 1.0, 5, "a second of take")
    first = host.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: host.pid not in (None, first), 5, "a new engine")
    wait_until(hears(host), 10, "notes again")
    assert host.restarts == 1
    assert Trouble(Code.ENGINE_RESTARTED) in host.snapshot().troubles
    assert all(note.offset_s is not None or note.onset_s < 60 for note in host.snapshot().notes)
    wait_until(lambda: host.snapshot().recording, 5, "recording again")
    wait_until(lambda: list((tmp_path / "takes").glob("*.mid")), 5, "the recovered take")
    flac = next((tmp_path / "takes").glob("*.flac"))
    assert soundfile.info(flac).duration > 0.3


@pytest.mark.slow
def test_settings_change_while_it_runs(host, settings, melodies):
    from dataclasses import replace

    wait_until(hears(host), 10, "first note")
    host.apply(replace(settings, latency_ms=80, input=str(melodies[44_100])))
    wait_until(lambda: host.snapshot().look_ahead_ms == 80, 5, "the other look-ahead")
    wait_until(lambda: host.snapshot().device_rate == 44_100, 5, "the other file")
    wait_until(lambda: host.snapshot().state == "file-ended", 10, "the file's end")
    host.apply(replace(settings, input="no such file.wav", midi_out="no such port"))
    told = {Code.FILE_MISSING, Code.UNKNOWN_PORT}
    wait_until(lambda: {t.code for t in host.snapshot().troubles} >= told, 8, "both troubles")


def test_a_broken_model_is_named_and_the_bundled_one_goes_on(tmp_path, settings):
    from dataclasses import replace

    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"junk")
    host = EngineHost(replace(settings, model=str(broken)))
    host.start()
    try:
        wait_until(lambda: host.snapshot().troubles, 10, "its name")
        assert [t.code for t in host.snapshot().troubles] == [Code.MODEL_UNUSABLE]
        wait_until(lambda: host.snapshot().stream_s > 0, 10, "the bundled model")
        assert host.restarts == 0
        pid = host.pid
        host.apply(settings)
        wait_until(hears(host), 10, "notes with the good model")
        assert host.pid == pid and not host.snapshot().troubles
    finally:
        host.close()


def test_no_microphone_is_a_state(tmp_path, settings, monkeypatch):
    from dataclasses import replace

    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nowhere")
    host = EngineHost(replace(settings, input=""))
    host.start()
    try:
        wait_until(lambda: host.snapshot().state == "no-input", 10, "no-input")
        wait_until(lambda: host.snapshot().troubles, 5, "a message")
    finally:
        host.close()


@pytest.mark.slow
def test_repeated_deaths_end_in_failed(host):
    for _ in range(3):
        wait_until(lambda: host.snapshot().state == "listening", 10, "listening")
        pid = host.pid
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda pid=pid: host.pid != pid, 5, "noticed")
    wait_until(lambda: host.snapshot().state == "failed", 5, "failed")
    assert host.snapshot().troubles == (Trouble(Code.ENGINE_GAVE_UP),)
    began = time.monotonic()
    host.close()
    assert time.monotonic() - began < 2


@pytest.mark.slow
def test_the_engine_ends_when_its_window_is_killed(tmp_path, settings):
    import subprocess
    import sys
    from pathlib import Path

    script = tmp_path / "window.py"
    script.write_text(
        "import time\n"
        "from realtime.engine.host import EngineHost\n"
        "from realtime.values.settings import EngineSettings\n"
        "if __name__ == '__main__':\n"
        f"    settings = EngineSettings(input={settings.input!r}, model={settings.model!r})\n"
        "    host = EngineHost(settings)\n"
        "    host.start()\n"
        "    while host.snapshot().state != 'listening': time.sleep(0.05)\n"
        "    print(host.pid, flush=True)\n"
        "    time.sleep(60)\n"
    )
    root = str(Path(__file__).parents[3])
    window = subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": root},
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(window.stdout.readline())
    window.kill()
    window.wait()
    window.stdout.close()
    wait_until(lambda: not psutil.pid_exists(pid), 4, "the engine's end")


def test_the_window_shows_what_transcribe_writes(toy, toy_path, melodies):
    from realtime.transcription.offline import transcribe
    from realtime.values.snapshot import RollNote

    host = EngineHost(EngineSettings(input=str(melodies[48_000]), model=str(toy_path)))
    host.start()
    try:
        wait_until(lambda: host.snapshot().state == "file-ended", 15, "the file's end")
        expected = [
            RollNote(note.onset_s, note.offset_s, note.pitch, note.velocity)
            for note in transcribe(melodies[48_000], toy)
        ]
        wait_until(lambda: len(host.snapshot().notes) == len(expected), 2, "the last note")
        shown = [replace(note, certainty=1.0) for note in host.snapshot().notes]
        assert shown == expected
    finally:
        host.close()


@pytest.mark.slow
def test_a_file_plays_again_from_its_start(host):
    wait_until(hears(host), 10, "first note")
    shown = host.snapshot().stream_s
    host.reopen()
    wait_until(lambda: host.snapshot().stream_s > shown + 1.0, 10, "the stream going on")
    assert host.snapshot().state == "listening"
    assert not host.snapshot().troubles


@pytest.mark.slow
def test_a_take_is_waited_for_where_the_engine_gets_no_processor(host, tmp_path):
    """The engine may wait long for the processor on a machine that is busy with other things."""
    host.record("busy")
    wait_until(hears(host), 10, "first note")
    wait_until(lambda: host.snapshot().take_s > 1, 10, "a second of it")
    engine = psutil.Process(host.pid)
    engine.suspend()
    threading.Timer(5.0, engine.resume).start()
    host.close()
    takes = tmp_path / "takes"
    assert sorted(path.name for path in takes.iterdir()) == ["busy.csv", "busy.flac", "busy.mid"]
    assert soundfile.info(takes / "busy.flac").duration > 1
