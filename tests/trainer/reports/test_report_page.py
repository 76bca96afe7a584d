"""Pages of `jtm report` that need no training: classifications, and text that looks like HTML."""

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from matplotlib import pyplot as plt

import jtm
from tests.support.corpus_trees import write_tone
from trainer.reports.curves import by_distance, draw_named, draw_report, new_axes, read_curves
from trainer.reports.parts import Section, Table, filled, flatten
from trainer.reports.sound_pictures import held_out, show_features, show_spectrogram
from trainer.shards.audio_folder import audio_caches, open_audio_folder


def test_a_classification_is_one_page(tmp_path):
    level = {"accuracy": 0.75, "macro_f1": 0.5}
    told = {
        "settings": {"target": "composer", "probe": {"steps": 3}},
        "classes": ["a", "b"],
        "test_recordings": ["r1"],
        "train_recordings": ["r2", "r3"],
        "chance": 0.5,
        "results": {"<linear>": {name: level for name in ("clip", "frame", "recording")}},
    }
    (tmp_path / "classify.json").write_text(json.dumps(told))
    (tmp_path / "confusion_clip.png").write_bytes(b"\x89PNG")
    assert jtm.main(["report", str(tmp_path)]) == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "2 classes of composer: 1 recordings tested, 2 others trained on" in page
    assert "&lt;linear&gt;" in page and "<linear>" not in page
    assert "75.0 %" in page and "probe.steps" in page
    assert page.count("data:image/png;base64,") == 1


def test_tables_and_settings():
    assert flatten({"a": {"b": 1}, "c": [1, 2]}) == [("a.b", "1"), ("c", "[1, 2]")]
    table = Table(["x"], [["1"]])
    assert filled([Section("a", [Table(["x"], [])]), Section("b", [Table(["x"], []), table])]) == [
        Section("b", [table])
    ]


def write_log(run: Path, validations: int) -> None:
    """A run of `jtm train` that was validated so many times."""
    rows = ["epoch,step,train/total,valid/onset_f1_40ms"]
    rows += [f"0,{20 * i},{3.0 / (i + 1)}," for i in range(30)]
    rows += [f"0,{100 * i + 99},,{0.1 * i + 0.2}" for i in range(validations)]
    (run / "csv").mkdir(parents=True)
    (run / "csv" / "metrics.csv").write_text("\n".join(rows) + "\n")


@pytest.mark.parametrize("validations", [1, 3])
def test_a_run_with_few_validations_has_a_picture_of_its_scores(tmp_path, validations):
    write_log(tmp_path, validations)
    assert jtm.main(["report", str(tmp_path)]) == 0
    picture = plt.imread(tmp_path / "report" / "scores.png")[..., :3]
    inside = picture[60:-60, 80:-200]  # without title, axis and legend
    blue = (np.abs(inside - (0.12, 0.47, 0.71)) < 0.1).all(axis=-1)
    assert blue.sum() > 10 * validations


def test_few_points_are_marked_and_many_are_not():
    axes = new_axes("scores", "F1")
    curves = {
        name: (np.arange(n), np.ones(n)) for name, n in (("one", 1), ("nine", 9), ("ten", 10))
    }
    draw_named(axes, curves, curves)
    assert [line.get_marker() for line in axes.lines] == ["o", "o", ""]
    plt.close(axes.figure)


def test_distances_of_three_figures_are_in_order(tmp_path):
    ks = range(96, 106)
    (tmp_path / "csv").mkdir()
    (tmp_path / "settings.json").write_text('{"cpc": {}, "steps": 2}')
    names = [f"train/{figure}_k{k:02d}" for k in ks for figure in ("accuracy", "loss")]
    rows = [["step", *names]] + [[step, *range(len(names))] for step in range(2)]
    text = "\n".join(",".join(map(str, row)) for row in rows)
    (tmp_path / "csv" / "metrics.csv").write_text(text + "\n")
    assert jtm.main(["report", str(tmp_path)]) == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "By distance" in page
    assert "<th>k</th>" + "".join(f"<th>{k}</th>" for k in ks) in page
    assert "".join(f"<td>{2 * i}.000</td>" for i in range(len(ks))) in page
    assert by_distance(["a_k100", "a_k20", "a_k99", "b_k1"], "a_k") == ["a_k20", "a_k99", "a_k100"]


def read_table(path: Path) -> dict[int, dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return {int(row["step"]): row for row in csv.DictReader(file)}


def test_the_logs_of_a_resumed_run_are_one(tmp_path):
    """Whichever was touched last, as by a copy: resumed_10 comes behind resumed_9."""
    logs = {"": range(5), "resumed_1": range(3, 8), "resumed_9": (7, 8), "resumed_10": (8, 9)}
    for age, (name, steps) in enumerate(logs.items()):
        log = tmp_path / "csv" / name / "metrics.csv"
        log.parent.mkdir(exist_ok=True, parents=True)
        rows = [f"{step},0,{step + age / 100}" for step in steps]
        log.write_text("\n".join(["step,epoch,train/total", *rows]) + "\n")
        os.utime(log, (1e9 - age, 1e9 - age))
    steps, values = read_curves(tmp_path)["train/total"]
    assert steps.tolist() == list(range(10))
    wanted = [0, 1, 2, 3.01, 4.01, 5.01, 6.01, 7.02, 8.03, 9.03]
    assert values.tolist() == pytest.approx(wanted)
    assert jtm.main(["report", str(tmp_path)]) == 0
    joined = read_table(tmp_path / "report" / "metrics.csv")
    assert [float(row["train/total"]) for row in joined.values()] == pytest.approx(wanted)
    assert jtm.main(["report", str(tmp_path), "--overwrite"]) == 0
    assert len(read_curves(tmp_path)["train/total"][0]) == 10, "its own table is no log"


def test_figures_that_nobody_knows_are_no_points_of_a_curve(tmp_path):
    (tmp_path / "csv").mkdir()
    text = "step,epoch,train/total,train/velocity,train/other\n0,0,1,nan,nan\n1,0,2,0.5,nan\n"
    (tmp_path / "csv" / "metrics.csv").write_text(text)
    curves = read_curves(tmp_path)
    assert curves.keys() == {"train/total", "train/velocity"}
    assert [list(part) for part in curves["train/velocity"]] == [[1], [0.5]]


def test_curves_that_are_smoothed_say_so_and_show_what_was_logged():
    noise = np.random.default_rng(0).normal(size=100)
    axes = new_axes("losses", "nats")
    draw_named(axes, {"train/total": (np.arange(100), noise)}, ["train/total"])
    assert "running means of up to 9 logged values" in axes.get_xlabel()
    assert any(np.array_equal(line.get_ydata(), noise) for line in axes.lines)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["total"]
    plt.close(axes.figure)
    axes = new_axes("losses", "nats")
    draw_named(axes, {"train/total": (np.arange(9), noise[:9])}, ["train/total"])
    assert axes.get_xlabel() == "step" and np.array_equal(axes.lines[0].get_ydata(), noise[:9])
    plt.close(axes.figure)


def test_a_curve_does_not_touch_the_top_of_its_axis(tmp_path, monkeypatch):
    tops = {}
    monkeypatch.setattr(
        "trainer.reports.curves.save", lambda axes, path: tops.update({path.stem: axes.get_ylim()})
    )
    (tmp_path / "csv").mkdir()
    rows = "".join(f"{i},0,{0.52 + i / 1000}\n" for i in range(9))
    (tmp_path / "csv" / "metrics.csv").write_text(f"step,epoch,train/memory_gb\n{rows}")
    draw_report(tmp_path, tmp_path / "out")
    assert tops["memory"] == pytest.approx((0, 1.05 * 0.528))


def test_a_run_on_sound_files_shows_what_its_cache_holds(tmp_path):
    folder, cache = tmp_path / "music", tmp_path / "cache"
    folder.mkdir()
    write_tone(folder / "a.wav", seconds=1.0)
    settings = {"audio": [str(folder)], "cache": str(cache), "valid": [], "data": []}
    assert held_out(settings) is None
    open_audio_folder(folder, *audio_caches(settings["audio"], settings["cache"]), workers=1)
    (clip,) = held_out(settings).clips
    assert clip.id.startswith("audio/a~") and clip.id.endswith("#0000")


@pytest.mark.parametrize("pitch", [57, 69, 84])
def test_a_note_lies_on_its_line_in_the_spectrogram(pitch):
    """The box of a note is drawn around its MIDI pitch, from its onset on."""
    time = np.arange(16_000) / 16_000
    tone = np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * time) * (time >= 0.5)
    _, axes = plt.subplots()
    show_spectrogram(axes, tone.astype(np.float32), "")
    left, right, low, high = axes.images[0].get_extent()
    rows = 10 ** (np.asarray(axes.images[0].get_array()) / 10)
    power = rows[:, -20:].sum(axis=1)
    heights = low + (np.arange(len(rows)) + 0.5) * (high - low) / len(rows)
    assert (power * heights).sum() / power.sum() == pytest.approx(pitch, abs=0.15)
    row = rows[power.argmax()]
    times = left + (np.arange(len(row)) + 0.5) * (right - left) / len(row)
    assert np.interp(row.max() / 4, row[30:70], times[30:70]) == pytest.approx(0.5, abs=0.015)
    plt.close(axes.figure)


def test_steps_and_features_are_counted_in_whole_numbers():
    axes = new_axes("memory", "GB")
    axes.plot([0, 1], [1, 1])
    assert all(tick == round(tick) for tick in axes.get_xticks())
    plt.close(axes.figure)
    figure, axes = plt.subplots()
    show_features(axes, np.zeros((3, 50)), 2.0, "context")
    ticks = [tick for tick in axes.get_yticks() if 0 <= tick <= 3]
    assert ticks == [0, 1, 2, 3]
    plt.close(figure)


def test_a_folder_that_does_not_exist_is_said_to_be_missing(tmp_path, capsys):
    assert jtm.main(["report", str(tmp_path / "nope")]) == 1
    assert f"There is no folder '{tmp_path / 'nope'}'; give one" in capsys.readouterr().err
    assert not (tmp_path / "nope").exists()
    assert jtm.main(["report", str(tmp_path)]) == 1
    assert "No csv/metrics.csv in" in capsys.readouterr().err
