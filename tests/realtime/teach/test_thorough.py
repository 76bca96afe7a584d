"""Learning thoroughly: what it needs, how its result is kept, named and replaced."""

import json
import os
import subprocess
import sys
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

import jtm
from realtime.inference import instruments
from realtime.inference.instruments import BUNDLED, find_model, hash_of, list_instruments
from realtime.inference.model_file import open_model_file
from realtime.inference.onnx_file import read_weights, summarize, with_metadata
from realtime.inference.onnx_model import OnnxModel
from realtime.inference.spec import HEAD_TENSORS, METADATA_KEY
from realtime.processes.message_lines import Failed, Progress, from_line
from realtime.teach.judging.choosing import LessonVerdict
from realtime.teach.judging.scores import Counts
from realtime.teach.keeping import copy_instrument, read_card
from realtime.teach.lesson import LessonResult, LessonSettings
from realtime.teach.thorough import installer, trainer_extra
from realtime.teach.thorough import lesson as thorough
from realtime.teach.thorough.installer import reason_in
from realtime.teach.thorough.work_folder import work_folder
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from tests.realtime.teach.tones import RATE, one_after_another, pluck

COUNTS = Counts(10, 10, 8, 6)


@pytest.fixture
def home(tmp_path, monkeypatch):
    folder = tmp_path / "instruments"
    monkeypatch.setattr(instruments, "instruments_folder", lambda: folder)
    monkeypatch.setattr("realtime.teach.keeping.instruments_folder", lambda: folder)
    return folder


@pytest.fixture
def scale(tmp_path):
    audio, _ = one_after_another([pluck(pitch, 0.5) for pitch in range(60, 78, 2)])
    soundfile.write(tmp_path / "scale.wav", audio, RATE)
    return str(tmp_path / "scale.wav")


@pytest.fixture
def learns(monkeypatch):
    """Lessons of both kinds are learned in no time; their settings, in order."""
    asked = []

    def result(**more):
        opened = open_model_file(None)
        weights = read_weights(opened.content, HEAD_TENSORS)
        same = (COUNTS,) * 4
        return LessonResult(LessonVerdict.BETTER, hash_of(BUNDLED), *same, weights,
                      opened.spec.heads, opened.spec.refine, 1.0, **more)  # fmt: skip

    def quick(model, understood, settings, on_progress):
        asked.append(("quick", settings))
        return result()

    def whole(understood, settings, on_progress):
        asked.append(("whole", settings))
        return result(model=BUNDLED.read_bytes())

    monkeypatch.setattr("realtime.teach.lesson.give_lesson", quick)
    monkeypatch.setattr(thorough, "give_thorough_lesson", whole)
    return asked


def told(capsys, *words):
    assert jtm.main(["teach", *words]) == 1
    said = capsys.readouterr().err.strip()
    assert "\n" not in said
    return said


def test_without_pytorch_it_says_what_to_install_and_how_large_it_is(
    home, scale, capsys, monkeypatch
):
    for module in (thorough, trainer_extra):
        monkeypatch.setattr(module, "missing_packages", lambda: ["torch"])
    said = told(capsys, "bars", scale, "--thorough")
    size = trainer_extra.NEEDED["torch"].installed_mb
    assert "PyTorch" in said and f"up to {size} MB" in said and "install" in said
    assert "://" not in said, "where from is said by the settings of pip"
    assert not home.exists() or not list(home.iterdir())


def test_it_begins_with_the_bundled_model_alone(home, scale, capsys, tmp_path):
    other = tmp_path / "other.onnx"
    other.write_bytes(BUNDLED.read_bytes())
    assert "another one" in told(capsys, "bars", scale, "--thorough", "--model", str(other))


def test_a_whole_model_is_known_by_name_and_carries_its_card(home, scale, capsys, learns):
    assert jtm.main(["teach", "Moje bąki 2", scale, "--thorough", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert learns[0][1].minutes == 8 and figures["file"].endswith("Moje bąki 2.onnx")
    assert list_instruments() == ["Moje bąki 2"]
    path = find_model("Moje bąki 2")
    assert read_card(path)["pitches"] == list(range(60, 78, 2))
    model = OnnxModel(path)
    assert model.spec.name == "Moje bąki 2" and model.base_path == path
    audio = np.zeros(model.spec.hop_samples, np.float32)
    assert model.step(audio) is not None


@pytest.mark.slow
def test_either_kind_replaces_the_other_only_where_that_is_asked_for(home, scale, capsys, learns):
    assert jtm.main(["teach", "bars", scale]) == 0
    assert "--overwrite" in told(capsys, "bars", scale, "--thorough")
    assert jtm.main(["teach", "bars", scale, "--thorough", "--overwrite"]) == 0
    assert sorted(path.name for path in home.iterdir()) == ["bars.onnx", "bars.svg"]
    assert "--overwrite" in told(capsys, "bars", scale)
    assert jtm.main(["teach", "bars", scale, "--overwrite", "--model", "bars"]) == 0
    names = sorted(path.name for path in home.iterdir())
    assert names == ["bars.instrument", "bars.svg", "models"]
    assert OnnxModel(find_model("bars")).spec.name == "bars", "the whole model is kept as its base"


def test_a_renamed_whole_model_has_its_name_inside_too(home, scale, learns):
    jtm.main(["teach", "bars", scale, "--thorough"])
    copy_instrument(home / "bars.onnx", home / "żuk.onnx")
    assert OnnxModel(home / "żuk.onnx").spec.name == "żuk" == read_card(home / "żuk.onnx")["name"]


def test_metadata_is_replaced_and_all_else_stays():
    content = BUNDLED.read_bytes()
    before = summarize(content)
    after = summarize(changed := with_metadata(content, {METADATA_KEY: "{}", "new": "ą" * 300}))
    assert after.metadata == {**before.metadata, METADATA_KEY: "{}", "new": "ą" * 300}
    assert after.operators == before.operators and changed.count(METADATA_KEY.encode()) == 1
    again = with_metadata(changed, {METADATA_KEY: before.metadata[METADATA_KEY]})
    for name, values in read_weights(content, HEAD_TENSORS).items():
        np.testing.assert_array_equal(values, read_weights(again, HEAD_TENSORS)[name])
    with pytest.raises(UserError):
        with_metadata(b"nonsense", {"new": "1"})


@pytest.mark.parametrize("content", [b"", b"nonsense", BUNDLED.read_bytes()])
def test_what_was_not_taught_has_no_card(tmp_path, content):
    (tmp_path / "x.onnx").write_bytes(content)
    with pytest.raises(UserError):
        read_card(tmp_path / "x.onnx")


def test_a_process_that_fails_is_one_trouble(tmp_path, monkeypatch):
    order = thorough.ThoroughOrder(1, 0, 1, (0.0,))
    line = '{"Failed": {"trouble": {"code": "LESSON_MEMORY", "values": {}}}}'
    for script, code in (("exit 3", Code.LESSON_STOPPED), (f"echo '{line}'; exit 1", None)):
        monkeypatch.setattr(thorough, "python_command", lambda *_, s=script: ["sh", "-c", s])
        with pytest.raises(UserError) as failed:
            thorough.learn_by_trainer(tmp_path, order, lambda part: None)
        assert code is None or failed.value.trouble.code == code


def test_what_is_needed_is_what_the_extra_names():
    extra = tomllib.loads(Path("pyproject.toml").read_text())["project"]["optional-dependencies"]
    needed = {package.requirement for package in trainer_extra.NEEDED.values()}
    assert needed <= set(extra["train"])
    assert not trainer_extra.missing_packages() and trainer_extra.missing_megabytes() == (0, 0)


def test_what_is_offered_is_as_large_as_what_is_missing(monkeypatch):
    monkeypatch.setattr(trainer_extra, "missing_packages", lambda: ["torch", "scipy"])
    fetched_mb, installed_mb = trainer_extra.missing_megabytes()
    assert 100 < fetched_mb < installed_mb
    monkeypatch.setattr(trainer_extra, "missing_packages", lambda: ["onnx"])
    assert trainer_extra.missing_megabytes()[1] < 100


def test_pip_installs_it_or_uv_where_there_is_no_pip(monkeypatch):
    monkeypatch.setattr(trainer_extra, "missing_packages", lambda: ["torch"])
    command = trainer_extra.install_command()
    assert command[:3] == [sys.executable, "-m", "pip"] and command[-1] == "torch>=2.9"
    assert not any("://" in word or "index" in word for word in command)
    assert "'torch>=2.9'" in trainer_extra.as_line(command)
    monkeypatch.setattr(trainer_extra.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(trainer_extra.shutil, "which", lambda name: "/bin/uv")
    command = trainer_extra.install_command()
    assert not any("://" in word or "index" in word for word in command)
    assert command[0] == "/bin/uv" and command[command.index("--python") + 1] == sys.executable
    monkeypatch.setattr(trainer_extra.shutil, "which", lambda name: None)
    assert trainer_extra.install_command() is None


def test_the_installer_says_why_it_failed(monkeypatch, tmp_path):
    monkeypatch.setattr(installer, "LOOK_SECONDS", 0.01)
    packages = {"purelib": str(tmp_path)}  # those of this Python take a while to be measured
    monkeypatch.setattr(installer.sysconfig, "get_paths", lambda: packages)
    for script, reason in (
        ("echo looking; echo ERROR: No matching distribution; exit 1", "No matching distribution"),
        ("exit 0", "missing are still torch"),
    ):
        monkeypatch.setattr(installer, "install_command", lambda s=script: ["sh", "-c", s])
        monkeypatch.setattr(installer, "missing_packages", lambda: ["torch"])
        with pytest.raises(UserError) as failed:
            installer.install(lambda part: None)
        assert reason in str(failed.value.trouble.values["reason"])
    parts = []
    monkeypatch.setattr(installer, "missing_packages", list)
    installer.install(parts.append)
    assert parts[-1] == 1.0
    assert reason_in(b"") == Trouble(Code.SAID_NOTHING) and reason_in(b"x\nlast\n") == "last"


def test_the_installer_reports_through_its_pipe(tmp_path):
    script = (
        "from realtime.teach.thorough import installer\n"
        "installer.LOOK_SECONDS = 0.01\n"
        f"installer.sysconfig.get_paths = lambda: {{'purelib': {str(tmp_path)!r}}}\n"
        "installer.install_command = lambda: ['false']\n"
        "raise SystemExit(installer.main())"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        last = from_line(child.stdout.readlines()[-1], (Progress, Failed))
    assert child.returncode == 1 and last.trouble.code == Code.TRAINER_NOT_INSTALLED


def test_what_killed_processes_left_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    names = [f"jtm-lesson-{gone.pid}-abc", f"jtm-lesson-{os.getpid()}-abc", "jtm-lesson-own"]
    for name in names:
        (tmp_path / name).mkdir()
    with work_folder("lesson") as folder:
        assert folder.parent == tmp_path and not (tmp_path / names[0]).exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:])


def test_the_lesson_is_as_long_as_it_was_asked_for(home, scale, learns):
    jtm.main(["teach", "bars", scale, "--thorough", "--minutes", "2"])
    assert learns[0] == ("whole", replace(LessonSettings(), minutes=2.0))
