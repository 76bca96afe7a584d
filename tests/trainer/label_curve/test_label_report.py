"""The report of a label-efficiency study: intervals, pictures, and one HTML file."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from benchmarks.label_study.coverage import (
    Design,
    Spreads,
    coverage_table,
    simulate_coverage,
)
from benchmarks.label_study.intervals import correct, nested_interval
from benchmarks.label_study.report import build, main
from benchmarks.label_study.statistics import Study
from trainer.label_curve.results import read_rows

SOURCE = """# Does it help?

{{ missing() }} cells. At 1 %: {{ gain("cpc-finetuned", 0.01, "held-out") }};
{{ wins("cpc-finetuned", "real") }}.

Overall {{ overall("cpc-finetuned", "real") }}.

{{ gains("held-out") }}

{{ detectable("real") }}

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
        "passes": 1.5,
        "threshold": 0.98 if seed else 0.4,
        "weights": 1000 if variant == "main" else 4000,
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
    assert "12 of 30 cells. At 1 %: +0.200 [+0.200, +0.200]" in text
    assert "better at 1 %, 3 %" in text
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


def test_where_cells_ended_and_what_they_cost_is_told(results):
    (results.parent / "source.md").write_text(
        "# Costs\n\n{{ endings() }}\n\n{{ machine_time() }}\n\n{{ pilots(0.03) }}\n\n"
        '{{ sizes(["main", "base"]) }}\n\n{{ pretraining("cpc", "base") }}\n'
    )
    again = a_pretraining("base") | {"pretraining": 1, "steps": 8, "hours": 2.0}
    rows = [json.loads(line) for line in results.read_text().splitlines()]
    rows = [row | {"steps": 8, "hours": 2.0} if row["kind"] != "cell" else row for row in rows]
    rows += [again, a_cell("scratch", 0.03, 0, "base"), a_cell("scratch", 0.03, 1, "base")]
    results.write_text("".join(json.dumps(row) + "\n" for row in rows))
    build(results)
    text = (results.parent / "README.md").read_text()
    assert "| from scratch | 20 of 30, 1.5 | 20 of 30, 1.5 | 0 of 6 | 4 of 6 |" in text
    assert "| main | from scratch | 6 | 3 |" in text and "| base | cpc weights | 2 | 2 |" in text
    assert "| CPC, fine-tuned | 3 | +0.200 [+0.200, +0.200] |" in text
    assert "| 1,000 weights | held-out renders | **+0.200 [+0.200, +0.200]** |" in text
    assert "| 4,000 weights | held-out renders | - | **+0.100 [+0.100, +0.100]** |" in text
    assert "2 times 8 steps on 2.0 h, 1.0, 1.0 minutes of processor time" in text
    assert "held-out accuracy 0.250, 0.250 (chance 0.010)" in text


def test_the_report_shows_how_contrastive_pretraining_learned(results):
    (results.parent / "source.md").write_text(
        '# Curves\n\n{{ figure("pretraining", "Learned") }}\n'
    )
    rows = [
        a_pretraining("main")
        | {"pretraining": n, "steps": 20, "curve": [[10, 0.1, 0.7], [20, 0.2, 0.8]]}
        for n in (0, 1)
    ]
    with results.open("a") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows))
    build(results)
    assert "(figures/pretraining.svg)" in (results.parent / "README.md").read_text()
    picture = (results.parent / "figures" / "pretraining.svg").read_text()
    assert "cpc 1" in picture and "cpc 2" in picture


SPREADS = Spreads(pretraining=0.05, seed=0.03, recording=0.1, rest=0.05)


def test_intervals_hold_as_often_as_they_say_and_bootstraps_of_few_runs_do_not():
    held = simulate_coverage(Design(3, 5, (12, 4, 4)), SPREADS, studies=300)
    assert 0.93 <= held["nested t (this report)"] <= 1
    assert held["percentile bootstrap"] < 0.88


def test_the_table_of_coverage_is_of_studies_that_vary_like_this_one(results):
    table = coverage_table(Study(read_rows(results)), studies=5)
    assert "| 1 (taken as given), 3 |" in table and table.count(" %") == 15
    assert coverage_table(Study([])) == "-"


def test_one_pretraining_says_nothing_of_others():
    held = simulate_coverage(Design(1, 5, (12,)), SPREADS, studies=200)
    known = simulate_coverage(Design(1, 5, (12,)), replace(SPREADS, pretraining=0), studies=200)
    assert held["nested t (this report)"] < 0.9 < known["nested t (this report)"]


def test_an_interval_is_that_of_a_t_test_where_only_the_runs_differ():
    runs = np.array([0.1, 0.3, 0.2, 0.5])
    found = nested_interval([np.repeat(runs[:, None], 6, axis=1)])
    wanted = stats.ttest_1samp(runs, 0)
    low, high = wanted.confidence_interval()
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.p == pytest.approx(wanted.pvalue) and found.freedom == pytest.approx(3)


def test_runs_of_one_pretraining_count_once():
    """Ten runs of two pretrainings are two draws, however alike the five of each are."""
    runs = np.repeat([0.2, 0.4], 5)[:, None] + np.zeros((10, 3))
    apart = nested_interval([runs], [0] * 5 + [1] * 5)
    assert apart.low < 0 < apart.high and (apart.pretrainings, apart.seeds) == (2, 10)
    assert nested_interval([runs]).low > 0.2


def test_what_four_of_five_studies_find_is_found_by_four_of_five():
    rng = np.random.default_rng(3)
    reach = nested_interval([rng.normal(0, 0.1, (6, 1)) + np.zeros((6, 8))]).detectable
    deviation = reach / (stats.t.ppf(0.975, 5) + stats.t.ppf(0.8, 5)) * 6**0.5
    found = 0
    for _ in range(400):
        runs = rng.normal(reach, deviation, (6, 1)) + np.zeros((6, 8))
        found += nested_interval([runs]).clear_of_zero
    assert 0.72 <= found / 400 <= 0.88


def test_p_is_corrected_for_the_number_of_comparisons():
    scores = [mean + np.array([[0.02], [-0.02], [0.01], [-0.01]]) for mean in (0.04, 0.2, 0)]
    one, two, three = (nested_interval([score]) for score in scores)
    corrected = correct([one, two, three])
    assert corrected[1].corrected == pytest.approx(3 * two.p)
    assert corrected[0].corrected == pytest.approx(2 * one.p)
    assert corrected[2].corrected == pytest.approx(1)
    assert one.clear_of_zero and not replace(one, corrected=0.2).clear_of_zero


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
