"""What cells begin with: weights learned without the study's labels, by kind and number."""

import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from trainer.crops.batches import Draws
from trainer.crops.unlabelled import UnlabelledCrops
from trainer.label_curve.masked import learn_masked
from trainer.label_curve.material import open_shards, take_hours
from trainer.label_curve.results import Row
from trainer.label_curve.sources import (
    Sources,
    held_out_for,
    hop_of,
    hours_of,
    lightning_name,
    prepare_process,
    responses_of,
    unlabelled_of,
)
from trainer.label_curve.study import fit_on
from trainer.network.model import Transcriber
from trainer.runs.checkpoints import read_weights, save_weights
from trainer.runs.machine import choose_device
from trainer.shards.health.clips import labelled_clips


def pretrain(task: tuple[Sources, str, int]) -> Row:
    """Make the checkpoint of the n-th pretraining of a kind; returns its row of results."""
    sources, kind, number = task
    prepare_process(sources)
    began = time.process_time()
    makers = {
        "cpc": pretrain_contrastive,
        "cpc-far": pretrain_contrastive,
        "masked": pretrain_masked,
        "supervised": pretrain_supervised,
    }
    made = makers[kind](sources, kind, number)
    core_seconds = round(time.process_time() - began, 1)
    found = {"kind": "pretraining", "variant": sources.variant, "objective": kind}
    return {**found, "pretraining": number, **made, "core_seconds": core_seconds}


def pretrain_contrastive(sources: Sources, kind: str, number: int) -> Row:
    """Contrastive pretraining by `jtm pretrain`'s own loop; goes on where it was interrupted."""
    from trainer.pretraining.run import PretrainCommand, open_recordings, run
    from trainer.reports.curves import read_curves
    from trainer.runs.machine import MachineSettings

    chosen = sources.pretraining if kind == "cpc" else sources.far
    chosen = replace(chosen, seed=chosen.seed + number)
    folder = sources.weights_of(kind, number).parent
    begun = (folder / "last.ckpt").is_file()
    command = PretrainCommand(
        steps=chosen.steps,
        batch_size=chosen.batch_size,
        seed=chosen.seed,
        model=sources.model,
        cpc=chosen.cpc,
        crops=chosen.crops,
        optimizer=chosen.optimizer,
        data=sources.unlabelled,
        audio=sources.audio,
        cache=str(Path(sources.out) / "decoded"),
        valid=sources.held_out,
        rooms=sources.rooms,
        out=str(folder),
        resume=begun,
        overwrite=not begun,
        machine=MachineSettings(
            accelerator=lightning_name(sources.device),
            threads=sources.threads,
            validate_steps=max(1, chosen.steps // 4),
            validation_clips=24,
            log_steps=max(1, min(20, chosen.steps // 4)),
        ),
    )
    recordings = take_hours(open_recordings(command), chosen.hours, chosen.seed)
    run(command, recordings)
    if read_weights(folder / "last.safetensors")[2]["step"] < chosen.steps:
        raise KeyboardInterrupt  # Ctrl-C ended the pretraining well, and is meant for the study
    curves = read_curves(folder)
    last = {
        name: round(float(curves[name][1][-1]), 5 if "chance" in name else 4)
        for name in curves
        if name.startswith("valid/") and "_k" not in name
    }
    by_distance = {
        name.rpartition("_k")[2]: round(float(values[-1]), 4)
        for name, (_, values) in sorted(curves.items())
        if name.startswith("valid/accuracy_k")
    }
    return {
        "steps": chosen.steps,
        "hours": hours_of(recordings),
        "curve": learning_curve(curves),
        "settings": asdict(chosen),
        "model": asdict(sources.model),
        "valid": last,
        "valid_accuracy": by_distance,
        "hop_ms": 1000 * hop_of(sources) / 16_000,
        "chance": last["valid/chance_accuracy"],
    }


def learning_curve(
    curves: dict[str, tuple[np.ndarray, np.ndarray]], points: int = 40
) -> list[tuple[int, float, float]]:
    """Step, accuracy and spread of the features while a contrastive pretraining learns.

    Accuracy and `train/feature_spread` (0 where all features collapse into one direction, about 1
    where they use all) are means over equal parts of the steps.

    Args:
        curves: of `read_curves`.
        points: parts at most.
    """
    steps, accuracy = curves["train/accuracy"]
    _, spread = curves["train/feature_spread"]
    parts = np.array_split(np.arange(len(steps)), min(points, len(steps)))
    return [
        (
            int(steps[part[-1]]),
            round(float(np.mean(accuracy[part])), 4),
            round(float(np.mean(spread[part])), 4),
        )
        for part in parts
    ]


def pretrain_masked(sources: Sources, kind: str, number: int) -> Row:
    """Masked prediction of the spectrum of the unlabelled audio."""
    chosen, seed = sources.masked, sources.pretraining.seed + number
    network = Transcriber(sources.model)
    recordings = unlabelled_of(sources)
    crops = UnlabelledCrops(
        recordings,
        chosen.crops,
        responses_of(sources.rooms),
        Draws(seed, chosen.batch_size, network.sample_rate, network.hop_samples),
    )
    network.to(choose_device(sources.device))
    held_out = [batch[0] for batch in held_out_for(sources).batches]
    errors = learn_masked(network, crops, held_out, chosen, seed)
    save_pretrained(sources, kind, number, network, {"step": chosen.steps})
    return {"steps": chosen.steps, "hours": hours_of(recordings), "valid": errors}


def save_pretrained(
    sources: Sources, kind: str, number: int, network: Transcriber, facts: dict[str, int]
) -> None:
    """Write the checkpoint that cells begin with."""
    path = sources.weights_of(kind, number)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_weights(path, network.state_dict(), sources.model, facts)


def pretrain_supervised(sources: Sources, kind: str, number: int) -> Row:
    """A transcriber of the other timbres, trained until held-out onsets are found no better."""
    shards, _ = labelled_clips(open_shards(sources.other_timbres, "other-timbres"))
    torch.manual_seed(number)
    network = Transcriber(sources.model)
    fitted = fit_on(sources, network, shards, number, sources.supervised_steps, 0)
    save_pretrained(sources, kind, number, network, {"step": fitted.best_step})
    return {"hours": hours_of(shards), **asdict(fitted)}
