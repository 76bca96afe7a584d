"""`jtm classify`: figures from held-out recordings only, on the right axis, without pickles."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import jtm
from realtime.troubles.errors import UserError
from tests.support.small_models import small_settings
from trainer.classification.features import extract, load_features
from trainer.classification.scores import (
    accuracy,
    balanced_accuracy,
    count_confusions,
    macro_f1,
    normalise_rows,
)
from trainer.classification.task import ClassifySettings, make_task
from trainer.classification.windows import (
    IGNORED,
    Window,
    choose_share,
    frame_labels,
    hold_out_groups,
    require_column,
)
from trainer.network.model import Transcriber
from trainer.pretraining.cpc import ContrastiveModel
from trainer.pretraining.settings import CpcSettings
from trainer.runs.checkpoints import load_backbone, load_transcriber, save_weights
from trainer.shards.format import NOTE_DTYPE, Clip
from trainer.shards.shards import Shards
from trainer.shards.writing import write_shard

RATE = 16_000
TIMBRES = {"reed": (1, 0, 1, 0, 1, 0), "string": (1, 1, 1, 1, 1, 1), "pipe": (1, 0.05, 0, 0, 0, 0)}
PROGRAMS = {"reed": 71, "string": 40, "pipe": 73}


def play(timbre: str, seed: int, seconds: float = 8.0) -> tuple[np.ndarray, np.ndarray]:
    """A line of half-second tones with the timbre's partials, in a little noise."""
    rng = np.random.default_rng(seed)
    sound = rng.normal(0, 0.002, int(seconds * RATE))
    rows = []
    for start in np.arange(0.1, seconds - 0.6, 0.5):
        pitch = int(rng.integers(50, 76))
        first, last = int(start * RATE), int((start + 0.5) * RATE)
        age = np.arange(last - first) / RATE
        for number, weight in enumerate(TIMBRES[timbre], 1):
            frequency = 440 * 2 ** ((pitch - 69) / 12) * number
            sound[first:last] += 0.1 * weight * np.sin(2 * np.pi * frequency * age)
        rows.append((0, first, last, pitch, 0.5, PROGRAMS[timbre]))
    return np.round(32767 * np.clip(sound, -1, 1)).astype(np.int16), np.array(rows, NOTE_DTYPE)


def write_timbres(folder: Path, recordings: int = 6, labelled: bool = False) -> Path:
    """`recordings` of each timbre; two of each share a composition."""
    folder.mkdir(parents=True)
    audio, notes, clips = [], [], []
    for number in range(recordings):
        for k, timbre in enumerate(TIMBRES):
            pcm, table = play(timbre, 100 * k + number)
            audio.append(pcm)
            notes.append(table if labelled else table[:0])
            name = f"{timbre}{number}"
            categories = {"corpus": "toy", "recording": name, "instrument": timbre}
            song = f"toy/{timbre} work {number // 2}"
            clips.append(Clip(name, 0, 0, "toy", song, (timbre,), "music", categories))
    write_shard(folder, 0, audio, notes, clips)
    return folder


@pytest.fixture(scope="module")
def timbres(tmp_path_factory):
    return write_timbres(tmp_path_factory.mktemp("classify") / "shards")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    torch.manual_seed(1)
    model = Transcriber(small_settings())
    path = tmp_path_factory.mktemp("run") / "best.safetensors"
    save_weights(path, model.state_dict(), model.settings, {})
    return path


@pytest.mark.slow
def test_timbres_are_told_apart_on_recordings_never_trained_on(
    timbres, checkpoint, tmp_path, capsys
):
    words = [
        "classify",
        f"--checkpoint={checkpoint}",
        f"--data=[{timbres}]",
        f"--out={tmp_path}",
        "--windows-per-recording=5",
        "--window-seconds=0.64",
        "--supervised.steps=4",
        "--supervised.batch-size=4",
        "--probe.steps=120",
        "--json",
    ]
    assert jtm.main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == json.loads((tmp_path / "classify.json").read_text())
    assert told["classes"] == ["pipe", "reed", "string"]
    assert len(told["test_recordings"]) == 6 and len(told["train_recordings"]) == 12
    assert not set(told["test_recordings"]) & set(told["train_recordings"])
    works = [
        {name[:-1] + str(int(name[-1]) // 2) for name in told[k]}
        for k in ("test_recordings", "train_recordings")
    ]
    assert not works[0] & works[1]
    assert set(told["results"]) == {"linear", "mlp", "random-linear", "random-mlp", "supervised"}
    for method in ("linear", "mlp"):
        found = told["results"][method]
        assert found["clip"]["accuracy"] >= 0.9 and found["clip"]["macro_f1"] >= 0.9
        assert found["recording"]["accuracy"] == 1 and found["frame"]["accuracy"] > 0.7
        assert found["clip"]["examples"] == 30
        rows = np.array(found["clip"]["confusion_rows"])
        assert rows.sum(axis=1) == pytest.approx(1)
    for level in ("clip", "frame"):
        assert (tmp_path / f"confusion_{level}.png").read_bytes()[:4] == b"\x89PNG"
    kept = sorted((tmp_path / "features").iterdir())
    assert len(kept) == 2 and all(path.suffix == ".safetensors" for path in kept)


def save_pretrained(path: Path, encoder: str, context: str, **words) -> ContrastiveModel:
    """A pretrained checkpoint, its batch norms with averages of their own."""
    settings = small_settings(encoder, context, **words)
    torch.manual_seed(2)
    model = ContrastiveModel(settings, CpcSettings(steps=2, predictor="linear", width=8))
    model.train()
    model.encode(0.1 * torch.randn(2, 3200), model.initial_state(2))
    path.parent.mkdir(exist_ok=True)
    save_weights(path, model.state_dict(), settings, {"step": 1})
    return model.eval()


@pytest.mark.parametrize(
    ("encoder", "context", "norm"),
    [
        ("harmonic", "pitchwise", "channel"),
        ("conv", "gru", "batch"),
        ("sinc", "transformer", "channel"),
        ("logmel", "lstm", "instance"),
        ("harmonic", "rnn", "channel"),
        ("conv", "none", "none"),
    ],
)
def test_what_was_only_pretrained_is_listened_to(timbres, tmp_path, encoder, context, norm):
    path = tmp_path / "last.safetensors"
    pretrained = save_pretrained(path, encoder, context, norm=norm)
    model, _ = load_backbone(path)
    settings = ClassifySettings(windows_per_recording=1, window_seconds=0.4)
    task, shards = make_task(Shards(timbres), settings, model.hop_samples)
    for layer in ("context", "encoder"):
        draw = (shards, task.windows[:3], layer, task.samples, 8)
        ours, theirs = extract(model, *draw), extract(pretrained, *draw)
        assert torch.equal(ours.clips, theirs.clips) and torch.equal(ours.frames, theirs.frames)
        assert ours.clips.std(dim=0).max() > 0


@pytest.mark.slow
def test_a_pretrained_run_is_probed_with_few_labels(timbres, tmp_path, capsys):
    save_pretrained(tmp_path / "run" / "last.safetensors", "logmel", "gru")
    words = [f"--checkpoint={tmp_path}/run", f"--data=[{timbres}]", f"--out={tmp_path}/out"]
    words += ["--methods=[linear,random-linear,finetuned]", "--windows-per-recording=3"]
    words += ["--window-seconds=0.4", "--supervised.steps=3", "--supervised.batch-size=2"]
    words += ["--label-fraction=0.3", "--label-seed=4", "--probe.steps=60", "--json"]
    assert jtm.main(["classify", *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["results"]) == {"linear", "random-linear", "finetuned"}
    assert told["results"]["linear"] != told["results"]["random-linear"]
    assert len(told["train_recordings"]) == 3 and len(told["test_recordings"]) == 6
    assert {name[4:-1] for name in told["train_recordings"]} == set(TIMBRES)


def test_fewer_labels_are_part_of_more_and_leave_the_test_alone(timbres):
    tasks = [
        make_task(Shards(timbres), ClassifySettings(windows_per_recording=2, **words), 160)[0]
        for words in ({}, {"label_fraction": 0.5}, {"label_fraction": 0.5, "label_seed": 1})
    ]
    for task in tasks:
        assert torch.equal(task.tested, tasks[0].tested) and not (task.tested & task.trained).any()
        assert set(task.clip_labels[task.trained].tolist()) == {0, 1, 2}
    assert [int(task.trained.sum()) for task in tasks] == [24, 12, 12]
    assert not torch.equal(tasks[1].trained, tasks[2].trained)
    windows = tasks[0].windows
    shares = [set(choose_share(windows, share, 0)) for share in (0.2, 0.5, 1.0)]
    assert shares[0] < shares[1] < shares[2] == set(range(len(windows)))
    with pytest.raises(UserError, match="above 0 and at most 1"):
        choose_share(windows, 0, 0)


@pytest.mark.slow
def test_supervised_learns_from_scratch(timbres, tmp_path, capsys):
    import trainer.classification.classify as lesson

    probing = ClassifySettings().supervised
    settings = ClassifySettings(
        methods=("supervised",),
        windows_per_recording=5,
        window_seconds=0.5,
        supervised=replace(probing, steps=80, batch_size=6, learning_rate=5e-3),
    )
    torch.manual_seed(0)
    model = Transcriber(small_settings()).eval()
    task, shards = make_task(Shards(timbres), settings, model.hop_samples)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    results = lesson.classify(model, shards, task, settings, tmp_path)
    assert results["supervised"]["clip"]["accuracy"] > 0.7
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_the_confusion_matrix_is_normalised_along_the_truth():
    truth, guess = np.array([0, 0, 0, 0, 1, 2]), np.array([0, 0, 0, 1, 1, 1])
    counts = count_confusions(truth, guess, 4)
    assert counts[0, 1] == 1 and counts[2, 1] == 1 and counts[1, 0] == 0
    shares = normalise_rows(counts)
    assert shares[0].tolist() == [0.75, 0.25, 0, 0]
    assert shares.sum(axis=1).tolist() == [1, 1, 1, 0]
    assert shares[:, 1].sum() > 1  # columns are guesses: they need not sum to 1
    assert accuracy(counts) == pytest.approx(4 / 6)
    assert macro_f1(counts) == pytest.approx((6 / 7 + 2 / 4 + 0) / 3)


def test_metrics_agree_with_scikit_learn():
    from sklearn import metrics

    rng = np.random.default_rng(0)
    truth, guess = rng.integers(0, 5, 300), rng.integers(0, 5, 300)
    counts = count_confusions(truth, guess, 5)
    assert np.array_equal(counts, metrics.confusion_matrix(truth, guess))
    assert balanced_accuracy(counts) == pytest.approx(metrics.balanced_accuracy_score(truth, guess))
    assert macro_f1(counts) == pytest.approx(metrics.f1_score(truth, guess, average="macro"))
    normalised = metrics.confusion_matrix(truth, guess, normalize="true")
    assert np.allclose(normalise_rows(counts), normalised)


def test_every_class_with_two_groups_is_trained_and_tested():
    groups, labels = [], []
    for label, count in (("a", 9), ("b", 2), ("c", 1), ("", 5)):
        groups += [f"{label}{i}" for i in range(count)]
        labels += [label] * count
    groups += ["b0", "a1"]  # groups that hold two classes
    labels += ["a", "b"]
    for seed in range(20):
        test = hold_out_groups(groups, labels, 0.25, seed)
        for label in ("a", "b"):
            own = {g for g, one in zip(groups, labels, strict=True) if one == label}
            assert own & test and own - test
        assert "c0" not in test
    assert hold_out_groups(groups, labels, 0.25, 0) != hold_out_groups(groups, labels, 0.25, 1)


def test_a_class_with_one_recording_is_left_out_of_the_task(timbres, tmp_path):
    (tmp_path / "more").mkdir()
    clip = Clip("odd", 0, 0, "toy", "", (), "music", {"recording": "odd", "instrument": "odd"})
    write_shard(tmp_path / "more", 0, [play("reed", 9)[0]], [np.zeros(0, NOTE_DTYPE)], [clip])
    settings = ClassifySettings(windows_per_recording=2)
    task, _ = make_task(Shards([timbres, tmp_path / "more"]), settings, 160)
    assert task.classes == ["pipe", "reed", "string"]
    odd = [i for i, w in enumerate(task.windows) if w.label == "odd"]
    assert set(task.clip_labels[odd].tolist()) == {IGNORED}
    with pytest.raises(UserError, match="Fewer than two classes"):
        make_task(Shards(tmp_path / "more"), settings, 160)


def test_given_test_shards_lose_their_compositions_in_training(timbres, tmp_path):
    held_out = write_timbres(tmp_path / "test", recordings=2)  # the works numbered 0
    task, shards = make_task(
        Shards(timbres), ClassifySettings(windows_per_recording=2), 160, Shards(held_out)
    )
    trained = {w.group for w, t in zip(task.windows, task.tested.tolist(), strict=True) if not t}
    tested = {w.group for w, t in zip(task.windows, task.tested.tolist(), strict=True) if t}
    assert tested == {f"toy/{name} work 0" for name in TIMBRES} and not trained & tested
    assert len(shards) == 18 + 6
    task, _ = make_task(
        Shards(timbres),
        ClassifySettings(windows_per_recording=2),
        160,
        Shards(held_out).keep([0, 1, 3, 4]),
    )
    assert task.classes == ["pipe", "reed", "string"], "all that is learnt can be guessed"
    assert len(set(task.clip_labels[task.tested].tolist())) == 2


def test_any_category_can_be_held_out(timbres):
    settings = ClassifySettings(target="instrument", hold_out="recording", windows_per_recording=2)
    task, _ = make_task(Shards(timbres), settings, 160)
    assert {w.group for w in task.windows} == {w.recording for w in task.windows}
    settings = replace(settings, target="instrument", hold_out="instrument")
    with pytest.raises(UserError, match="Fewer than two classes"):
        make_task(Shards(timbres), settings, 160)


def test_a_category_that_no_clip_has_cannot_be_held_out(timbres, tmp_path, capsys):
    words = ["classify", f"--data=[{timbres}]", f"--out={tmp_path / 'out'}"]
    assert jtm.main([*words, "--hold-out=nosuch"]) == 2
    error = capsys.readouterr().err.strip()
    assert "No clip has a category 'nosuch' (--hold-out); choose one of composition, " in error
    assert "instrument" in error and len(error.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_clips_without_the_held_out_category_are_counted(timbres):
    clips = list(Shards(timbres).clips)
    assert require_column(clips, "instrument") == "" and require_column(clips, "composition") == ""
    clips[0] = replace(clips[0], categories={})
    told = require_column(clips, "instrument")
    assert told.startswith("1 of 18 clips have no category 'instrument'") and "recording" in told


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--target=nosuch"], 2, "No clip has a category 'nosuch' (--target)"),
        (["--window-seconds=100"], 2, "No clip of music is as long as --window-seconds 100"),
        (["--window-seconds=0.1"], 2, "--window-seconds 0.1 is 10 frames"),
        (["--out=/dev/null/out"], 1, "Cannot make --out '/dev/null/out' (Not a directory)"),
    ],
)
def test_what_cannot_be_classified_is_one_line(timbres, tmp_path, capsys, words, code, sentence):
    given = ["classify", f"--data=[{timbres}]", f"--out={tmp_path / 'out'}", *words]
    assert jtm.main(given) == code
    error = capsys.readouterr().err.strip()
    assert sentence in error and len(error.splitlines()) == 1


def test_frames_are_named_where_one_instrument_sounds_alone():
    notes = np.array(
        [(0, 0, 1600, 60, 1, 40), (0, 800, 2400, 64, 1, 73), (0, 3200, 4000, 62, 1, 0)], NOTE_DTYPE
    )
    window = Window(0, 0, "", "r", "g")
    found = frame_labels(notes, window, 25, 160, "instrument")
    assert found[:5] == ["violin"] * 5 and found[5:10] == [""] * 5
    assert found[10:15] == ["flute"] * 5 and found[15:20] == [""] * 5 and found[20] == "piano"
    assert frame_labels(notes, Window(0, 0, "Bach", "r", "g"), 3, 160, "composer") == ["Bach"] * 3


class Payload:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self):
        return (Path.touch, (self.mark,))


@pytest.mark.parametrize("name", ["evil.safetensors", "evil.ckpt", "evil.pt"])
def test_a_malicious_pickle_does_not_run(tmp_path, timbres, capsys, name):
    mark, path = tmp_path / "owned", tmp_path / name
    if name.endswith(".pt"):
        torch.save({"state_dict": Payload(mark)}, path)
    else:
        path.write_bytes(pickle.dumps(Payload(mark)))
    words = ["classify", f"--checkpoint={path}", f"--data=[{timbres}]", f"--out={tmp_path}/out"]
    assert jtm.main(words) == 1
    assert "is not a checkpoint of this trainer" in capsys.readouterr().err
    with pytest.raises(UserError):
        load_transcriber(path)
    cached = tmp_path / "abc.safetensors"
    cached.write_bytes(pickle.dumps(Payload(mark)))
    assert load_features(tmp_path, "abc") is None
    np_cache = tmp_path / "00000.notes.npy"
    np.save(np_cache, np.array([Payload(mark)], object), allow_pickle=True)
    np.save(tmp_path / "00000.pcm.npy", np.zeros(10, np.int16))
    clips = [{"id": "a", "start_sample": 0, "n_samples": 10, "source": "", "song": ""}]
    clips[0] |= {"timbres": [], "kind": "music"}
    (tmp_path / "00000.json").write_text(json.dumps({"clips": clips}))
    with pytest.raises(ValueError, match=r"pickle|Python objects"):
        Shards(tmp_path).notes(0)
    assert not mark.exists()
    pickle.loads(pickle.dumps(Payload(mark)))
    assert mark.exists()  # the payload works: nothing above ran it


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["classify"], 2, "Nothing to classify"),
        (["classify", "--data=[/nowhere]"], 1, "No folder '/nowhere' (--data)"),
    ],
)
def test_errors_are_sentences(words, code, sentence, capsys):
    assert jtm.main(words) == code
    assert sentence in capsys.readouterr().err
