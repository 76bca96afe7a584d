"""mirdata's loaders: notes under any name, missing parts, folds, who sings."""

import json
import logging
from importlib.util import find_spec
from types import SimpleNamespace

import mido
import numpy as np
import pytest
import soundfile as sf
from mirdata.annotations import NoteData

from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from trainer.datasets.corpora import read_corpus
from trainer.datasets.mirdata_loaders.corpus import splits_of
from trainer.datasets.mirdata_loaders.notes import find_notes, find_sound


def note_data(unit: str = "midi") -> NoteData:
    pitches = np.array([60.0, 64.0]) if unit == "midi" else np.array([261.63, 329.63])
    return NoteData(np.array([[0.5, 1.0], [1.0, 1.5]]), "s", pitches, unit)


def shown(notes: np.ndarray) -> list[tuple]:
    return [(float(n["onset"]), float(n["offset"]), int(n["pitch"])) for n in notes]


WANTED = [(0.5, 1.0, 60), (1.0, 1.5, 64)]


def track_of(**values):
    """A track whose class has these attributes, as mirdata's have."""
    return type("Track", (), values)()


@pytest.mark.parametrize(
    "track",
    [
        track_of(notes=note_data()),
        track_of(notes_a1=note_data("hz"), notes_a2=None),
        track_of(notes_violin=note_data()),
        track_of(
            notes=[
                SimpleNamespace(a_start_time=a, a_end_time=b, midi_pitch=p) for a, b, p in WANTED
            ]
        ),
    ],
)
def test_notes_are_found_under_any_name(track):
    assert shown(find_notes(track, "it")) == WANTED


def test_a_midi_file_is_read_where_there_is_nothing_else(tmp_path):
    midi, line = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack()
    for pitch, wait in ((60, 480), (64, 0)):
        line.append(mido.Message("note_on", note=pitch, velocity=64, time=wait))
        line.append(mido.Message("note_off", note=pitch, velocity=0, time=480))
    midi.tracks.append(line)
    midi.save(tmp_path / "x.mid")

    class Broken:
        midi_path = str(tmp_path / "x.mid")

        @property
        def notes(self):
            raise FileNotFoundError("metadata.yaml")

    assert shown(find_notes(Broken(), "it")) == WANTED
    Broken.midi_path = str(tmp_path / "none.mid")
    with pytest.raises(UserError, match="it has no notes that can be read"):
        find_notes(Broken(), "it")


def test_the_sound_of_the_whole_comes_before_that_of_a_part():
    track = SimpleNamespace(audio_headset_path="a.wav", audio_path="b.wav")
    assert str(find_sound(track)) == "b.wav"
    assert str(find_sound(SimpleNamespace(audio_lrx_path="c.wav", audio_dyn_path=None))) == "c.wav"
    assert find_sound(SimpleNamespace(audio_path=None)) is None


def test_folds_are_splits_of_their_own():
    assert splits_of(1, {"0", "1"}) == {"fold0": "train", "fold1": "test"}
    assert splits_of("validation", set()) == {"official": "valid"}
    assert splits_of(None, set()) == {} == splits_of("something", set())


def test_vocadito_is_read_with_its_singers(tmp_path, caplog):
    caplog.set_level(logging.CRITICAL)
    for folder in ("Audio", "Annotations/Notes"):
        (tmp_path / folder).mkdir(parents=True)
    sf.write(tmp_path / "Audio/vocadito_1.wav", np.zeros(32_000), 16_000)
    lines = "0.5,261.63,0.5\n1.0,329.63,0.5\n"
    (tmp_path / "Annotations/Notes/vocadito_1_notesA1.csv").write_text(lines)
    header = "track_id,singer_id,average_pitch,language\n1,S7,60,English\n"
    (tmp_path / "vocadito_metadata.csv").write_text(header)
    empty = [None, None]
    files = {
        "audio": ["Audio/vocadito_1.wav", None],
        "notesA1": ["Annotations/Notes/vocadito_1_notesA1.csv", None],
        "notesA2": empty,
        "f0": empty,
        "lyrics": empty,
    }
    index = {
        "version": "1.0",
        "tracks": {"1": files},
        "metadata": {"vocadito_metadata": ["vocadito_metadata.csv", None]},
    }
    with pytest.raises(UserError, match=r"vocadito_index_[\d.]+\.json") as error:
        read_corpus(tmp_path, "mirdata:vocadito")
    name = str(error.value).split("put ")[1].split(" ")[0]
    (tmp_path / name).write_text(json.dumps(index))
    (found,) = read_corpus(tmp_path, "mirdata:vocadito")
    assert shown(found.read_notes()) == WANTED and found.performer == "S7"
    (tmp_path / "vocadito_metadata.csv").unlink()
    (again,) = read_corpus(tmp_path, "mirdata:vocadito")
    assert again.performer == "" and shown(again.read_notes()) == WANTED


FILOSAX = {
    "notes": [
        {"a_start_time": a, "a_end_time": b, "midi_pitch": p, "crochet_num": 24}
        for a, b, p in WANTED
    ]
}
LOADERS = {
    "cante100": ("notes", "n.csv", "0.5,0.5,60\n1.0,0.5,64\n", {"spectrum": None, "f0": None}),
    "tonas": ("notes", "n.txt", "0\n0.5,0.5,60,0.1\n1.0,0.5,64,0.2\n", {"f0": None}),
    "medleydb_pitch": ("notes_pyin", "n.csv", "0.5,0.5,261.63\n1.0,0.5,329.63\n", {"pitch": None}),
    "ikala": (
        "notes_pyin",
        "n.csv",
        "0.5,0.5,261.63\n1.0,0.5,329.63\n",
        {"pitch": None, "lyrics": None},
    ),
    "filosax": (
        "annotation",
        "n.json",
        json.dumps(FILOSAX),
        {"midi": None, "musicXML": None, "pdf": None},
    ),
}
"""Loader -> key, name and content of the file with its notes, and the other keys of its tracks."""


@pytest.mark.parametrize("name", LOADERS)
def test_notes_are_read_by_the_loader_itself_without_its_metadata(tmp_path, caplog, name):
    caplog.set_level(logging.CRITICAL)
    key, file, content, others = LOADERS[name]
    id = "multitrack_01_Sax_1" if name == "filosax" else "1_2"
    sf.write(tmp_path / "a.wav", np.zeros(32_000), 16_000)
    (tmp_path / file).write_text(content)
    files = {"audio": ["a.wav", None], key: [file, None]} | {one: [None, None] for one in others}
    index = {"version": "1.0", "tracks": {id: files}, "multitracks": {}}
    with pytest.raises(UserError, match="put ") as error:
        read_corpus(tmp_path, f"mirdata:{name}")
    (tmp_path / str(error.value).split("put ")[1].split(" ")[0]).write_text(json.dumps(index))
    (found,) = read_corpus(tmp_path, f"mirdata:{name}")
    assert shown(found.read_notes()) == WANTED
    assert np.isnan(found.read_notes()["velocity"]).all()


SINGERS = {
    name: None
    for name in (
        *("audio_dyn", "audio_hsm", "f0_crepe_dyn", "f0_crepe_hsm", "f0_crepe_lrx"),
        *("f0_pyin_dyn", "f0_pyin_hsm", "f0_pyin_lrx", "f0_manual_lrx"),
    )
}
PIECES = {
    "slakh": ("piece", ("piece-S00", "piece-S01"), "audio", "midi", {}),
    "jtd": (
        "piece",
        ("piece_piano", "piece_bass"),
        "audio",
        "midi",
        dict.fromkeys(("onsets", "beats")),
    ),
    "dagstuhl_choirset": ("piece", ("piece_S1", "piece_A2"), "audio_lrx", "score", SINGERS),
}
"""Loader -> piece, its tracks, the keys of their sound and notes, and keys of nothing."""
ABOUT = {
    "stems": {
        "S00": {"inst_class": "Piano", "program_num": 0, "is_drum": False},
        "S01": {"inst_class": "Bass", "program_num": 33, "is_drum": False},
    },
    "musicians": {"pianist": "Kenny", "bassist": "Ray", "drummer": "Ben"},
}


def test_drums_alone_are_refused_instead_of_read_as_silence(tmp_path):
    """The folder of groove_midi as its loader names it: its notes have no pitches."""
    line = mido.MidiTrack()
    for kind in ("note_on", "note_off"):
        line.append(mido.Message(kind, channel=9, note=36, velocity=64, time=100))
    drums = mido.MidiFile()
    drums.tracks.append(line)
    drums.save(tmp_path / "a.mid")
    sf.write(tmp_path / "a.wav", np.zeros(16_000), 16_000)
    trees.write_csv(
        tmp_path / "info.csv", ("id", "drummer", "midi_filename"), [("a", "d", "a.mid")]
    )
    files = {"audio": ["a.wav", None], "midi": ["a.mid", None]}
    with pytest.raises(UserError, match="put ") as error:
        read_corpus(tmp_path, "mirdata:groove_midi")
    index = tmp_path / str(error.value).split("put ")[1].split(" ")[0]
    index.write_text(json.dumps({"version": "1.0", "tracks": {"a": files}}))
    (one,) = read_corpus(tmp_path, "mirdata:groove_midi")
    with pytest.raises(UserError, match="drums alone"):
        one.read_notes()


@pytest.mark.skipif(find_spec("DALI") is not None, reason="what the loader needs is there")
def test_a_loader_that_lacks_its_package_says_which(tmp_path, caplog):
    with pytest.raises(UserError, match=r"pip install 'mirdata\[dali\]'"):
        read_corpus(tmp_path, "mirdata:dali")
    assert not caplog.records


@pytest.mark.parametrize("name", PIECES)
def test_tracks_of_one_piece_are_read_one_by_one_and_stay_in_one_part(name, tmp_path, caplog):
    """In the layout that each loader names: sound, notes and metadata of two players."""
    caplog.set_level(logging.CRITICAL)
    piece, ids, sound, label, others = PIECES[name]
    trees.write_midi(tmp_path / "n.mid", WANTED, velocity=80)
    (tmp_path / "n.csv").write_text("".join(f"{a},{b},{p}\n" for a, b, p in WANTED))
    (tmp_path / "about.json").write_text(json.dumps(ABOUT))  # which is YAML, too
    tracks = {}
    for id in ids:
        sf.write(tmp_path / f"{id}.wav", np.zeros(32_000), 16_000)
        files = {sound: f"{id}.wav", label: "n.mid" if label == "midi" else "n.csv"}
        about = {"metadata": "about.json"} if name != "dagstuhl_choirset" else {}
        tracks[id] = {key: [file, None] for key, file in (files | about | others).items()}
    mix = dict.fromkeys(("mix", "midi", "metadata", "audio", "audio-lchan", "audio-rchan", "beats"))
    mix |= dict.fromkeys(f"audio_{end}" for end in ("stm", "str", "stl", "rev", "spl", "spr"))
    whole = {key: [None, None] for key in (*mix, "beat")} | {"tracks": list(ids)}
    index = {"version": "1.0", "tracks": tracks, "multitracks": {piece: whole}}
    with pytest.raises(UserError, match="put ") as error:
        read_corpus(tmp_path, f"mirdata:{name}")
    (tmp_path / str(error.value).split("put ")[1].split(" ")[0]).write_text(json.dumps(index))
    found = read_corpus(tmp_path, f"mirdata:{name}")
    assert [one.id for one in found] == list(ids)
    for one in found:
        notes = one.read_notes()
        assert [(round(a, 3), round(b, 3), p) for a, b, p in shown(notes)] == WANTED
        known = 80 / 127 if label == "midi" else np.nan
        assert notes["velocity"] == pytest.approx([known] * 2, nan_ok=True, abs=1e-6)
        assert one.composition == piece and one.audio == tmp_path / f"{one.id}.wav"
    if name == "jtd":
        assert [one.performer for one in found] == ["Kenny", "Ray"]
    if name == "slakh":
        assert [one.categories["instrument"] for one in found] == ["Piano", "Bass"]
