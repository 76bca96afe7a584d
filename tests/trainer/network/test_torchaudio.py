"""Torchaudio with and without its compiled part."""

import subprocess
import sys
from pathlib import Path

import torch

from trainer.network.encoders.logmel import LogMelSettings, mel_bands
from trainer.network.layers._torchaudio import EXTENSION, import_torchaudio, stand_in


def test_the_private_module_is_where_the_stand_in_goes():
    """A torchaudio that renames it would make the stand-in useless without a word."""
    folder = Path(import_torchaudio().__path__[0])
    source = folder / EXTENSION.split(".")[-1] / "__init__.py"
    assert "_IS_TORCHAUDIO_EXT_AVAILABLE" in source.read_text(encoding="utf-8")


def test_filter_banks_need_nothing_compiled():
    code = (
        "import sys, trainer.network.layers._torchaudio as t;"
        "sys.modules[t.EXTENSION] = t.stand_in();"
        "import torchaudio;"
        "print(torchaudio.functional.melscale_fbanks(1025, 30., 8000., 20, 16000).shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[1025, 20]" in done.stdout


def test_bands_cover_the_range_and_none_is_silent():
    bands = mel_bands(LogMelSettings())
    assert bands.shape == (1025, 160)
    assert torch.all(bands.amax(dim=0) > 0)
    assert not stand_in()._IS_TORCHAUDIO_EXT_AVAILABLE
