"""What can be scored on, and what is refused: manifests of spreadsheets, corpora, pairs, shards."""

import json

import numpy as np
import pytest
import soundfile

import jtm
from realtime.inference.spec import DecoderSettings, RefineSettings
from realtime.troubles.errors import UsageError, UserError
from realtime.values.notes import Note
from tests.support import corpus_trees as trees
from trainer.commands.evaluate import print_left_out
from trainer.evaluation.figures import score
from trainer.evaluation.manifest import NEEDED
from trainer.evaluation.recording import ScoredRecording, SetOptions
from trainer.evaluation.reports import (
    as_json,
    breakdowns_of,
    format_settings,
    format_table,
    tables_of,
)
from trainer.evaluation.sets import open_set
from trainer.evaluation.tables import find_outcomes

OURS = "onset_s,offset_s,midi_pitch,velocity\n0.1,0.5,60,80\n0.6,0.8,62,60\n"
WANTED = [[0.1, 0.5, 60], [0.6, 0.8, 62]]


def manifest(tmp_path, text="id,group,file,truth\na,piano,a.wav,a.csv\n", truth=OURS, name="a.csv"):
    trees.write_tone(tmp_path / "a.wav")
    if isinstance(truth, str):
        (tmp_path / name).write_text(truth)
    path = tmp_path / "manifest.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    "text",
    [
        "id,group,file,truth\na,piano,a.wav,a.csv\n",
        "id;group;file;truth\na;piano;a.wav;a.csv\n",
        "\ufeffid,group,file,truth\na,piano,a.wav,a.csv\n",
        "id,group,file,truth\na,piano,A.WAV,A.CSV\n",
        "ID,Group,File,Truth\na,piano,a.wav,a.csv\n",
        "id,group,file,truth\na,piano,.\\a.wav,.\\a.csv\n",
        "id\tgroup\tfile\ttruth\na\tpiano\ta.wav\ta.csv\n".encode("utf-16"),
    ],
)
@pytest.mark.parametrize(
    "truth",
    [
        OURS,
        "onset,offset,pitch\n0.1,0.5,60\n0.6,0.8,62\n",
        "onset;end;note\n0,1;0,5;C4\n0,6;0,8;D4\n",
    ],
)
def test_a_manifest_and_its_truths_are_read_as_labels_are(text, truth, tmp_path):
    (one,) = open_set(manifest(tmp_path, text, truth))
    assert one.notes[:, :3].tolist() == WANTED
    assert (one.group, one.tolerance, one.seconds) == ("piano", 0.05, 1.0)


def test_a_truth_may_be_midi(tmp_path):
    path = manifest(tmp_path, "id,group,file,truth\na,piano,a.wav,a.mid\n", None)
    trees.write_midi(tmp_path / "a.mid", [(0.1, 0.2, 60)], pedal=[(0.05, 127), (0.7, 0)])
    (one,) = open_set(path)
    assert one.notes == pytest.approx(np.array([[0.1, 0.7, 60, 64]]), abs=1e-5)


@pytest.mark.parametrize(
    ("text", "truth", "told"),
    [
        ("id,group,sound,truth\na,piano,a.wav,a.csv\n", OURS, "needs a column file"),
        ("id,group,file,truth\na,piano,b.wav,a.csv\n", OURS, "names 'b.wav'"),
        ("id,group,file,truth\na,piano,a.wav,b.csv\n", OURS, "No truth .*b.csv"),
        ("id,group,file,truth\na,piano,,a.csv\n", OURS, "Row 2 .* has no file"),
        ("id,group,file,truth,truth_shift_s\na,p,a.wav,a.csv,x\n", OURS, "truth_shift_s 'x'"),
        ("id,group,file,truth\n", OURS, "lists no recordings"),
        ("", OURS, "is empty"),
        ("id,group,file,truth,Truth\na,p,a.wav,a.csv,b.csv\n", OURS, "two columns called truth"),
        ("id,group,file,truth\na,p,a.wav,a.csv\na,p,a.wav,\n", OURS, "Row 3 .* id 'a' again"),
        ("id,group,file,truth\n,p,a.wav,a.csv\n", OURS, "Row 2 .* has no id"),
        (None, OURS.replace("0.5", "nan"), "1 impossible notes .*offset nan"),
        (None, OURS.replace("0.5", "0.05"), "1 impossible notes"),
        (None, OURS.replace("60,80", "160,80"), "Row 2 .* pitch 160, off the piano"),
        (None, OURS.replace("60,80", "60,800"), "1 impossible notes .*velocity 800"),
        (None, "when,pitch\n0.1,60\n", "needs columns"),
        (None, OURS.replace("0.6,", "x,"), "Row 3 .* is no note"),
        (None, "onset,offset,pitch\n100,500,60\n600,800,62\n", "notes up to 800.0 s.*1.0 s long"),
        (None, "0.1\t261.63\t0.4\n0.6\t293.66\t0.2\n", "0.4 where the pitch is expected"),
        ("id,group,file,truth\na,piano,a.wav\n", OURS, "Row 2 .* has no truth"),
    ],
)
def test_what_cannot_be_scored_is_one_sentence(text, truth, told, tmp_path, capsys):
    usual = "id,group,file,truth\na,piano,a.wav,a.csv\n"
    path = manifest(tmp_path, usual if text is None else text, truth)
    with pytest.raises(UserError, match=told):
        open_set(path)
    assert jtm.main(["evaluate", str(path)]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "Traceback" not in error


def test_a_soft_group_that_is_none_is_refused(tmp_path):
    """It would leave every onset to the strict tolerance without a word."""
    path = manifest(tmp_path)
    with pytest.raises(UsageError, match=r"group 'pianos' \(--soft-groups\); there are piano"):
        open_set(path, SetOptions(soft_groups=("pianos",)))
    assert open_set(path, SetOptions(soft_groups=("piano",)))[0].tolerance == 0.1


def test_what_a_manifest_may_say_counts_in_any_case(tmp_path):
    head = "ID,GROUP,FILE,TRUTH,Truth_Shift_s,Soft,Instrument\n"
    (one,) = open_set(manifest(tmp_path, head + "a,piano,a.wav,a.csv,0.05,yes,Lute\n"))
    assert one.notes[:, 0] == pytest.approx([0.15, 0.65])
    assert (one.tolerance, one.instrument) == (0.1, "Lute")


def test_soft_onsets_are_declared_by_the_manifest_or_an_option(tmp_path):
    head = "id,group,file,truth,soft,onset_tolerance_s\n"
    rows = ["a,bow,a.wav,a.csv,yes,", "b,bow,a.wav,a.csv,,", "c,bow,a.wav,a.csv,no,0.08"]
    path = manifest(tmp_path, head + "\n".join(rows))
    assert [one.tolerance for one in open_set(path)] == [0.1, 0.05, 0.08]
    options = SetOptions(soft_groups=("bow",), soft_tolerance=0.15, tolerance=0.03)
    assert [one.tolerance for one in open_set(path, options)] == [0.15, 0.15, 0.08]


def test_velocities_that_the_truth_does_not_know_are_not_scored(tmp_path):
    truth = OURS.replace(",80", ",-1")
    (one,) = open_set(manifest(tmp_path, truth=truth))
    assert np.isnan(one.notes[0, 3]) and one.notes[1, 3] == pytest.approx(60)
    found = [Note(0.1, 0.5, 60, 80, 0.1), Note(0.6, 0.8, 62, 60, 0.6)]
    figures = score(one, found)
    assert figures["onset_f1"] == 1 and "velocity_f1" not in figures
    assert "offset_velocity_f1" not in figures


def test_a_silent_answer_counts_in_every_mean(tmp_path):
    truth = np.array([[0.1, 0.5, 60, 80], [0.6, 0.8, 62, 60]])
    one = ScoredRecording("a", "g", tmp_path, truth, 1.0)
    right = [Note(a, b, int(c), int(d), a) for a, b, c, d in truth]
    outcomes = [find_outcomes(one, found, score(one, found)) for found in (right, [])]
    table = tables_of(outcomes)
    for name in ("onset_precision", "onset_recall", "onset_f1", "frame_precision", "velocity_f1"):
        assert table["g"][name] == table["all"][name] == table["items"][name] == 0.5, name


def test_the_official_split_of_a_corpus_is_scored(tmp_path, capsys):
    options = SetOptions(split="official:test")
    (one,) = open_set(trees.write_maestro(tmp_path), options)
    assert (one.id, one.group, one.instrument) == ("2008/three", "maestro", "piano")
    assert one.notes[:, :3].tolist() == [[0.1, 0.5, 60], [0.2, 0.25, 64], [0.5, 0.9, 60]]
    assert one.programs == (0, 0, 0)
    grouped = open_set(tmp_path, SetOptions(group="composer"))
    assert {one.group for one in grouped} == {"Frédéric Chopin"}
    words = ["evaluate", str(tmp_path), "--split=official:test", "--json", "--workers=1"]
    assert jtm.main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["40ms"]["maestro"]["items"] == 1 and "2008/three" in told["recordings"]["40ms"]


def test_pairs_without_a_label_are_left_out_aloud(tmp_path, capsys):
    for name in ("a", "b"):
        trees.write_tone(tmp_path / f"{name}.wav")
    trees.write_midi(tmp_path / "a.mid", [(0.1, 0.2, 60)])
    told = []
    assert [one.id for one in open_set(tmp_path, on_left_out=told.append)] == ["a"]
    assert told[0].total == 2 and [reason[0] for reason in told[0].reasons] == ["b"]
    assert capsys.readouterr() == ("", "")
    assert jtm.main(["evaluate", str(tmp_path), "--workers=1", "--json"]) == 0
    assert "1 of 2 left out (first: b" in capsys.readouterr().err
    (tmp_path / "a.mid").unlink()
    (tmp_path / "a.csv").write_text("onset,offset,pitch\n100,200,60\n")  # milliseconds
    with pytest.raises(UserError, match="can be scored"):
        open_set(tmp_path)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["a.wav"], "is no manifest; give the folder"),
        (["a.mid"], "is no manifest; give the folder"),
        (
            ["nosuch"],
            "There is nothing at 'nosuch'; give a .csv with columns id,group,file,truth, a",
        ),
        (["nosuch.csv"], "No manifest at 'nosuch.csv'; give a .csv with columns"),
        ([".", "--group=nonsense"], "No recording has a category 'nonsense'"),
        (["m.csv", "--group=nonsense"], "has no column 'nonsense'"),
        ([".", "--model=run"], "`jtm export run --out model.onnx`"),
        ([".", "--model=run/last.safetensors"], "make one of it with"),
    ],
)
def test_what_is_given_by_mistake_is_told(words, told, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "last.safetensors").write_bytes(b"weights")
    trees.write_tone(tmp_path / "a.wav")
    trees.write_midi(tmp_path / "a.mid", [(0.1, 0.2, 60)])
    (tmp_path / "m.csv").write_text("id,group,file,truth\na,g,a.wav,a.mid\n")
    assert jtm.main(["evaluate", *words]) in (1, 2)
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("suffix", [".pcm.npy", ".notes.npy"])
@pytest.mark.parametrize("length", [0, 100])
def test_damaged_shards_are_left_out_in_words(suffix, length, tmp_path, capsys):
    corpus, out = tmp_path / "corpus", tmp_path / "shards"
    trees.write_tone(corpus / "a.wav", seconds=2)
    trees.write_midi(corpus / "a.mid", [(0.5, 1.0, 60)])
    assert jtm.main(["data", "index", str(corpus), f"--out={out}", "--workers=1"]) == 0
    (damaged,) = out.glob(f"*{suffix}")
    damaged.write_bytes(damaged.read_bytes()[:length])
    capsys.readouterr()
    assert jtm.main(["evaluate", str(out), "--workers=1"]) == 1
    told = capsys.readouterr().err
    assert "1 of 1 left out (first: pairs/a~" in told and "Traceback" not in told


@pytest.mark.parametrize("row", ["-0.5,1,60", "0.97,0.99,60"])
def test_notes_that_cannot_be_asked_for_make_no_recording_of_silence(row, tmp_path, capsys):
    """One begins before its sound, which the doctor calls a bad label, one as it ends."""
    trees.write_tone(tmp_path / "a.wav")
    (tmp_path / "a.csv").write_text(f"onset,offset,pitch\n{row}\n")
    with pytest.raises(UserError, match="can be scored"):
        open_set(tmp_path, on_left_out=print_left_out)
    assert "1 of 1 left out" in capsys.readouterr().err
    (tmp_path / "m.csv").write_text("id,group,file,truth\na,g,a.wav,a.csv\n")
    with pytest.raises(UserError, match=r"impossible|begins within its sound"):
        open_set(tmp_path / "m.csv")


def test_shards_are_scored_recording_by_recording_with_notes_cut_between_clips(tmp_path, capsys):
    corpus = tmp_path / "corpus"
    trees.write_tone(corpus / "a.wav", seconds=6)
    notes = [(0.5, 1.0, 60), (1.0, 5.5, 64), (5.0, 5.5, 69)]
    trees.write_midi(corpus / "a.mid", notes)
    out = tmp_path / "shards"
    words = [str(corpus), f"--out={out}", "--clip-seconds=2", "--workers=1"]
    assert jtm.main(["data", "index", *words]) == 0
    (one,) = open_set(out)
    assert len(one.clips) == 3 and one.seconds == pytest.approx(6, abs=0.01)
    assert one.notes[:, :3] == pytest.approx(np.array(notes), abs=1e-3)
    sound, rate = one.sound()
    assert rate == 16_000 and len(sound) == round(one.seconds * rate)
    capsys.readouterr()
    assert jtm.main(["evaluate", str(out), "--json", "--workers=1"]) == 0
    assert json.loads(capsys.readouterr().out)["40ms"]["pairs"]["items"] == 1
    assert jtm.main(["evaluate", str(out), "--split=official:test"]) == 2
    assert "or leave --split and --corpus out" in capsys.readouterr().err


@pytest.mark.parametrize("clip_seconds", [0, 2])
def test_every_way_in_counts_the_same_notes_unisons_and_overlaps_among_them(clip_seconds, tmp_path):
    """Two players of one pitch, at once and across each other, within clips and between them."""
    rows = [
        (0.5, 1.0, 60, 80),
        (0.5, 1.0, 60, 80),
        (0.52, 5.5, 64, 80),
        (0.54, 5.0, 64, 60),
        (1.2, 5.2, 69, 70),
        (1.2, 4.1, 69, 70),
        (2.0, 5.8, 72, 50),
        (3.0, 3.5, 72, 90),
        (4.0, 4.004, 76, 90),
    ]
    corpus = tmp_path / "corpus"
    trees.write_tone(corpus / "a.wav", seconds=6, rate=16_000)
    columns = ("onset_s", "offset_s", "midi_pitch", "velocity")
    trees.write_csv(corpus / "a.csv", columns, rows)
    manifest = trees.write_csv(
        tmp_path / "m.csv", NEEDED, [("a", "g", "corpus/a.wav", "corpus/a.csv")]
    )
    words = [str(corpus), f"--out={tmp_path / 'shards'}", f"--clip-seconds={clip_seconds}"]
    assert jtm.main(["data", "index", *words, "--workers=1"]) == 0
    ways = [open_set(path)[0] for path in (manifest, corpus, tmp_path / "shards")]
    ordered = [np.array(sorted(map(tuple, one.notes.tolist()))) for one in ways]
    assert len(ways[2].clips) == (3 if clip_seconds else 1)
    for notes in ordered:
        assert notes == pytest.approx(np.array(sorted(rows), float), abs=1e-4)
    found = [Note(on, off, pitch, loud, on) for on, off, pitch, loud in rows[::2]]
    manifest_figures, *others = (score(one, found) for one in ways)
    assert manifest_figures["onset_recall"] == pytest.approx(5 / 9)
    assert all(figures == pytest.approx(manifest_figures, rel=1e-3) for figures in others)


def test_notes_are_counted_by_register_polyphony_and_program(tmp_path):
    truth = np.array([[0.1, 2.0, 60, 80], [0.5, 1.0, 64, 80], [2.5, 3.0, 72, 80]])
    one = ScoredRecording("a", "g", tmp_path, truth, 4.0, instrument="duo", programs=(0, 40, 0))
    found = [Note(0.1, 2.0, 60, 80, 0.1), Note(0.5, 1.0, 65, 80, 0.5), Note(2.5, 3, 72, 80, 2.5)]
    tables = breakdowns_of([find_outcomes(one, found, score(one, found))])
    assert list(tables["register"]) == ["C4-B4", "C5-B5"]
    middle = tables["register"]["C4-B4"]
    assert (middle["notes"], middle["onset_recall"], middle["onset_precision"]) == (2, 0.5, 0.5)
    assert tables["polyphony"]["1"]["onset_recall"] == 1.0
    assert tables["polyphony"]["2"] == {
        "notes": 1.0,
        "onset_recall": 0.0,
        "onset_precision": 0.0,
        "onset_f1": 0.0,
    }
    recalls = {name: row["onset_recall"] for name, row in tables["program"].items()}
    assert recalls == {"piano": 1.0, "violin": 0.0}
    assert tables["instrument"]["duo"]["onset_f1"] == pytest.approx(2 / 3)
    assert "onset F1" in format_table("register", tables["register"])


@pytest.mark.parametrize("seed", range(4))
def test_shares_of_notes_are_shares_although_found_notes_begin_elsewhere(seed, tmp_path):
    """A found note begins before or after others of a chord, and is counted with its true one."""
    rng = np.random.default_rng(seed)
    onsets = np.sort(rng.uniform(0, 9, 60))
    truth = np.stack([onsets, onsets + rng.uniform(0.1, 2, 60), rng.integers(50, 70, 60)], 1)
    one = ScoredRecording("a", "g", tmp_path, np.column_stack([truth, np.full(60, 80)]), 12.0)
    moved = truth + np.pad(rng.normal(0, 0.03, (60, 1)), ((0, 0), (0, 2)))
    found = [Note(max(a, 0), b + 1, int(c), 80, a) for a, b, c in moved[rng.random(60) < 0.8]]
    figures = score(one, found)
    tables = breakdowns_of([find_outcomes(one, found, figures)])
    for name in ("register", "polyphony"):
        rows = tables[name].values()
        assert all(0 <= value <= 1 for row in rows for key, value in row.items() if key != "notes")
        hits = sum(row["notes"] * row.get("onset_recall", 0) for row in rows)
        assert hits / 60 == pytest.approx(figures["onset_recall"])
        for row in rows:
            if row["notes"] and row.get("onset_recall"):
                both = 1 / row["onset_recall"] + 1 / row["onset_precision"]
                assert row["onset_f1"] == pytest.approx(2 / both)


def test_thresholds_are_told_in_a_line_of_names_and_numbers():
    decoder = DecoderSettings(onset_threshold=0.65, ghost_ratio=0.0)
    line = format_settings(RefineSettings(decoder=decoder, support=0.2))
    assert line.startswith("onset_threshold 0.65, ") and line.count("\n") == 0
    assert "support 0.2" in line and "ghost_ratio" not in line and "(" not in line


def test_reports_hold_every_recording(tmp_path):
    from realtime.inference.spec import HeadSpec, ModelSpec

    one = ScoredRecording("a", "g", tmp_path, np.array([[0.1, 0.5, 60, 80.0]]), 1.0)
    outcome = find_outcomes(one, [], score(one, []))
    told = as_json(ModelSpec("m", heads=(HeadSpec(4),)), {0: [outcome]})
    assert told["recordings"]["40ms"]["a"]["onset_f1"] == 0.0 and "interval" not in str(told)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ("onset_tolerance_s\na,piano,a.wav,a.csv,50\n", "onset_tolerance_s 50; give seconds"),
        ("onset_tolerance_s\na,piano,a.wav,a.csv,-1\n", "onset_tolerance_s -1; give seconds"),
        ("onset_tolerance_s\na,piano,a.wav,a.csv,0\n", "onset_tolerance_s 0; give seconds"),
        ("onset_tolerance_s\na,piano,a.wav,a.csv,nan\n", "onset_tolerance_s nan; give seconds"),
        ("soft\na,piano,a.wav,a.csv,perhaps\n", "Row 2 of .* has soft 'perhaps'; say 1 or 0"),
        ("kind\n,piano,a.wav,a.csv,x\n", "Row 2 of .* has no id"),
        (
            "kind\na,piano,a.wav,a.csv,x\na,piano,b.wav,a.csv,y\n",
            "Row 3 of .* has the id 'a' again",
        ),
    ],
)
def test_a_manifest_that_would_give_wrong_means_is_refused(columns, said, tmp_path):
    trees.write_tone(tmp_path / "b.wav")
    path = manifest(tmp_path, "id,group,file,truth," + columns)
    with pytest.raises(UserError, match=said):
        open_set(path)


@pytest.mark.parametrize(
    ("word", "tolerance"), [("1.0", 0.1), ("Yes", 0.1), ("No", 0.05), ("0", 0.05)]
)
def test_soft_is_said_by_a_number_or_a_word(word, tolerance, tmp_path):
    path = manifest(tmp_path, f"id,group,file,truth,soft\na,piano,a.wav,a.csv,{word}\n")
    assert open_set(path)[0].tolerance == tolerance


def test_a_folder_scores_no_recording_twice_and_none_that_training_leaves_out(tmp_path, capsys):
    for name in ("a", "twin", "none", "opposed", "silence"):
        (tmp_path / f"{name}.csv").write_text(OURS)
        trees.write_tone(tmp_path / f"{name}.wav")
    trees.write_tone(tmp_path / "twin.flac")
    tone, rate = soundfile.read(tmp_path / "a.wav")
    soundfile.write(tmp_path / "none.wav", np.where(tone > 0.1, np.nan, tone), rate, "FLOAT")
    soundfile.write(tmp_path / "opposed.wav", np.stack([tone, -tone], axis=1), rate)
    for name in ("silence", "rest"):
        soundfile.write(tmp_path / f"{name}.wav", 0 * tone, rate)
    (tmp_path / "rest.csv").write_text("onset,offset,pitch\n")
    found = open_set(tmp_path, on_left_out=print_left_out)
    assert sorted(one.id for one in found) == ["a", "rest", "twin"]
    assert "4 of 7 left out" in capsys.readouterr().err
