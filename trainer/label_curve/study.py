"""Pretraining and cells of a study, each a function of the command and a name."""

import hashlib
import time
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from realtime.troubles.errors import UserError
from realtime.values.ranges import Count
from trainer.crops.augment import Responses
from trainer.crops.batches import Draws
from trainer.crops.labelled import LabelledCrops
from trainer.finetuning.initialise import adopt, load_parts
from trainer.finetuning.settings import InitSettings
from trainer.label_curve.cells import PRETRAINING, Cell
from trainer.label_curve.fitting import Fitted, fit
from trainer.label_curve.material import (
    HeldOut,
    facts_of,
    manifest_items,
    open_shards,
    split_held_out,
    take_hours,
    take_labels,
)
from trainer.label_curve.results import Row
from trainer.label_curve.scores import THRESHOLDS, hear, onset_scores, pick_threshold
from trainer.label_curve.settings import StudySettings
from trainer.network.architectures import build_encoder
from trainer.network.model import Transcriber
from trainer.runs.checkpoints import find_checkpoint, read_weights, save_weights
from trainer.runs.machine import choose_device, choose_precision
from trainer.shards.clip_health import labelled_clips
from trainer.shards.shards import Shards, require_rate


@dataclass(frozen=True)
class Sources(StudySettings):
    """The settings of a study with its recordings and its checkpoints."""

    unlabelled: list[str] = field(default_factory=list)
    """Folders of shards for contrastive pretraining; labels are not looked at."""
    audio: list[str] = field(default_factory=list)
    """Folders of sound files for contrastive pretraining, decoded once into OUT/decoded."""
    labelled: list[str] = field(default_factory=list)
    """Folders of shards whose labels are counted: 100 % is all of them."""
    other_timbres: list[str] = field(default_factory=list)
    """Folders of labelled shards for the supervised pretraining, of other instruments."""
    held_out: list[str] = field(default_factory=list)
    """Folders of shards that nothing is trained on: songs and instruments of their own."""
    manifest: str = ""
    """CSV of real recordings with known notes to test on too, as for `jtm evaluate`."""
    rooms: str = ""
    """Folder of room and device responses (docs/data.md); empty for none."""
    init: str = ""
    """Run folder or .safetensors of `jtm pretrain` instead of a contrastive pretraining."""
    out: str = "runs/label-curve"
    """Folder for pretrained weights and decoded audio."""
    threads: Count = 1
    """Arithmetic threads a process."""
    device: str = "auto"
    """Where to compute: auto, cpu, cuda, cuda:1, mps, ...; `--jobs` processes share it."""

    @property
    def pretrained_folder(self) -> Path:
        """Where the variant's pretrained weights are."""
        return Path(self.out) / "pretrained" / self.variant

    def weights_of(self, kind: str) -> Path:
        """The checkpoint of a pretraining, cpc or supervised."""
        if kind == "cpc" and self.init:
            return find_checkpoint(Path(self.init))
        if kind == "cpc":
            return self.pretrained_folder / "cpc" / "last.safetensors"
        return self.pretrained_folder / "supervised.safetensors"


def data_facts(sources: Sources, method: str) -> list[Any]:
    """What tells the recordings of a cell of `method` from others, for the digest."""
    facts: list[Any] = [
        THRESHOLDS,
        facts_of(open_shards(sources.labelled, "labelled")),
        facts_of(open_shards(sources.held_out, "held-out")),
        [[item.recording.id, len(item.audio)] for item in real_items(sources)],
        bool(sources.rooms),
    ]
    begins = PRETRAINING.get(method)
    if begins == "cpc" and sources.init:
        weights = sources.weights_of("cpc").read_bytes()
        facts.append(hashlib.sha256(weights).hexdigest()[:12])
    elif begins == "cpc":
        facts.append([facts_of(open_shards(sources.unlabelled, "unlabelled")), sources.audio])
    elif begins == "supervised":
        facts.append(facts_of(open_shards(sources.other_timbres, "other-timbres")))
    return facts


def real_items(sources: Sources) -> list[Any]:
    """The manifest's recordings, cut to the study's length."""
    hop = hop_of(sources)
    return manifest_items(sources.manifest, sources.manifest_seconds, hop)


def hop_of(sources: Sources) -> int:
    """Samples a frame of the study's model.

    Raises:
        UserError: if it expects another sample rate than shards have.
    """
    encoder = build_encoder(sources.model.encoder)
    require_rate(encoder.sample_rate)
    return encoder.hop_samples


@cache
def held_out_of(folders: tuple[str, ...], share: float, seconds: float, hop: int) -> HeldOut:
    """Open the held-out recordings, once in a process."""
    return split_held_out(open_shards(list(folders), "held-out"), share, seconds, hop)


@cache
def responses_of(folder: str) -> Responses:
    """Open a folder of room responses, once in a process."""
    return Responses(folder, 16_000)


def lightning_name(device: str) -> str:
    """What Lightning calls the kind of a device."""
    kind = choose_device(device).type
    return "gpu" if kind == "cuda" else kind


def prepare_process(sources: Sources) -> None:
    """Threads and rounding of tiny numbers, for this process."""
    torch.set_num_threads(sources.threads)
    torch.set_flush_denormal(True)


def pretrain(task: tuple[Sources, str]) -> Row:
    """Make the checkpoint of a pretraining (cpc or supervised); returns its row of results."""
    sources, kind = task
    prepare_process(sources)
    began = time.process_time()
    made = pretrain_contrastive(sources) if kind == "cpc" else pretrain_supervised(sources)
    core_seconds = round(time.process_time() - began, 1)
    found = {"kind": "pretraining", "variant": sources.variant, "objective": kind}
    return {**found, **made, "core_seconds": core_seconds}


def pretrain_contrastive(sources: Sources) -> Row:
    """Contrastive pretraining by `jtm pretrain`'s own loop; goes on where it was interrupted."""
    from trainer.pretraining.run import PretrainCommand, open_recordings, run
    from trainer.reports.curves import read_curves
    from trainer.runs.machine import MachineSettings

    chosen, folder = sources.pretraining, sources.weights_of("cpc").parent
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
        "settings": asdict(chosen),
        "model": asdict(sources.model),
        "valid": last,
        "valid_accuracy": by_distance,
        "hop_ms": 1000 * hop_of(sources) / 16_000,
        "chance": last["valid/chance_accuracy"],
    }


def pretrain_supervised(sources: Sources) -> Row:
    """A transcriber of the other timbres, trained until held-out onsets are found no better."""
    shards, _ = labelled_clips(open_shards(sources.other_timbres, "other-timbres"))
    torch.manual_seed(0)
    network = Transcriber(sources.model)
    fitted = fit_on(sources, network, shards, 0, sources.supervised_steps, 0)
    path = sources.weights_of("supervised")
    path.parent.mkdir(parents=True, exist_ok=True)
    facts = {"step": fitted.best_step}
    save_weights(path, network.state_dict(), sources.model, facts)
    return {"hours": hours_of(shards), **asdict(fitted)}


def run_cell(task: tuple[Sources, Cell, str]) -> Row:
    """Train and score one cell; returns its row of results."""
    sources, cell, digest = task
    prepare_process(sources)
    began = time.process_time()
    torch.manual_seed(cell.seed)
    network, frozen_steps = begin(sources, cell)
    shards = take_labels(open_shards(sources.labelled, "labelled"), cell.fraction, cell.seed)
    fitted = fit_on(sources, network, shards, cell.seed, sources.fit.steps, frozen_steps)
    trained = time.process_time()
    held_out = held_out_for(sources)
    threshold, valid_f1 = pick_threshold(
        network, held_out.validation, hear(network, held_out.validation)
    )
    scores: dict[str, dict[str, Any]] = {}
    for item_set in (held_out.tested, real_items(sources)):
        found = onset_scores(network, item_set, hear(network, item_set), threshold)
        for item in item_set:
            group = scores.setdefault(item.recording.group, {})
            group[item.recording.id] = found[item.recording.id]
    return {
        "kind": "cell",
        **asdict(cell),
        "settings": digest,
        "recordings": len({clip.song or clip.id for clip in shards.clips}),
        "labelled_minutes": round(60 * hours_of(shards), 2),
        "weights": sum(p.numel() for p in network.parameters()),
        **asdict(fitted),
        "threshold": threshold,
        "valid_f1": round(valid_f1, 4),
        "scores": scores,
        "training_core_seconds": round(trained - began, 1),
        "core_seconds": round(time.process_time() - began, 1),
    }


def begin(sources: Sources, cell: Cell) -> tuple[Transcriber, int]:
    """The network of a cell with what it begins with, and how long that stays frozen."""
    kind = PRETRAINING.get(cell.method)
    model = sources.model_of(cell.method)
    if kind is None:
        return Transcriber(model), 0
    path = sources.weights_of(kind)
    if kind == "supervised":
        settings, weights, _ = read_weights(path)
        network = Transcriber(settings)
        load_parts(network, weights)
        return network, 0
    model, weights = adopt(model, InitSettings(init=str(path)))
    network = Transcriber(model)
    load_parts(network, weights)
    return network, -1 if cell.method == "cpc-frozen" else sources.fit.head_first_steps


def fit_on(
    sources: Sources,
    network: Transcriber,
    shards: Shards,
    seed: int,
    ceiling: int,
    frozen_steps: int,
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
        return fit(network, crops, batches, settings, ceiling, frozen_steps, bfloat16)
    except FloatingPointError as error:
        raise UserError(
            f"Training failed: {error}; lower --fit.optimizer.learning-rate."
        ) from error


def held_out_for(sources: Sources) -> HeldOut:
    """Validation and test clips of the study."""
    return held_out_of(
        tuple(sources.held_out),
        sources.validation_share,
        sources.held_out_seconds,
        hop_of(sources),
    )


def hours_of(shards: Shards) -> float:
    """Audio of all clips, hours."""
    return round(float(np.sum([clip.n_samples for clip in shards.clips])) / 16_000 / 3600, 4)
