"""What goes wrong crosses the walls as a code with values; sentences are made at the edge."""

import ast
import errno
import json
import pickle
import struct
from pathlib import Path

import pytest

from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.texts import TEXTS
from realtime.troubles.trouble import Trouble, what_is_unfit, why
from realtime.values.json_text import parse_json
from tests.support.sources import parse

REALTIME = Path(__file__).resolve().parents[3] / "realtime"
COMMAND_LINE_ALONE = (
    "commands/",
    "files/labels/",
    "files/output_files.py",
    "troubles/",
    "values/",
)
"""What only the command line raises may be a sentence, and `gui/app.py` before a window opens."""


def plain_sentences() -> list[str]:
    """Places in the rooms of engine and window where an error is raised as a sentence."""
    found = []
    engine = [
        path
        for path in sorted(REALTIME.rglob("*.py"))
        if not path.relative_to(REALTIME).as_posix().startswith(COMMAND_LINE_ALONE)
    ]
    window = set((REALTIME.parent / "gui").rglob("*.py")) - {REALTIME.parent / "gui/app.py"}
    for path in [*engine, *sorted(window)]:
        for function in ast.walk(parse(path)):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
                if not called or node.func.id not in ("UserError", "UsageError", "Trouble"):
                    continue
                sentence = isinstance(node.args[0], (ast.Constant, ast.JoinedStr))
                sentence = sentence or ast.unparse(node.args[0]).startswith("tr(")
                if sentence or ast.unparse(node.args[0]) == "Code.OTHER":
                    found.append(f"{path.name}:{node.lineno}")
    return found


def test_the_rooms_of_engine_and_window_raise_codes_and_no_sentences():
    assert plain_sentences() == []


def test_every_code_has_a_sentence():
    assert set(TEXTS) == set(Code)
    assert all(text.strip() for text in TEXTS.values())
    assert len(set(TEXTS.values())) == len(TEXTS)


def test_a_trouble_survives_every_pipe_and_is_still_the_same():
    reason = Trouble(Code.HOP_TOO_SLOW, seconds=5.0)
    trouble = Trouble(Code.MODEL_UNUSABLE, path=Path("/m/a.onnx"), reason=reason)
    assert str(trouble) == "Cannot use model /m/a.onnx: a hop takes longer than 5 s"
    told = json.loads(json.dumps(trouble.to_json()))
    assert Trouble.from_json(told) == trouble == pickle.loads(pickle.dumps(trouble))
    assert len({trouble, Trouble.from_json(told), reason}) == 2


def test_an_error_carries_its_trouble_and_says_its_sentence():
    error = UserError(Code.UNKNOWN_PORT, name="Organ")
    assert error.trouble == Trouble(Code.UNKNOWN_PORT, name="Organ")
    assert str(error) == "No MIDI port named 'Organ'. Run `jtm devices` to see the list."
    assert pickle.loads(pickle.dumps(error)).trouble == error.trouble
    plain = UserError("Name --out.")
    assert (str(plain), plain.trouble) == ("Name --out.", Trouble(Code.OTHER, text="Name --out."))


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "the disk is full"), (errno.EACCES, "permission denied"),
     (errno.EROFS, "the disk can only be read"), (errno.EBUSY, "the system's words")],
)  # fmt: skip
def test_a_common_reason_of_the_system_is_a_trouble_too(number, said):
    assert str(why(OSError(number, "the system's words"))) == said


def test_other_errors_tell_their_own_words():
    assert why(ValueError("no such key")) == "no such key"
    assert why(OSError("a driver's words")) == "a driver's words"


def test_what_a_damaged_file_holds_is_told_by_codes_and_not_by_words_of_python():
    """The window says them in the player's language; Python's words are English."""

    def reason_of(read) -> Code:
        try:
            read()
        except Exception as error:
            return what_is_unfit(error).code
        raise AssertionError("nothing was wrong")

    assert reason_of(lambda: json.loads('{"a":\n1,}')) is Code.NO_JSON
    assert reason_of(lambda: {}["heads"]) is Code.VALUE_MISSING
    assert reason_of(lambda: b"\xff".decode()) is Code.NO_TEXT
    assert reason_of(lambda: struct.unpack("<Q", b"")) is Code.ENDS_TOO_SOON
    assert reason_of(lambda: parse_json("[" * 100_000)) is Code.NESTED_TOO_DEEP
    assert reason_of(lambda: float("many")) is Code.VALUES_UNFIT


def test_no_words_of_an_error_become_the_reason_of_a_trouble():
    """`why` and `what_is_unfit` make codes of them wherever there is one."""
    for top in ("realtime", "gui"):
        for path in sorted((REALTIME.parent / top).rglob("*.py")):
            for node in ast.walk(parse(path)):
                words = isinstance(node, ast.keyword) and ast.unparse(node.value) == "str(error)"
                assert not words, f"{path}, line {node.value.lineno}: {node.arg}=str(error)"
