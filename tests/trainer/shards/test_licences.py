"""What licence weights have: that of their recordings, or unknown; never one nobody stated."""

import json
from pathlib import Path

import pytest

import jtm
from tests.support.tiny_music import struck_tones
from tests.trainer.finetuning.test_train import SMALL
from trainer.runs.checkpoints import read_weights
from trainer.shards.format import Clip
from trainer.shards.licences import join_licences, licences_of
from trainer.shards.writing import write_shard

pytestmark = pytest.mark.filterwarnings("ignore")


def clip(**categories: str) -> Clip:
    return Clip("a", 0, 0, "", "", (), "music", categories)


def test_licences_are_those_of_corpora_and_of_metadata():
    clips = [clip(corpus="maestro"), clip(corpus="pairs", licence="CC0-1.0")]
    assert licences_of(clips) == ["CC-BY-NC-SA-4.0", "CC0-1.0"]
    assert licences_of([*clips, clip(corpus="pairs")])[-1] == "unknown"
    assert join_licences(["CC0-1.0", "CC-BY-4.0"]) == "CC-BY-4.0 AND CC0-1.0"
    assert join_licences(["CC0-1.0", "unknown"]) == join_licences([]) == "unknown"


def shard_of(folder: Path, corpus: str) -> Path:
    folder.mkdir()
    audio, notes = struck_tones(0)
    write_shard(folder, 0, [audio], [notes], [clip(corpus=corpus)])
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> dict[str, Path]:
    """Corpus -> a run that learned from it for a step."""
    made = {}
    for corpus in ("maestro", "pairs"):
        folder = tmp_path_factory.mktemp(corpus)
        data, run = shard_of(folder / "data", corpus), folder / "run"
        assert jtm.main(["train", f"--data=[{data}]", f"--out={run}", *SMALL, "--steps=1"]) == 0
        made[corpus] = run
    return made


@pytest.mark.parametrize(
    ("corpus", "option", "licence"),
    [
        ("maestro", [], "CC-BY-NC-SA-4.0"),
        ("pairs", [], "unknown"),
        ("pairs", ["--licence=CC0-1.0"], "CC0-1.0"),
    ],
)
def test_an_export_says_what_its_weights_learned_from(runs, corpus, option, licence, tmp_path):
    card = tmp_path / "card.md"
    words = [str(runs[corpus]), f"--out={tmp_path / 'a.onnx'}", f"--card={card}", *option]
    assert jtm.main(["export", *words]) == 0
    assert f"| licence | {licence} |" in card.read_text()


@pytest.mark.parametrize(
    ("corpus", "inherited"), [("maestro", "CC-BY-NC-SA-4.0"), ("pairs", "unknown")]
)
def test_what_is_taught_further_keeps_the_licences_it_began_with(runs, corpus, inherited, tmp_path):
    data = shard_of(tmp_path / "slakh", "slakh")
    words = ["train", f"--data=[{data}]", f"--out={tmp_path / 'more'}", "--batch-size=1"]
    words += ["--steps=1", f"--init={runs[corpus]}", "--crops.seconds=2"]
    machine = ["--machine.accelerator=cpu", "--machine.precision=32-true"]
    assert jtm.main([*words, *machine]) == 0
    facts = read_weights(tmp_path / "more" / "last.safetensors")[2]
    assert facts["licences"] == sorted(["CC-BY-4.0", inherited])


def test_thresholds_of_other_frames_are_refused(tmp_path, capsys):
    audio, notes = struck_tones(0)
    write_shard(tmp_path, 0, [audio], [notes], [clip(corpus="maestro")])
    hop = "--model.encoder.harmonic.spectrum.hop-samples=320"
    run = tmp_path / "run"
    words = ["train", f"--data=[{tmp_path}]", f"--out={run}", *SMALL, hop, "--steps=1"]
    assert jtm.main(words) == 0
    (tmp_path / "t.json").write_text(json.dumps({"4": {"onset_threshold": 0.4}}))
    words = ["export", str(run), f"--out={tmp_path / 'a.onnx'}"]
    assert jtm.main([*words, f"--thresholds={tmp_path / 't.json'}"]) == 1
    assert "count frames of 10 ms" in capsys.readouterr().err
