"""What the engine says is said in the user's language."""

import ast
import re
from pathlib import Path

import pytest

from gui.language.engine_messages import in_our_words
from gui.language.polish.engine import ENGINE_TEXTS
from gui.language.translate import set_language
from realtime.audio.sources import FileSource
from realtime.errors import UserError

REALTIME = Path(__file__).resolve().parents[3] / "realtime"
HOLE = "{}"


@pytest.fixture
def polish():
    set_language("pl")
    yield
    set_language("en")


def skeleton(node: ast.AST) -> str | None:
    """A text with its values left out."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            part.value if isinstance(part, ast.Constant) else HOLE for part in node.values
        )
    return None


def said_by_the_engine() -> set[str]:
    texts = set()
    for path in REALTIME.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = skeleton(node)
            if text:
                texts.add(text)
    return texts


def test_every_template_is_one_that_the_engine_uses():
    said = "\n".join(said_by_the_engine())
    for template in ENGINE_TEXTS:
        wanted = re.sub(r"{\w+}", HOLE, template)
        if template == "Cannot use model {path}: {reason}":
            wanted = "Cannot use model {}: "
        assert wanted in said, template


@pytest.mark.parametrize("template", sorted(ENGINE_TEXTS))
def test_values_survive_translation(polish, template):
    names = re.findall(r"{(\w+)}", template)
    assert sorted(names) == sorted(re.findall(r"{(\w+)}", ENGINE_TEXTS[template]))
    message = template.format(**{name: f"/a {name}/ż" for name in names})
    translated = in_our_words(message)
    assert translated == ENGINE_TEXTS[template].format(**{n: f"/a {n}/ż" for n in names})


def test_a_reason_inside_a_message_is_translated_too(polish):
    message = (
        "Takes cannot be written to /music (the disk is full); the take is kept in memory. "
        "Free some space or choose another folder."
    )
    assert "(dysk jest pełny)" in in_our_words(message)
    assert in_our_words("Something new.") == "Something new."


def test_in_english_nothing_is_touched():
    assert in_our_words("Waiting for input 'x'.") == "Waiting for input 'x'."


def test_a_real_message_is_recognised(polish, tmp_path):
    with pytest.raises(UserError) as error:
        FileSource(tmp_path / "nie ma.wav")
    assert in_our_words(str(error.value)).startswith("Nie ma takiego pliku")


def test_the_polish_window_shows_polish_messages(make_stage):
    stage = make_stage()
    set_language("pl")
    stage.engine.forced = {"message": "MIDI port 'FLUID Synth' was lost; trying again."}
    stage.play(0.1)
    assert stage.window.strip.notice.text.startswith("Port MIDI „FLUID Synth” zniknął")
