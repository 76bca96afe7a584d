"""What a set does with truths that do not fit: told with its recording, or refused with its row."""

import numpy as np
import pytest
import soundfile
import torch
from mido import MidiFile
from sklearn.metrics import average_precision_score

import jtm
from realtime.troubles.errors import UserError
from realtime.values.notes import Note
from tests.support import corpus_trees as trees
from trainer.commands.evaluate import print_uncounted
from trainer.datasets.corpora import read_corpus
from trainer.evaluation.figures import score
from trainer.evaluation.recording import ScoredRecording
from trainer.evaluation.scoring import average_precision
from trainer.evaluation.sets import open_set
from trainer.finetuning.run import TrainCommand, labelled_shards
from trainer.shards.health.corpora import diagnose
from trainer.shards.health.recordings import examine
from trainer.shards.shards import Shards

HEADER = "id,group,file,truth"
NOTES = "onset,offset,pitch\n0.1,0.3,60\n0.5,0.7,62\n"


def write(folder, *rows, header=HEADER, notes=NOTES):
    """A manifest of one tone of a second and its notes; returns its path."""
    trees.write_tone(folder / "a.wav", seconds=1)
    (folder / "a.csv").write_text(notes)
    path = folder / "m.csv"
    path.write_text("\n".join([header, *rows, ""]))
    return path


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("instrumnet", "instrument"),
        ("softt", "soft"),
        ("sfot", "soft"),
        ("truth_shift_ms", "truth_shift_s"),
        ("Shift (s)", "truth_shift_s"),
        ("tolerance", "onset_tolerance_s"),
        ("onset_tolerence_s", "onset_tolerance_s"),
    ],
)
def test_a_column_that_is_nearly_one_that_is_read_is_refused(column, wanted, tmp_path):
    path = write(tmp_path, "a,g,a.wav,a.csv,1", header=f"{HEADER},{column}")
    with pytest.raises(UserError, match=f"'{wanted}'; call it that") as error:
        open_set(path)
    assert f"a column '{column}'" in str(error.value)


@pytest.mark.parametrize("mark", ["#", "%", "# ", "#;"])
def test_rows_that_are_switched_off_are_not_scored_whatever_is_in_them(mark, tmp_path, capsys):
    rows = ("a,g,a.wav,a.csv", f"{mark}b,g,nowhere.wav,nowhere.csv,x,y", f"{mark} id, group, more")
    header = f"{mark} my set, by group\n{HEADER},composer"
    assert [one.id for one in open_set(write(tmp_path, *rows, header=header))] == ["a"]
    assert jtm.main(["evaluate", str(tmp_path / "m.csv"), "--workers=1", "--json"]) == 0
    assert "columns that are not read: composer\n" in capsys.readouterr().err
    assert open_set(write(tmp_path, *rows, header=f"{mark}{HEADER},x,y".replace(";", "")))
    marked = write(tmp_path, "1,#a,g,a.wav,a.csv", header=f"row,{HEADER}")
    assert [one.id for one in open_set(marked)] == ["#a"]


@pytest.mark.parametrize(
    "header", ["file,split", "# mine; file, by hand\nfile,split", "#file,split"]
)
def test_rows_of_metadata_that_are_switched_off_say_nothing(header, tmp_path):
    trees.write_tone(tmp_path / "a.wav")
    (tmp_path / "a.csv").write_text(NOTES)
    (tmp_path / "metadata.csv").write_text(f"{header}\n#a.wav,nonsense\na.wav,test\n%a,train,x\n")
    (one,) = read_corpus(tmp_path)
    assert one.splits == {"metadata": "test"}


def test_other_columns_stay_and_are_told_once(tmp_path, capsys):
    header = f"{HEADER},composer,soft,seconds,offset"
    path = write(tmp_path, "a,g,a.wav,a.csv,Bach,1,1,x", header=header)
    assert open_set(path)[0].tolerance == 0.1
    assert jtm.main(["evaluate", str(path), "--workers=1", "--json"]) == 0
    told = capsys.readouterr().err
    assert told.count("columns that are not read: composer, seconds, offset\n") == 1
    assert jtm.main(["evaluate", str(path), "--workers=1", "--json", "--group=composer"]) == 0
    assert "not read: seconds, offset\n" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "header"),
    [("a.csv", "onset,offset,pitch,velocty"), ("metadata.csv", "file,splitt,kind,more")],
)
def test_misspelt_columns_of_labels_and_metadata_are_refused_too(name, header, tmp_path):
    write(tmp_path)
    (tmp_path / name).write_text(f"{header}\n0.1,0.2,60,80\n")
    with pytest.raises(UserError, match=r"is nearly '(velocity|split)'"):
        read_corpus(tmp_path, "pairs")[0].read_notes()


@pytest.mark.parametrize("shift", ["nan", "inf", "-inf", "x"])
def test_a_shift_that_is_no_number_is_the_fault_of_its_row(shift, tmp_path):
    path = write(tmp_path, f"a,g,a.wav,a.csv,{shift}", header=f"{HEADER},truth_shift_s")
    with pytest.raises(UserError, match=f"Row 2 of '.*m.csv' has truth_shift_s '{shift}'"):
        open_set(path)


@pytest.mark.parametrize("shift", ["2", "-2"])
def test_a_shift_out_of_the_sound_is_the_fault_of_its_row(shift, tmp_path):
    path = write(tmp_path, f"a,g,a.wav,a.csv,{shift}", header=f"{HEADER},truth_shift_s")
    with pytest.raises(UserError, match=f"mend truth_shift_s {shift} in row 2 of '.*m.csv'"):
        open_set(path)


@pytest.mark.parametrize("way", ["shift", "late", "folder"])
def test_notes_outside_of_the_sound_are_counted_aloud(way, tmp_path, capsys):
    late = NOTES + "1.2,1.4,64\n"
    row = "a,g,a.wav,a.csv" + (",-0.3" if way == "shift" else "")
    header = HEADER + (",truth_shift_s" if way == "shift" else "")
    path = write(tmp_path, row, header=header, notes=NOTES if way == "shift" else late)
    if way == "folder":
        path.unlink()
        path = tmp_path
    (one,) = open_set(path)
    assert one.outside == 1 and len(one.notes) == (1 if way == "shift" else 2)
    assert jtm.main(["evaluate", str(path), "--workers=1", "--json"]) == 0
    told = capsys.readouterr().err
    assert "1 notes are not counted, which begin before their sound, or less than 50 ms" in told
    assert "(1 of 'a')" in told


@pytest.mark.parametrize("folder", [False, True])
def test_notes_of_midi_off_the_keyboard_are_counted_aloud(folder, tmp_path, capsys):
    path = write(tmp_path, "a,g,a.wav,a.mid")
    (tmp_path / "a.csv").unlink()
    trees.write_midi(tmp_path / "a.mid", [(0.1, 0.2, 12), (0.3, 0.5, 60), (0.6, 0.8, 115)])
    (one,) = open_set(tmp_path if folder else path)
    assert (one.off_keyboard, len(one.notes)) == (2, 1)
    print_uncounted([one])
    assert "2 notes are not counted, which lie off a piano's keyboard (2 of 'a')" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("folder", [False, True])
def test_notes_on_the_drum_channel_are_counted_aloud_and_drums_alone_are_no_silence(
    folder, tmp_path, capsys
):
    path = write(tmp_path, "a,g,a.wav,a.mid")
    (tmp_path / "a.csv").unlink()
    file = MidiFile(trees.write_midi(tmp_path / "a.mid", [(0.1, 0.2, 60), (0.3, 0.5, 62)]))
    for message in file.tracks[0]:
        if message.type in ("note_on", "note_off") and message.note == 60:
            message.channel = 9
    file.save(tmp_path / "a.mid")
    (one,) = open_set(tmp_path if folder else path)
    assert (one.drums, len(one.notes)) == (1, 1)
    print_uncounted([one])
    assert "1 notes are not counted, which are on the drum channel (10) (1 of 'a')" in (
        capsys.readouterr().err
    )
    (recording,) = read_corpus(tmp_path)
    assert [fault.kind for fault in examine(recording).faults] == ["notes on the drum channel"]
    for message in file.tracks[0]:
        if message.type in ("note_on", "note_off"):
            message.channel = 9
    file.save(tmp_path / "a.mid")
    left_out = []
    with pytest.raises(UserError, match="drum channel" if not folder else "can be scored"):
        open_set(tmp_path if folder else path, on_left_out=left_out.append)
    assert not folder or "would be scored as silence" in left_out[0].reasons[0]


def test_one_sound_under_two_ids_is_told_and_refused_with_two_truths(tmp_path, capsys):
    path = write(tmp_path, "a,g,a.wav,a.csv", "b,g,a.wav,a.csv")
    assert [one.twin for one in open_set(path)] == ["", "a"]
    assert jtm.main(["evaluate", str(path), "--workers=1", "--json"]) == 0
    assert (
        "1 recordings have the sound of others, and count again ('b' as 'a')"
        in capsys.readouterr().err
    )
    (tmp_path / "b.csv").write_text(NOTES.replace("62", "64"))
    path.write_text(f"{HEADER}\na,g,a.wav,a.csv\nb,g,a.wav,b.csv\n")
    with pytest.raises(UserError, match=r"Row 3 of .*'b' has the same samples as 'a' with other"):
        open_set(path)
    path.write_text(f"{HEADER}\na,g,a.wav,a.csv\nb,g,a.wav,\n")
    capsys.readouterr()
    assert jtm.main(["evaluate", str(path), "--workers=1", "--json"]) == 0
    assert "('b' as 'a', of which one is said to have no notes)" in capsys.readouterr().err


def test_one_sound_with_two_labels_is_bad_in_folders_and_stops_their_index(tmp_path, capsys):
    folder, out = tmp_path / "pairs", tmp_path / "shards"
    for name in ("a", "b"):
        trees.write_tone(folder / f"{name}.wav", seconds=1)
        (folder / f"{name}.csv").write_text(NOTES)
    trees.write_tone(folder / "c.wav", pitch=72, seconds=1)
    (folder / "c.csv").write_text(NOTES)
    words = ["data", "index", str(folder), f"--out={out}", "--workers=1"]
    assert jtm.main(words) == 0
    assert "1 recordings have the sound of others" in capsys.readouterr().err
    assert [one.twin for one in open_set(folder)] == ["", "a", ""]
    (folder / "b.csv").write_text(NOTES.replace("62", "64"))
    found = diagnose(read_corpus(folder), 1)
    kinds = [(fault.id, fault.kind) for fault in found.faults]
    assert kinds == [("a", "contradictory label"), ("b", "contradictory label")]
    assert found.bad_items == 2
    left = []
    assert [one.id for one in open_set(folder, on_left_out=left.append)] == ["c"]
    assert [reason[:24] for reason in left[0].reasons] == [
        "a: the same samples as b", "b: the same samples as a",
    ]  # fmt: skip
    assert jtm.main(words) == 1
    assert "'b' has the same samples as 'a' with other notes" in capsys.readouterr().err
    assert jtm.main(words) == 1  # nothing is made again, and it is told again


def test_silence_may_come_as_often_as_it_likes(tmp_path):
    for name in ("a", "b"):
        soundfile.write(tmp_path / f"{name}.wav", np.zeros(16_000), 16_000)
    path = tmp_path / "m.csv"
    path.write_text(f"{HEADER}\na,g,a.wav,\nb,g,b.wav,\n")
    assert [one.twin for one in open_set(path)] == ["", ""]


def test_a_note_that_leaves_at_the_very_limit_is_in_time_whatever_its_onset(tmp_path):
    """0.5 + 0.06 and 2.5 + 0.06 are not alike above their onsets, as numbers go."""
    truth = np.array([[at, at + 0.3, 60.0, np.nan] for at in (0.5, 2.5, 4.5, 6.5)])
    one = ScoredRecording("a", "g", tmp_path, truth, 10.0)
    found = [Note(at, at + 0.3, 60, 80, at + 0.06) for at in (0.5, 2.5, 4.5, 6.5)]
    assert score(one, found)["live_f1"] == 1.0
    late = [Note(at, at + 0.3, 60, 80, at + 0.0601) for at in (0.5, 2.5, 4.5, 6.5)]
    assert score(one, late)["live_f1"] == 0.0


def test_a_file_of_16_khz_sounds_from_shards_as_by_itself(tmp_path):
    folder, out = tmp_path / "pairs", tmp_path / "shards"
    trees.write_tone(folder / "a.wav", seconds=1.2345, rate=16_000)
    (folder / "a.csv").write_text(NOTES)
    assert jtm.main(["data", "index", str(folder), f"--out={out}", "--workers=1"]) == 0
    (one,), (other,) = open_set(folder), open_set(out)
    assert one.sound()[1] == other.sound()[1] == 16_000 and one.seconds == other.seconds
    assert np.array_equal(one.sound()[0], other.sound()[0])
    assert np.array_equal(one.notes, other.notes, equal_nan=True)


@pytest.mark.parametrize("steps", [2, 10, 1000])
def test_average_precision_is_that_of_scikit_learn_with_ties_in_any_order(steps):
    generator = torch.Generator().manual_seed(0)
    truths = torch.rand(500, generator=generator) < 0.1
    scores = ((torch.rand(500, generator=generator) + 0.3 * truths) * steps).round() / steps
    wanted = average_precision_score(truths.numpy(), scores.numpy())
    for order in (torch.arange(500), torch.argsort(truths.int()), torch.argsort(~truths)):
        assert average_precision(scores[order], truths[order]) == pytest.approx(wanted, abs=1e-9)
    assert average_precision(scores, torch.zeros(500, dtype=torch.bool)) == 0


def test_a_label_of_several_sounds_is_told(tmp_path, capsys):
    for number, folder in enumerate(("close", "room", "hall")):
        trees.write_tone(tmp_path / folder / "01.wav", pitch=60 + number)
    trees.write_midi(tmp_path / "labels" / "01.mid", [(0.1, 0.5, 60)])
    trees.write_tone(tmp_path / "close" / "02.wav", pitch=70)
    trees.write_midi(tmp_path / "labels" / "02.mid", [(0.1, 0.5, 70)])
    found = open_set(tmp_path)
    assert {one.id: one.fellow for one in found} == {
        "close/01": "", "close/02": "", "hall/01": "close/01", "room/01": "close/01",
    }  # fmt: skip
    print_uncounted(found)
    told = "2 recordings are scored against the label of others, as of several microphones ('hall/"
    assert told in capsys.readouterr().err


def test_drums_alone_are_learned_as_silence_by_nobody(tmp_path, capsys):
    trees.write_tone(tmp_path / "c" / "a.wav")
    file = MidiFile(trees.write_midi(tmp_path / "c" / "a.mid", [(0.1, 0.2, 60)]))
    for message in file.tracks[0]:
        if message.type in ("note_on", "note_off"):
            message.channel = 9
    file.save(tmp_path / "c" / "a.mid")
    trees.write_tone(tmp_path / "c" / "b.wav", pitch=60)
    trees.write_midi(tmp_path / "c" / "b.mid", [(0.1, 0.5, 60)])
    trees.write_tone(tmp_path / "c" / "quiet.wav", pitch=30)
    (tmp_path / "c" / "quiet.csv").write_text("onset,offset,pitch\n")  # meant so
    out = str(tmp_path / "shards")
    assert jtm.main(["data", "index", str(tmp_path / "c"), f"--out={out}", "--workers=1"]) == 0
    shards = Shards(out)
    labelled = {clip.categories["recording"]: clip.labelled for clip in shards.clips}
    assert labelled == {"a": False, "b": True, "quiet": True}
    assert len(labelled_shards(TrainCommand(data=[out]))) == 2
    assert "1 of 3 clips have no labels and are left out" in capsys.readouterr().err
