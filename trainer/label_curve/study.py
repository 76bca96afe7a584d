"""The cells of a study: one network trained on a share of the labels, and its scores."""

import time
from dataclasses import asdict
from typing import Any

import torch

from realtime.troubles.errors import UserError
from trainer.crops.batches import Draws
from trainer.crops.labelled import LabelledCrops
from trainer.crops.unlabelled import UnlabelledCrops
from trainer.finetuning.initialise import initialise_backbone, load_parts
from trainer.finetuning.settings import InitSettings
from trainer.label_curve.beside import Beside, Consistency, PseudoLabels
from trainer.label_curve.cells import Cell
from trainer.label_curve.fitting import Fitted, fit
from trainer.label_curve.material import open_shards, take_labels
from trainer.label_curve.methods import METHODS
from trainer.label_curve.results import Row
from trainer.label_curve.scores import onset_scores, pick_threshold, predict
from trainer.label_curve.settings import FitSettings
from trainer.label_curve.sources import (
    Sources,
    held_out_for,
    hours_of,
    prepare_process,
    real_items,
    responses_of,
    unlabelled_of,
)
from trainer.network.model import Transcriber
from trainer.runs.checkpoints import read_weights
from trainer.runs.machine import choose_device, choose_precision
from trainer.shards.shards import Shards


def run_cell(task: tuple[Sources, Cell, str]) -> Row:
    """Train and score one cell; returns its row of results."""
    sources, cell, digest = task
    prepare_process(sources)
    began = time.process_time()
    torch.manual_seed(cell.seed)
    network, frozen_steps = begin(sources, cell)
    shards = take_labels(open_shards(sources.labelled, "labelled"), cell.fraction, cell.seed)
    network, beside = find_beside(sources, cell, network, shards)
    fitted = fit_on(sources, network, shards, cell.seed, sources.fit.steps, frozen_steps, beside)
    trained = time.process_time()
    held_out = held_out_for(sources)
    threshold, valid_f1 = pick_threshold(
        network, held_out.validation, predict(network, held_out.validation)
    )
    scores: dict[str, dict[str, Any]] = {}
    for item_set in (held_out.tested, real_items(sources)):
        found = onset_scores(network, item_set, predict(network, item_set), threshold)
        for item in item_set:
            group = scores.setdefault(item.recording.group, {})
            group[item.recording.id] = found[item.recording.id]
    return {
        "kind": "cell",
        **asdict(cell),
        "pretraining": sources.pretraining_of(cell.method, cell.seed),
        "settings": digest,
        "recordings": len({clip.song or clip.id for clip in shards.clips}),
        "labelled_minutes": round(60 * hours_of(shards), 2),
        "weights": sum(p.numel() for p in network.parameters()),
        **asdict(fitted),
        "passes": round(fitted.steps / steps_of_a_pass(sources.fit, shards), 2),
        "threshold": threshold,
        "valid_f1": round(valid_f1, 4),
        "scores": scores,
        "training_core_seconds": round(trained - began, 1),
        "core_seconds": round(time.process_time() - began, 1),
    }


def begin(sources: Sources, cell: Cell) -> tuple[Transcriber, int]:
    """The network of a cell with what it begins with, and how long that stays frozen."""
    method, model = METHODS[cell.method], sources.model_of(cell.method)
    number = sources.pretraining_of(cell.method, cell.seed)
    if number is None:
        return Transcriber(model), 0
    kind = method.begins_with
    path = sources.weights_of(kind, number)
    if kind == "supervised":
        settings, weights, _ = read_weights(path)
        network = Transcriber(settings)
        load_parts(network, weights)
        return network, 0
    model, weights = initialise_backbone(model, InitSettings(init=str(path)))
    network = Transcriber(model)
    load_parts(network, weights)
    return network, -1 if method.frozen else sources.fit.head_first_steps


def find_beside(
    sources: Sources, cell: Cell, network: Transcriber, shards: Shards
) -> tuple[Transcriber, Beside | None]:
    """The network that is to be trained, and what it learns from unlabelled audio meanwhile.

    For self-training `network` is first trained as the teacher, and a fresh one is the student.
    """
    chosen, companion = sources.beside, METHODS[cell.method].beside
    if not companion:
        return network, None
    crops = UnlabelledCrops(
        unlabelled_of(sources),
        chosen.crops,
        responses_of(sources.rooms),
        Draws(cell.seed, chosen.batch_size, network.sample_rate, network.hop_samples),
    )
    if companion == "consistency":
        return network, Consistency(crops, chosen, sources.fit.loss)
    fit_on(sources, network, shards, cell.seed, sources.fit.steps, 0)
    student = Transcriber(network.settings)
    return student, PseudoLabels(network, crops, chosen, sources.fit.loss)


def steps_of_a_pass(settings: FitSettings, shards: Shards) -> float:
    """Steps in which as many seconds are heard as the recordings last."""
    heard = settings.batch_size * settings.crops.seconds
    return max(1.0, 3600 * hours_of(shards) / heard)


def fit_on(
    sources: Sources,
    network: Transcriber,
    shards: Shards,
    seed: int,
    ceiling: int,
    frozen_steps: int,
    beside: Beside | None = None,
) -> Fitted:
    """Train on crops of `shards` until held-out onsets are found no better.

    Raises:
        UserError: if the loss is not a number.
    """
    settings = sources.fit
    crops = LabelledCrops(
        shards,
        settings.crops,
        responses_of(sources.rooms),
        Draws(seed, settings.batch_size, network.sample_rate, network.hop_samples),
    )
    device = choose_device(sources.device)
    network.to(device)
    bfloat16 = choose_precision("auto", device.type) == "bf16-mixed"
    try:
        batches = held_out_for(sources).batches
        least = round(settings.least_passes * steps_of_a_pass(settings, shards))
        return fit(
            network, crops, batches, settings, ceiling, frozen_steps, bfloat16, least, beside
        )
    except FloatingPointError as error:
        raise UserError(
            f"Training failed: {error}; lower --fit.optimizer.learning-rate."
        ) from error
