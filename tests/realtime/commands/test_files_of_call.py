"""No output of a command goes over a file that the same call reads, whichever that is."""

import dataclasses
import importlib
import json
import shutil
import sys
import typing
from pathlib import Path

import numpy as np
import pytest
import soundfile

import jtm
from realtime.commands import options
from realtime.files.output_files import OutputFiles
from realtime.troubles.errors import UserError
from realtime.values.files_of_call import READ_OPTIONS, WRITTEN_OPTIONS
from tests.support import toy_model

WORDS = frozenset((
    "midi_out", "outside_scale", "scale", "scale_root", "sound_out", "mode", "parts", "name",
    "output", "corpus", "split", "category", "accelerator", "classes", "instruments", "device",
    "hold_out", "methods", "precision", "target", "share", "variant", "group", "soft_groups",
    "energy", "licence", "provenance"
))  # fmt: skip
"""Options with text that names no file."""
TRUTH = "onset_s,offset_s,midi_pitch,velocity\n0.1,0.5,60,80\n"


class SeenError(Exception):
    """The options of a command are known; it goes no further."""


def texts(kind: type) -> typing.Iterator[str]:
    """Names of the options, also of groups, that take any text."""
    for name, hint in typing.get_type_hints(kind).items():
        if dataclasses.is_dataclass(hint):
            yield from texts(hint)
        elif "str" in str(hint) and "Literal" not in str(hint):
            yield name


def test_every_option_with_a_text_is_known_to_read_to_write_or_to_name_no_file(monkeypatch):
    """A new option that reads a file is protected only where it says so."""
    seen: dict[str, type] = {}
    parse = options.parse_options

    def note(settings, argv, *, command, **_):
        seen[command] = settings
        raise SeenError

    modules = {n: importlib.import_module(m) for n, (m, _) in jtm.SUBCOMMANDS.items()}
    importlib.import_module("trainer.runs.kept_options")
    for loaded in list(sys.modules.values()):
        if getattr(loaded, "__dict__", {}).get("parse_options") is parse:
            monkeypatch.setattr(loaded, "parse_options", note)
    for name, module in modules.items():
        for argv in [[p, "x"] for p in ("doctor", "index", "pack")] if name == "data" else [[]]:
            with pytest.raises(SeenError):
                module.main(argv)
    assert len(seen) == len(jtm.SUBCOMMANDS) + 2
    known = READ_OPTIONS | WRITTEN_OPTIONS | WORDS
    unknown = {command: set(texts(kind)) - known for command, kind in seen.items()}
    assert not {command: names for command, names in unknown.items() if names}
    assert not (READ_OPTIONS & WRITTEN_OPTIONS or READ_OPTIONS & WORDS or WRITTEN_OPTIONS & WORDS)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a manifest, its sound and its truth, and a model."""
    monkeypatch.chdir(tmp_path)
    soundfile.write("b.wav", toy_model.melody(16_000, 4.0), 16_000)
    toy_model.save(Path("m.onnx"))
    Path("truth.csv").write_text(TRUTH)
    Path("m.csv").write_text("id,group,file,truth\n1,g,b.wav,truth.csv\n")
    Path("corp").mkdir()
    shutil.copyfile("b.wav", "corp/x.wav")
    Path("corp/x.csv").write_text(TRUTH)
    Path("c.yaml").write_text("rounds: 1\n")
    Path("link.csv").symlink_to("truth.csv")
    Path("hard.json").hardlink_to("truth.csv")
    return tmp_path


def contents() -> dict[str, bytes]:
    """What every file below the present folder holds."""
    return {str(path): path.read_bytes() for path in Path().rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "words",
    [
        "evaluate m.csv --csv truth.csv",
        "evaluate m.csv --csv link.csv",
        "evaluate m.csv --csv ./corp/../truth.csv",
        "evaluate m.csv --tune truth.csv",
        "evaluate m.csv --tune hard.json",
        "evaluate m.csv --csv b.wav",
        "evaluate m.csv --csv m.csv",
        "evaluate m.csv --csv m.onnx",
        "evaluate m.csv --tune c.yaml --config c.yaml",
        "evaluate corp --csv corp/x.csv",
        "evaluate corp --tune corp/x.wav",
        "transcribe b.wav -o m.onnx",
        "transcribe b.wav -o notes.mid --csv c2.csv --config c2.csv",
        "features b.wav --out truth.npz --model truth.npz",
        "export weights --out weights",
        "export run --out new.onnx --scores truth.csv --card truth.csv",
        "export run --out new.onnx --notes truth.csv --card link.csv",
        "teach kalimba b.wav --notes truth.csv --out truth.csv",
        "teach kalimba b.wav --out m.onnx",
        "live --input b.wav --fast --csv m.onnx",
    ],
)
def test_what_is_read_stays_as_it_is_also_with_overwrite(place, words, capfd):
    words = words.split()
    for name in ("truth.npz", "weights", "c2.csv"):
        Path(name).write_text("{}\n")
    before = contents()
    if words[0] in ("evaluate", "transcribe", "teach", "live"):
        words += ["--model", "m.onnx"]
    try:
        code = jtm.main([*words, "--overwrite"])
    except SystemExit as stop:
        code = stop.code
    assert code in (1, 2)
    assert {name: held for name, held in contents().items() if name in before} == before
    said = capfd.readouterr().err.strip().splitlines()[-1]
    assert "is read by this command" in said or "names the file of --config" in said


def test_what_appears_meanwhile_is_not_written_over(place, monkeypatch, capfd):
    """Somebody else makes the table while the command computes."""
    from trainer.commands import evaluate

    score = evaluate.score_all

    def slow(*words):
        Path("new.csv").write_text("theirs")
        return score(*words)

    monkeypatch.setattr(evaluate, "score_all", slow)
    assert jtm.main(["evaluate", "m.csv", "--model", "m.onnx", "--csv", "new.csv"]) == 0
    assert Path("new.csv").read_text() == "theirs"
    assert Path("new-2.csv").read_text().startswith("view,id,")
    assert "new-2.csv" in capfd.readouterr().err


def test_a_table_of_features_that_appears_meanwhile_is_left_alone(place, monkeypatch, capfd):
    import trainer.shards.decoding as decoding

    decode = decoding.decode

    def slow(path):
        Path("f.npz").write_text("theirs")
        return decode(path)

    monkeypatch.setattr(decoding, "decode", slow)
    assert jtm.main(["features", "b.wav", "--out", "f.npz"]) == 0
    assert Path("f.npz").read_text() == "theirs"
    assert len(np.load("f-2.npz")["values"]) and "f-2.npz" in capfd.readouterr().out


def test_a_file_that_is_read_after_its_claim_is_not_written_over(tmp_path):
    """Whatever part of a command reads it, and whether or not the command says so."""

    @dataclasses.dataclass(frozen=True)
    class Nothing:
        """No options."""

    options.parse_options(Nothing, [], command="test", description="")
    path = tmp_path / "late.csv"
    path.write_text("a table")
    outputs = OutputFiles(overwrite=True)
    outputs.claim(path)
    path.read_text()
    with pytest.raises(UserError, match="read by this command"), outputs.writing(path) as partial:
        partial.write_text("figures")
    assert path.read_text() == "a table"


@pytest.mark.parametrize("name", ["settings.json", "run.json", "report.html"])
def test_a_run_replaces_no_file_that_it_is_configured_by(tmp_path, name, capfd):
    folder = tmp_path / "exp"
    folder.mkdir()
    (folder / name).write_text(json.dumps({"steps": 1}))
    words = ["train", "--config", str(folder / name), "--out", str(folder), "--data", "nowhere"]
    for more in ([], ["--overwrite"]):
        assert jtm.main(words + more) in (1, 2)
        assert json.loads((folder / name).read_text()) == {"steps": 1}


def test_a_folder_with_numbered_files_of_somebody_else_gets_no_shards(tmp_path, capfd):
    soundfile.write(tmp_path / "a.wav", np.zeros(16_000), 16_000)
    out = tmp_path / "out"
    for name in ("00000.pcm.npy", "00000.json", "00000.notes.npy"):
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        (out / name).write_text("theirs")
        (out / "draft.tmp").write_text("theirs too")
        assert jtm.main(["render", "--out", str(out), "--hours", "0.001"]) == 1
        assert jtm.main(["data", "index", str(tmp_path), "--corpus", "audio", "--out", str(out)])
        assert [(out / one).read_text() for one in (name, "draft.tmp")] == ["theirs", "theirs too"]
        assert "choose another --out" in capfd.readouterr().err
