"""The synth that plays along: it sounds like the take's; nothing hangs, nothing waits."""

import os
import signal
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from realtime.audio.sources import ArraySource
from realtime.engine.engine import Engine
from realtime.files.click import CLICK
from realtime.midi.sink import MidiOut
from realtime.playback.live_messages import BendNotes, EndNotes, PlayNotes, Schedule, Wanted
from realtime.playback.mixer import Mixer
from realtime.playback.player import NoSound, SoundOut
from realtime.playback.synth import BLOCK_FRAMES, MOST_VOICES, Synth, VoiceBank
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.notes import Note, NoteOff, NoteOn
from realtime.values.settings import EngineSettings
from tests.support.list_output import ListOutput
from tests.support.servers import wait_until
from tests.support.toy_model import melody

RATE = 48_000
SETTINGS = EngineSettings(synth=True)
OBEDIENT = """
import json, sys
print(json.dumps({"Opened": {"name": "Phones", "latency_ms": 12.0}}), flush=True)
with open(sys.argv[1], "a") as file:
    for line in sys.stdin:
        file.write(line)
        file.flush()
    file.write("END\\n")
"""
DEAF = """
import json, time
print(json.dumps({"Opened": {"name": "Phones", "latency_ms": 12.0}}), flush=True)
time.sleep(60)
"""
ABSENT = """
import json
print(json.dumps({"Failed": {"trouble": {"code": "no_output", "values": {}}}}), flush=True)
"""


class HeldNotes(NoSound):
    """Remembers which notes it should play."""

    def __init__(self):
        self.held, self.most, self.closed = set(), 0, False

    def send(self, events):
        for event in events:
            (self.held.add if isinstance(event, NoteOn) else self.held.discard)(event.pitch)
        self.most = max(self.most, len(self.held))

    def silence(self):
        self.held.clear()

    def close(self):
        self.silence()
        self.closed = True


def blocks(bank: VoiceBank, seconds: float) -> np.ndarray:
    return np.concatenate([bank.render() for _ in range(int(seconds * RATE / BLOCK_FRAMES))])


def test_a_held_note_sounds_as_the_take_will():
    bank = VoiceBank(RATE)
    end_s = 94 * BLOCK_FRAMES / RATE
    bank.on(69, 100)
    live = blocks(bank, end_s + 1e-9)
    bank.off(69)
    live = np.tanh(np.concatenate([live, blocks(bank, 0.4)]))
    written = Synth([Note(0, end_s, 69, 100, 0)], RATE).render(0, len(live))
    assert np.allclose(live, written, atol=1e-5)
    assert not bank.sounding


def test_every_note_ends_whatever_comes():
    bank = VoiceBank(RATE)
    bank.off(60)
    for pitch in range(21, 21 + MOST_VOICES + 9):
        bank.on(pitch, 127)
    bank.on(100, 90)
    bank.on(100, 90)
    bank.render()
    assert len(bank.held) <= MOST_VOICES and bank.held.count(100) == 1
    bank.cut()
    assert not bank.held
    blocks(bank, 0.02)
    assert not bank.sounding and not bank.render().any()


def test_a_note_cut_off_makes_no_click():
    bank = VoiceBank(RATE)
    bank.on(45, 127)
    before = blocks(bank, 0.2)
    bank.off(45)
    fading = blocks(bank, 0.05)
    bank.on(45, 1)
    after = blocks(bank, 0.05)
    steps = np.abs(np.diff(np.concatenate([before, fading, after])))
    assert steps.max() <= np.abs(np.diff(before)).max() * 1.05


def test_a_bend_turns_what_is_held_without_a_click_and_nothing_else():
    bank = VoiceBank(RATE)
    bank.on(69, 100)
    before = blocks(bank, 0.5)
    bank.bend(50.0)
    bent = blocks(bank, 0.5)
    steps = np.abs(np.diff(np.concatenate([before, bent])))
    assert steps.max() <= np.abs(np.diff(before)).max() * 1.05
    assert strongest_hz(before) == pytest.approx(440, abs=1)
    assert strongest_hz(bent) == pytest.approx(440 * 2 ** (50 / 1200), abs=1)
    bank.bend(0.0)
    assert strongest_hz(blocks(bank, 0.5)) == pytest.approx(440, abs=1)
    bank.bend(50.0)
    bank.cut()
    blocks(bank, 0.02)
    bank.on(69, 100)
    assert strongest_hz(blocks(bank, 0.5)) == pytest.approx(440, abs=1), "begins at its pitch"
    sound = Mixer(RATE)
    sound.follow(PlayNotes(((69, 100),)))
    sound.follow(BendNotes(-30.0))
    low = np.concatenate([sound.render() for _ in range(94)])
    assert strongest_hz(low) == pytest.approx(440 * 2 ** (-30 / 1200), abs=1)


def strongest_hz(sound: np.ndarray) -> float:
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size))
    return float(np.argmax(spectrum)) * RATE / size


def test_orders_set_level_and_tuning_and_nothing_clips():
    sound = Mixer(RATE)
    sound.follow(Wanted(synth_db=6.0, a4_hz=442.0))
    sound.follow(PlayNotes(tuple((pitch, 127) for pitch in range(40, 90))))
    assert np.abs(np.concatenate([sound.render() for _ in range(40)])).max() < 1
    sound.follow(EndNotes())
    for _ in range(3):
        sound.render()
    sound.follow(Wanted(synth_db=-36.0, a4_hz=442.0))
    sound.follow(PlayNotes(((69, 127),)))
    soft = np.concatenate([sound.render() for _ in range(188)])
    assert 0 < np.abs(soft).max() < 0.01
    turns = np.count_nonzero(np.diff(np.sign(soft[9600:])) > 0) / ((len(soft) - 9600) / RATE)
    assert turns == pytest.approx(442, abs=3)


def test_a_full_bank_is_rendered_in_a_tenth_of_its_time():
    bank = VoiceBank(RATE)
    for pitch in range(30, 30 + MOST_VOICES):
        bank.on(pitch, 90)
    began = time.process_time()
    blocks(bank, 0.5)
    assert time.process_time() - began < 0.25


def test_muting_midi_leaves_the_synth_and_the_reverse(toy):
    port, heard = ListOutput(), HeldNotes()
    muted = replace(SETTINGS, midi_muted=True)
    engine = Engine(toy, ArraySource(melody(), 16_000), MidiOut(port), muted, sound=heard)
    for _ in range(8):
        engine.pull()
    assert heard.held and not port.messages
    engine.panic()
    assert not heard.held
    engine.apply(replace(SETTINGS, synth_muted=True))
    engine.run()
    assert port.messages and not heard.held
    engine.try_key(64, True)
    assert heard.held == {64} and port.messages[-1][1] == 64
    engine.close()
    assert heard.closed and not heard.held and heard.most > 0


@pytest.fixture
def started():
    running: list[SoundOut] = []

    def start(script: str, *words, settings=SETTINGS) -> SoundOut:
        running.append(SoundOut(settings, [sys.executable, "-c", script, *map(str, words)]))
        return running[-1]

    yield start
    for out in running:
        out.close()


def test_only_what_is_wanted_is_started_and_orders_arrive_in_order(started, tmp_path):
    orders = tmp_path / "orders"
    out = started(OBEDIENT, orders, settings=EngineSettings(transpose=2))
    out.send([NoteOn(0, 60, 90)])
    assert not orders.exists() and out.status().name == ""
    on = EngineSettings(synth=True, transpose=2, synth_db=-12)
    out.apply(on)
    wait_until(lambda: out.status().name == "Phones", 5, "the output")
    out.send([NoteOn(0, 60, 90)])
    out.apply(replace(on, transpose=0))
    out.send([NoteOff(0, 60), NoteOn(1, 61, 80)])
    out.bend(-12.34)
    out.apply(EngineSettings())
    out.bend(5.0)
    wait_until(lambda: orders.exists() and "END" in orders.read_text(), 5, "the end")
    said = orders.read_text()
    places = [said.index(part) for part in ('"synth_db": -12', "[[62, 90]]", "[[62, 0], [61, 80]]",
                                            '"cents": -12.3', '"EndNotes"', "END")]  # fmt: skip
    assert places == sorted(places) and '"cents": 5' not in said
    wait_until(lambda: out.status().name == "", 5, "the end of the status")
    assert out.status().trouble is None


def test_a_process_that_reads_nothing_is_ended_and_never_waited_for(started):
    out = started(DEAF)
    wait_until(lambda: out.status().name, 5, "the output")
    process, longest = out.pid, 0.0
    for index in range(6000):
        began = time.perf_counter()
        out.send([NoteOn(index, 60 + index % 2, 90), NoteOff(index, 60 + (index + 1) % 2)])
        longest = max(longest, time.perf_counter() - began)
    assert longest < 0.25, "a busy machine may take the processor away, but nothing here waits"
    wait_until(lambda: out.pid != process, 5, "its end")
    wait_until(lambda: "lost; trying again" in str(out.status().trouble), 5, "the message")


def test_an_output_that_is_not_there_is_a_message_and_one_that_dies_is_started_again(
    started, tmp_path, monkeypatch
):
    monkeypatch.setattr("realtime.playback.player.RETRY_SECONDS", 0.05)
    absent = started(ABSENT)
    wait_until(lambda: absent.status().trouble, 5, "the message")
    assert absent.status().trouble == Trouble(Code.NO_OUTPUT)
    out = started(OBEDIENT, tmp_path / "orders")
    wait_until(lambda: out.status().name, 5, "the output")
    first = out.pid
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: out.pid not in (None, first), 5, "another")
    wait_until(lambda: out.status().name == "Phones" and not out.status().trouble, 5, "well again")


def test_a_piece_sounds_its_cues_at_their_time_and_falls_silent_with_it():
    sound = Mixer(RATE)
    for _ in range(10):
        sound.render()
    sound.follow(Wanted(piece=7))
    sound.follow(Schedule(((0.5, CLICK, 2), (0.6, 69, 100), (0.9, 69, 0))))
    began = sound.piece_frame
    assert began == 10 * BLOCK_FRAMES
    played = np.concatenate([sound.render() for _ in range(int(1.2 * RATE / BLOCK_FRAMES))])
    first = int(np.flatnonzero(np.abs(played) > 1e-4)[0])
    assert first == pytest.approx(0.5 * RATE, abs=3)
    assert np.abs(played[int(0.56 * RATE) : int(0.59 * RATE)]).max() < 1e-3
    assert np.abs(played[int(0.61 * RATE) : int(0.85 * RATE)]).max() > 0.01
    assert np.abs(played[int(1.1 * RATE) :]).max() < 1e-3
    sound.follow(Schedule(((2.0, 60, 100),)))
    sound.follow(Wanted(piece=0))
    sound.follow(Schedule(((2.0, 60, 100),)))
    assert not np.abs(np.concatenate([sound.render() for _ in range(200)])).max() > 1e-3


def test_the_output_opens_for_a_piece_alone_and_says_when_it_began(tmp_path):
    told = tmp_path / "told"
    child = OBEDIENT.replace(
        "        file.write(line)",
        "        order = json.loads(line)\n"
        "        piece = order.get('Wanted', {}).get('piece')\n"
        "        if piece:\n"
        "            began = {'number': piece, 'start_s': 5.0}\n"
        "            print(json.dumps({'PieceBegan': began}), flush=True)\n"
        "        file.write(line)",
    )
    out = SoundOut(EngineSettings(click=True, sound_out=str(told)), [sys.executable, "-c", child])
    try:
        number = out.begin_piece(True)
        wait_until(lambda: out.status().piece is not None, 10, "the piece")
        assert out.status().piece.number == number and out.status().piece.start_s == 5.0
        out.cue([(0.1 * i, 60, 100) for i in range(250)])
        wait_until(lambda: told.read_text().count("cues") == 3, 10, "the cues")
        assert '"bpm": 0.0' in told.read_text().splitlines()[-4]
        out.begin_piece(False)
        wait_until(lambda: '"bpm": 120.0' in told.read_text(), 10, "the click again")
    finally:
        out.close()
