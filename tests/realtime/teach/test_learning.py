"""The head learns what is taught, keeps what it must, and its slopes are those of its loss."""

import numpy as np
import pytest

from realtime.inference.head import head_logits
from realtime.inference.spec import HEAD_TENSORS, DecoderSettings, HeadSpec, ModelSpec
from realtime.teach.examples import Examples, paint
from realtime.teach.judging.decoding import probabilities
from realtime.teach.judging.scores import count
from realtime.teach.judging.thresholds import shifted
from realtime.teach.learning import LearningSettings, Pool, between, learn, loss_gradient, mean_of

WIDTH, HIDDEN, LOOKS = 12, 8, 2


def make_weights(seed=0):
    rng = np.random.default_rng(seed)
    shapes = ((WIDTH, HIDDEN), (HIDDEN,), (HIDDEN, 4 * LOOKS), (4 * LOOKS,))
    return {
        name: rng.normal(0, 0.4, shape).astype(np.float32)
        for name, shape in zip(HEAD_TENSORS, shapes, strict=True)
    }


def make_examples(seed, sign, rows=600):
    """Rows whose first value says whether there is an onset, by `sign`; the second tells sets."""
    rng = np.random.default_rng(seed)
    features = rng.normal(0, 1, (rows, WIDTH)).astype(np.float16)
    features[:, 1] = 3 * sign
    on = (sign * features[:, 0] > 0).astype(np.uint8) * 100
    targets = np.repeat(on[:, None], 3 * LOOKS, axis=1).reshape(rows, 3, LOOKS)
    numbers = np.arange(rows)
    return Examples(
        features,
        targets,
        np.ones(rows, np.float32),
        (numbers // 3).astype(np.int32),
        (numbers % 3).astype(np.int16),
        rows // 3,
    )


def loss(weights, drawn):
    features, weight, wanted, velocity = drawn
    logits = head_logits(features, weights).astype(np.float64)
    said = 1 / (1 + np.exp(-logits))
    cross = -(wanted * np.log(said[:, :3]) + (1 - wanted) * np.log(1 - said[:, :3]))
    part = (cross * np.array([4.0, 1, 1])[:, None] * weight[:, None, None]).sum() / len(features)
    off = wanted[:, 0] * (said[:, 3] - velocity) ** 2
    return (part + 20 * (off.sum(axis=0) / (wanted[:, 0].sum(axis=0) + 1)).sum()) / LOOKS


@pytest.mark.parametrize("name", HEAD_TENSORS)
def test_slopes_are_those_of_the_loss(name):
    weights = make_weights()
    pool = Pool([make_examples(1, 1)], make_weights(3))
    drawn = pool.draw(64, np.random.default_rng(0))
    slope = loss_gradient(weights, drawn, 1.0)[name]
    place = np.unravel_index(int(np.argmax(np.abs(slope))), slope.shape)
    more, less = ({n: v.copy() for n, v in weights.items()} for _ in range(2))
    more[name][place] += 1e-3
    less[name][place] -= 1e-3
    assert slope[place] == pytest.approx((loss(more, drawn) - loss(less, drawn)) / 2e-3, rel=0.02)


def test_the_taught_is_learned_and_the_kept_is_kept():
    before = make_weights()
    taught, kept = make_examples(1, 1), make_examples(2, -1)
    settings = LearningSettings(steps=400, rows=256, learning_rate=1e-2, remind=3.0)
    after = learn(before, Pool([taught], before), Pool([kept], before, 1.0), settings, 0)
    wanted = taught.targets[:, 0] > 50
    old, new = probabilities(taught, before)[:, 0], probabilities(taught, after)[:, 0]
    assert ((new > 0.5) == wanted).mean() > 0.9 > ((old > 0.5) == wanted).mean()
    moved = np.abs(probabilities(kept, after)[:, :3] - probabilities(kept, before)[:, :3]).mean()
    assert moved < 0.1
    again = learn(before, Pool([taught], before), Pool([kept], before, 1.0), settings, 0)
    assert all(np.array_equal(again[name], after[name]) for name in HEAD_TENSORS)


def test_a_fold_that_is_left_out_is_never_drawn():
    before = make_weights()
    parts = [make_examples(1, 1), make_examples(2, -1, rows=300)]
    pool = Pool(parts, before, 0.0, [0, 1])
    rng = np.random.default_rng(0)
    signs = [np.unique(one.draw(200, rng)[0][:, 1]) for one in (pool.without(1), pool.without(0))]
    assert signs[0].tolist() == [3] and signs[1].tolist() == [-3]
    assert set(pool.draw(200, rng)[0][:, 1]) == {3, -3}
    alone = Pool(parts[:1], before)
    same = [one.draw(50, np.random.default_rng(4)) for one in (pool.without(1), alone)]
    assert all(np.array_equal(a, b) for a, b in zip(*same, strict=True))


def test_the_mean_of_weights_is_between_them():
    one, two = make_weights(1), make_weights(2)
    for name, tensor in mean_of([one, two]).items():
        np.testing.assert_allclose(tensor, (one[name] + two[name]) / 2, atol=1e-6)
        assert tensor.dtype == np.float32


def test_between_has_both_ends():
    one, two = make_weights(1), make_weights(2)
    for name in HEAD_TENSORS:
        assert np.array_equal(between(one, two, 0.0)[name], one[name])
        np.testing.assert_allclose(between(one, two, 1.0)[name], two[name], atol=1e-6)


def test_targets_are_the_trainers():
    pytest.importorskip("torch")
    from trainer.crops.targets import make_targets
    from trainer.shards.format import empty_notes

    notes = np.array([[0.1, 0.5, 60], [0.3, 0.31, 64], [0.5, 0.9, 60], [0.2, 0.4, 12]])
    table = empty_notes(len(notes))
    table["onset"], table["offset"] = notes[:, 0] * 16_000, notes[:, 1] * 16_000
    table["pitch"], table["program"] = notes[:, 2], 0
    theirs = make_targets(table, 100, 160)
    ours = paint(notes, 100, 0.01, 21, 88)
    for roll, name in zip(ours, ("onset", "frame", "offset"), strict=True):
        assert np.array_equal(roll, getattr(theirs, name)), name


def test_notes_are_counted_once():
    true = np.array([[1.0, 2.0, 60], [1.04, 2.0, 60], [3.0, 4.0, 62]])
    heard = np.array([[1.02, 2.0, 60], [3.04, 3.2, 62], [3.0, 4.0, 63]])
    found = count(true, heard)
    assert (found.true, found.heard, found.found, found.ended) == (3, 3, 2, 1)


def test_moved_thresholds_stay_probabilities():
    settings = DecoderSettings(onset_threshold=0.8, frame_threshold=0.6, early=((2, 0.7),))
    moved = shifted(settings, -1.0, -2.0)
    assert 0 < moved.frame_threshold < 0.3 and 0.5 < moved.onset_threshold < 0.8
    assert shifted(settings, 0.0, 0.0) == settings
    ModelSpec("x", heads=(HeadSpec(4, moved),)).check()
