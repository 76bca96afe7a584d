"""Targets stand where the notes are, and a perfect answer costs next to nothing."""

import numpy as np
import pytest
import torch

from trainer.crops.targets import make_targets
from trainer.finetuning.losses import LossWeights, shift_tolerant_error, transcription_loss
from trainer.network.heads import Activations
from trainer.runs.means import StepMeans
from trainer.shards.format import NOTE_DTYPE


def notes(*rows: tuple[int, int, int, float]) -> np.ndarray:
    table = np.zeros(len(rows), NOTE_DTYPE)
    for i, (onset, offset, pitch, velocity) in enumerate(rows):
        table[i] = (0, onset, offset, pitch, velocity, 0)
    return table


def test_a_note_is_painted_from_onset_to_offset():
    rolls = make_targets(notes((1600, 4800, 60, 0.5)), 50, 160)
    row = 60 - 21
    assert rolls.onset[:, row].nonzero()[0].tolist() == [10, 11, 12]
    assert rolls.frame[:, row].nonzero()[0].tolist() == list(range(10, 30))
    assert rolls.offset[:, row].nonzero()[0].tolist() == [30, 31]
    assert rolls.velocity[10, row] == pytest.approx(0.5)
    assert rolls.frame.sum() == 20


@pytest.mark.parametrize(("sample", "frame"), [(0, 0), (79, 0), (81, 1), (1599, 10)])
def test_an_onset_falls_into_the_nearest_frame(sample, frame):
    rolls = make_targets(notes((sample, sample + 3200, 40, 1.0)), 40, 160)
    assert rolls.onset[:, 19].argmax() == frame


def test_notes_outside_the_crop_and_the_range_do_no_harm():
    rolls = make_targets(
        notes((-800, 800, 60, 1.0), (9000, 9900, 60, 1.0), (0, 900, 5, 1.0), (0, 900, 120, 1.0)),
        10,
        160,
    )
    assert rolls.onset.sum() == 0
    assert rolls.frame[:5, 39].all()


def test_two_notes_of_one_pitch_are_one_key_that_is_struck_again():
    """Two players, or two crops that are mixed: no end stands inside a note that sounds on."""
    rolls = make_targets(notes((1600, 8000, 60, 0.5), (3200, 4800, 60, 0.7)), 60, 160)
    row = 60 - 21
    assert rolls.frame[:, row].nonzero()[0].tolist() == list(range(10, 50))
    assert rolls.onset[:, row].nonzero()[0].tolist() == [10, 11, 12, 20, 21, 22]
    assert rolls.offset[:, row].nonzero()[0].tolist() == [20, 21, 50, 51]
    unison = make_targets(notes((1600, 8000, 60, 0.5), (1760, 4800, 60, 0.7)), 60, 160)
    assert unison.onset[:, row].nonzero()[0].tolist() == [10, 11, 12]
    assert unison.offset[:, row].nonzero()[0].tolist() == [50, 51]


def test_a_perfect_answer_at_each_look_ahead_costs_nothing():
    table = notes((3200, 9600, 60, 0.7), (6400, 12_000, 64, 0.3))
    rolls = make_targets(table, 100, 160)
    targets = Activations(*(torch.from_numpy(roll)[None] for roll in rolls))
    hard = Activations(*((t >= 0.5).float() for t in targets[:3]), targets.velocity)
    delays = (2, 5)

    def delayed(part: torch.Tensor) -> torch.Tensor:
        heads = [torch.roll(part, delay, dims=1) for delay in delays]
        return torch.stack(heads, dim=2)

    logits = Activations(
        *((40 * delayed(part) - 20) for part in hard[:3]),
        torch.logit(delayed(hard.velocity).clamp(0.01, 0.99)),
    )
    weights = LossWeights(warm_up_frames=0)
    good = transcription_loss(logits, hard, delays, weights)
    late = transcription_loss(
        Activations(*(torch.roll(part, 3, dims=1) for part in logits)), hard, delays, weights
    )
    assert good.total < 1e-3
    assert late.onset > 100 * good.onset


def test_relative_velocity_forgives_a_louder_take_but_not_a_flat_one():
    rolls = make_targets(notes((3200, 9600, 60, 0.7), (6400, 12_000, 64, 0.3)), 100, 160)
    targets = Activations(*(torch.from_numpy(roll)[None] for roll in rolls))
    silent = torch.zeros(1, 100, 1, 88)

    def cost(velocity: torch.Tensor) -> float:
        said = Activations(silent, silent, silent, torch.logit(velocity)[:, :, None])
        weights = LossWeights(warm_up_frames=0)
        return float(transcription_loss(said, targets, (0,), weights).relative_velocity)

    true = targets.velocity.clamp(0.01, 0.99)
    assert cost((true + 0.2).clamp(max=0.99)) < 1e-6
    assert cost(torch.full_like(true, 0.5)) > 0.02


def test_a_bowed_onset_may_take_longer():
    table = notes((1600, 4800, 60, 0.5))
    table["program"] = 40
    row = make_targets(table, 50, 160).onset[:, 60 - 21]
    assert row.nonzero()[0].tolist() == [10, 11, 12, 13, 14]


def test_an_onset_may_be_answered_early_or_late_where_the_loss_allows_it():
    wanted = torch.zeros(1, 20, 2)
    wanted[0, 10:13, 0] = torch.tensor([1.0, 1.0, 0.5])

    def answered(frame: int, pitch: int = 0) -> float:
        logits = torch.full((1, 20, 2), -12.0)
        logits[0, frame, pitch] = 12.0
        return float(shift_tolerant_error(logits, wanted, 2))

    assert answered(8) == pytest.approx(answered(10)) == pytest.approx(answered(12))
    assert answered(10) < 0.01
    assert answered(6) > 10, "too early: a false note and a missed one"
    assert answered(10, pitch=1) > 10


def test_a_velocity_that_nobody_measured_teaches_nothing():
    known = notes((3200, 9600, 60, 0.7))
    both = notes((3200, 9600, 60, 0.7), (6400, 9600, 64, np.nan))
    rolls = make_targets(both, 100, 160)
    assert rolls.onset[40, 64 - 21] == 1 and np.isfinite(rolls.velocity).all()
    logits = Activations(*(torch.zeros(1, 100, 1, 88, requires_grad=True) for _ in range(4)))
    weights = LossWeights(relative_velocity=1.0, warm_up_frames=0)
    parts = [
        transcription_loss(
            logits,
            Activations(*(torch.from_numpy(roll)[None] for roll in make_targets(table, 100, 160))),
            (0,),
            weights,
        )
        for table in (known, both)
    ]
    assert parts[0].velocity > 0
    for name in ("velocity", "relative_velocity"):
        assert torch.equal(getattr(parts[0], name), getattr(parts[1], name))
    parts[1].total.backward()
    pulled = logits.velocity.grad[0, :, 0].abs().sum(dim=0).nonzero().flatten().tolist()
    assert pulled == [60 - 21] and torch.isfinite(logits.velocity.grad).all()


def test_where_no_velocity_is_known_none_is_logged_as_right():
    rolls = make_targets(notes((3200, 9600, 60, np.nan)), 100, 160)
    logits = Activations(*(torch.zeros(1, 100, 1, 88, requires_grad=True) for _ in range(4)))
    targets = Activations(*(torch.from_numpy(roll)[None] for roll in rolls))
    weights = LossWeights(relative_velocity=1.0, warm_up_frames=0)
    parts = transcription_loss(logits, targets, (0,), weights)
    assert torch.isnan(parts.velocity) and torch.isnan(parts.relative_velocity)
    assert torch.isfinite(parts.total) and parts.onset.item() > 0
    parts.total.backward()
    assert all(torch.isfinite(one.grad).all() for one in logits if one.grad is not None)
    means = StepMeans(2)
    means.add(torch.stack([parts.velocity, parts.onset]))
    assert means.add(torch.tensor([0.5, 0.0])).tolist() == [
        0.5,
        pytest.approx(parts.onset.item() / 2),
    ]
