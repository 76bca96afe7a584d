"""Which weights a run keeps: those that hear best, whatever their probabilities have drifted to."""

from pathlib import Path

import pytest
import pytorch_lightning as pl
import torch

from tests.support.tiny_music import write_tiny_shards
from trainer.crops.augment import Responses
from trainer.crops.batches import Draws
from trainer.crops.labelled import CropSettings, LabelledCrops
from trainer.crops.whole_clips import WholeClips
from trainer.finetuning.lightning_module import Finetune
from trainer.finetuning.settings import FinetuneSettings
from trainer.runs.checkpoints import find_checkpoint, load_transcriber
from trainer.shards.shards import Shards

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    return Shards(write_tiny_shards(tmp_path_factory.mktemp("shards"), clips=1))


def validate(shards: Shards, drift: float) -> dict[str, float]:
    """Figures of the shipped weights with all logits of onsets moved by `drift`."""
    network, _ = load_transcriber(find_checkpoint(Path("default")))
    settings = FinetuneSettings(model=network.settings)
    crops = LabelledCrops(shards, CropSettings(), Responses("", 16_000), Draws(0, 1))
    module = Finetune(settings, crops, WholeClips(shards, 1))
    module.transcriber.load_state_dict(network.state_dict())
    with torch.no_grad():
        module.transcriber.head.out.bias.view(4, -1)[0] += drift
    trainer = pl.Trainer(
        accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False
    )
    (figures,) = trainer.validate(module, verbose=False)
    return {name.removeprefix("valid/"): value for name, value in figures.items()}


def test_weights_that_hear_alike_score_alike_however_high_their_probabilities_stand(shards):
    plain, drifted = validate(shards, 0.0), validate(shards, 4.0)
    assert plain["onset_f1_40ms"] == pytest.approx(1.0)
    assert drifted["onset_f1_40ms"] < 0.95
    assert drifted["best_onset_f1"] == pytest.approx(plain["best_onset_f1"])
    assert drifted["best_threshold"] > plain["best_threshold"]
