"""The methods that a label-efficiency study compares: what each begins with and learns beside."""

from dataclasses import dataclass
from typing import Literal

Pretraining = Literal["", "cpc", "cpc-far", "masked", "supervised"]
Companion = Literal["", "pseudo-labels", "consistency"]


@dataclass(frozen=True)
class Method:
    """One way to train the study's network; the labels and the network are the same for all."""

    title: str
    """Name in tables and pictures."""
    begins_with: Pretraining = ""
    """The pretraining whose encoder and context it begins with; "" for random weights."""
    frozen: bool = False
    """Whether encoder and context stay as they were pretrained."""
    front_end: Literal["", "logmel"] = ""
    """Another encoder in place of the study's own."""
    beside: Companion = ""
    """What is learned from unlabelled audio at every step, beside the labels."""


METHODS: dict[str, Method] = {
    "scratch": Method("from scratch"),
    "cpc-finetuned": Method("CPC, fine-tuned", begins_with="cpc"),
    "cpc-frozen": Method("CPC, frozen", begins_with="cpc", frozen=True),
    "cpc-far": Method("CPC, far and damaged", begins_with="cpc-far"),
    "masked": Method("masked prediction", begins_with="masked"),
    "self-training": Method("self-training", beside="pseudo-labels"),
    "consistency": Method("consistency", beside="consistency"),
    "supervised": Method("supervised pretraining", begins_with="supervised"),
    "logmel": Method("log-mel from scratch", front_end="logmel"),
}
"""cpc: contrastive predictive coding. cpc-far: the same from a damaged past, predicting 0.1 to 1 s
ahead. masked: predicts the log-mel frames of silenced spans. self-training: a student of a
teacher's confident labels on unlabelled audio (after Kum et al. 2022, Strahl and Müller 2024).
consistency: virtual adversarial training on unlabelled audio (Cheuk et al. 2021, ReconVAT).
supervised: begins as a transcriber of other timbres.

Another method is one more line here; where it needs a new pretraining or companion, also a function
in `pretrainings.py` or a class in `beside.py`."""
