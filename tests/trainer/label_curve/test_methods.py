"""What methods learn without labels: from a teacher, by consistency, by filling silenced spans."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.support.small_models import small_settings
from tests.support.tiny_music import write_tiny_shards
from trainer.crops.augment import Responses
from trainer.crops.batches import Draws
from trainer.crops.labelled import LabelledCrops
from trainer.crops.unlabelled import PretrainCropSettings, UnlabelledCrops
from trainer.finetuning.losses import LossWeights
from trainer.label_curve.beside import BesideSettings, Consistency, PseudoLabels
from trainer.label_curve.fitting import fit
from trainer.label_curve.masked import MaskedSettings, draw_silence, learn_masked
from trainer.label_curve.material import split_held_out
from trainer.label_curve.settings import FitSettings
from trainer.network.model import Transcriber
from trainer.shards.shards import Shards

pytestmark = pytest.mark.filterwarnings("ignore")
PARTS = LossWeights(warm_up_frames=5)
RESPONSES = Responses("", 16_000)


@pytest.fixture(scope="module")
def music(tmp_path_factory):
    folder = tmp_path_factory.mktemp("music")
    write_tiny_shards(folder, 4, 0)
    return folder


def crops_of(music, past_chance=1.0, batch_size=2):
    settings = PretrainCropSettings(seconds=1.0, past_chance=past_chance)
    return UnlabelledCrops(Shards([music]), settings, RESPONSES, Draws(0, batch_size))


def network_of(seed=0):
    torch.manual_seed(seed)
    return Transcriber(small_settings())


@pytest.mark.slow
def test_a_student_learns_to_say_what_its_teacher_is_sure_of(music):
    teacher, student = network_of(1), network_of(2)
    with torch.no_grad():
        teacher.head.out.bias[: len(teacher.settings.look_aheads)] = 3.0  # an onset everywhere
    settings = BesideSettings(ramp_steps=1)
    beside = PseudoLabels(teacher, crops_of(music, batch_size=1), settings, PARTS)
    optimizer = torch.optim.Adam(student.parameters(), 1e-2)
    losses = []
    for step in range(25):
        loss = beside.loss(student, step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss))
    assert losses[-1] < 0.4 * losses[0]
    audio = torch.rand(1, 16_000) * 0.1
    said, _, _ = student(audio, student.initial_state(1))
    assert torch.sigmoid(said.onset[:, 20:]).mean() > 0.5


def test_of_what_a_teacher_is_not_sure_nothing_is_learned(music):
    unsure = BesideSettings(ramp_steps=1, sure_of_a_note=1.0, sure_of_silence=0.0)
    beside = PseudoLabels(network_of(1), crops_of(music), unsure, PARTS)
    assert float(beside.loss(network_of(2), 0)) == 0


def test_the_weight_rises_from_nothing():
    settings = BesideSettings(weight=2.0, ramp_steps=10)
    assert [settings.weight_at(step) for step in (0, 4, 9, 500)] == [0.2, 1.0, 2.0, 2.0]


@pytest.mark.slow
def test_frames_are_pushed_where_it_changes_most_and_training_makes_it_change_less(music):
    network = network_of()
    settings = BesideSettings(ramp_steps=1, perturbation=0.3)
    still = PretrainCropSettings(seconds=1.0, past_chance=0.0, quietest_db=-1.0)
    crops = UnlabelledCrops(Shards([music]), still, RESPONSES, Draws(0, 2))
    beside = Consistency(crops, settings, PARTS)
    worst = np.mean([float(beside.loss(network, 0)) for _ in range(4)])
    audio = crops.draw_batch(0).future
    state = network.initial_state(2)
    split = len(network.encoder.state_shapes())
    frames = network.encoder(audio, *state[:split])[0]
    calm = beside.activations(network, frames, state[split:])
    drawn = torch.randn_like(frames)
    drawn *= 0.3 * frames.norm(dim=-1, keepdim=True) / drawn.norm(dim=-1, keepdim=True)
    by_chance = float(
        beside.divergence(calm, beside.activations(network, frames + drawn, state[split:]))
    )
    assert worst > 1.5 * by_chance
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    for step in range(12):
        optimizer.zero_grad()
        beside.loss(network, step).backward()
        optimizer.step()
    assert np.mean([float(beside.loss(network, 0)) for _ in range(4)]) < 0.6 * worst


@pytest.mark.slow
def test_silenced_spans_are_filled_better_after_training_than_before(music):
    network = network_of()
    chosen = MaskedSettings(steps=30, optimizer=replace(MaskedSettings().optimizer, ema=0.9))
    chosen = replace(
        chosen, optimizer=replace(chosen.optimizer, learning_rate=1e-2, warm_up_steps=5)
    )
    held_out = [crops_of(music, 0.0).draw_batch(99).future]
    before = {name: weight.clone() for name, weight in network.state_dict().items()}
    errors = learn_masked(network, crops_of(music, 0.0), held_out, chosen, 0)
    assert errors["masked_error"] < 0.85 * errors["first_error"]
    context = [name for name in before if name.startswith("context")]
    assert any(not torch.equal(before[name], network.state_dict()[name]) for name in context)


def test_spans_have_the_lengths_and_the_share_that_were_asked_for():
    chosen = MaskedSettings(share=0.3, shortest_ms=80, longest_ms=80)
    silenced = draw_silence(np.random.default_rng(0), 50, 100, 10.0, chosen).numpy()
    assert 0.3 <= silenced.mean() < 0.4
    edges = np.diff(np.pad(silenced, ((0, 0), (1, 1))).astype(int))
    lengths = np.flatnonzero(edges == -1) - np.flatnonzero(edges == 1)
    assert lengths.min() == 8


def test_no_cell_ends_before_it_has_heard_its_labels(music):
    crops = LabelledCrops(Shards([music]), FitSettings().crops, RESPONSES, Draws(0, 1))
    held_out = split_held_out(Shards([music]), 0.3, 2.0, 160).batches
    settings = FitSettings(validate_steps=1, patience=1, least_gain=1.0)
    fitted = fit(network_of(), crops, held_out, settings, 50, -1, False, least_steps=7)
    assert fitted.steps == 7 and not fitted.reached_ceiling
