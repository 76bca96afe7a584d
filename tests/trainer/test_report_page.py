"""Pages of `jtm report` that need no training: classifications, and text that looks like HTML."""

import json

import jtm
from trainer.report_page import flatten, table


def test_a_classification_is_one_page(tmp_path):
    level = {"accuracy": 0.75, "macro_f1": 0.5}
    told = {
        "settings": {"target": "composer", "probe": {"steps": 3}},
        "classes": ["a", "b"],
        "test_recordings": ["r1"],
        "train_recordings": ["r2", "r3"],
        "chance": 0.5,
        "results": {"<linear>": {name: level for name in ("clip", "frame", "recording")}},
    }
    (tmp_path / "classify.json").write_text(json.dumps(told))
    (tmp_path / "confusion_clip.png").write_bytes(b"\x89PNG")
    assert jtm.main(["report", str(tmp_path)]) == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "2 classes of composer: 1 recordings tested, 2 others trained on" in page
    assert "&lt;linear&gt;" in page and "<linear>" not in page
    assert "75.0 %" in page and "probe.steps" in page
    assert page.count("data:image/png;base64,") == 1


def test_tables_and_settings():
    assert flatten({"a": {"b": 1}, "c": [1, 2]}) == [("a.b", "1"), ("c", "[1, 2]")]
    assert table(["x"], []) == ""
