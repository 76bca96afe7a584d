"""The engine tells every trouble there is, and keeps what it can of what was chosen."""

from dataclasses import replace
from pathlib import Path

import pytest

from realtime.audio.sources import ArraySource, SourceStatus
from realtime.engine.build import apply_settings, open_nearest_model
from realtime.engine.engine import Engine
from realtime.inference.onnx_model import OnnxModel
from realtime.inference.spec import HeadSpec
from realtime.midi.sink import SinkStatus
from realtime.playback.player import NoSound, SoundStatus
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings
from tests.support import toy_model
from tests.support.list_output import ListOutput

AWAY = Trouble(Code.INPUT_UNPLUGGED, name="Scarlett")
NO_PORT = Trouble(Code.PORT_LOST, name="Organ")
UNHEARD = Trouble(Code.OUTPUT_LOST, name="Phones")


@pytest.fixture(scope="module")
def fast_less(tmp_path_factory):
    """A model with look-aheads of 20, 40 and 80 ms, as `jtm train` makes them."""
    decoder = toy_model.SPEC.heads[0].decoder
    heads = tuple(HeadSpec(frames, decoder) for frames in (2, 4, 8))
    spec = replace(toy_model.SPEC, name="mine", heads=heads, default_head=1)
    return str(toy_model.save(tmp_path_factory.mktemp("model") / "mine.onnx", spec))


@pytest.mark.parametrize(
    ("wanted_ms", "used_ms"), [(10, 20), (20, 20), (20.3, 20), (25, 20), (50, 40), (500, 80)]
)
def test_a_look_ahead_that_the_model_lacks_becomes_the_nearest_and_is_told(
    fast_less, wanted_ms, used_ms
):
    settings = EngineSettings(model=fast_less, latency_ms=wanted_ms)
    model, trouble = open_nearest_model(settings)
    assert model.spec.name == "mine" and model.spec.latency_ms(model.head) == used_ms
    if abs(wanted_ms - used_ms) < 0.5:
        assert trouble is None
    else:
        values = {"name": "mine", "wanted_ms": wanted_ms, "used_ms": used_ms}
        assert trouble == Trouble(Code.LOOK_AHEAD_CHANGED, **values)


def test_the_models_own_look_ahead_is_nothing_to_tell(fast_less):
    model, trouble = open_nearest_model(EngineSettings(model=fast_less))
    assert model.head == 1 and trouble is None


def test_the_command_line_is_refused_what_the_model_cannot_do(fast_less):
    with pytest.raises(UserError, match="choose one of 20, 40, 80 ms with --latency-ms"):
        OnnxModel(Path(fast_less), 10.0)


class SickSource(ArraySource):
    def status(self):
        return SourceStatus(trouble=AWAY, connected=False)


class SickSink(ListOutput):
    def status(self):
        return SinkStatus(trouble=NO_PORT)


class SickSound(NoSound):
    def status(self):
        return SoundStatus(trouble=UNHEARD)


def test_troubles_of_several_parts_at_once_are_all_in_the_snapshot(toy):
    engine = Engine(toy, SickSource([0.0], 16_000), SickSink(), sound=SickSound())
    engine.check_health()
    assert engine.snapshot().troubles == (AWAY, NO_PORT, UNHEARD)


def test_a_port_that_cannot_be_opened_does_not_hold_up_the_other_changes(toy_path, fast_less):
    settings = EngineSettings(model=str(toy_path))
    engine = Engine(OnnxModel(toy_path), ArraySource([0.0], 16_000), ListOutput(), settings)
    wanted = replace(
        settings, model=fast_less, latency_ms=10.0, midi_out="no such port", input="gone.wav"
    )
    told = apply_settings(engine, wanted)
    engine.close()
    assert {part: trouble.code for part, trouble in told.items()} == {
        "model": Code.LOOK_AHEAD_CHANGED,
        "midi": Code.UNKNOWN_PORT,
        "input": Code.FILE_MISSING,
    }
    assert engine.snapshot().model_name == "mine" and engine.snapshot().look_ahead_ms == 20
