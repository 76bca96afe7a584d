"""Saved files end as they should, and nothing is written over that nobody was asked about."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog

from gui.takes.editor.saving.export_dialog import ExportDialog
from gui.widgets.save_dialog import ask_where, free_beside, with_suffix
from realtime.values.settings import EngineSettings
from tests.support.take_files import make_take


@pytest.fixture
def stage(make_stage, tmp_path):
    make_take(tmp_path / "takes", "first")
    stage = make_stage(EngineSettings(record=str(tmp_path / "takes")))
    stage.engine.forced = {"last_take": str(tmp_path / "takes" / "first.mid")}
    stage.play(0.1)
    return stage


@pytest.fixture
def typed(monkeypatch):
    """What the user types into one dialog after the other; the dialogs' proposals."""
    names, proposed = [], []

    def answer(parent, title, start, files):
        proposed.append((title, Path(start).name))
        return str(names.pop(0)), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer)
    return names, proposed


def test_neighbours_of_the_chosen_name_are_left_alone(stage, tmp_path, typed):
    folder = tmp_path / "mine"
    folder.mkdir()
    for suffix in (".flac", ".csv"):
        (folder / f"song{suffix}").write_bytes(b"precious")
    typed[0].append(folder / "song.mid")
    stage.window.transport.take.click()
    assert (folder / "song.flac").read_bytes() == b"precious"
    assert (folder / "song.csv").read_bytes() == b"precious"
    takes = tmp_path / "takes"
    assert (folder / "song.mid").read_bytes() == (takes / "first.mid").read_bytes()
    assert (folder / "song 2.flac").read_bytes() == (takes / "first.flac").read_bytes()
    assert "song 2.flac" in stage.window.toast.label.text()


def test_a_dot_in_a_name_is_no_suffix(stage, tmp_path, typed):
    typed[0].append(tmp_path / "Take 1.2")
    stage.window.do("save")
    assert (tmp_path / "Take 1.2.mid").is_file()
    assert (tmp_path / "Take 1.2.flac").is_file()
    assert not (tmp_path / "Take 1.2").exists()


def test_a_copy_that_cannot_be_written_looks_like_an_error(stage, tmp_path, typed):
    typed[0].append(tmp_path / "nowhere" / "song.mid")
    stage.window.do("save")
    assert "Cannot write" in stage.window.toast.label.text()
    assert stage.window.toast.kind.property("kind") == "error"


def test_it_asks_again_where_the_suffix_meets_another_file(stage, tmp_path, typed):
    names, proposed = typed
    (tmp_path / "song.mid").write_bytes(b"precious")
    names += [tmp_path / "song", tmp_path / "other"]
    stage.window.do("save")
    assert (tmp_path / "song.mid").read_bytes() == b"precious"
    assert (tmp_path / "other.mid").is_file()
    assert proposed[1][1] == "song.mid"
    assert "already a song.mid" in proposed[1][0]


def test_a_take_is_exported_under_the_confirmed_name_only(stage, tmp_path, typed, monkeypatch):
    monkeypatch.setattr(ExportDialog, "exec", lambda dialog: True)
    stage.window.do("takes")
    (tmp_path / "v1.0.mid").write_bytes(b"precious")
    typed[0].extend([tmp_path / "v1.0", tmp_path / "v1.0.mid"])
    stage.window.takes.view.head.export.click()
    assert len(typed[1]) == 2
    assert (tmp_path / "v1.0.mid").read_bytes()[:4] == b"MThd"


def test_whoever_gives_up_saves_nothing(stage, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *given: ("", ""))
    assert ask_where(stage.window, "Save", Path("x.mid"), ".mid") is None


def test_suffixes_and_free_names(tmp_path):
    assert with_suffix(Path("a/Take 1.2"), ".mid") == Path("a/Take 1.2.mid")
    assert with_suffix(Path("a.MID"), ".mid") == Path("a.MID")
    (tmp_path / "song.csv").touch()
    (tmp_path / "song 2.flac").touch()
    assert free_beside(tmp_path / "song.mid", [".csv", ".flac"]) == tmp_path / "song 3.mid"
    assert free_beside(tmp_path / "song.mid", []) == tmp_path / "song.mid"
