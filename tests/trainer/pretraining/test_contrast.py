"""Contrastive prediction: which negatives, what loss, which distances."""

import math

import pytest
import torch

from tests.support.small_models import ENCODERS, small_settings
from trainer.crops.unlabelled import Batch
from trainer.pretraining.cpc import ContrastiveModel, feature_spread, frames_without_shared_samples
from trainer.pretraining.infonce import chance_accuracy, info_nce
from trainer.pretraining.negatives import choose_members, draw_negatives
from trainer.pretraining.settings import CpcSettings

GROUP, FRAMES, EXCLUDE, COUNT = 4, 50, 6, 300
CATEGORIES = torch.tensor([3, 1, 3, 0])
POSITIVES = torch.arange(0, 45)[:, None] + torch.tensor([0, 2, 5])
SAMPLERS = ("same-sequence", "same-category", "uniform", "sequential")


def apart(rows: int, frames: int = FRAMES) -> torch.Tensor:
    """Spans of sequences that are cut from as many clips."""
    return torch.tensor([(clip, 0, 160 * frames) for clip in range(rows)])


def draw(kind: str, seed: int = 0, spans: torch.Tensor | None = None) -> torch.Tensor:
    members = choose_members(kind, CATEGORIES)
    generator = torch.Generator().manual_seed(seed)
    spans = apart(GROUP) if spans is None else spans
    return draw_negatives(members, POSITIVES, FRAMES, COUNT, EXCLUDE, spans, generator).places


@pytest.mark.parametrize("kind", SAMPLERS)
def test_no_negative_lies_near_its_positive(kind):
    places = draw(kind)
    assert places.shape == (GROUP, *POSITIVES.shape, COUNT)
    sequence, frame = places // FRAMES, places % FRAMES
    own = sequence == torch.arange(GROUP).view(-1, 1, 1, 1)
    near = (frame - POSITIVES[None, ..., None]).abs() <= EXCLUDE
    assert not (own & near).any()
    assert places.min() >= 0 and places.max() < GROUP * FRAMES


@pytest.mark.parametrize("kind", SAMPLERS)
def test_negatives_come_from_all_their_sources_and_no_others(kind):
    sequence = draw(kind) // FRAMES
    wanted = {
        "same-sequence": [{0}, {1}, {2}, {3}],
        "same-category": [{0, 2}, {1}, {0, 2}, {3}],
    }.get(kind, [{0, 1, 2, 3}] * GROUP)
    assert [set(row.unique().tolist()) for row in sequence] == wanted


@pytest.mark.parametrize("kind", ["same-category", "uniform", "sequential"])
@pytest.mark.parametrize("backwards", [False, True])
def test_no_negative_is_the_same_moment_in_another_crop(kind, backwards):
    """Crops 0 and 2 overlap in one clip, the second a quarter faster; 1 and 3 begin as they do."""
    spans = torch.tensor([(7, 1600, 9600), (5, 1600, 9600), (7, 4000, 14000), (4, 4000, 14000)])
    spans = spans[:, [0, 2, 1]] if backwards else spans
    paces = (spans[:, 2] - spans[:, 1]) / FRAMES
    places = draw(kind, spans=spans)
    sequence, frame = places // FRAMES, places % FRAMES
    when = spans[sequence, 1] + paces[sequence] * frame
    wanted = spans[:, 1, None, None] + paces[:, None, None] * POSITIVES
    apart_by = (when - wanted[..., None]).abs() / paces[sequence].abs()
    same = spans[sequence, 0] == spans[:, 0, None, None, None]
    assert apart_by[same].min() > EXCLUDE
    other = draw(kind)
    assert torch.equal(places[[1, 3]], other[[1, 3]]) and not torch.equal(places, other)
    met = (sequence[0] == 2) & ((when[0] - wanted[0, ..., None]).abs() < 4000)
    assert met.any(), "frames of the other crop that are farther off stay negatives"


@pytest.mark.parametrize("kind", ["same-sequence", "uniform"])
def test_every_allowed_frame_is_as_likely(kind):
    members = choose_members(kind, torch.zeros(2))
    generator = torch.Generator().manual_seed(1)
    drawn = draw_negatives(members, torch.tensor([[10]]), 30, 60_000, 4, apart(2, 30), generator)
    places = drawn.places[0].flatten()
    counts = torch.bincount(places, minlength=60).float()
    allowed = torch.cat([torch.arange(0, 6), torch.arange(15, 30)])
    if kind == "uniform":
        allowed = torch.cat([allowed, torch.arange(30, 60)])
    assert drawn.pool.flatten().tolist() == [len(allowed)] * 2
    share = counts[allowed] / counts.sum()
    assert counts.sum() == counts[allowed].sum()
    assert torch.allclose(share, torch.full_like(share, 1 / len(allowed)), rtol=0.12)


def test_the_loss_is_that_of_a_naive_loop():
    generator = torch.Generator().manual_seed(0)
    positive = torch.randn(5, 3, generator=generator)
    negatives = torch.randn(5, 3, 7, generator=generator)
    loss, correct = info_nce(positive, negatives)
    for i in range(5):
        for j in range(3):
            good, others = positive[i, j].item(), negatives[i, j].tolist()
            total = math.exp(good) + sum(map(math.exp, others))
            assert loss[i, j].item() == pytest.approx(-math.log(math.exp(good) / total), rel=1e-5)
            assert correct[i, j].item() == float(good > max(others))


def test_equal_scores_are_chance_and_not_success():
    loss, correct = info_nce(torch.zeros(4), torch.zeros(4, 128))
    assert torch.allclose(loss, torch.full((4,), math.log(129)))
    assert correct.sum() == 0


def test_chance_is_that_of_as_many_different_frames():
    """Against a simulation, and where it is known."""
    generator = torch.Generator().manual_seed(0)
    for pool, count in ((49, 15), (87, 128), (215, 128), (40, 4000)):
        drawn = torch.randint(pool, (2000, count), generator=generator)
        different = torch.tensor([len(row.unique()) for row in drawn])
        simulated = (1 / (1 + different)).mean().item()
        assert chance_accuracy(torch.tensor(pool), count).item() == pytest.approx(simulated, 0.02)
    assert chance_accuracy(torch.tensor(10**6), 128).item() == pytest.approx(1 / 129, 1e-3)
    assert chance_accuracy(torch.tensor([1, 5]), 1).tolist() == pytest.approx([0.5, 0.5])


def make(encoder="conv", context="gru", **words) -> ContrastiveModel:
    torch.manual_seed(0)
    return ContrastiveModel(small_settings(encoder, context), CpcSettings(**words))


def hear(model: ContrastiveModel, frames: int = 80, rows: int = 4, seed: int = 0, groups: int = 1):
    generator = torch.Generator().manual_seed(seed)
    audio = 0.1 * torch.randn(rows, frames * 160, generator=generator)
    batch = Batch(audio, audio[:, :0], torch.zeros(rows), torch.zeros(rows), apart(rows))
    count = len(model.context.state_shapes())
    state = model.initial_state(rows)
    generators = [torch.Generator().manual_seed(seed + g) for g in range(groups)]
    return model(batch, state[len(state) - count :], generators)


@pytest.mark.parametrize("score", ["cosine", "dot"])
@pytest.mark.parametrize("sampler", ["same-sequence", "uniform"])
def test_scores_equal_a_naive_loop_over_predictions(score, sampler):
    """The one big product with picked entries against one product a prediction."""
    model = make(steps=3, negatives=9, score=score, sampler=sampler, predictor="linear", anchors=5)
    target, present = torch.randn(4, 60, 12), torch.randn(4, 60, 10)
    model.predictor.map = torch.nn.Linear(10, 3 * 12)
    spans = apart(4, 60)
    found, *_ = model.contrast(
        present, target, torch.zeros(4), spans, torch.Generator().manual_seed(5)
    )
    generator = torch.Generator().manual_seed(5)
    anchors = model.draw_anchors(60, generator)
    positives = anchors[:, None] + torch.tensor(model.distances)
    members = choose_members(sampler, torch.zeros(4))
    places = draw_negatives(members, positives, 60, 9, 20, spans, generator).places
    frames = target.flatten(0, 1)
    losses = torch.zeros(4, 5, 3)
    for g in range(4):
        for a, t in enumerate(anchors.tolist()):
            predicted = model.predictor.map(present[g, t]).view(3, 12)
            for k in range(3):
                candidates = torch.stack(
                    [target[g, positives[a, k]], *(frames[p] for p in places[g, a, k])]
                )
                if score == "cosine":
                    scores = torch.cosine_similarity(candidates, predicted[k][None]) / 0.1
                else:
                    scores = candidates @ predicted[k] / math.sqrt(12)
                losses[g, a, k] = torch.logsumexp(scores, 0) - scores[0]
    assert torch.allclose(found, losses.mean(dim=(0, 1)), atol=1e-4)


@torch.no_grad()
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_random_features_are_at_chance(sampler):
    """Independent noise in every frame: nothing can be known about it beforehand.

    Of 60 draws from 69 frames of the same sequence 40 differ: 1 / (1 + 60) is a third too low.
    """
    model = make(steps=4, negatives=60, exclude_frames=5, sampler=sampler, predictor="linear")
    model.predictor.map = torch.nn.Linear(10, 4 * 12)
    generator = torch.Generator().manual_seed(1)
    right, chances = torch.zeros(2, 4, 24)
    for i in range(24):
        target, present = torch.randn(8, 80, 12), torch.randn(8, 80, 10)
        loss, right[:, i], chances[:, i] = model.contrast(
            present, target, torch.zeros(8), apart(8, 80), generator
        )
        assert torch.all(loss > math.log(61))
    assert right.mean().item() == pytest.approx(chances.mean().item(), rel=0.1)
    if sampler == "same-sequence":
        assert chances.mean().item() > 1.3 / 61


def test_as_many_negatives_are_drawn_as_are_wanted():
    """Chance is ln(1 + N) also where N is above the number of frames there are."""
    model = make(steps=2, negatives=4000, anchors=3, predictor="linear", exclude_frames=5)
    model.predictor.map = torch.nn.Linear(10, 2 * 12)
    target, present = torch.ones(2, 40, 12), torch.ones(2, 40, 10)
    loss, _, chance = model.contrast(
        present, target, torch.zeros(2), apart(2, 40), torch.Generator().manual_seed(1)
    )
    assert loss.tolist() == pytest.approx([math.log(4001)] * 2, 1e-4)
    assert torch.all(chance > 1 / 41) and torch.all(chance < 1 / 25)


@pytest.mark.parametrize("predictor", ["linear", "transformer"])
@pytest.mark.parametrize("encoder", ENCODERS)
def test_every_encoder_gets_a_gradient(encoder, predictor):
    context = {"harmonic": "pitchwise", "conv": "gru", "sinc": "transformer", "logmel": "none"}
    model = make(encoder, context[encoder], steps=2, negatives=8, predictor=predictor, width=16)
    found = hear(model)
    found.loss.mean().backward()
    assert found.loss.shape == found.accuracy.shape == (2,)
    assert all(p.grad is not None for name, p in model.named_parameters())
    assert found.feature_std > 0 and found.feature_spread > 0


@pytest.mark.parametrize(("field", "k_min"), [(465, 3), (480, 3), (481, 4), (4416, 28), (160, 1)])
def test_predicted_frames_share_no_samples_with_the_present(field, k_min):
    assert frames_without_shared_samples(field, 160) == k_min
    present_ends, predicted_begins = 160, 160 * (k_min + 1) - field
    assert predicted_begins >= present_ends > predicted_begins - 160


@torch.no_grad()
@pytest.mark.parametrize("encoder", ENCODERS)
def test_the_default_k_min_is_the_first_that_noise_cannot_pass(encoder):
    """Changing every sample up to the present leaves frame t + k_min as it was, and no earlier."""
    net = make(encoder, "none").encoder
    k_min = make(encoder, "none").k_min
    now, frames = 4, 5 + k_min
    audio = 0.1 * torch.randn(1, frames * 160)
    other = audio.clone()
    other[:, : (now + 1) * 160] += 0.5
    state = [torch.zeros(1, *shape) for shape in net.state_shapes().values()]
    one, two = (net(sound, *state)[0][0] for sound in (audio, other))
    assert torch.equal(one[now + k_min], two[now + k_min])
    assert not torch.equal(one[now + k_min - 1], two[now + k_min - 1])


def test_reverse_predicts_the_past():
    found = [hear(make(steps=2, negatives=8, reverse=r)).loss for r in (False, True)]
    assert not torch.allclose(*found)


def test_a_damaged_past_changes_contexts_and_not_targets():
    model = make("conv", "none", steps=2, negatives=8)
    audio = 0.1 * torch.randn(2, 60 * 160)
    batches = [
        Batch(audio, past, torch.zeros(2), torch.zeros(2), apart(2))
        for past in (audio[:, :0], audio * 0.5)
    ]
    found = [model(b, (), [torch.Generator().manual_seed(0)]) for b in batches]
    assert torch.equal(found[0].feature_std, found[1].feature_std)
    assert not torch.equal(found[0].loss, found[1].loss)


def test_short_crops_are_refused_in_words():
    with pytest.raises(ValueError, match="too short"):
        hear(make(steps=12), frames=14)
    with pytest.raises(ValueError, match="exclude_frames"):
        hear(make(steps=2, exclude_frames=40), frames=60)


def test_spread_is_zero_where_all_frames_are_alike():
    constant = torch.randn(1, 1, 16).expand(2, 30, 16)
    assert feature_spread(1e3 * constant)[1] < 1e-4
    assert feature_spread(1e-6 * torch.randn(2, 300, 16))[1] == pytest.approx(1.0, abs=0.05)
    assert feature_spread(torch.zeros(2, 30, 16))[1] == 0
