import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from realtime.files.note_files import write_csv
from realtime.playback import output
from realtime.playback.synth import LONGEST_S, RELEASE_S, Synth
from realtime.playback.take_messages import (
    REPORTS,
    At,
    Ended,
    Levels,
    Load,
    Pause,
    Paused,
    Play,
)  # fmt: skip
from realtime.playback.take_player import SoundReader, TakePlayer
from realtime.playback.take_player_child import TakePlayerChild, serve
from realtime.processes.message_lines import Failed, from_line, to_line
from realtime.processes.start import python_command, python_environment
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.notes import Note
from tests.support import servers

soundfile = pytest.importorskip("soundfile")
RATE = 16_000
NOTES = [Note(0.1, 0.6, 69, 100, 0.1), Note(0.7, 1.0, 81, 60, 0.7)]


@pytest.fixture
def sound(tmp_path) -> Path:
    path = tmp_path / "take ż.flac"
    soundfile.write(path, np.full(RATE, 0.25), RATE)
    return path


@pytest.fixture
def csv(tmp_path) -> Path:
    write_csv(NOTES, tmp_path / "notes.csv")
    return tmp_path / "notes.csv"


class Recorder:
    """An output that keeps what it is given."""

    latency_s = 0.0

    def __init__(self, rate: int) -> None:
        self.rate, self.blocks, self.closed = rate, [], False

    def write(self, block) -> None:
        self.blocks.append(block)

    def flush(self) -> None:
        self.blocks.clear()

    def drain(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def loudest_hertz(block: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(block * np.hanning(len(block))))
    return float(np.argmax(spectrum)) * RATE / len(block)


def test_the_synth_plays_the_pitch_while_the_note_lasts():
    synth = Synth(NOTES, RATE)
    assert not synth.render(0, round(0.1 * RATE)).any()
    assert loudest_hertz(synth.render(round(0.15 * RATE), 4096)) == pytest.approx(440, abs=4)
    assert not synth.render(round(1.2 * RATE), 1000).any()


def test_the_synth_sounds_the_same_however_it_is_cut():
    synth = Synth(NOTES, RATE)
    whole = synth.render(0, RATE)
    pieces = [synth.render(start, 1000) for start in range(0, RATE, 1000)]
    assert np.allclose(whole, np.concatenate(pieces), atol=1e-6)


@pytest.mark.parametrize("onset", [1, 255, 256, 257, 1000])
def test_a_note_begins_at_its_sample_and_ends_at_its_release(onset):
    note = Note(onset / 48_000, (onset + 4800) / 48_000, 69, 100, 0)
    sounding = np.flatnonzero(Synth([note], 48_000).render(0, 20_000))
    assert sounding[0] == onset + 1
    assert sounding[-1] == pytest.approx(onset + 4800 + RELEASE_S * 48_000, abs=50)


def test_harder_is_louder_and_nothing_clips():
    soft, hard = (Synth([Note(0, 1, 60, v, 0)], RATE).render(0, RATE) for v in (30, 120))
    assert np.abs(hard).max() > 3 * np.abs(soft).max()
    crowd = Synth([Note(0, 1, pitch, 127, 0) for pitch in range(21, 109)], RATE)
    assert np.abs(crowd.render(0, RATE)).max() <= 1


def test_a_block_deep_in_a_long_take_costs_no_more_than_its_notes():
    notes = [Note(0.1 * i, 0.1 * i + LONGEST_S / 40, 40 + i % 40, 80, 0) for i in range(72_000)]
    synth = Synth(notes, 48_000)
    began = time.process_time()
    for index in range(10):
        synth.render(48_000 * 7000 + 1024 * index, 1024)
    assert (time.process_time() - began) / 10 < 1024 / 48_000


def test_levels_choose_between_synth_and_recording(sound):
    playback = TakePlayer(NOTES, sound)
    playback.levels = (0.0, 1.0)
    assert np.allclose(playback.render(1000), 0.25, atol=1e-4)
    playback.levels = (0.0, 0.0)
    assert not playback.render(1000).any()
    playback.levels = (1.0, 0.0)
    playback.seek(0.2)
    assert playback.render(1000).any()


def test_playback_ends_after_the_longer_of_notes_and_recording(sound):
    playback = TakePlayer([Note(0, 2.0, 60, 80, 0)], sound)
    total = 0
    while (block := playback.render(1024)) is not None:
        total += len(block)
    assert total / RATE == pytest.approx(2.62, abs=0.01)


def test_a_loop_comes_back_to_its_start(sound):
    playback = TakePlayer(NOTES, sound)
    playback.loop = (0.5, 0.6)
    playback.seek(0.55)
    for _ in range(20):
        assert playback.render(500) is not None
        assert playback.at_s <= 0.6
    playback.loop = (0.5, 0.5)
    assert playback.render(500) is not None


def test_the_recording_is_read_at_another_rate_and_from_anywhere(sound):
    reader = SoundReader(sound, 48_000)
    reader.seek(0.5)
    block = reader.read(48_000)
    assert np.allclose(block[2000:22_000], 0.25, atol=0.01)
    assert not block[26_000:].any()


def test_a_sound_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "x.flac").write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"x\.flac"):
        SoundReader(tmp_path / "x.flac")


def follow(player: TakePlayerChild, *orders) -> None:
    for order in orders:
        player.follow(order)


def test_the_player_plays_to_the_end_and_says_where_it_is(csv, sound):
    said: list = []
    outputs: list[Recorder] = []
    player = TakePlayerChild(
        said.append, lambda rate: outputs.append(Recorder(rate)) or outputs[-1]
    )
    follow(player, Load(str(csv), str(sound)), Play(0.5))
    while player.playing:
        player.step()
    assert said[-1] == Ended()
    times = [answer.second for answer in said[:-1]]
    assert times == sorted(times)
    assert times[0] >= 0.5
    assert outputs[0].closed
    assert sum(map(len, outputs[0].blocks)) / RATE == pytest.approx(1.12, abs=0.01)


def test_pause_tells_the_place(csv):
    said: list = []
    player = TakePlayerChild(said.append, Recorder)
    follow(player, Load(str(csv), ""), Play(0.25), Pause())
    assert said == [Paused(0.25)]
    assert not player.playing


def test_a_jump_forgets_what_waits_to_be_heard(csv):
    player = TakePlayerChild(lambda answer: None, Recorder)
    follow(player, Load(str(csv), ""), Play(0.0))
    player.step()
    waiting = player.output
    assert waiting.blocks
    player.follow(Play(0.5))
    assert player.output is waiting and not waiting.blocks


def test_an_output_that_takes_no_more_is_told_apart_from_none(csv):
    class Stalled(Recorder):
        def write(self, block) -> None:
            raise UserError(Code.OUTPUT_SILENT)

    said: list = []
    player = TakePlayerChild(said.append, Stalled)
    follow(player, Load(str(csv), ""), Play(0.0))
    player.step()
    assert said[-1] == Failed(Trouble(Code.OUTPUT_SILENT)) and not player.playing


def test_an_output_that_gets_stuck_is_opened_anew_and_the_take_goes_on(csv, tmp_path):
    """ALSA's pulse plugin gets stuck so on a machine that is far too busy."""
    rows = "0,9,60,90,0"
    csv.write_text(f"onset_s,offset_s,midi_pitch,velocity,emitted_s\n{rows}\n")
    said: list = []
    outputs: list[Recorder] = []

    class Sticks(Recorder):
        def write(self, block) -> None:
            if not outputs[1:] and sum(map(len, self.blocks)) > 4 * self.rate:
                raise UserError("The sound output takes no more sound.")
            super().write(block)

    player = TakePlayerChild(said.append, lambda rate: outputs.append(Sticks(rate)) or outputs[-1])
    follow(player, Load(str(csv), ""), Play(0.0))
    while player.playing:
        player.step()
    assert said[-1] == Ended() and len(outputs) == 2 and outputs[0].closed
    whole_s = sum(len(block) for each in outputs for block in each.blocks) / outputs[0].rate
    assert whole_s == pytest.approx(9.62, abs=0.01), "nothing twice, nothing left out"


def heard(environment: dict, *orders) -> tuple[list, float, int]:
    """Reports of a real child until it no longer plays, seconds they took, its exit code."""
    child = subprocess.Popen(
        python_command("realtime.playback.take_player_child"),
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    child.stdin.write(b"".join(map(to_line, orders)))
    child.stdin.flush()
    began, answers = 0.0, []
    for line in child.stdout:
        answers.append(from_line(line, REPORTS))
        began = began or time.monotonic()
        if not isinstance(answers[-1], At):
            break
    took = time.monotonic() - began
    child.stdin.close()
    code = child.wait(10)
    child.stdout.close()
    return answers, took, code


@pytest.mark.slow
def test_a_take_plays_through_while_the_computer_is_busy(tmp_path, csv):
    """Four busy programs a core; the user's own setting asks for 20 ms."""
    rows = [f"{i * 0.2},{i * 0.2 + 0.19},{60 + i % 12},90,{i * 0.2}" for i in range(40)]
    csv.write_text("onset_s,offset_s,midi_pitch,velocity,emitted_s\n" + "\n".join(rows) + "\n")
    loops = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(4 * (os.cpu_count() or 1))
    ]
    try:
        with servers.pulse_server(tmp_path) as pulse:
            environment = {**python_environment(), **pulse.environment, "PULSE_LATENCY_MSEC": "20"}
            answers, took, _ = heard(environment, Load(str(csv), ""), Play(0.0))
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
    assert answers[-1] == Ended()
    assert 8 < took < 12, "the take is 8.5 s long"


def test_no_output_and_no_file_are_answers_not_crashes(csv, tmp_path):
    def refuse(rate: int) -> Recorder:
        raise UserError(Code.OUTPUT_NOT_STARTED, reason="no default output device")

    said: list = []
    player = TakePlayerChild(said.append, refuse)
    follow(player, Load(str(csv), ""), Play(0.0))
    assert said[-1].trouble.code == Code.OUTPUT_NOT_STARTED
    follow(player, Load(str(tmp_path / "gone.csv"), ""), Play(0.0))
    assert said[-1].trouble.code == Code.FILE_UNREADABLE
    assert from_line(to_line(said[-1]), REPORTS) == said[-1], "it reaches the window whole"
    player.step()


def test_an_output_that_was_plugged_in_since_is_found(monkeypatch):
    """PortAudio's list of devices is as old as its process, which waits for its first sound."""
    tried, looked = [], []

    class Output:
        def __init__(self, *_given: object, **_asked: object) -> None:
            tried.append(bool(looked))
            if not looked:
                raise ValueError("No default output device")

    monkeypatch.setattr(output, "RingOutput", Output)
    monkeypatch.setattr(output.portaudio, "list_outputs", lambda: looked.append(True))
    assert isinstance(output.open_speaker(RATE), Output) and tried == [False, True]
    looked.clear()
    monkeypatch.setattr(output.portaudio, "list_outputs", lambda: None)
    with pytest.raises(UserError, match="No default output device"):
        output.open_speaker(RATE)


@pytest.mark.slow
def test_a_real_sound_server_plays_in_real_time(tmp_path, csv):
    with servers.pulse_server(tmp_path) as pulse:
        environment = {**python_environment(), **pulse.environment}
        answers, took, code = heard(environment, Load(str(csv), ""), Levels(1.0, 0.0), Play(0.0))
    assert code == 0
    assert answers[-1] == Ended()
    assert len(answers) > 8
    assert 1.0 < took < 4.0


def test_orders_come_as_lines_and_their_end_is_the_end(csv):
    answers: list = []

    def lines():
        for order in (Load(str(csv), ""), Play(0.0), Pause()):
            yield to_line(order)
        servers.wait_until(lambda: any(isinstance(a, Paused) for a in answers), 10, "the pause")

    serve(lines(), answers.append, Recorder)
    assert any(isinstance(answer, Paused) for answer in answers)


def test_what_is_due_at_a_moment_is_not_heard_later(csv, sound):
    reports = []
    output = Recorder(RATE)
    player = TakePlayerChild(reports.append, lambda rate: output)
    player.follow(Load(str(csv), str(sound)))
    player.follow(Levels(0.0, 1.0))
    player.follow(Play(0.25, time.monotonic() - 0.5))
    player.step()
    begun_s = next(report for report in reports if isinstance(report, At)).second
    block_s = len(output.blocks[0]) / RATE
    assert begun_s - block_s == pytest.approx(0.75, abs=0.2) and begun_s - block_s >= 0.75
