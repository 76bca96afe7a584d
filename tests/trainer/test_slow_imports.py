"""Help comes before what only a run needs: importing Lightning takes seconds."""

import subprocess
import sys

import pytest

HELP = """
import sys
import jtm

try:
    jtm.main(sys.argv[1:])
except SystemExit as leaving:
    assert not leaving.code
assert "pytorch_lightning" not in sys.modules, "Lightning was imported"
assert "matplotlib" not in sys.modules, "matplotlib was imported"
"""


@pytest.mark.slow
@pytest.mark.parametrize("command", ["train", "pretrain"])
@pytest.mark.parametrize("word", ["--help", "--print_config"])
def test_what_is_only_told_imports_no_training_engine(command, word):
    words = [sys.executable, "-c", HELP, command, word]
    told = subprocess.run(words, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr[-1000:]
    assert "batch" in told.stdout
