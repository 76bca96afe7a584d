"""`jtm data`: the doctor finds every seeded fault; an index is whole, resumed, and noticed."""

import json
import resource
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import jtm
from tests.support import corpus_trees as trees
from tests.support.tiny_music import write_tiny_shards
from trainer.datasets.corpora import CORPORA
from trainer.finetuning.run import TrainCommand, labelled_shards
from trainer.shards.clip_cuts import cut_notes, cut_points
from trainer.shards.decoding import count_clipped, decode
from trainer.shards.format import NOTE_DTYPE, Clip
from trainer.shards.health.clips import healthy_clips
from trainer.shards.health.recordings import BEARABLE, FATAL
from trainer.shards.shards import Shards
from trainer.shards.writing import write_shard


def seed_faults(root: Path) -> Path:
    """Pairs with one fault each, and healthy ones."""

    def pair(name, notes=((0.1, 0.5, 69),), **tone):
        trees.write_tone(root / f"{name}.wav", **tone)
        if notes is not None:
            trees.write_midi(root / f"{name}.mid", list(notes))

    for i in range(3):
        pair(f"good{i}", pitch=60 + i)
    pair("unlabelled", None, pitch=50)
    pair("empty_label", (), pitch=51)
    pair("late_label", ((0.1, 0.2, 60), (1.5, 1.9, 60)), pitch=52)
    pair("low_rate", rate=8000, pitch=53)
    pair("broken_midi", pitch=54)
    (root / "broken_midi.mid").write_bytes(b"MThd\0\0\0\6\0\1")
    pair("stated", pitch=55)
    pair("unreadable")
    (root / "unreadable.wav").write_bytes(b"RIFF not a sound at all")
    pair("empty")
    sf.write(root / "empty.wav", np.zeros(0), 44_100)
    pair("silent")
    sf.write(root / "silent.wav", np.zeros(44_100), 44_100)
    pair("nan")
    noise = np.random.default_rng(0).normal(0, 0.1, 44_100).astype(np.float32)
    noise[1000:1010] = np.nan
    sf.write(root / "nan.wav", noise, 44_100, subtype="FLOAT")
    pair("clipped")
    sf.write(root / "clipped.wav", np.clip(20 * np.nan_to_num(noise), -1, 1), 44_100)
    pair("cut_short", pitch=56)
    whole = (root / "cut_short.wav").read_bytes()
    (root / "cut_short.wav").write_bytes(whole[: len(whole) * 3 // 4])
    pair("copy_of_good0", pitch=60)
    pair("sub/good0", pitch=57)
    trees.write_csv(root / "metadata.csv", ("file", "seconds"), [("stated.wav", 9.0)])
    return root


EXPECTED = {
    "unlabelled": "missing label",
    "empty_label": "no notes",
    "late_label": "label past the end",
    "low_rate": "wrong rate",
    "broken_midi": "unreadable label",
    "stated": "wrong length",
    "unreadable": "unreadable",
    "empty": "wrong length",
    "silent": "silent",
    "nan": "NaN",
    "clipped": "clipped",
    "cut_short": "wrong length",
    "good0": "duplicate audio",
}


def test_the_doctor_finds_each_seeded_fault_and_nothing_else(tmp_path, capsys):
    seed_faults(tmp_path)
    assert jtm.main(["data", "doctor", str(tmp_path), "--json", "--workers=1"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {fault["id"]: fault["fault"] for fault in told["faults"]} == EXPECTED
    assert told["items"] == 17 and told["bad_items"] == 9 and not told["healthy"]
    assert told["bearable_items"] == len(EXPECTED) - 9 == 4
    assert told["counts"]["missing label"] == 1 and set(FATAL) <= set(told["counts"])
    assert jtm.main(["data", "doctor", str(tmp_path), "--workers=1"]) == 1
    printed = capsys.readouterr().out
    assert "silent" in printed and "9 bad (52.94 %)" in printed
    borne = "no notes 1, clipped 1, wrong rate 1, duplicate audio 1"
    assert f"\n4 with faults that are trained on all the same: {borne}\n" in printed


def test_faults_that_are_trained_on_do_not_fail_a_corpus(tmp_path, capsys):
    for name in ("a", "copy"):
        trees.write_tone(tmp_path / f"{name}.wav", rate=8000)
        trees.write_midi(tmp_path / f"{name}.mid", [])
    assert jtm.main(["data", "doctor", str(tmp_path), "--workers=1"]) == 0
    printed = capsys.readouterr().out
    assert "\n0 bad (0 %): healthy\n" in printed
    assert "2 with faults that are trained on" in printed and "clipped" not in printed


@pytest.mark.parametrize(
    ("name", "label", "detail"),
    [
        ("a.csv", "onset_s,offset_s,midi_pitch\n\n0.1,0.2,60\nx,0.4,60\n", "'x, 0.4, 60'"),
        ("a.csv", "onset_s,offset_s,midi_pitch\n\n0.1,0.2,60\n0.3\n", "'0.3'"),
        ("a.txt", "0.1 0.2 60\n0.2 0.3 61\n0.3 0.4 62\n0.4 0.5 verse\n", "'0.4, 0.5, verse'"),
    ],
)
def test_a_label_that_cannot_be_read_names_its_row(name, label, detail, tmp_path, capsys):
    trees.write_tone(tmp_path / "a.wav")
    (tmp_path / name).write_text(label)
    assert jtm.main(["data", "doctor", str(tmp_path), "--workers=1", "--corpus=pairs"]) == 1
    told = f"Row 4 of '{tmp_path / name}' is no note ({detail}); mend or remove it."
    assert f"a: unreadable label: {told}\n" in capsys.readouterr().out


def test_labels_of_foreign_bytes_are_told_without_class_names(tmp_path, capsys):
    for name, label in (("empty.mid", b""), ("bytes.mid", b"\xff\xfe"), ("latin.csv", b"\xff")):
        trees.write_tone(tmp_path / f"{name[:-4]}.wav", pitch=60 + len(name))
        (tmp_path / name).write_bytes(label)
    assert jtm.main(["data", "doctor", str(tmp_path), "--workers=1", "--corpus=pairs"]) == 1
    printed = capsys.readouterr().out
    assert printed.count(": unreadable label: ") == 3 and printed.count("replace it.\n") == 3
    assert "()" not in printed and "Error" not in printed


def test_a_healthy_corpus_passes(tmp_path, capsys):
    trees.write_maestro(tmp_path)
    assert jtm.main(["data", "doctor", str(tmp_path), "--workers=1", "--split=official:test"]) == 0
    assert "1 items" in capsys.readouterr().out


def test_the_doctor_counts_repeated_ids(tmp_path, capsys):
    trees.write_tone(tmp_path / "a.wav")
    trees.write_tone(tmp_path / "a.flac", pitch=70)
    assert jtm.main(["data", "doctor", str(tmp_path), "--json", "--corpus=audio"]) == 1
    assert json.loads(capsys.readouterr().out)["counts"]["duplicate id"] == 1


def index(folder: Path, out: Path, *words: str) -> int:
    return jtm.main(["data", "index", str(folder), f"--out={out}", "--json", "--workers=1", *words])


def test_an_index_is_what_the_trainer_reads(tmp_path, capsys):
    trees.write_musicnet(tmp_path / "corpus")
    out = tmp_path / "shards"
    assert index(tmp_path / "corpus", out, "--split=official:train") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["recordings"], told["skipped"], told["shards"]) == (3, 0, 1)
    shards = Shards(out)
    assert shards.clips[0].id == "musicnet/1727#0000"
    clip = shards.clips[0]
    assert clip.categories == {
        "corpus": "musicnet",
        "recording": "1727",
        "composition": "Beethoven: Violin Sonata No 10",
        "composer": "Beethoven",
        "ensemble": "Solo Violin",
        "instrument": "violin",
    }
    assert clip.timbres == ("violin",) and clip.n_samples == pytest.approx(16_000, abs=2)
    note = shards.notes(0)[0]
    assert (note["onset"], note["offset"], note["pitch"], note["program"]) == (1600, 9600, 69, 40)
    tone = shards.audio(0)[2000:14_000].astype(float)
    spectrum = np.abs(np.fft.rfft(tone * np.hanning(len(tone))))
    assert spectrum.argmax() * 16_000 / len(tone) == pytest.approx(440, abs=1.5)
    assert np.abs(tone).max() == pytest.approx(16_384, rel=0.01)


def test_indexing_again_does_only_what_changed(tmp_path, capsys):
    corpus, out = trees.write_maestro(tmp_path / "corpus"), tmp_path / "shards"
    words = ("--shard-seconds=1",)
    assert index(corpus, out, *words) == 0
    made = {path.name: path.stat().st_mtime_ns for path in out.glob("*.npy")}
    assert len(made) == 6
    (out / "00001.json").unlink()  # as if killed before it was whole
    trees.write_tone(corpus / "2008" / "three.wav", seconds=0.95, pitch=50)
    assert index(corpus, out, *words) == 0
    changed = {p.name for p in out.glob("*.npy") if p.stat().st_mtime_ns != made[p.name]}
    assert changed == {"00001.pcm.npy", "00001.notes.npy", "00002.pcm.npy", "00002.notes.npy"}
    capsys.readouterr()
    assert index(corpus, out, "--shard-seconds=2") == 1
    assert "other options" in capsys.readouterr().err


def test_a_shrunken_corpus_leaves_no_stale_shards(tmp_path):
    corpus, out = tmp_path / "corpus", tmp_path / "shards"
    for i in range(3):
        trees.write_tone(corpus / f"{i}.wav", pitch=60 + i)
    assert index(corpus, out, "--corpus=audio", "--shard-seconds=1") == 0
    assert len(Shards(out)) == 3
    (corpus / "0.wav").unlink()
    assert index(corpus, out, "--corpus=audio", "--shard-seconds=1") == 0
    assert [clip.categories["recording"] for clip in Shards(out).clips] == ["1", "2"]


def test_bad_recordings_are_skipped_and_counted_and_stop_the_index(tmp_path, capsys):
    corpus, out = seed_faults(tmp_path / "corpus"), tmp_path / "shards"
    assert index(corpus, out) == 1
    refusal = capsys.readouterr().err
    assert "more than 1 %" in refusal and not any(kind in refusal for kind in BEARABLE)
    assert index(corpus, out, "--max-bad-percent=90") == 0
    told = json.loads(capsys.readouterr().out)
    kept = {clip.categories["recording"] for clip in Shards(out).clips}
    assert kept == {
        *(f"good{i}" for i in range(3)),
        "low_rate",
        "clipped",
        "copy_of_good0",
        "sub/good0",
    } | {"empty_label"}
    assert told["skipped"] == 9 and "silent 1" in told["faults"]
    assert sorted(told["bearable"].split(", ")) == ["clipped 1", "no notes 1", "wrong rate 1"]


def test_two_processes_make_what_one_makes(tmp_path):
    corpus = trees.write_maestro(tmp_path / "corpus")
    for workers in (1, 2):
        words = [f"--out={tmp_path / str(workers)}", "--json", f"--workers={workers}"]
        assert jtm.main(["data", "index", str(corpus), *words, "--shard-seconds=1"]) == 0
    for path in (tmp_path / "1").glob("*.npy"):
        assert path.read_bytes() == (tmp_path / "2" / path.name).read_bytes()


def test_an_index_on_a_full_disk_is_a_sentence_and_goes_on_afterwards(tmp_path, capsys):
    """A limit on file size stands for it."""
    trees.write_tone(tmp_path / "corpus" / "a.wav", seconds=2)
    trees.write_midi(tmp_path / "corpus" / "a.mid", [(0.1, 0.4, 60)])
    words = ["data", "index", str(tmp_path / "corpus"), f"--out={tmp_path / 'out'}", "--workers=1"]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        assert jtm.main(words) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    told = capsys.readouterr().err
    assert "Cannot write shard 00000" in told and "Traceback" not in told
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["index.settings"]
    assert jtm.main(words) == 0
    assert len(Shards(str(tmp_path / "out"))) == 1


def test_an_index_is_not_made_among_its_recordings(tmp_path, capsys):
    trees.write_tone(tmp_path / "a.wav")
    assert jtm.main(["data", "index", str(tmp_path), f"--out={tmp_path / '.'}"]) == 2
    assert "is the corpus itself" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_an_index_does_not_touch_shards_of_others(tmp_path, capsys):
    write_tiny_shards(tmp_path / "rendered", clips=1)
    trees.write_tone(tmp_path / "corpus" / "a.wav")
    assert index(tmp_path / "corpus", tmp_path / "rendered") == 1
    assert "shards of another command" in capsys.readouterr().err


def notes(*rows):
    table = np.zeros(len(rows), NOTE_DTYPE)
    for row, (onset, offset) in zip(table, rows, strict=True):
        row["onset"], row["offset"], row["pitch"] = onset, offset, 60
    return table


def test_cuts_fall_where_nothing_sounds_and_lose_no_sample():
    table = notes((0, 300_000), (310_000, 700_000), (710_000, 960_000))
    borders = cut_points(table, 960_000, 320_000)
    assert borders[0] == 0 and borders[-1] == 960_000 and len(borders) == 4
    assert 300_000 <= borders[1] <= 310_000 and 700_000 <= borders[2] <= 710_000
    assert cut_points(table, 960_000, 0) == [0, 960_000]
    assert cut_points(table, 1000, 320_000) == [0, 1000]


def test_a_note_held_over_a_cut_sounds_in_both_clips_but_starts_in_one():
    table = notes((100, 5000))
    first, second = cut_notes(table, 0, 3000), cut_notes(table, 3000, 9000)
    assert [tuple(first[["onset", "offset"]][0]), tuple(second[["onset", "offset"]][0])] == [
        (100, 3000),
        (-2900, 2000),
    ]


def test_decoding_mixes_down_and_keeps_time(tmp_path):
    path = trees.write_tone(tmp_path / "a.wav", seconds=8.0, rate=48_000, channels=2)
    found = decode(path)
    assert len(found.pcm) == pytest.approx(128_000, abs=2)
    time = np.arange(1000, 120_000) / 16_000
    tone = 16_383.5 * np.sin(2 * np.pi * 440 * time)
    assert np.abs(found.pcm[1000:120_000] - tone).max() < 40
    assert not found.clipped_samples and not found.bad_samples
    assert count_clipped(np.array([[1.0], [1.0], [0.0], [1.0], [1.0], [-1.0]])) == 3


def test_training_skips_bad_clips_counts_them_and_stops_above_one_percent(tmp_path, capsys):
    def shard(folder, bad):
        folder.mkdir()
        audio = [np.full(800, 100, np.int16)] * 200
        tables = [notes((0, 400))] * (200 - bad) + [notes((900, 1000))] * bad
        clips = [Clip(f"clip{i}", 0, 0, "", "", (), "music") for i in range(200)]
        write_shard(folder, 0, audio, tables, clips)
        return folder

    kept, told = healthy_clips(Shards(shard(tmp_path / "few", 2)))
    assert (
        len(kept) == 198 and told == "2 of 200 clips are bad (label past the end 2) and are skipped"
    )
    assert np.array_equal(kept.audio(197), Shards(tmp_path / "few").audio(197))
    shard(tmp_path / "many", 3)
    words = ["train", f"--data=[{tmp_path / 'many'}]", f"--out={tmp_path / 'run'}"]
    assert jtm.main(words) == 1
    assert "more than 1 %" in capsys.readouterr().err
    assert jtm.main(["data", "doctor", str(tmp_path / "many"), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["counts"]["label past the end"] == 3


def test_a_label_fraction_trains_on_a_nested_part_of_the_recordings(tmp_path, capsys):
    shards = write_tiny_shards(tmp_path / "shards", clips=10)
    chosen = {}
    for fraction in (0.01, 0.3, 1.0):
        options = TrainCommand(data=[str(shards)], label_fraction=fraction, label_seed=4)
        chosen[fraction] = {clip.id for clip in labelled_shards(options).clips}
    assert [len(found) for found in chosen.values()] == [1, 3, 10]
    assert chosen[0.01] < chosen[0.3] < chosen[1.0]
    assert "labels of 3 of 10 recordings" in capsys.readouterr().err


@pytest.mark.slow
def test_two_runs_at_once_leave_one_whole_index(tmp_path):
    corpus = trees.write_maestro(tmp_path / "corpus")
    words = [sys.executable, "-m", "jtm", "data", "index", str(corpus), "--workers=1"]
    words += [f"--out={tmp_path / 'shards'}", "--shard-seconds=1"]
    root = Path(__file__).resolve().parents[3]
    runs = [subprocess.Popen(words, cwd=root, stderr=subprocess.DEVNULL) for _ in range(2)]
    assert [run.wait() for run in runs] == [0, 0]
    assert len(Shards(tmp_path / "shards")) == 3
    assert not list((tmp_path / "shards").glob("*.tmp"))


def test_old_shards_without_categories_still_load(tmp_path):
    write_tiny_shards(tmp_path, clips=2)
    listing = tmp_path / "00000.json"
    told = json.loads(listing.read_text())
    for clip in told["clips"]:
        del clip["categories"]
    listing.write_text(json.dumps(told))
    assert [clip.categories for clip in Shards(tmp_path).clips] == [{}, {}]


def test_a_cut_off_shard_is_seen(tmp_path, capsys):
    write_tiny_shards(tmp_path, clips=2)
    pcm = tmp_path / "00000.pcm.npy"
    pcm.write_bytes(pcm.read_bytes()[:-1000])
    assert jtm.main(["data", "doctor", str(tmp_path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["counts"]["unreadable"] == 2


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["data"], 2, "jtm data index DIR"),
        (["data", "doctor", "/nowhere"], 1, "No folder '/nowhere'"),
        (["data", "index", "."], 2, "out"),
    ],
)
def test_errors_are_sentences(words, code, sentence, capsys):
    try:
        found = jtm.main(words)
    except SystemExit as leaving:
        found = leaving.code
    assert found == code and sentence in capsys.readouterr().err


def test_the_document_names_every_corpus():
    text = (Path(__file__).resolve().parents[3] / "docs" / "data.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in CORPORA)
    assert all(f"`{kind}`" in text for kind in (*FATAL, *BEARABLE))


def test_help_names_every_corpus(capsys):
    assert jtm.main(["data", "--help"]) == 0
    printed = capsys.readouterr().out
    assert "musicnet-em" in printed and "mirdata:NAME" in printed


def test_a_streamed_wav_header_is_not_called_cut_short(tmp_path):
    path = trees.write_tone(tmp_path / "a.wav")
    raw = bytearray(path.read_bytes())
    raw[4:8] = struct.pack("<I", 0xFFFFFFFF)
    path.write_bytes(raw)
    assert jtm.main(["data", "doctor", str(tmp_path), "--corpus=audio"]) == 0
