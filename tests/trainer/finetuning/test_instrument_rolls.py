"""Instrument-wise transcription: what is painted, what is not scored, what a run logs."""

import csv

import numpy as np
import pytest
import torch

import jtm
from realtime.troubles.errors import UserError
from tests.trainer.classification.test_classify import write_timbres
from tests.trainer.finetuning.test_initialise import SMALL
from trainer.crops.targets import UNKNOWN, expand_instruments, make_instrument_roll
from trainer.datasets.instruments import MUSICNET, name_family
from trainer.finetuning.losses import instrument_frame_f1, instrument_loss
from trainer.runs.checkpoints import load_transcriber
from trainer.shards.format import NOTE_DTYPE

NAMES = ("violin", "flute")
NOTES = np.array(
    [
        (0, 0, 1600, 60, 1, 40),
        (0, 800, 2400, 60, 1, 73),
        (0, 3200, 4000, 62, 1, 0),
        (0, 3200, 4000, 64, 1, -1),
        (0, 3600, 4800, 62, 1, 40),
    ],
    NOTE_DTYPE,
)


def test_every_instrument_has_rows_of_its_own_and_others_are_unknown():
    roll = make_instrument_roll(NOTES, 40, 160, NAMES)
    assert roll.shape == (40, 2, 88)
    assert roll[:10, 0, 60 - 21].tolist() == [1] * 10 and roll[10:, 0, 60 - 21].sum() == 0
    assert roll[:, 1, 60 - 21].nonzero()[0].tolist() == list(range(5, 15))
    assert (roll[20:25, 1, 62 - 21] == UNKNOWN).all() and (roll[20:25, :, 64 - 21] == UNKNOWN).all()
    assert roll[22:30, 0, 62 - 21].tolist() == [1] * 8  # the violin joins a piano: it is known
    assert (roll[:20] != UNKNOWN).all() and roll[:20].sum() == 20


def test_loss_and_score_compare_delayed_frames_and_skip_the_unknown():
    wanted = torch.from_numpy(make_instrument_roll(NOTES, 40, 160, NAMES))
    right = torch.where(wanted == 1, 20.0, -20.0)
    late = torch.cat([torch.full((4, 2, 88), -20.0), right])[:40]
    assert instrument_frame_f1(late, wanted, 4) == 1
    assert instrument_frame_f1(right, wanted, 4) < 0.9
    assert instrument_loss(late[None], wanted[None], 4, 0) < 1e-6
    guess = late.clone()
    guess[24:29, :, 64 - 21] = 20.0  # frames 20-24 of the unknown pitch, heard 4 frames later
    assert instrument_loss(guess[None], wanted[None], 4, 0) < 1e-6
    assert instrument_loss(-late[None], wanted[None], 4, 0) > 100


def test_musicnet_stands_for_eleven():
    assert expand_instruments(("musicnet",)) == MUSICNET and len(set(MUSICNET)) == 11
    assert expand_instruments(("violin",)) == ("violin",)
    for wrong in (("violin", "musicnet"), ("kazoo",)):
        with pytest.raises(UserError, match="cannot hold"):
            expand_instruments(wrong)


def test_every_program_has_one_family_or_none():
    names = [name_family(program) for program in range(128)]
    assert names[0] == "piano" and names[40] == names[48] == names[110] == "strings"
    assert names[108] == names[11] == "mallets" and names[46] == names[105] == "plucked"
    assert names[71] == "reeds" and names[73] == "flutes" and names[60] == "brass"
    assert names[120:] == [""] * 8 and len(set(names)) == 16


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("encoder", ["harmonic", "conv"])
def test_a_run_learns_who_plays(encoder, tmp_path, capsys):
    data = write_timbres(tmp_path / "shards", recordings=1, labelled=True)
    words = [f"--data=[{data}]", f"--valid=[{data}]", f"--out={tmp_path}/run", *SMALL]
    words += [f"--model.encoder.kind={encoder}", "--model.encoder.conv.channels=8"]
    words += ["--model.context.kind=gru", "--model.context.recurrent.width=8"]
    words += ["--model.encoder.harmonic.channels=4", "--model.encoder.harmonic.local_channels=4"]
    words += ["--model.instruments=[musicnet]", "--steps=2", "--machine.log-steps=1"]
    words += ["--machine.validate-steps=2"]
    assert jtm.main(["train", *words]) == 0
    model, _ = load_transcriber(tmp_path / "run" / "last.safetensors")
    assert model.class_names == MUSICNET
    said = model.outputs(torch.zeros(1, 1600), model.initial_state(1))
    assert said.instruments.shape == (1, 10, 11, 88) and said.classes.shape == (1, 10, 11)
    (log,) = (tmp_path / "run").glob("csv/**/metrics.csv")
    with log.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert any(float(row["train/instrument"] or 0) > 0 for row in rows)
    assert any(row.get("valid/instrument_frame_f1") for row in rows)
