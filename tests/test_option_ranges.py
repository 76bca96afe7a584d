"""Every numeric option of every command has a range, and a value beyond it is one line."""

import dataclasses
import importlib
import sys
import typing

import pytest

import jtm
from realtime.commands import options
from realtime.values.ranges import Range, check, find_rule

COMMANDS = [
    *([name] for name in jtm.SUBCOMMANDS if name != "data"),
    *(["data", name] for name in ("doctor", "index", "pack")),
    [],
]
"""Words that name a command; none is the window."""


class Parsed(Exception):
    """Stops a command once it has named its options."""


def options_of(words, monkeypatch):
    """The dataclass that a command reads its options into."""
    holders, found = modules_that_hold(options.parse_options), []

    def stop(settings, *_, **__):
        found.append(settings)
        raise Parsed

    for module in holders:
        monkeypatch.setattr(module, "parse_options", stop)
    with pytest.raises(Parsed):
        jtm.main(words or ["--input=x"])  # the window reads no options where none are given
    return found[0]


def modules_that_hold(function):
    """The module of a function, and our modules that imported it by name."""
    for name, _ in jtm.SUBCOMMANDS.values():
        importlib.import_module(name)
    rooms = ("realtime", "trainer", "export")
    ours = [module for name, module in sys.modules.items() if name.split(".")[0] in rooms]
    return [module for module in ours if getattr(module, "parse_options", None) is function]


def numbers_without_range(settings, before=""):
    """Names of the numeric fields of a (nested) dataclass that have no range."""
    hints = typing.get_type_hints(settings, include_extras=True)
    for field in dataclasses.fields(settings):
        hint = hints[field.name]
        if dataclasses.is_dataclass(hint):
            yield from numbers_without_range(hint, f"{before}{field.name}.")
        elif leaves(hint) & {int, float} and not isinstance(find_rule(hint), Range):
            yield before + field.name


def leaves(hint):
    """The plain types that a type hint is made of."""
    if typing.get_origin(hint) is typing.Literal:
        return {str}
    inner = [leaves(part) for part in typing.get_args(hint) if part is not Ellipsis]
    return set().union(*inner) if inner else {hint} if isinstance(hint, type) else set()


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_number_of_every_command_has_a_range_that_holds_its_default(words, monkeypatch):
    settings = options_of(words, monkeypatch)
    assert list(numbers_without_range(settings)) == []
    needed = {
        field.name: ""
        for field in dataclasses.fields(settings)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }
    check(settings(**needed))


def test_a_number_without_a_range_is_noticed():
    @dataclasses.dataclass
    class Plain:
        name: str = ""
        count: int = 0
        some: list[float] = dataclasses.field(default_factory=list)

    assert list(numbers_without_range(Plain)) == ["count", "some"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("live --channel 0", "--channel cannot be 0; it may be 1 to 16"),
        ("live --channel 17", "--channel cannot be 17; it may be 1 to 16"),
        ("live --transpose 99", "--transpose cannot be 99; it may be -48 to 48"),
        ("live --block -5", "--block cannot be -5; it may be 0 or more"),
        ("live --seconds -1", "--seconds cannot be -1; it may be 0 s or more"),
        ("live --seconds nan", "--seconds cannot be 'nan'; it may be 0 s or more"),
        (f"live --channel {'9' * 400}", "9…; it may be 1 to 16"),
        (f"live --channel {'9' * 5000}", "--channel cannot be that; it may be 1 to 16"),
        (f"live --seconds {'9' * 400}", "a number of hundreds of digits is more than can be"),
        (f"live --seconds {'x' * 400}", "x…'; it may be 0 s or more"),
        (f"evaluate x.csv --workers {'9' * 400}", "9…; it may be 1 or more"),
        ("live --config nosuch.yaml", "--config: File does not exist"),
        ("live --channel 1.5", "--channel cannot be '1.5'; it may be a whole number, 1 to 16"),
        ("live --input-channel 9", "--input-channel cannot be 9; it may be 0 to 8"),
        ("live --latency-ms -1", "--latency-ms cannot be -1; it may be 0 to 2000 ms"),
        ("live --a4-hz 392", "--a4-hz cannot be 392; it may be 415 to 466 Hz"),
        ("live --click-bpm 301", "--click-bpm cannot be 301; it may be 30 to 300 BPM"),
        ("live --scale happy", "--scale cannot be 'happy'; it may be chromatic, major"),
        ("live --scale-root H", "--scale-root cannot be 'H'; it may be C, C#, D"),
        (
            "live --lowest-pitch 72 --highest-pitch 60",
            "--lowest-pitch (72) is above --highest-pitch (60)",
        ),
        (
            "transcribe x.wav --velocity-min 100 --velocity-max 20",
            "--velocity-min (100) is above --velocity-max (20)",
        ),
        ("transcribe x.wav --latency-ms 1e9", "--latency-ms cannot be 1000000000; it may be 0 to"),
        ("demo --latency-ms -3", "--latency-ms cannot be -3; it may be 0 to 2000 ms"),
        ("practice minuet-in-g --tempo 0", "--tempo cannot be 0; it may be 25 to 200 %"),
        ("teach bars x.wav --minutes 0", "--minutes cannot be 0; it may be 0.25 to 60"),
        ("calibrate --repeats 0", "--repeats cannot be 0; it may be 1 to 100"),
        ("--latency-ms 2001", "--latency-ms cannot be 2001; it may be 0 to 2000 ms"),
        ("export run --default-latency-ms -1", "--default-latency-ms cannot be -1"),
        ("render --out x --speech-share 0.6 --drums-share 0.6", "add up to more than 1"),
        ("render --out x --seed -1", "--seed cannot be -1; it may be 0 or more"),
        ("render --out x --hours 0", "--hours cannot be 0; it may be above 0"),
        ("classify --data x --test-share 1.5", "--test-share cannot be 1.5; it may be above 0 and"),
        ("classify --data x --probe.steps 0", "--probe.steps cannot be 0; it may be 1 or more"),
        ("label-curve --fractions [1.5]", "--fractions cannot be 1.5; it may be above 0, at"),
        ("label-curve --jobs 0", "--jobs cannot be 0; it may be 1 or more"),
        ("label-curve --fit.patience 0", "--fit.patience cannot be 0; it may be 1 or more"),
        ("features x.wav --average 0", "--average cannot be 0; it may be 1 or more"),
        ("evaluate x.csv --workers 0", "--workers cannot be 0; it may be 1 or more"),
        ("data doctor x --workers 0", "--workers cannot be 0; it may be 1 or more"),
        ("data index x --out y --clip-seconds -3", "--clip-seconds cannot be -3; it may be 0"),
        ("data pack x --out y --tar-mb 0", "--tar-mb cannot be 0; it may be above 0"),
        ("train --loss.onset nan", "--loss.onset cannot be 'nan'; it may be 0 or more"),
        ("train --label-fraction 0", "--label-fraction cannot be 0; it may be above 0, at most 1"),
        ("pretrain --crops.mix_chance 2", "mix_chance"),
        ("pretrain --crops.past_chance 7", "--crops.past_chance cannot be 7; it may be 0 to 1"),
        ("pretrain --model.encoder.conv.strides [5,0]", "strides cannot be 0; it may be 1 or more"),
        ("pretrain --cpc.dropout 1", "--cpc.dropout cannot be 1; it may be 0 or more and below 1"),
        ("pretrain --crops.tempo_percent 150", "cannot be 150; it may be 0 to 100 %"),
        ("pretrain --crops.quietest_db 3", "--crops.quietest_db cannot be 3; it may be -120 to 0"),
    ],
)
def test_a_value_out_of_range_is_a_usage_error_of_one_line(
    words, sentence, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        jtm.main(words.split())
    error = capsys.readouterr().err.strip()
    assert ended.value.code == 2
    assert sentence in error and len(error.splitlines()) == 1
    assert not any(tmp_path.iterdir())


def test_a_value_of_a_file_of_options_is_checked_too(tmp_path, capsys):
    (tmp_path / "options.yaml").write_text("channel: 99\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        jtm.main(["live", "--config", str(tmp_path / "options.yaml")])
    assert ended.value.code == 2
    assert "--channel cannot be 99; it may be 1 to 16" in capsys.readouterr().err


def test_the_help_says_the_range_of_every_number(capsys):
    for words, said in (("live", "(type: int, 1 to 16, default: 1)"), ("train", "int, 1 or more")):
        with pytest.raises(SystemExit):
            jtm.main([words, "--help"])
        shown = " ".join(capsys.readouterr().out.split())
        assert said in shown
        assert "Annotated" not in shown
