"""What docs/features.md and its notebook show, done."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_the_lines_of_the_page_run_on_a_file_of_any_rate(tmp_path, monkeypatch, capsys):
    (lines,) = re.findall(
        r"```python\n(.*?)```", (DOCS / "features.md").read_text("utf-8"), re.DOTALL
    )
    time = np.arange(4410) / 44_100
    sf.write(tmp_path / "song.wav", np.stack([np.sin(2000 * time)] * 2, axis=1) * 0.1, 44_100)
    monkeypatch.chdir(tmp_path)
    names: dict = {}
    exec(lines, names)
    assert names["heard"][0].values.shape == (10, 320)
    assert capsys.readouterr().out.startswith("(10, 320) [0.   0.01 0.02]")


@pytest.mark.slow
def test_the_notebook_runs_and_says_what_is_stored_in_it(capsys):
    notebook = json.loads((DOCS / "features.ipynb").read_text("utf-8"))
    names: dict = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        exec("".join(cell["source"]), names)
        stored = "".join(line for output in cell["outputs"] for line in output["text"])
        said = capsys.readouterr().out
        assert re.sub(r"\d+\.\d %", "", said) == re.sub(r"\d+\.\d %", "", stored)
    context, spectrum = names["scores"].values()
    assert context > 0.95 and spectrum < 0.8
