"""The recordings of a study and its checkpoints, opened once in a process."""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from realtime.values.ranges import Count
from trainer.crops.augment import Responses
from trainer.label_curve.material import (
    HeldOut,
    facts_of,
    manifest_items,
    open_shards,
    split_held_out,
)
from trainer.label_curve.methods import METHODS
from trainer.label_curve.scores import THRESHOLDS
from trainer.label_curve.settings import StudySettings
from trainer.network.architectures import build_encoder
from trainer.runs.checkpoints import find_checkpoint
from trainer.runs.machine import choose_device
from trainer.shards.format import require_rate
from trainer.shards.shards import Shards


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
    """CSV of real recordings with known notes to test on too, as for `jtm evaluate`; those without
    a note are left out."""
    rooms: str = ""
    """Folder of room and device responses (docs/data.md); empty for none."""
    init: str = ""
    """Run folder or .safetensors of `jtm pretrain` instead of a contrastive pretraining."""
    out: str = "runs/label-curve"
    """Folder for pretrained weights and decoded audio."""
    threads: Count = 1
    """Threads of arithmetic in each process."""
    device: str = "auto"
    """Where to compute: auto, cpu, cuda, cuda:1, mps, ...; `--jobs` processes share it."""

    @property
    def pretrained_folder(self) -> Path:
        """Where the variant's pretrained weights are."""
        return Path(self.out) / "pretrained" / self.variant

    def weights_of(self, kind: str, number: int) -> Path:
        """The checkpoint of a pretraining, the `number`-th of its kind."""
        if kind == "cpc" and self.init:
            return find_checkpoint(Path(self.init))
        return self.pretrained_folder / f"{kind}-{number}" / "last.safetensors"

    def pretraining_of(self, method: str, seed: int) -> int | None:
        """Which of the pretrainings a run begins with; a given one is the only one of its kind."""
        if METHODS[method].begins_with == "cpc" and self.init:
            return 0
        return super().pretraining_of(method, seed)


def data_facts(sources: Sources, method: str) -> list[Any]:
    """What tells the recordings of a cell of `method` from others, for the digest."""
    facts: list[Any] = [
        THRESHOLDS,
        facts_of(open_shards(sources.labelled, "labelled")),
        facts_of(open_shards(sources.held_out, "held-out")),
        [[item.recording.id, len(item.audio)] for item in real_items(sources)],
        bool(sources.rooms),
    ]
    begins, beside = METHODS[method].begins_with, METHODS[method].beside
    if begins == "cpc" and sources.init:
        weights = sources.weights_of("cpc", 0).read_bytes()
        facts.append(hashlib.sha256(weights).hexdigest()[:12])
    elif begins == "supervised":
        facts.append(facts_of(open_shards(sources.other_timbres, "other-timbres")))
    elif begins or beside:
        facts.append([facts_of(open_shards(sources.unlabelled, "unlabelled")), sources.audio])
    return facts


@cache
def _unlabelled(folders: tuple[str, ...], audio: tuple[str, ...], decoded: str) -> Shards:
    from trainer.pretraining.run import PretrainCommand, open_recordings

    return open_recordings(PretrainCommand(data=list(folders), audio=list(audio), cache=decoded))


def unlabelled_of(sources: Sources) -> Shards:
    """All that is learned from without labels, bad clips left out."""
    decoded = str(Path(sources.out) / "decoded")
    return _unlabelled(tuple(sources.unlabelled), tuple(sources.audio), decoded)


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
