"""`jtm label-curve`: cells are run once, shares make up the whole, results survive a crash."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

import jtm
from realtime.commands.options import parse_options
from realtime.troubles.errors import UserError
from tests.support.tiny_music import write_tiny_shards
from trainer.commands.label_curve import LabelCurveCommand
from trainer.label_curve.cells import Cell, list_cells, take_share
from trainer.label_curve.fitting import fit, run_batch
from trainer.label_curve.material import manifest_items, split_held_out, take_hours, take_labels
from trainer.label_curve.methods import METHODS
from trainer.label_curve.results import append_row, read_rows
from trainer.label_curve.scores import THRESHOLDS, pick_threshold, predict
from trainer.label_curve.settings import FitSettings, digest_of
from trainer.network.model import Transcriber
from trainer.shards.shards import Shards

TINY = [
    "--model.encoder.harmonic.local_channels=3",
    "--model.encoder.harmonic.channels=4",
    "--model.encoder.harmonic.spectrum.hop_samples=320",
    "--model.encoder.harmonic.spectrum.longest_window_ms=64",
    "--model.context.pitchwise.channels=4",
    "--model.context.pitchwise.blocks=1",
    "--model.context.pitchwise.global_width=3",
    "--model.context.pitchwise.width=4",
    "--model.head_hidden=6",
    "--model.look_aheads=[2]",
    "--model.default_look_ahead=2",
    "--fit.steps=2",
    "--fit.batch_size=2",
    "--fit.head_first_steps=1",
    "--fit.crops.seconds=1",
    "--fit.loss.warm_up_frames=5",
    "--supervised-steps=2",
    "--far.steps=2",
    "--far.batch_size=2",
    "--far.crops.seconds=2.56",
    "--far.cpc.k_min=3",
    "--far.cpc.steps=4",
    "--far.cpc.exclude_frames=5",
    "--far.cpc.negatives=7",
    "--masked.steps=2",
    "--masked.batch_size=2",
    "--beside.batch_size=1",
    "--pretraining.steps=2",
    "--pretraining.batch_size=2",
    "--pretraining.crops.seconds=1.28",
    "--pretraining.cpc.steps=2",
    "--pretraining.cpc.predictor=linear",
    "--pretraining.cpc.exclude_frames=5",
    "--pretraining.cpc.negatives=7",
    "--held-out-seconds=3",
]
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    folder = tmp_path_factory.mktemp("music")
    for name, clips, seed in (("labelled", 4, 0), ("other", 3, 20), ("held-out", 4, 40)):
        write_tiny_shards(folder / name, clips, seed)
    return folder


def label_curve(music: Path, out: Path, *words: str) -> int:
    data = [
        f"--labelled=[{music / 'labelled'}]",
        f"--unlabelled=[{music / 'other'}]",
        f"--other-timbres=[{music / 'other'}]",
        f"--held-out=[{music / 'held-out'}]",
        f"--out={out}",
    ]
    return jtm.main(["label-curve", *data, *TINY, *words])


def rows_of(out: Path, kind: str = "cell") -> list[dict]:
    return [row for row in read_rows(out / "results.jsonl") if row["kind"] == kind]


@pytest.mark.slow
def test_a_repeated_command_runs_only_what_is_missing(music, tmp_path, capsys):
    words = ["--methods=[cpc-finetuned,logmel]", "--fractions=[0.5]"]
    assert label_curve(music, tmp_path, *words, "--seeds=[0]") == 0
    first = rows_of(tmp_path)
    assert [(row["method"], row["recordings"]) for row in first] == [
        ("cpc-finetuned", 2),
        ("logmel", 2),
    ]
    assert all(row["steps"] == 2 and row["reached_ceiling"] for row in first)
    assert all(len(row["scores"]["held-out"]) == 3 for row in first)
    assert len(rows_of(tmp_path, "pretraining")) == 1
    assert label_curve(music, tmp_path, *words, "--seeds=[0,1]") == 0
    assert rows_of(tmp_path)[:2] == first
    assert [row["seed"] for row in rows_of(tmp_path)] == [0, 0, 1, 1]
    assert len(rows_of(tmp_path, "pretraining")) == 1
    assert "2 of 4 cells are in" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        label_curve(music, tmp_path, "--no-such-option")
    assert label_curve(music, tmp_path, *words, "--fit.patience=9") == 1
    assert "made with other settings or data" in capsys.readouterr().err


@pytest.mark.slow
def test_every_method_begins_with_what_its_name_says(music, tmp_path):
    words = ["--methods=[cpc-frozen,supervised]", "--fractions=[1]", "--seeds=[0]"]
    assert label_curve(music, tmp_path, *words) == 0
    pretrained = {row["objective"] for row in rows_of(tmp_path, "pretraining")}
    assert pretrained == {"cpc", "supervised"}
    assert {row["method"] for row in rows_of(tmp_path)} == {"cpc-frozen", "supervised"}


@pytest.mark.slow
def test_runs_take_turns_with_several_pretrainings(music, tmp_path):
    words = ["--methods=[masked,cpc-far,scratch]", "--fractions=[1]", "--seeds=[0,1,2]"]
    assert label_curve(music, tmp_path, *words, "--pretrainings=2") == 0
    made = {(row["objective"], row["pretraining"]) for row in rows_of(tmp_path, "pretraining")}
    assert made == {("cpc-far", 0), ("cpc-far", 1), ("masked", 0), ("masked", 1)}
    weights = [
        tmp_path / "pretrained" / "main" / f"masked-{i}" / "last.safetensors" for i in (0, 1)
    ]
    assert weights[0].read_bytes() != weights[1].read_bytes()
    curves = [row["curve"] for row in rows_of(tmp_path, "pretraining") if "curve" in row]
    assert len(curves) == 2  # those of cpc-far; masked prediction has no accuracy
    assert all(curve[-1][0] == 1 and 0 <= curve[-1][1] <= 1 for curve in curves)
    began = {(row["method"], row["seed"]): row["pretraining"] for row in rows_of(tmp_path)}
    assert [began["masked", seed] for seed in (0, 1, 2)] == [0, 1, 0]
    assert [began["scratch", seed] for seed in (0, 1, 2)] == [None] * 3
    assert all(row["passes"] > 0 for row in rows_of(tmp_path))


@pytest.mark.slow
def test_what_is_learned_beside_the_labels_is_in_the_results(music, tmp_path):
    words = ["--methods=[self-training,consistency]", "--fractions=[1]", "--seeds=[0]"]
    assert label_curve(music, tmp_path, *words) == 0
    assert {row["method"] for row in rows_of(tmp_path)} == {"self-training", "consistency"}
    assert rows_of(tmp_path, "pretraining") == []


def test_shares_are_disjoint_and_make_up_the_whole():
    cells = list_cells("main", METHODS, (0.01, 0.1, 1.0), (0, 1, 2))
    assert len(set(cells)) == 9 * len(METHODS)
    assert {cell.seed for cell in cells[: 3 * len(METHODS)]} == {0}
    parts = [take_share(cells, f"{i}/4") for i in (1, 2, 3, 4)]
    assert sorted(str(cell) for part in parts for cell in part) == sorted(map(str, cells))
    for wrong in ("0/4", "5/4", "half", "1/0", ""):
        with pytest.raises(UserError, match="--share must be I/N"):
            take_share(cells, wrong)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--methods=[magic]"], 2, "No method 'magic'"),
        (["--unlabelled=[]"], 2, "--init CHECKPOINT"),
        (["--unlabelled=[]", "--methods=[consistency]"], 2, "consistency need --unlabelled"),
        (["--held-out=[]"], 2, "Give --labelled FOLDER"),
        (["--labelled=[nowhere]"], 1, "No folder 'nowhere'"),
        (["--methods=[supervised]", "--other-timbres=[]"], 2, "needs --other-timbres"),
        (["--manifest=nowhere.csv"], 1, "No manifest at 'nowhere.csv'"),
    ],
)
def test_what_cannot_be_run_is_said_before_anything_is(music, tmp_path, capsys, words, code, said):
    assert label_curve(music, tmp_path, *words) == code
    told = capsys.readouterr().err
    assert said in told and "Traceback" not in told
    assert not (tmp_path / "results.jsonl").exists()


def test_a_line_cut_short_is_left_out_and_the_next_stays_whole(tmp_path):
    path = tmp_path / "results.jsonl"
    append_row(path, {"kind": "other", "n": 1})
    with path.open("a") as file:
        file.write('{"kind": "other", "n"')
    append_row(path, {"kind": "other", "n": 2})
    assert [row["n"] for row in read_rows(path)] == [1, 2]
    path.write_text(json.dumps([1, 2]))
    with pytest.raises(UserError, match="not a result of"):
        read_rows(path)


def test_fewer_labels_are_part_of_more_and_hours_are_counted(music):
    shards = Shards([music / "labelled"])
    few, more = (take_labels(shards, f, 3) for f in (0.25, 0.75))
    assert {c.id for c in few.clips} < {c.id for c in more.clips}
    assert len(take_hours(shards, 6 / 3600, 0)) == 2
    with pytest.raises(UserError, match="asks for 9 h"):
        take_hours(shards, 9, 0)


def test_a_run_ends_when_held_out_onsets_get_no_better_and_keeps_its_best(music):
    from tests.support.small_models import small_settings
    from trainer.crops.augment import Responses
    from trainer.crops.batches import Draws
    from trainer.crops.labelled import LabelledCrops

    torch.manual_seed(0)
    network = Transcriber(small_settings())
    crops = LabelledCrops(
        Shards([music / "labelled"]), FitSettings().crops, Responses("", 16_000), Draws(0, 1)
    )
    held_out = split_held_out(Shards([music / "held-out"]), 0.3, 2.0, 160)
    settings = FitSettings(validate_steps=1, patience=2, least_gain=0.5)
    fitted = fit(network, crops, held_out.batches, settings, 50, -1, False)
    assert fitted.steps < 50 and not fitted.reached_ceiling
    precision = {step: value for step, _, value in fitted.curve}
    assert max(precision.values()) == precision[fitted.best_step]


def test_shorter_recordings_hear_the_same_beside_longer_ones(music):
    from tests.support.small_models import small_model

    item = split_held_out(Shards([music / "held-out"]), 0.3, 2.0, 160).tested[0]
    short = replace(item, audio=item.audio[:16_000])
    model = small_model()
    alone = predict(model, [short])[0]
    beside = predict(model, [item, short])[1]
    assert len(alone[0]) == len(beside[0]) == 104
    assert all(abs(a - b).max() < 1e-5 for a, b in zip(alone, beside, strict=True))


def test_recordings_without_notes_are_no_part_of_a_mean_of_f1(tmp_path):
    for name, notes in (("song", "onset_s,offset_s,pitch\n0.5,1,60\n"), ("hum", "")):
        soundfile.write(tmp_path / f"{name}.wav", np.zeros(32_000), 16_000)
        (tmp_path / f"{name}.csv").write_text(notes or "onset_s,offset_s,pitch\n")
    rows = "song,piano,song.wav,song.csv\nhum,noise,hum.wav,hum.csv\n"
    manifest = tmp_path / "manifest.csv"
    manifest.write_text(f"id,group,file,truth\n{rows}")
    found = manifest_items(str(manifest), 2.0, 640)
    assert [item.recording.id for item in found] == ["song"]
    assert manifest_items(str(manifest), 0.4, 640) == []


def test_a_cell_has_a_readable_name():
    assert str(Cell("main", "scratch", 0.03, 2)) == "main/scratch/3%/seed 2"


def recipe_of(name):
    recipes = Path(__file__).resolve().parents[3] / "trainer" / "recipes" / "studies"
    words = [f"--config={recipes / name}"]
    return parse_options(LabelCurveCommand, words, command="label-curve", description="recipe")


@pytest.mark.parametrize("name", ["label-curve.yaml", "label-curve-small.yaml"])
def test_the_networks_of_a_recipe_share_a_hop(name):
    command = recipe_of(name)
    encoders = [replace(command.model.encoder, kind=kind) for kind in ("conv", "sinc")]
    models = [command.model_of(method) for method in METHODS]
    models += [replace(command.model, encoder=encoder) for encoder in encoders]
    assert {Transcriber(model).hop_samples for model in models} == {640}


def test_the_study_has_four_times_the_weights_of_the_small_one():
    sizes = [
        sum(weight.numel() for weight in Transcriber(recipe_of(name).model).parameters())
        for name in ("label-curve.yaml", "label-curve-small.yaml")
    ]
    assert sizes[0] >= 4 * sizes[1]


def test_a_cell_is_the_same_on_any_machine_and_another_by_any_setting():
    def digest(**changes):
        return digest_of(LabelCurveCommand(**changes), "scratch", ["the same recordings"])

    plain = digest()
    for where in ({"jobs": 2}, {"share": "2/3"}, {"out": "b"}, {"threads": 2}, {"device": "cpu"}):
        assert digest(**where) == plain, where
    assert digest(fit=FitSettings(patience=9)) != plain
    assert digest(held_out_seconds=9.0) != plain


def test_a_device_that_is_not_there_is_said_before_anything_is_computed(music, tmp_path, capsys):
    assert label_curve(music, tmp_path, "--device=cuda:99") == 1
    assert "--device cuda:99 is not to be had here" in capsys.readouterr().err
    assert not (tmp_path / "results.jsonl").exists()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_batch_its_loss_and_its_looks_are_where_the_network_is(music):
    held_out = split_held_out(Shards(music / "held-out"), 0.5, 3.0, 160)
    network = Transcriber().to("cuda")
    loss, said = run_batch(network, held_out.batches[0], FitSettings(), False)
    assert {loss.device.type, said.onset.device.type} == {"cuda"}
    assert all(roll.dtype == "float32" for roll in predict(network, held_out.tested)[0])


@pytest.mark.parametrize("wanted", [0.02, 0.3, 0.7, 0.9])
def test_the_best_threshold_is_found_wherever_a_network_has_it(music, wanted):
    """Notes just above the threshold, and what is no note just below it."""
    items = split_held_out(Shards(music / "held-out"), 0.5, 3.0, 160).tested
    network = Transcriber()
    look_ahead = network.settings.default_look_ahead
    rolls = []
    for item in items:
        frames = len(item.audio) // 160 + look_ahead
        onset, frame, offset, velocity = np.zeros((4, frames, 88), np.float32)
        onset[40::50, 7] = wanted * 0.9
        frame[40::50, 7] = 1.0
        for start, end, pitch, _ in item.recording.notes:
            first, last = (round(time * 100) + look_ahead for time in (start, end))
            onset[first : first + 1, int(pitch) - 21] = min(1.05 * wanted, 1.0)
            frame[first:last, int(pitch) - 21] = 1.0
        rolls.append([onset, frame, offset, velocity])
    threshold, _ = pick_threshold(network, items, rolls)
    assert 0.9 * wanted < threshold <= 1.05 * wanted
    assert min(THRESHOLDS) < threshold < max(THRESHOLDS)
