"""`jtm render` as a whole: the same bytes however it is run, continued, and refused."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import jtm
from realtime.troubles.errors import UserError
from tests.support.tiny_corpus import write_midi, write_samples
from trainer.commands.render import gather_repeats, main
from trainer.render.clips import ROOM_SHARE, ClipMaker
from trainer.render.music.midi_files import list_pieces, song_of
from trainer.render.settings import RenderSettings
from trainer.render.sound.timbres import PROGRAMS, list_programs
from trainer.render.worker import list_missing, prepare_folder, render_shards
from trainer.shards.shards import Shards

CLIPS = 4


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    root = tmp_path_factory.mktemp("corpus")
    return write_samples(root / "samples"), write_midi(root / "midi")


@pytest.fixture
def settings(corpus, tmp_path):
    samples, midi = corpus
    return RenderSettings(
        out=str(tmp_path / "out"),
        hours=3 * CLIPS * 4 / 3600,
        workers=1,
        samples=str(samples),
        midi=str(midi),
        clip_seconds=4.0,
        clips_per_shard=CLIPS,
        speech_share=0.0,
        drums_share=0.1,
        noise_share=0.1,
    )


def render(settings):
    prepare_folder(settings)
    return [done.index for done in render_shards(settings, list_missing(settings))]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".settings"}


@pytest.mark.slow
def test_the_number_of_workers_changes_nothing(settings, tmp_path):
    render(settings)
    render(replace(settings, out=str(tmp_path / "two"), workers=2))
    assert contents(tmp_path / "out") == contents(tmp_path / "two")
    assert len(contents(tmp_path / "out")) == 9


def test_a_killed_run_is_continued(settings, tmp_path):
    render(settings)
    whole, folder = contents(tmp_path / "out"), tmp_path / "out"
    (folder / "00001.json").unlink()
    (folder / "00001.notes.npy").unlink()
    (folder / "00001.pcm.npy").write_bytes(b"half")
    (folder / "00002.json.77.tmp").write_bytes(b"{")
    assert render(settings) == [1]
    assert contents(folder) == whole
    assert render(settings) == []


def test_more_hours_extend_what_is_there(settings, tmp_path):
    render(replace(settings, hours=settings.hours / 3))
    before = contents(tmp_path / "out")
    assert sorted(render(settings)) == [1, 2]
    assert before.items() <= contents(tmp_path / "out").items()


def test_other_settings_are_not_mixed_into_a_folder(settings):
    prepare_folder(settings)
    with pytest.raises(UserError, match="another seed"):
        prepare_folder(replace(settings, seed=9))


def test_clips_are_labelled_and_negatives_are_not(settings):
    render(settings)
    shards = Shards(settings.out)
    for i, clip in enumerate(shards.clips):
        notes, audio = shards.notes(i), shards.audio(i)
        assert clip.n_samples == len(audio) == 64_000
        assert np.abs(audio.astype(int)).max() < 32_767
        if clip.kind == "music":
            assert clip.timbres
            assert len(notes)
            assert notes["offset"].max() <= clip.n_samples
            assert 0 < notes["velocity"].min() <= notes["velocity"].max() <= 1
        else:
            assert not len(notes)


def test_the_splits_share_no_song_and_no_instrument(corpus):
    samples, midi = corpus
    songs, timbres = {}, {}
    for split in ("train", "valid"):
        songs[split] = {piece.song for piece in list_pieces(midi, split)}
        settings = RenderSettings(out="unused", split=split, samples=str(samples))
        timbres[split] = {timbre.id for timbre, _ in ClipMaker(settings).recorded}
        timbres[split] |= {timbre.id for timbre, _ in list_programs(0, "font", split)}
    assert songs["train"] and songs["valid"] and not songs["train"] & songs["valid"]
    assert not timbres["train"] & timbres["valid"]
    assert len(timbres["train"] | timbres["valid"]) == len(PROGRAMS) + 6
    assert {"font:012", "font:074"} <= timbres["valid"]


def test_a_pianist_is_held_out_as_a_whole():
    assert song_of("vienna4x22/Chopin_op38_p03.mid") == song_of("vienna4x22/Mozart_K331_p03.mid")
    assert song_of("pop909/001.mid") == "pop909/001"


def test_excluded_songs_are_not_used(corpus):
    _, midi = corpus
    songs = {piece.song for piece in list_pieces(midi, "train", frozenset({"pop909/003"}))}
    assert "pop909/003" not in songs


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--soundfont", "/nowhere/x.sf2"], "apt install fluid-soundfont-gm"),
        (["--samples", "/nowhere"], "No index.csv in the sample folder /nowhere"),
        (["--midi", "/nowhere"], "No index.csv in the MIDI folder /nowhere"),
        (["--rooms", "/nowhere"], "No index.csv in the room folder /nowhere"),
        (["--soundfont", __file__], "is not a SoundFont"),
    ],
)
def test_missing_inputs_are_named_at_once(options, message, tmp_path):
    with pytest.raises(UserError, match=message):
        main(["--out", str(tmp_path / "out"), *options])
    assert not (tmp_path / "out").exists()


def test_a_bad_index_row_is_named(corpus, tmp_path):
    samples = tmp_path / "samples"
    samples.mkdir()
    (samples / "index.csv").write_text("file,instrument,family\na.wav,toy,x\n")
    with pytest.raises(UserError, match=r"index.csv, line 2: .*'f0_cents'"):
        main(["--out", str(tmp_path / "out"), "--samples", str(samples)])


@pytest.mark.slow
def test_an_error_in_a_worker_is_the_users_to_read(settings, corpus, tmp_path):
    broken = tmp_path / "midi"
    (broken / "pop909").mkdir(parents=True)
    (broken / "index.csv").write_text("file\npop909/000.mid\n")
    (broken / "pop909" / "000.mid").write_bytes(b"not MIDI")
    with pytest.raises(UserError, match=r"000.mid' is not a readable MIDI file"):
        render(replace(settings, midi=str(broken), midi_share=1.0, workers=2))


def test_an_unwritable_folder_is_named(corpus, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="Cannot write to --out"):
        main(["--out", str(tmp_path / "file"), "--samples", str(corpus[0])])


def test_soundfonts_may_be_given_several_times():
    words = ["--soundfont", "a.sf2", "--hours", "2", "--soundfont=b.sf2", "--exclude_songs", "x"]
    assert gather_repeats(words) == [
        "--hours",
        "2",
        '--soundfont=["a.sf2", "b.sf2"]',
        '--exclude-songs=["x"]',
    ]


def test_help_and_page_tell_the_share_of_rooms_that_is_drawn(capsys):
    with pytest.raises(SystemExit):
        jtm.main(["render", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    page = (Path(jtm.__file__).parent / "docs" / "data.md").read_text(encoding="utf-8")
    assert ROOM_SHARE == 1 / 5
    for text in (told, page):
        assert "a fifth of the music is put into" in text
    assert f"{ROOM_SHARE:.0%} are in a room of `--rooms`".replace("%", " %") in page
