"""The demo, and every file that is played as input, sounds beside its notes."""

import pytest

from realtime.playback.take_messages import At, Levels, Load, Pause, Play
from realtime.processes.message_lines import Failed
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.settings import EngineSettings


@pytest.fixture
def stage(make_stage, demo_file):
    return make_stage(demo=demo_file)


def orders(stage, kind) -> list:
    return [order for order in stage.window.file_sound.player.orders if isinstance(order, kind)]


def play_demo(stage) -> None:
    stage.play(0.5)
    stage.controller.play_demo()
    stage.lay_out()
    stage.play(0.2)


def test_the_demo_sounds_where_its_notes_are(stage, demo_file):
    play_demo(stage)
    assert [load.sound for load in orders(stage, Load)] == [str(demo_file)]
    (begun,) = orders(stage, Play)
    assert begun.due_s is not None
    now_s = stage.controller.last.snapshot.stream_s
    assert begun.from_s + stage.clock.now - begun.due_s == pytest.approx(now_s, abs=0.05)
    assert orders(stage, Levels)[-1].recording > 0.5


def test_a_microphone_never_hears_it(stage):
    play_demo(stage)
    stage.window.transport.balance.setValue(0)
    stage.lay_out()
    assert stage.controller.settings.synth
    stage.controller.back_to_microphone()
    stage.play(0.05)
    assert orders(stage, Pause) and not stage.window.file_sound.player.playing
    assert not stage.controller.settings.synth
    assert stage.controller.settings.synth_db == EngineSettings().synth_db
    assert not stage.window.transport.balance.isVisible()


def test_the_balance_goes_from_the_synth_to_the_recording(stage):
    stage.window.resize(1280, 720)
    play_demo(stage)
    balance = stage.window.transport.balance
    assert balance.isVisible() and balance.value() == balance.maximum()
    assert not stage.controller.settings.synth
    balance.setValue(balance.minimum())
    assert stage.controller.settings.synth
    assert stage.controller.settings.synth_db == EngineSettings().synth_db
    assert orders(stage, Levels)[-1].recording < 0.05
    balance.setValue(0)
    assert orders(stage, Levels)[-1].recording > 0.5


def test_played_again_it_sounds_again(stage):
    play_demo(stage)
    stage.play(3.0)
    stage.engine.start()
    stage.play(0.2)
    assert len(orders(stage, Play)) >= 2
    assert orders(stage, Play)[-1].from_s < 0.5


def test_without_an_output_the_notes_are_shown_all_the_same(stage):
    play_demo(stage)
    stage.window.file_sound.player.update(Failed(Trouble(Code.OUTPUT_NOT_STARTED, reason="-9996")))
    assert "cannot be heard" in stage.window.toast.label.text()
    before = len(orders(stage, Play))
    stage.play(5.0)
    assert len(orders(stage, Play)) == before


def test_the_choice_of_a_synth_for_the_demo_is_not_remembered(stage):
    play_demo(stage)
    stage.window.transport.balance.setValue(0)
    stage.window.close()
    assert not stage.store.load()[0].engine.synth


def test_a_slow_start_is_waited_for_and_a_drift_mended(stage):
    play_demo(stage)
    player = stage.window.file_sound.player
    stage.play(20.0)
    assert len(orders(stage, Play)) == 1, "another order would begin anew, again and again"
    player.update(At(stage.controller.last.snapshot.stream_s))
    stage.play(0.2)
    assert len(orders(stage, Play)) == 1
    player.update(At(stage.controller.last.snapshot.stream_s - 2.0))
    stage.play(0.2)
    assert len(orders(stage, Play)) == 2
    assert orders(stage, Play)[-1].from_s == pytest.approx(20.4, abs=0.4)


def test_it_is_silent_while_a_take_plays(stage, tmp_path):
    play_demo(stage)
    view = stage.window.takes.view
    view.player.playing = True
    stage.play(0.1)
    assert not stage.window.file_sound.player.playing
    view.player.playing = False
    stage.play(0.1)
    assert stage.window.file_sound.player.playing
