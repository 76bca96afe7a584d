"""Every literal given to tr() and plural() has its Polish text, with the same placeholders."""

import ast
import string
from pathlib import Path

import pytest

from gui.language.polish.window import PLURALS, TEXTS
from gui.language.status_items import status_items
from gui.language.translate import decimal, set_language
from realtime import troubles
from realtime.snapshot import Snapshot

GUI = Path(__file__).resolve().parents[3] / "gui"


def literals() -> tuple[set[str], set[str]]:
    texts, nouns = set(troubles.TEXTS.values()), set()
    for path in GUI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id == "tr" and path.name != "engine_messages.py":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}: tr() needs a literal"
                texts.add(node.args[0].value)
            if node.func.id == "plural":
                for argument in node.args[1:]:
                    assert isinstance(argument, ast.Constant), f"{path.name}: plural()"
                nouns.add(node.args[1].value)
    return texts, nouns


def fields(text: str) -> set[str]:
    return {f"{name}:{form}" for _, name, form, _ in string.Formatter().parse(text) if name}


def test_polish_knows_every_text():
    texts, nouns = literals()
    assert len(texts) > 60
    assert sorted(texts - TEXTS.keys()) == []
    assert sorted(nouns - PLURALS.keys()) == []


def test_polish_holds_nothing_that_is_never_said():
    texts, nouns = literals()
    assert sorted(TEXTS.keys() - texts) == []
    assert sorted(PLURALS.keys() - nouns) == []


@pytest.mark.parametrize("text", sorted(TEXTS))
def test_placeholders_survive(text):
    assert fields(text) == fields(TEXTS[text])


def test_polish_figures_have_a_decimal_comma():
    set_language("pl")
    try:
        assert decimal(1.25, ".1f") == "1,2" and decimal(48.0, "g") == "48"
        snapshot = Snapshot(device_rate=44100, input_name="Scarlett", hop_ms=1.3, block_frames=64)
        words = " ".join(item.text + item.tip for item in status_items(snapshot))
        assert "44,1 kHz" in words and "krok 1,3 ms" in words and "1,45 ms" in words
    finally:
        set_language("en")
    assert decimal(1.25, ".1f") == "1.2"
