import pytest

from gui.take_view.export import ExportChoice, export
from gui.take_view.export_dialog import ExportDialog
from realtime.errors import UserError
from realtime.note_files import read_csv
from tests.gui.takes import NOTES


@pytest.mark.parametrize(
    ("format_", "name", "start"),
    [
        ("midi", "ż.mid", b"MThd"),
        ("csv", "ż.csv", b"onset_s"),
        ("musicxml", "ż.musicxml", b"<?xml"),
    ],
)
def test_every_format_is_written_under_its_suffix(tmp_path, format_, name, start):
    made = export(NOTES, tmp_path / "ż", "Żółw", ExportChoice(format_))
    assert made == tmp_path / name
    assert made.read_bytes().startswith(start)


def test_the_grid_moves_only_what_is_exported(tmp_path):
    export(NOTES, tmp_path / "a.csv", "a", ExportChoice("csv", bpm=120, grid="1/4"))
    assert [note.onset_s for note in read_csv(tmp_path / "a.csv")] == [0.5, 1.0, 1.0, 5.0]
    export(NOTES, tmp_path / "b.csv", "b", ExportChoice("csv"))
    assert [note.onset_s for note in read_csv(tmp_path / "b.csv")] == [0.5, 1.2, 1.2, 5.0]


def test_a_folder_that_is_not_there_is_an_error_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="Cannot write"):
        export(NOTES, tmp_path / "file" / "a.mid", "a", ExportChoice())


def test_the_dialog_gives_what_was_chosen(qtbot):
    dialog = ExportDialog(None, 93.5, channel=3)
    qtbot.addWidget(dialog)
    assert dialog.choice() == ExportChoice("midi", 93.5, "off", 1.0, 3)
    assert not dialog.strength.isEnabled()
    dialog.format.buttons[2].click()
    dialog.grid.buttons[4].click()
    dialog.strength.setValue(50)
    assert dialog.choice() == ExportChoice("musicxml", 93.5, "1/16", 0.5, 3)
    dialog.format.buttons[1].click()
    dialog.grid.buttons[0].click()
    assert not dialog.tempo.isEnabled()
