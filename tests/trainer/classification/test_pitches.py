"""`jtm classify --target pitch`: which notes sound, frame by frame, on held-out recordings."""

import json

import pytest
import torch
from sklearn.metrics import average_precision_score

import jtm
from tests.trainer.classification.test_classify import write_timbres
from trainer.classification.pitches import (
    best_threshold,
    make_pitch_task,
    score_frames,
    sounding,
)
from trainer.classification.task import ClassifySettings
from trainer.classification.windows import Window
from trainer.shards.shards import Shards

QUICK = ["--windows-per-recording=2", "--probe.steps=60", "--probe.batch-size=128"]


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return write_timbres(tmp_path_factory.mktemp("shards") / "s", recordings=3, labelled=True)


@pytest.mark.slow
def test_the_bundled_features_know_the_notes_better_than_untrained_ones(shards, tmp_path, capsys):
    words = ["classify", "--target=pitch", "--checkpoint=default", f"--data={shards}", *QUICK]
    words += ["--methods=[linear,random-linear]", "--frame-stride=16"]
    assert jtm.main([*words, f"--out={tmp_path}", "--device=cpu"]) == 0
    said = capsys.readouterr().out
    told = json.loads((tmp_path / "classify.json").read_text("utf-8"))
    learned, untrained = told["results"]["linear"], told["results"]["random-linear"]
    assert learned["f1"] > 0.9 and learned["average_precision"] > 0.95
    assert untrained["average_precision"] < learned["average_precision"]
    assert not set(told["test_recordings"]) & set(told["train_recordings"])
    assert f"{100 * learned['f1']:.1f}%" in said
    assert jtm.main(["report", str(tmp_path)]) == 0
    assert "Which notes sound" in (tmp_path / "report.html").read_text("utf-8")


def test_a_frame_is_labelled_with_the_notes_that_sound_in_it(shards):
    data = Shards(str(shards))
    notes = data.notes(0)
    window = Window(0, int(notes["onset"][2]) - 1600, "", "r", "r")
    found = sounding(data, window, 40, 160)
    row = int(notes["pitch"][2]) - 21
    before = int(notes["pitch"][1]) - 21
    assert found[10:40, row].all() and found[:10, before].all()
    assert found.sum(axis=1).max() <= 2


def test_windows_of_one_group_are_on_one_side_and_a_fraction_takes_fewer(shards):
    data = Shards(str(shards))
    whole, _ = make_pitch_task(data, ClassifySettings(target="pitch"), 160, 16_000, None)
    groups = [
        {w.group for w, there in zip(whole.windows, mask, strict=True) if there}
        for mask in (whole.trained, whole.tested)
    ]
    assert groups[0] and groups[1] and not groups[0] & groups[1]
    few = ClassifySettings(target="pitch", label_fraction=0.3)
    part, _ = make_pitch_task(data, few, 160, 16_000, None)
    assert 0 < part.trained.sum() < whole.trained.sum()
    assert (part.tested == whole.tested).all()


def test_results_that_are_there_are_kept(shards, tmp_path, capsys):
    kept = tmp_path / "classify.json"
    kept.write_text("of another target")
    words = ["classify", "--target=pitch", "--checkpoint=default", f"--data={shards}", *QUICK]
    assert jtm.main([*words, f"--out={tmp_path}", "--device=cpu"]) == 1
    assert "give --overwrite" in capsys.readouterr().err
    assert kept.read_text() == "of another target"


def test_listening_and_training_show_how_far_they_are(shards, tmp_path, capsys):
    words = ["classify", f"--data={shards}", f"--out={tmp_path}", "--target=pitch", *QUICK]
    words += ["--methods=[linear]", "--window-seconds=0.5", "--device=cpu"]
    assert jtm.main(words) == 0
    told = capsys.readouterr().err
    assert "linear: listening: 100%" in told and "linear: training: 100%" in told
    assert "60/60" in told
    assert jtm.main([*words, "--json", "--overwrite"]) == 0
    assert capsys.readouterr().err == ""


def test_scores_are_those_that_everyone_means():
    generator = torch.Generator().manual_seed(4)
    chances = (torch.rand(2, 50, 88, generator=generator) * 20).round() / 20
    labels = torch.rand(2, 50, 88, generator=generator) < 0.2 * chances
    wanted = average_precision_score(labels.flatten().numpy(), chances.flatten().numpy())
    said = score_frames(chances, labels, 0.5)["average_precision"]
    assert said == pytest.approx(wanted, abs=1e-4)
    figures = score_frames(
        torch.tensor([[[0.9, 0.2, 0.7]]]), torch.tensor([[[True, True, False]]]), 0.5
    )
    assert (figures["precision"], figures["recall"], figures["f1"]) == (0.5, 0.5, 0.5)
    assert best_threshold(torch.tensor([0.6, 0.3]), torch.tensor([True, False])) > 0.3


def test_an_unknown_target_and_a_method_that_pitches_lack_are_named(shards, tmp_path, capsys):
    words = ["classify", f"--data={shards}", f"--out={tmp_path}"]
    assert jtm.main([*words, "--target=mood"]) == 2
    told = capsys.readouterr().err
    assert "No clip has a category 'mood' (--target); choose one of" in told and "pitch" in told
    assert jtm.main([*words, "--target=pitch", "--methods=[supervised]"]) == 2
    assert "--target pitch has no method supervised" in capsys.readouterr().err
