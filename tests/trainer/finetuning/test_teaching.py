"""All weights learn an instrument: what is taught, what stays, what the lesson's folder gets."""

import copy

import numpy as np
import pytest
import torch

from realtime.inference.head import head_logits
from realtime.inference.spec import HEAD_TENSORS
from realtime.teach.examples import SEEMING, Music
from realtime.teach.music.packing import pack_music
from realtime.teach.thorough import lesson as thorough
from realtime.teach.thorough.orders import ANSWERS, MUSIC, WEIGHTS, ThoroughOrder
from tests.realtime.teach.tones import RATE, pluck
from tests.support.small_models import small_model
from trainer.finetuning.teaching import child
from trainer.finetuning.teaching.answers import predict
from trainer.finetuning.teaching.crops import LessonCrops, notes_of
from trainer.finetuning.teaching.learning import distance, learn_all
from trainer.runs import checkpoints


def music(pitches, fold=0, seconds=2.0, decides=True):
    audio = np.zeros(int(seconds * RATE), np.float32)
    notes = []
    for place, pitch in enumerate(pitches):
        start = 0.2 + place * 0.4
        sound = pluck(pitch, 0.3)[: int(0.3 * RATE)].astype(np.float32)
        audio[int(start * RATE) : int(start * RATE) + len(sound)] += sound
        notes.append((start, start + 0.3, pitch))
    return Music(audio, np.array(notes, float), False, fold, decides)


def answers(network, audio):
    with torch.no_grad():
        return network.outputs(audio, network.initial_state(1)).activations


@pytest.mark.slow
def test_what_is_taught_is_learned_and_the_old_weights_stay():
    old = small_model()
    before = {name: value.clone() for name, value in old.state_dict().items()}
    piece = music([60, 64, 67])
    crops = [LessonCrops([piece], RATE, old.hop_samples, seed) for seed in (1, 2)]
    steps = []
    learned = learn_all(old, before, *crops, 12, lambda: steps.append(1))
    assert len(steps) == 12 and set(learned) == set(before)
    assert all(torch.equal(value, old.state_dict()[name]) for name, value in before.items())
    new = copy.deepcopy(old)
    new.load_state_dict(learned)
    audio = torch.from_numpy(piece.audio[: 190 * old.hop_samples])[None]
    silent = answers(old, audio).frame.mean() - answers(new, audio).frame.mean()
    assert silent > 0.02, "most keys are silent, which an untrained network does not say"


def test_music_that_must_stay_has_no_distance_to_itself():
    old = small_model()
    audio = torch.from_numpy(music([60, 64]).audio[: 190 * old.hop_samples])[None]
    same = answers(old, audio)
    torch.manual_seed(1)
    other = type(same)(*(one + torch.randn_like(one) for one in same))
    wanted = [one.clone().requires_grad_() for one in same]
    distance(type(same)(*wanted), same).backward()
    assert all(one.grad.abs().max() < 1e-6 for one in wanted)
    assert distance(other, same) > distance(same, same)


def test_crops_have_their_notes_where_they_sound():
    crops = LessonCrops([music([60, 62, 64, 65], seconds=9.0)], RATE, 160, 3)
    for _ in range(4):
        audio, targets = crops.draw()
        assert audio.shape[1] == len(targets.frame) * 160 and audio.abs().max() <= 1.0
        rows = set(np.nonzero(targets.frame.any(axis=0))[0] + 21)
        assert rows <= {60, 62, 64, 65}
        assert set(np.unique(targets.velocity)) <= {-1.0, 0.0}, "how loud nobody says"
    swelling = notes_of(Music(np.zeros(RATE, np.float32), np.array([[0, 1, 60]]), True), RATE)
    assert swelling["program"][0] == 40 and np.isnan(swelling["velocity"][0])


def test_a_piece_is_heard_in_blocks_as_at_once():
    network, piece = small_model(), music([60, 72], seconds=9.3)
    said = predict(network, piece)
    tail = np.zeros((max(network.settings.look_aheads) + 2) * network.hop_samples, np.float32)
    audio = np.concatenate([piece.audio, tail])
    whole = torch.from_numpy(audio[: said.hops * network.hop_samples])[None]
    every = torch.sigmoid(torch.stack(list(answers(network, whole)), dim=-1)[0]).numpy()
    every = every.transpose(0, 2, 3, 1)
    np.testing.assert_allclose(every[said.frame, said.row], said.answers, atol=2e-3)
    kept = np.zeros(every.shape[:2], bool)
    kept[said.frame, said.row] = True
    assert every[~kept][:, :2].max(initial=0.0) <= SEEMING + 1e-3


def test_a_head_that_was_learned_in_numpy_says_the_same_in_the_network(tmp_path):
    network = small_model()
    hidden, out = network.head.hidden, network.head.out
    values = [hidden.weight.T, hidden.bias, out.weight.T, out.bias]
    weights = {
        name: value.detach().numpy() * 1.5 for name, value in zip(HEAD_TENSORS, values, strict=True)
    }
    np.savez(tmp_path / "head.npz", **weights)
    begin = {**network.state_dict(), **child.read_head(tmp_path / "head.npz")}
    network.load_state_dict(begin)
    features = np.random.default_rng(1).standard_normal((7, hidden.in_features), np.float32)
    with torch.no_grad():
        said = network.head(torch.from_numpy(features)[None, None].expand(1, 1, 7, -1))
    wanted = head_logits(features, weights)
    np.testing.assert_allclose(said.onset[0, 0].T.numpy(), wanted[:, 0], atol=1e-4)
    assert child.read_head(tmp_path / "none.npz") == {}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A lesson's folder; the network is small, and the replay set short."""
    network = small_model()
    checkpoints.save_weights(
        tmp_path / "old.safetensors", network.state_dict(), network.settings, {"licences": ["MIT"]}
    )
    monkeypatch.setattr(checkpoints, "BUNDLED", tmp_path / "old.safetensors")
    replay = [music([50 + fold, 55], fold) for fold in range(4)]
    monkeypatch.setattr("realtime.teach.music.replay.read_replay", lambda rate: replay)
    mine = [music([60 + fold, 64], fold, decides=fold != 3) for fold in range(4)]
    (tmp_path / MUSIC).write_bytes(pack_music(mine))
    return tmp_path


@pytest.mark.slow
def test_the_folder_gets_answers_by_weights_that_never_met_the_pieces(folder):
    parts = []
    child.learn(folder, ThoroughOrder(2, 0, 1, (0.0, 0.5, 1.0)), parts.append)
    assert parts[-1] == pytest.approx(1.0, abs=0.01) and parts == sorted(parts)
    read = {
        part: checkpoints.load_transcriber(folder / WEIGHTS.format(part=part))[0].state_dict()
        for part in (0.0, 0.5, 1.0)
    }
    old = checkpoints.load_transcriber(checkpoints.BUNDLED)[0]
    for name, value in old.state_dict().items():
        assert torch.allclose(read[0.0][name], value)
        between = (read[0.0][name] + read[1.0][name]) / 2
        assert torch.allclose(read[0.5][name], between, atol=1e-5)
    assert any(not torch.equal(read[1.0][name], value) for name, value in read[0.0].items())
    said = thorough.read_answers(folder / ANSWERS.format(part=0.0))
    assert len(said) == 4 + 4
    direct = predict(old, music([60, 64], 0))
    examples, answered = said[0]
    np.testing.assert_array_equal(examples.row, direct.row)
    np.testing.assert_allclose(answered, direct.answers.astype(np.float32), atol=2e-3)


@pytest.mark.slow
def test_what_was_learned_is_exported_with_its_thresholds(folder):
    from dataclasses import replace

    from realtime.inference.model_file import open_model_file
    from realtime.inference.onnx_model import OnnxModel
    from realtime.teach.judging.choosing import Choice, LessonVerdict

    network = small_model()
    spec = open_model_file(None).spec
    heads = tuple(
        replace(spec.heads[0], look_ahead_frames=frames) for frames in network.settings.look_aheads
    )
    spec = replace(spec, heads=heads, default_head=1)
    found = Choice(LessonVerdict.BETTER, (), (), (), (), 1.0, (0.5, 0.0))
    content = thorough.export_taught(folder, folder / "old.safetensors", spec, found)
    (folder / "made.onnx").write_bytes(content)
    made = OnnxModel(folder / "made.onnx").spec
    assert made.default_head == 1 and "taught by its player" in made.provenance
    moved = made.heads[1].decoder.onset_threshold
    assert moved > heads[1].decoder.onset_threshold
