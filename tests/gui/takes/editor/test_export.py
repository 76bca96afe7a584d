from dataclasses import replace

import pytest
from mido import MetaMessage, MidiFile

from gui.music.key_guess import Key, key_signature
from gui.takes.editor.saving.export import ExportChoice, as_table, export
from gui.takes.editor.saving.export_dialog import ExportDialog
from realtime.files.click import Click, read_click
from realtime.files.instruments import PROGRAMS
from realtime.files.note_files import read_csv
from realtime.troubles.errors import UserError
from realtime.values.notes import Note
from tests.support.take_files import NOTES


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


def test_files_hold_notes_and_no_pedal(tmp_path):
    made = export(NOTES, tmp_path / "a.mid", "a", ExportChoice("midi"))
    kinds = {message.type for track in MidiFile(made).tracks for message in track}
    assert {"note_on", "note_off"} < kinds and "control_change" not in kinds
    score = export(NOTES, tmp_path / "a.musicxml", "a", ExportChoice("musicxml"))
    assert "pedal" not in score.read_text(encoding="utf-8")


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


def test_a_midi_file_says_key_and_instrument(tmp_path):
    scale = [60, 62, 63, 65, 67, 68, 71, 72, 67, 63, 60, 67, 63, 60]
    notes = [Note(i * 0.5, i * 0.5 + 0.4, pitch, 80, 0.0) for i, pitch in enumerate(scale)]
    made = export(notes, tmp_path / "a.mid", "a", ExportChoice(), "guitar")
    messages = [message for track in MidiFile(made).tracks for message in track]
    said = {message.type: message for message in messages}
    assert said["key_signature"].key == "Cm"
    assert said["program_change"].program == PROGRAMS["guitar"]
    assert said["time_signature"].numerator == 4
    few = export(notes[:3], tmp_path / "b.mid", "b", ExportChoice())
    assert not [m for track in MidiFile(few).tracks for m in track if m.type == "key_signature"]


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize("minor", [False, True])
def test_every_key_can_be_written(tonic, minor):
    name = key_signature(Key(tonic, minor))
    assert MetaMessage("key_signature", key=name).key == name


def test_notes_as_a_table_are_those_of_the_csv(tmp_path):
    export(NOTES, tmp_path / "a.csv", "a", ExportChoice("csv"))
    assert as_table(NOTES).replace("\t", ",") == (tmp_path / "a.csv").read_text()


def test_a_take_played_to_the_click_is_saved_with_its_bars(qtbot, tmp_path):
    click = Click(100.0, 3, 0.25)
    dialog = ExportDialog(None, 93.5, click=click)
    qtbot.addWidget(dialog)
    assert dialog.choice() == ExportChoice("midi", 100.0, "off", 1.0, 1, click)
    assert not dialog.tempo.isEnabled()
    notes = [Note(0.25 + 0.6 * beat + 0.02, 0.6 + 0.6 * beat, 60, 80, 0.0) for beat in range(4)]
    made = export(notes, tmp_path / "a.mid", "a", dialog.choice())
    starts = [at for at, message in timed(MidiFile(made)) if message.type == "note_on"]
    assert starts == pytest.approx([0.6 * beat + 0.02 for beat in range(4)], abs=0.001)
    assert read_click(made) == replace(click, first_beat_s=0.0)
    dialog.grid.buttons[1].click()
    exact = export(notes, tmp_path / "b.mid", "b", dialog.choice())
    starts = [at for at, message in timed(MidiFile(exact)) if message.type == "note_on"]
    assert starts == pytest.approx([0.6 * beat for beat in range(4)], abs=0.001)
    dialog.format.buttons[2].click()
    score = export(notes, tmp_path / "c.musicxml", "c", dialog.choice()).read_text()
    assert "<beats>3</beats>" in score and "<per-minute>100</per-minute>" in score
    assert score.count("<measure ") == 2, "four beats of a metre of three"
    dialog.format.buttons[0].click()
    dialog.tempo.setEnabled(True)
    dialog.tempo.setValue(90)
    assert dialog.source.index() == 0 and dialog.choice().click is None
    dialog.source.buttons[1].click()
    assert dialog.choice() == ExportChoice("midi", 93.5, "1/4", 1.0, 1)
    plain = ExportDialog(None, 93.5)
    qtbot.addWidget(plain)
    assert not plain.source.buttons[2].isEnabled() and "click" in plain.source.buttons[2].toolTip()


def timed(file: MidiFile) -> list:
    now, messages = 0.0, []
    for message in file:
        now += message.time
        messages.append((now, message))
    return messages


def test_a_score_names_the_instrument_and_a_tempo_as_people_write_it(tmp_path):
    notes = [Note(0.4 * beat, 0.4 * beat + 0.3, 60, 80, 0.0) for beat in range(8)]
    choice = ExportChoice("musicxml", 149.75, "1/16")
    score = export(notes, tmp_path / "a.musicxml", "New recording 7", choice, "guitar").read_text()
    assert score.count("New recording 7") == 1, "the title, and no part of that name"
    assert "<part-name>Guitar</part-name>" in score
    assert "<per-minute>150</per-minute>" in score and 'tempo="149.75"' in score
