import json
import shutil
from dataclasses import replace
from pathlib import Path

import mido
import pytest
import soundfile

import jtm
from realtime.commands.live_output import print_losses
from realtime.files.note_files import read_csv
from realtime.values.snapshot import Snapshot
from tests.support.toy_model import SPEC, melody, save


def run(capfd, *words):
    """(exit code, stdout, stderr) of `jtm words...`."""
    try:
        code = jtm.main([str(word) for word in words])
    except SystemExit as ended:
        code = ended.code
    out, err = capfd.readouterr()
    assert "Traceback" not in err
    return code, out, err


@pytest.fixture
def tune(melodies):
    return melodies[44_100]


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
@pytest.mark.parametrize("block", [0, 1000])
def test_transcribe_equals_live(capfd, toy_path, melodies, tmp_path, rate, block):
    offline, live = tmp_path / "offline.csv", tmp_path / "live.csv"
    code, _, _ = run(
        capfd, "transcribe", melodies[rate], "-o", tmp_path / "a.mid", "--csv", offline,
        "--model", toy_path,
    )  # fmt: skip
    assert code == 0
    code, _, err = run(
        capfd, "live", "--input", melodies[rate], "--fast", "--block", block, "--csv", live,
        "--model", toy_path, "--record", tmp_path / "takes",
        *(["--no-keep-sound"] if block else []),
    )  # fmt: skip
    assert code == 0 and "Take: " in err
    assert live.read_bytes() == offline.read_bytes()
    assert offline.read_text().startswith("onset_s,offset_s,midi_pitch,velocity,emitted_s\n")
    take = next((tmp_path / "takes").glob("*.mid"))
    assert take.with_suffix(".flac").exists() == (not block)
    assert list(mido.MidiFile(take))[3:] and read_csv(take.with_suffix(".csv"))
    assert [n.pitch for n in read_csv(take.with_suffix(".csv"))] == [
        n.pitch for n in read_csv(offline)
    ]


def test_live_in_real_time_equals_offline(capfd, toy_path, tmp_path):
    path = tmp_path / "short.wav"
    soundfile.write(path, melody(48_000, 1.0), 48_000)
    run(capfd, "live", "--input", path, "--csv", tmp_path / "live.csv", "--model", toy_path)
    run(capfd, "transcribe", path, "--csv", tmp_path / "offline.csv", "--model", toy_path)
    assert (tmp_path / "live.csv").read_bytes() == (tmp_path / "offline.csv").read_bytes()
    assert path.with_suffix(".mid").is_file()


def test_a_batch_goes_on_after_a_bad_file(capfd, toy_path, tune, tmp_path):
    folder = tmp_path / "in"
    (folder / "deeper").mkdir(parents=True)
    for name in ("a.wav", "deeper/a.wav"):
        (folder / name).write_bytes(tune.read_bytes())
    (folder / "b.wav").write_bytes(b"")
    (folder / "c.flac").write_bytes(b"RIFF junk")
    (folder / "notes.txt").write_text("not sound")
    out = tmp_path / "out"
    code, text, err = run(capfd, "transcribe", folder, "--out-dir", out, "--model", toy_path)
    assert code == 1 and "2 of 4 files transcribed." in text
    assert "b.wav is empty" in err and "c.flac is damaged" in err
    assert sorted(p.name for p in out.iterdir()) == ["a-2.csv", "a-2.mid", "a.csv", "a.mid"]


def test_json(capfd, toy_path, tune, tmp_path):
    code, out, _ = run(
        capfd, "transcribe", tune, "--out-dir", tmp_path, "--json", "--model", toy_path
    )
    assert code == 0 and json.loads(out)["files"][0]["notes"] == 10


def test_a_truncated_file_names_itself(capfd, toy_path, tmp_path):
    path = tmp_path / "cut.flac"
    soundfile.write(path, melody(16_000), 16_000)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    code, _, err = run(capfd, "transcribe", path, "--model", toy_path)
    assert code == 0 and "cut.flac is cut off" in err and len(err.strip().splitlines()) == 1
    assert path.with_suffix(".mid").exists()
    code, _, err = run(capfd, "live", "--input", path, "--fast", "--model", toy_path)
    assert code == 1 and "cut.flac" in err


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["transcribe"], 2, "inputs"),
        (["transcribe", "x.wav", "--volume", "3"], 2, "--volume"),
        (["transcribe", "x.wav", "--latency-ms", "soon"], 2, "--latency-ms cannot be 'soon'"),
        (["transcribe", "nowhere.wav"], 1, "No such sound file: nowhere.wav"),
        (["transcribe", "a.wav", "b.wav", "-o", "c.mid"], 2, "use --out-dir"),
        (["live", "--input", "nowhere.wav"], 1, "No such sound file: nowhere.wav"),
        (["live", "--fast"], 2, "--input"),
        (["live", "--colour", "red"], 2, "--colour"),
        (["live", "--pitch-bend", "all"], 2, "cannot be 'all'; it may be off, single."),
        (["devices", "--all"], 2, "--all"),
        (["demo", "--model", "nowhere.onnx"], 1, "nowhere.onnx"),
        (["live", "--latency-ms", "1"], 2, "choose one of 40, 80 ms"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(capfd, toy_path, words, code, says):
    if "nowhere.onnx" not in words and words[0] in ("transcribe", "live"):
        words = [*words, "--model", str(toy_path)]
    found, _, err = run(capfd, *words)
    assert (found, says in err, len(err.strip().splitlines())) == (code, True, 1), err


def test_places_that_cannot_be_written(capfd, toy_path, tune, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    for words in (
        ["transcribe", tune, "-o", blocked / "x.mid"],
        ["live", "--input", tune, "--record", blocked / "takes"],
        ["live", "--input", tune, "--csv", tmp_path / "no" / "x.csv"],
    ):
        code, _, err = run(capfd, *words, "--model", toy_path)
        assert code == 1 and "Cannot" in err and len(err.strip().splitlines()) == 1


def test_a_take_that_the_folder_refuses_is_kept_elsewhere_and_said(
    capfd, toy_path, tune, tmp_path, monkeypatch
):
    full, rescue = tmp_path / "full", tmp_path / "rescue"
    usage = shutil.disk_usage

    def free(folder):
        real = usage(folder)
        return real._replace(free=0) if Path(folder) == full else real

    monkeypatch.setattr("realtime.takes.recorder.shutil.disk_usage", free)
    monkeypatch.setattr("realtime.takes.recorder.rescue_folders", lambda: (rescue,))
    words = ["live", "--input", tune, "--fast", "--record", full, "--model", toy_path]
    code, _, err = run(capfd, *words)
    assert code == 1 and f"{full} could not be written" in err and f"Take: {rescue}" in err
    assert len(list(rescue.glob("*.mid"))) == 1


def test_no_microphone_and_no_midi_system(capfd, toy_path, tmp_path, tune, monkeypatch):
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/nowhere")
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "jtm-nowhere")
    code, _, err = run(capfd, "live", "--model", toy_path)
    assert code == 1 and len(err.strip().splitlines()) == 1
    code, _, err = run(
        capfd, "live", "--input", tune, "--fast", "--midi-out", "Organ", "--model", toy_path
    )
    assert code == 1 and "No MIDI port named 'Organ'" in err


def test_devices_and_doctor(capfd, toy_path, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_MUSIC_DIR", raising=False)
    code, out, _ = run(capfd, "devices", "--json")
    assert code == 0 and set(json.loads(out)) >= {"inputs", "midi_outputs", "message"}
    assert run(capfd, "devices")[0] == 0
    code, out, _ = run(capfd, "doctor", toy_path, "--json")
    checks = json.loads(out)
    assert checks["model"]["figures"]["hop_p50_ms"] > 0
    assert checks["model"]["figures"]["self_test_difference"] < 1e-3
    assert checks["takes"]["ok"] and code in (0, 1)
    code, out, _ = run(capfd, "doctor", tmp_path / "no.onnx")
    assert code == 1 and "FAIL  model" in out


def test_a_model_that_hears_next_to_nothing_is_never_ok(capfd, toy_path, tmp_path):
    decoder = replace(SPEC.heads[0].decoder, onset_threshold=0.999999)
    heads = tuple(replace(head, decoder=decoder) for head in SPEC.heads)
    deaf = save(tmp_path / "deaf.onnx", replace(SPEC, heads=heads))
    code, out, _ = run(capfd, "doctor", deaf)
    assert "FAIL  demo" in out and "of no use for a keyboard" in out and code == 1


def test_demo(capfd, toy_path, tmp_path):
    code, out, _ = run(capfd, "demo", "--fast", "--out-dir", tmp_path, "--model", toy_path)
    assert code == 0 and "of 101 notes" in out and "Take: " in out
    assert sorted(p.suffix for p in tmp_path.iterdir()) == [".csv", ".flac", ".mid"]
    code, out, _ = run(
        capfd, "demo", "--fast", "--json", "--out-dir", tmp_path, "--model", toy_path
    )
    assert json.loads(out)["true"] == 101


@pytest.mark.parametrize("name", ["live", "transcribe", "demo", "devices", "doctor"])
def test_help_shows_defaults_and_dashes(capfd, name):
    code, out, _ = run(capfd, name, "--help")
    assert code == 0 and "usage: jtm " + name in out and "default" in out
    assert "_" not in "".join(word for word in out.split() if word.startswith("--"))


def test_options_from_a_file(capfd, toy_path, tune, tmp_path):
    config = tmp_path / "mine.yaml"
    config.write_text(f"model: {toy_path}\nlatency_ms: 80\ncsv: {tmp_path}/x.csv\n")
    assert run(capfd, "transcribe", "--config", config, tune)[0] == 0
    late = [n.emitted_s - n.onset_s for n in read_csv(tmp_path / "x.csv")]
    assert min(late) == pytest.approx(0.09, abs=0.003)
    config.write_text("modle: x\n")
    code, _, err = run(capfd, "transcribe", "--config", config, tune)
    assert code == 2 and "modle" in err


def test_sound_that_only_came_too_late_is_not_called_lost(capsys):
    """A take has it: a player of an hour on a busy machine was told that half of it was lost."""
    print_losses(Snapshot(lost_s=1400.25, unheard_s=1400.0))
    told = capsys.readouterr().err.splitlines()
    assert told[0] == "0.25 s of sound were lost."
    assert told[1].startswith("1400.00 s of sound came too late to be heard")
    print_losses(Snapshot(lost_s=1.0, unheard_s=1.0))
    assert "lost" not in capsys.readouterr().err
    print_losses(Snapshot())
    assert capsys.readouterr() == ("", "")
