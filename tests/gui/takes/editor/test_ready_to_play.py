"""A take that is looked at is ready to be heard before anybody asks for it."""

import pytest

from gui.takes.editor.editor import TakeEditor
from gui.takes.editor.sound.player import PlayerClient
from realtime.playback.take_messages import Load, Play
from realtime.processes.message_lines import Failed
from realtime.takes.library import list_takes
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from tests.support.take_files import SilentPlayer, make_take

UNREADABLE = Trouble(Code.FILE_UNREADABLE, path="Étude.flac", reason="no sound")


@pytest.fixture
def take(tmp_path):
    make_take(tmp_path, "Étude")
    return list_takes(tmp_path)[0]


def make_editor(qtbot, player: PlayerClient) -> TakeEditor:
    editor = TakeEditor(player)
    qtbot.addWidget(editor)
    editor.resize(800, 400)
    return editor


def kinds(player: SilentPlayer) -> list[type]:
    return [type(order) for order in player.orders]


def test_a_take_is_loaded_while_it_is_looked_at(qtbot, clock, take):
    player = SilentPlayer(clock)
    editor = make_editor(qtbot, player)
    editor.show()
    editor.open(take)
    qtbot.waitUntil(lambda: kinds(player) == [Load])
    assert not player.playing
    editor.do("play")
    assert kinds(player).count(Load) == 1 and kinds(player)[-1] is Play


def test_nothing_is_started_for_a_take_that_is_not_seen(qtbot, clock, take):
    player = SilentPlayer(clock)
    editor = make_editor(qtbot, player)
    editor.open(take)
    qtbot.wait(600)
    assert player.orders == []


def test_trouble_is_told_to_whom_wants_to_hear_and_again_with_each_try(qtbot, clock, take):
    player = SilentPlayer(clock)
    editor = make_editor(qtbot, player)
    told = []
    player.failed.connect(told.append)
    editor.show()
    editor.open(take)
    qtbot.waitUntil(lambda: kinds(player) == [Load])
    player.update(Failed(UNREADABLE))
    assert told == []
    for tries in (1, 2):
        editor.do("play")
        assert kinds(player).count(Load) == 1 + tries
        player.update(Failed(UNREADABLE))
        assert told == [UNREADABLE] * tries and not player.playing


def test_a_process_that_cannot_be_started_leaves_nothing_playing(qtbot, clock, take):
    def start():
        raise OSError("no more processes")

    player = PlayerClient(None, clock, start)
    editor = make_editor(qtbot, player)
    told = []
    player.failed.connect(told.append)
    editor.open(take)
    editor.do("play")
    assert [trouble.code for trouble in told] == [Code.HELPER_NOT_STARTED] and not player.playing
