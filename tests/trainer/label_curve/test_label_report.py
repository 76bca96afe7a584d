"""The report of a label-efficiency study: intervals, pictures, and one HTML file."""

import json

import numpy as np
import pytest

from benchmarks.label_study.report import build, main
from benchmarks.label_study.statistics import Study, bootstrap
from trainer.label_curve.results import read_rows

SOURCE = """# Does it help?

{{ missing() }} cells. At 1 %: {{ gain("cpc-finetuned", 0.01, "held-out") }};
{{ wins("cpc-finetuned", "real") }}.

Overall {{ overall("cpc-finetuned", "real") }}.

{{ gains("held-out") }}

{{ scores("real") }}

{{ figure("curves", "Curves") }}

{{ figure("gains", "Gains") }}

{{ figure("ablations", "Ablations") }}

{{ figure("plateaus", "Plateaus") }}

{{ plateaus() }}

{{ probes() }}

{{ ablations() }}

{{ encoders({"harmonic": ("short", "main")}) }}
"""
GAINS = {"scratch": 0.0, "cpc-finetuned": 0.2}


def a_pretraining(variant: str) -> dict:
    return {
        "kind": "pretraining",
        "variant": variant,
        "objective": "cpc",
        "valid": {"valid/accuracy": 0.25},
        "valid_accuracy": {"06": 0.3, "07": 0.2},
        "chance": 0.01,
        "hop_ms": 40.0,
        "core_seconds": 60.0,
    }


def a_cell(
    method: str, fraction: float, seed: int, variant: str = "main", more: float | None = None
) -> dict:
    rng = np.random.default_rng([seed, round(1000 * fraction)])
    base = 0.3 + fraction / 3 + (GAINS[method] if more is None else more)
    scores = {
        group: {f"{group}{i}": round(base + 0.1 * rng.random(), 4) for i in range(6)}
        for group in ("held-out", "piano", "violin")
    }
    return {
        "kind": "cell",
        "variant": variant,
        "method": method,
        "fraction": fraction,
        "seed": seed,
        "settings": "x",
        "scores": scores,
        "curve": [[10, 5.0, 0.3], [20, 4.0, 0.5], [30, 4.1, 0.4]],
        "best_step": 20,
        "steps": 30,
        "reached_ceiling": False,
        "core_seconds": 30.0,
    }


@pytest.fixture
def results(tmp_path):
    rows = [a_cell(m, f, s) for m in GAINS for f in (0.01, 0.03) for s in (0, 1, 2)]
    for variant, more in (("base", 0.1), ("short", 0.3)):
        rows += [a_cell("cpc-finetuned", 0.03, s, variant, more) for s in (0, 1)]
        rows.append(a_pretraining(variant))
    path = tmp_path / "results.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "source.md").write_text(SOURCE)
    return path


def test_every_figure_and_number_of_the_report_comes_from_the_results(results, capsys):
    assert main([str(results)]) == 0
    assert "curves.svg" in capsys.readouterr().out
    text = (results.parent / "README.md").read_text()
    assert "12 of 75 cells. At 1 %: +0.200 [+0.200, +0.200]" in text
    assert "above zero at 1 %, 3 %" in text
    assert "Overall +0.200 [+0.200, +0.200]." in text
    assert "| short | 0.250 (0.010) |" in text and "**+0.200 [+0.200, +0.200]** |" in text
    assert "| harmonic |" in text and "**+0.300 [+0.300, +0.300]**" in text
    assert "| CPC, fine-tuned | **+0.200 [+0.200, +0.200]**" in text
    assert "| from scratch | 0.500 → 0.500 |" in text and "(not run)" in text
    page = (results.parent / "index.html").read_text()
    assert page.count("data:image/svg+xml;base64,") == 4 and "<table>" in page
    before = {p.name: p.read_bytes() for p in results.parent.rglob("*") if p.is_file()}
    build(results)
    assert before == {p.name: p.read_bytes() for p in results.parent.rglob("*") if p.is_file()}


def test_of_two_rows_of_a_cell_the_later_counts(results):
    again = a_cell("scratch", 0.01, 0) | {"best_step": 10}
    with results.open("a") as file:
        file.write(json.dumps(again) + "\n")
    study = Study(read_rows(results))
    assert study.cells["main", "scratch", 0.01][0]["best_step"] == 10
    assert study.core_minutes() == pytest.approx(10.5)


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(5)
    hits = 0
    for _ in range(200):
        seeds, recordings = rng.normal(0, 0.05, (8, 1)), rng.normal(0, 0.1, (1, 20))
        found = bootstrap([0.5 + seeds + recordings], draws=300)
        hits += found.low <= 0.5 <= found.high
    assert 170 <= hits <= 199


@pytest.mark.parametrize(
    ("source", "said"), [(None, "wants results.jsonl"), ("{{ magic() }}", "'magic' is undefined")]
)
def test_what_cannot_be_built_is_said_in_a_sentence(results, capsys, source, said):
    path = results.parent / "source.md"
    path.unlink()
    if source:
        path.write_text(source)
    assert main([str(results)]) == 1
    assert said in capsys.readouterr().err


def test_what_jtm_classify_found_is_added_once(results, capsys):
    (results.parent / "source.md").write_text("# Probes\n\n{{ probes() }}\n")
    levels = {"clip": {"accuracy": 0.5}, "recording": {"accuracy": 0.75}}
    told = {
        "settings": {"target": "ensemble"},
        "chance": 0.25,
        "classes": ["a", "b"],
        "test_recordings": ["r"],
        "train_recordings": ["s", "t"],
        "results": {"linear": levels, "random-linear": levels},
    }
    path = results.parent / "classify.json"
    path.write_text(json.dumps(told))
    assert main([str(results), f"--probe=renders={path}"]) == 0
    text = (results.parent / "README.md").read_text()
    assert "| renders | linear | 50.0 % | 75.0 % | 25.0 % | 2 | 1 |" in text
    assert main([str(results), f"--probe=renders={path}"]) == 1
    assert main([str(results), "--probe=other=nowhere.json"]) == 1
    said = capsys.readouterr().err
    assert "have a probe 'renders' already" in said and "nowhere.json" in said
