"""What the model hears in each hop becomes one steady word, in the picture and in takes."""

import time
from dataclasses import replace

import numpy as np
import pytest

from realtime.audio.sources import ArraySource
from realtime.engine.engine import Engine
from realtime.files.instruments import read_instrument
from realtime.inference.onnx_model import Activations
from realtime.transcription.instrument import InstrumentGuess, most_likely
from realtime.values.settings import EngineSettings
from tests.support.list_output import ListOutput
from tests.support.toy_model import SPEC, melody

NAMES = ("piano", "strings", "flutes")
SILENCE = np.zeros(88, dtype=np.float32)
TONE = np.full(88, 0.9, dtype=np.float32)


def said(*shares: float, frame: np.ndarray = TONE) -> Activations:
    return Activations(SILENCE, frame, SILENCE, SILENCE, None, np.array(shares, dtype=np.float32))


def after(*stretches: tuple[int, Activations]) -> InstrumentGuess:
    guess = InstrumentGuess(NAMES, 0.01)
    for hops, heard in stretches:
        for _ in range(hops):
            guess.push(heard)
    return guess


def test_nothing_is_said_too_early_nor_of_silence():
    strings = said(0.1, 0.8, 0.1)
    assert after((30, strings)).name == ""
    guess = after((50, strings))
    assert guess.name == "strings" and guess.share == pytest.approx(0.8, abs=1e-3)
    quiet = after((500, said(0.9, 0.1, 0.0, frame=SILENCE)))
    assert quiet.name == quiet.overall() == "" and quiet.share == 0


def test_one_strange_note_does_not_change_the_word_but_another_instrument_does():
    strings, piano = said(0.1, 0.8, 0.1), said(0.9, 0.05, 0.05)
    assert after((200, strings), (20, piano)).name == "strings"
    assert after((200, strings), (300, piano)).name == "piano"
    assert after((200, strings), (400, said(0.34, 0.33, 0.33))).name == ""


def test_long_silence_opens_the_question_but_not_the_totals():
    guess = after((200, said(0.1, 0.8, 0.1)), (700, said(0.9, 0, 0.1, frame=SILENCE)))
    assert guess.name == "" and guess.overall() == "strings"
    assert guess.overall(guess.totals.copy()) == ""


def test_a_model_that_does_not_tell_says_nothing():
    guess = InstrumentGuess((), 0.01)
    guess.push(Activations(SILENCE, TONE, SILENCE, SILENCE))
    assert guess.name == guess.overall() == "" and guess.share == 0.0


def test_less_than_half_is_no_majority():
    assert most_likely(NAMES, np.array([4, 5, 3], np.float32)) == ""
    assert most_likely(NAMES, np.array([1, 5, 3], np.float32)) == "strings"


class Telling:
    """The toy model, which also says that it hears strings."""

    def __init__(self, toy):
        self._toy, self.head = toy, toy.head
        self.spec = replace(SPEC, instruments=NAMES)
        self.reset = toy.reset

    def step(self, hop):
        return replace(self._toy.step(hop), instruments=np.array([0.1, 0.7, 0.2], np.float32))


@pytest.mark.parametrize("chosen", ["", "guitar"])
def test_the_picture_and_the_take_name_what_is_heard(toy, tmp_path, chosen):
    settings = EngineSettings(record=str(tmp_path), instrument=chosen)
    source = ArraySource(melody(seconds=2.0), 16_000, "tune")
    engine = Engine(Telling(toy), source, ListOutput(), settings)
    engine.record()
    while engine.pull():
        pass
    shown = engine.snapshot()
    assert shown.instrument == "strings" and shown.instrument_share == pytest.approx(0.7, abs=0.01)
    engine.stop_recording()
    until = time.monotonic() + 20
    while not (path := engine.snapshot().last_take) and time.monotonic() < until:
        time.sleep(0.01)
    engine.close()
    assert read_instrument(tmp_path / path) == (chosen or "strings")
