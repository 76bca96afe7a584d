"""Frame and sample rates are the network's and the data's, and agree or are refused."""

import numpy as np
import pytest
import torch

import jtm
from realtime.inference.spec import DecoderSettings, usual_decoder
from tests.support.small_models import small_settings
from tests.support.tiny_music import struck_tones, write_tiny_shards
from tests.trainer.finetuning.test_train import SMALL
from trainer.crops.targets import make_targets
from trainer.evaluation.scoring import decode, onset_f1
from trainer.network.heads import Activations
from trainer.network.model import Transcriber
from trainer.runs.checkpoints import save_weights
from trainer.shards.shards import Shards

pytestmark = pytest.mark.filterwarnings("ignore")
RATE = "--model.encoder.harmonic.spectrum.sample-rate=22050"
HOP = "--model.encoder.harmonic.spectrum.hop-samples=320"


@pytest.mark.parametrize("hop", [80, 160, 320])
def test_what_the_targets_say_is_decoded_to_the_notes_at_any_hop(hop):
    _, notes = struck_tones(0)
    rolls = make_targets(notes, 80_000 // hop, hop)
    logits = Activations(*(torch.from_numpy(40 * roll - 20)[None, :, None] for roll in rolls))
    found = decode(logits, 0, 0, hop / 16_000)
    assert onset_f1(notes, found) == 1.0
    lengths = [note.offset_s - note.onset_s for note in found]
    assert lengths == pytest.approx((notes["offset"] - notes["onset"]) / 16_000, abs=0.06)


def test_the_decoder_counts_the_same_durations_at_any_hop():
    assert usual_decoder(0.01) == DecoderSettings()
    twice = usual_decoder(0.005)
    assert (twice.repeat_frames, twice.minimum_frames, twice.gathered_frames) == (10, 6, 28)
    assert twice.onset_threshold == DecoderSettings().onset_threshold
    assert usual_decoder(0.08).release_frames == 1


def test_a_run_with_another_hop_names_its_look_aheads_in_true_milliseconds(tmp_path):
    shards = write_tiny_shards(tmp_path / "shards", clips=2)
    out = tmp_path / "run"
    words = [f"--data=[{shards}]", f"--valid=[{shards}]", f"--out={out}", *SMALL, HOP, "--steps=1"]
    assert jtm.main(["train", *words, "--machine.validate-steps=1"]) == 0
    figures = "".join(path.read_text() for path in out.rglob("*.csv"))
    assert "valid/onset_f1_80ms" in figures and "onset_f1_40ms" in figures  # 4 and 2 frames
    assert "onset_f1_20ms" not in figures


@pytest.mark.parametrize("command", ["train", "pretrain"])
def test_a_network_for_another_sample_rate_is_refused_before_anything_is_made(
    command, tmp_path, capsys
):
    shards = write_tiny_shards(tmp_path / "shards", clips=2)
    out = tmp_path / "run"
    small = SMALL if command == "train" else []
    words = [f"--data=[{shards}]", f"--out={out}", RATE, "--steps=1", *small]
    assert jtm.main([command, *words]) == 1
    error = capsys.readouterr().err
    assert "22050 Hz" in error and "16000 Hz" in error and error.count("\n") == 1
    assert not out.exists()


def test_audio_that_is_no_whole_number_of_hops_is_refused():
    network = Transcriber(small_settings("sinc"))
    with pytest.raises(ValueError, match="no whole number of hops of 160"):
        network.encode(torch.zeros(1, 1700), network.initial_state(1))


def test_a_checkpoint_for_another_sample_rate_is_not_exported(tmp_path, capsys):
    settings = small_settings()
    fast = {"spectrum": settings.encoder.harmonic.spectrum.__class__(sample_rate=22_050)}
    encoder = type(settings.encoder)(harmonic=type(settings.encoder.harmonic)(channels=8, **fast))
    network = Transcriber(type(settings)(encoder=encoder, context=settings.context))
    save_weights(tmp_path / "a.safetensors", network.state_dict(), network.settings, {})
    words = ["export", str(tmp_path / "a.safetensors"), f"--out={tmp_path / 'a.onnx'}"]
    assert jtm.main(words) == 1
    assert "22050 Hz" in capsys.readouterr().err and not (tmp_path / "a.onnx").exists()


def test_shards_are_asked_for_their_rate(tmp_path):
    shards = Shards(write_tiny_shards(tmp_path, clips=1))
    assert shards.clips[0].n_samples == len(np.asarray(shards.audio(0))) == 80_000
