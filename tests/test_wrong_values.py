"""Every option of every command, given a value that it cannot have: exit code 2 and one line."""

import dataclasses
import typing

import pytest

import jtm
from realtime.values.ranges import Range, find_rule
from tests.test_option_ranges import COMMANDS, leaves, options_of


def wrong_values(settings, before="", seen=frozenset()):
    """(option, a value that it cannot have) of a (nested) dataclass; one of a repeated part."""
    hints = typing.get_type_hints(settings, include_extras=True)
    for field in dataclasses.fields(settings):
        hint, name = hints[field.name], before + field.name
        if dataclasses.is_dataclass(hint):
            if hint not in seen:
                yield from wrong_values(hint, f"{name}.", seen | {hint})
        elif hint is bool:
            yield name, "perhaps"
        elif isinstance(find_rule(hint), Range):
            yield name, "nan"
            yield name, "many"
        elif leaves(hint) & {int, float}:
            yield name, "many"
        elif typing.get_origin(hint) is typing.Literal:
            yield name, "nosuch"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_wrong_value_of_any_option_is_a_usage_error_of_one_line(
    words, monkeypatch, capsys, tmp_path
):
    with monkeypatch.context() as patch:
        settings = options_of(words, patch)
    monkeypatch.chdir(tmp_path)
    needed = [
        word
        for field in dataclasses.fields(settings)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        for word in (f"--{field.name}", "x")
    ]
    wrong = list(wrong_values(settings))
    if len(wrong) > MOST:  # a training command has hundreds, whose types are those of its first
        wrong = wrong[:: len(wrong) // MOST]
    for name, value in wrong:
        option = name if "." in name else name.replace("_", "-")
        with pytest.raises(SystemExit) as ended:
            jtm.main([*words, *needed, f"--{option}={value}"])
        told = capsys.readouterr().err
        assert ended.value.code == 2, (name, value)
        assert told.count("\n") == 1 and told.startswith(f"jtm {' '.join(words)}".strip()), told
    assert not any(tmp_path.iterdir())


MOST = 24


@pytest.mark.parametrize(
    "words",
    [
        ["label-curve", "--share=3/2"],
        ["label-curve", "--share=x"],
        ["label-curve", "--fractions=[0]"],
        ["label-curve", "--methods=[nosuch]"],
        ["features", "x.wav", "--out=f.xlsx"],
        ["live", "--fast"],
        ["practice", "minuet-in-g", "--parts=tuba"],
        ["transcribe", "-", "-"],
        ["--settings=."],
    ],
    ids=" ".join,
)
def test_values_that_only_the_command_can_judge_are_usage_errors_too(
    words, monkeypatch, capsys, tmp_path
):
    monkeypatch.chdir(tmp_path)
    try:
        code = jtm.main(words)
    except SystemExit as stop:
        code = stop.code
    told = capsys.readouterr().err
    assert code == 2 and told.count("\n") == 1, told
    assert not any(tmp_path.iterdir())
