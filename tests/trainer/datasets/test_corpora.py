"""Every reader on a tiny tree in the corpus's true format, with the corpus's known traps."""

import json
import logging
import shutil

import numpy as np
import pytest

from realtime.troubles.errors import UserError
from tests.support import corpus_trees as trees
from trainer.datasets.corpora import CORPORA, read_corpus
from trainer.datasets.guitarset import read_jams_notes
from trainer.datasets.musicnet import CHEUK_TEST, MT3_TEST, MT3_VALID, OFFICIAL_TEST, midi_by_id
from trainer.shards.health.recordings import examine


def by_id(recordings):
    return {one.id: one for one in recordings}


def rows(notes):
    return [
        (round(float(n["onset"]), 3), round(float(n["offset"]), 3), int(n["pitch"])) for n in notes
    ]


def test_musicnet_counts_samples_at_44100_hz_and_programs_from_one(tmp_path):
    found = by_id(read_corpus(trees.write_musicnet(tmp_path)))
    assert sorted(found) == ["1727", "1728", "1759", "2194", "2303"]
    notes = found["1727"].read_notes()
    assert rows(notes) == [(0.1, 0.6, 69)]
    assert round(float(notes["onset"][0]) * 16_000) == 4410 * 160 // 441
    assert notes["program"][0] == 40  # GM violin counted from 0; the file says 41
    assert found["1727"].categories == {
        "composer": "Beethoven",
        "ensemble": "Solo Violin",
        "instrument": "violin",
    }
    assert found["1727"].composition == found["1759"].composition


def test_musicnet_splits_carry_their_literature_s_names(tmp_path):
    assert len(OFFICIAL_TEST) == 10 and len(MT3_VALID) == len(MT3_TEST) == 15
    assert CHEUK_TEST < OFFICIAL_TEST and not MT3_VALID & MT3_TEST
    found = by_id(
        read_corpus(trees.write_musicnet(tmp_path, trained=(1727, 1729, 1733)), "musicnet")
    )
    assert found["1759"].splits == {
        "official": "test",
        "thickstun": "",
        "cheuk": "",
        "mt3": "train",
    }
    assert found["2303"].splits["thickstun"] == "test"
    assert [found[i].splits["mt3"] for i in ("1727", "1729", "1733")] == ["train", "test", "valid"]


def test_musicnet_em_leaves_out_the_seven_gaps_and_names_any_other(tmp_path):
    trees.write_musicnet(tmp_path)
    for id in (1727, 1759, 2303):
        trees.write_midi(tmp_path / "musicnet_em" / f"{id}.mid", [(0.2, 0.5, 69)], program=40)
    found = by_id(read_corpus(tmp_path, "musicnet-em"))
    assert "2194" not in found  # one of the seven
    assert rows(found["1727"].read_notes()) == [(0.2, 0.5, 69)]
    assert [fault.kind for fault in examine(found["1728"]).faults] == ["missing label"]


def test_musicnet_synth_takes_each_midi_once(tmp_path):
    for id in (1759, 1819):
        trees.write_tone(tmp_path / "test_synth" / f"{id}.wav")
        trees.write_midi(tmp_path / "test_labels_midi" / f"{id}_true_name.mid", [(0.3, 0.6, 60)])
        trees.write_midi(tmp_path / "test_labels_midi" / f"{id}.mid", [(0.0, 0.1, 61)])
    found = read_corpus(tmp_path, "musicnet-synth")
    assert [rows(one.read_notes()) for one in found] == [[(0.3, 0.6, 60)]] * 2
    trees.write_midi(tmp_path / "train_labels_midi" / "1727.mid")
    trees.write_midi(tmp_path / "train_labels_midi" / "1727_again.mid")
    with pytest.raises(UserError, match="both claim MusicNet id 1727"):
        midi_by_id(tmp_path, "*_labels_midi")


@pytest.mark.parametrize("table", ["csv", "json"])
def test_maestro_applies_the_pedal_and_keeps_the_official_split(tmp_path, table):
    trees.write_maestro(tmp_path)
    if table == "json":  # the same table by columns, as published
        lines = (tmp_path / "maestro-v3.0.0.csv").read_text().splitlines()
        cells = [line.split(",") for line in lines]
        columns = {
            name: {str(i): row[k] for i, row in enumerate(cells[1:])}
            for k, name in enumerate(cells[0])
        }
        (tmp_path / "maestro-v3.0.0.json").write_text(json.dumps(columns))
        (tmp_path / "maestro-v3.0.0.csv").unlink()
    found = by_id(read_corpus(tmp_path))
    assert {id: one.splits["official"] for id, one in found.items()} == {
        "2004/one": "train",
        "2006/two": "valid",
        "2008/three": "test",
    }
    # held to the pedal's lift at 0.9 s, to the next stroke of the pitch, and not at all
    assert rows(found["2004/one"].read_notes()) == [(0.1, 0.5, 60), (0.2, 0.25, 64), (0.5, 0.9, 60)]
    assert found["2004/one"].composition == "Frédéric Chopin: Sonata"
    assert found["2004/one"].categories["composer"] == "Frédéric Chopin"


def test_maestro_may_be_there_for_some_years_only(tmp_path):
    trees.write_maestro(tmp_path)
    shutil.rmtree(tmp_path / "2006")
    found = by_id(read_corpus(tmp_path))
    assert sorted(found) == ["2004/one", "2008/three"]
    (tmp_path / "2008" / "three.wav").unlink()  # its year is there: a fault, not another subset
    faults = [examine(one).faults for one in read_corpus(tmp_path)]
    assert [[fault.kind for fault in some] for some in faults] == [[], ["unreadable"]]
    for year in ("2004", "2008"):
        shutil.rmtree(tmp_path / year)
    with pytest.raises(UserError, match="get the sound of a year at least"):
        read_corpus(tmp_path)


def test_smd_tells_work_and_pianist_by_its_names_and_holds_the_pedal(tmp_path):
    for name in ("Bach_BWV849-01_001_20090916-SMD", "Bach_BWV849-01_003_20100611-SMD"):
        trees.write_tone(tmp_path / "audio" / f"{name}.wav")
        notes, pedal = [(0.1, 0.4, 60), (0.5, 0.6, 64)], [(0.3, 100), (0.9, 0)]
        trees.write_midi(tmp_path / "midi" / f"{name}.mid", notes, pedal=pedal)
    one, two = read_corpus(tmp_path)
    assert rows(one.read_notes()) == [(0.1, 0.9, 60), (0.5, 0.9, 64)]
    assert one.composition == two.composition == "Bach: BWV849-01"
    assert (one.performer, two.performer, one.corpus) == ("001", "003", "smd")
    assert one.categories == {"composer": "Bach", "instrument": "piano", "year": "2009"}
    with pytest.raises(UserError, match="has a name such as Beethoven_"):
        read_corpus(trees.write_maps(tmp_path / "maps"), "smd")


def test_maestro_refuses_older_versions(tmp_path):
    (tmp_path / "maestro-v2.0.0.csv").write_text("canonical_composer\n")
    with pytest.raises(UserError, match="version 3"):
        read_corpus(tmp_path, "maestro")


def test_maps_tests_the_real_piano_and_trains_on_other_pieces(tmp_path):
    found = by_id(read_corpus(trees.write_maps(tmp_path)))
    assert {id: one.splits["disklavier"] for id, one in found.items()} == {
        "MAPS_MUS-bk_xmas1_ENSTDkCl": "test",
        "MAPS_MUS-mz_331_2_ENSTDkAm": "test",
        "MAPS_MUS-bk_xmas1_AkPnBcht": "",  # the same piece is tested
        "MAPS_MUS-alb_se3_AkPnBcht": "train",
        "MAPS_ISOL_NO_F_S0_M60_AkPnBcht": "",
    }
    assert rows(found["MAPS_MUS-alb_se3_AkPnBcht"].read_notes()) == [(0.1, 0.5, 69)]
    assert rows(found["MAPS_ISOL_NO_F_S0_M60_AkPnBcht"].read_notes()) == [(0.1, 0.5, 60)]


def test_guitarset_corrects_the_late_files_and_the_doubled_note(tmp_path):
    found = by_id(read_corpus(trees.write_guitarset(tmp_path)))
    fine, late = found["00_BN1-129-Eb_comp"], found["04_BN3-154-E_comp"]
    assert rows(fine.read_notes()) == [(0.5, 0.8, 45), (0.6, 0.8, 64)]
    assert rows(late.read_notes()) == [(0.091, 0.391, 45), (0.191, 0.391, 64)]
    jazz = trees.write_jams(tmp_path / "x.jams", {2: [(0.1, 0.1, 50), (0.4, 0.2, 52)]})
    assert rows(read_jams_notes(jazz, 0.309)) == [(0.091, 0.291, 52)]
    assert [one.splits["players"] for one in found.values()] == ["train", "valid", "test"]
    assert (fine.composition, fine.performer) == ("BN1-129-Eb", "00")
    assert fine.categories == {"instrument": "guitar", "style": "bossa nova", "mode": "comp"}
    assert read_corpus(tmp_path, "guitarset-mix")[0].audio.name.endswith("_mix.wav")


@pytest.mark.parametrize("name", ["guitarset-hex", "guitarset-clean"])
def test_guitarset_gives_every_string_alone_with_its_own_notes_and_sound(tmp_path, name):
    found = by_id(read_corpus(trees.write_guitarset(tmp_path), name))
    assert len(found) == 18
    low, high = found["00_BN1-129-Eb_comp/E2"], found["00_BN1-129-Eb_comp/E4"]
    assert rows(low.read_notes()) == [(0.5, 0.8, 45)]
    assert rows(high.read_notes()) == [(0.6, 0.8, 64)]
    for one, hertz in ((low, 82.4), (high, 329.6)):
        heard = examine(one)
        assert not heard.faults
        spectrum = np.abs(np.fft.rfft(heard.audio.pcm.astype(float)))
        assert np.argmax(spectrum) / heard.audio.seconds == pytest.approx(hertz, abs=1)
    assert low.categories["string"] == "E2" and low.performer == "00"


def test_a_channel_that_a_file_lacks_is_told(tmp_path):
    trees.write_guitarset(tmp_path)
    mono = trees.write_tone(tmp_path / "audio_hex-pickup_original" / "00_BN1-129-Eb_comp_hex.wav")
    one = by_id(read_corpus(tmp_path, "guitarset-hex"))["00_BN1-129-Eb_comp/A2"]
    (fault,) = (fault for fault in examine(one).faults if fault.kind == "unreadable")
    assert str(mono) in fault.detail and "1 channels, and channel 2" in fault.detail


def test_bach10_is_read_from_its_cells_whole_and_voice_by_voice(tmp_path):
    found = by_id(read_corpus(trees.write_bach10(tmp_path)))
    assert list(found) == ["01-AchGottundHerr", "02-AchLiebenChristen"]
    notes = found["01-AchGottundHerr"].read_notes()
    assert notes["pitch"].tolist() == [48, 64, 67, 72]
    assert notes["program"].tolist() == [70, 65, 71, 40]
    assert notes["onset"] == pytest.approx([0.103] * 4) and np.isnan(notes["velocity"]).all()
    assert notes["offset"] == pytest.approx([0.503] * 4)
    stems = by_id(read_corpus(tmp_path, "bach10-stems"))
    assert len(stems) == 8
    voice = stems["02-AchLiebenChristen-saxphone"]
    assert (
        voice.categories["instrument"] == "saxophone" and voice.composition == "AchLiebenChristen"
    )
    assert voice.read_notes()["pitch"].tolist() == [64]
    assert examine(voice).usable
    voice.labels[0].write_bytes(b"no MATLAB")
    assert "holds no notes as Bach10" in examine(voice).faults[0].detail


def test_urmp_names_instruments_by_the_folder(tmp_path):
    found = by_id(read_corpus(trees.write_urmp(tmp_path)))
    assert {id: one.splits["mt3"] for id, one in found.items()} == {
        "01_Jupiter_vn_vc": "test",
        "03_Dance_fl_cl": "train",
        "15_Surprise_tpt_tpt_tbn": "train",
    }
    duet = found["01_Jupiter_vn_vc"].read_notes()
    assert rows(duet) == [(0.1, 0.4, 69), (0.1, 0.4, 69), (0.5, 0.7, 57), (0.5, 0.7, 69)]
    assert sorted(set(duet["program"].tolist())) == [40, 42]
    stems = by_id(read_corpus(tmp_path, "urmp-stems"))
    assert len(stems) == 7
    trombone = stems["15_Surprise_tpt_tpt_tbn/3"]
    assert trombone.audio.name == "AuSep_3_tpt_15_Surprise.wav"
    assert trombone.categories["instrument"] == "trombone"
    assert set(trombone.read_notes()["program"]) == {57}


def test_slakh_hears_only_what_was_rendered_and_never_a_song_twice(tmp_path):
    found = by_id(read_corpus(trees.write_slakh(tmp_path / "slakh2100_flac_redux").parent))
    assert {id: one.splits["official"] for id, one in found.items()} == {
        "Track00001": "train",
        "Track01501": "valid",
        "Track01876": "",  # the UUID of Track00001
        "Track00004": "",  # omitted
    }
    notes = found["Track00001"].read_notes()
    assert [(int(n["pitch"]), int(n["program"])) for n in notes] == [(40, 33), (60, 25)]
    assert found["Track00001"].audio.suffix == ".flac"


def test_slakh_stems_are_heard_alone_and_drums_have_no_notes(tmp_path):
    found = by_id(read_corpus(trees.write_slakh(tmp_path), "slakh-stems"))
    mine = {id: one for id, one in found.items() if id.startswith("Track00001/")}
    assert {id: one.categories["instrument"] for id, one in mine.items()} == {
        "Track00001/S00": "guitar",
        "Track00001/S01": "drums",
        "Track00001/S03": "bass",
    }
    for id, pitches in (("S00", [60]), ("S01", []), ("S03", [40])):
        one = mine[f"Track00001/{id}"]
        assert one.audio.name == f"{id}.flac" and one.audio.is_file()
        assert one.read_notes()["pitch"].tolist() == pitches
    assert mine["Track00001/S00"].splits == {"official": "train"}
    assert found["Track01876/S00"].splits == {"official": ""}  # the song of Track00001


def test_pairs_find_labels_beside_and_elsewhere_and_categories_in_metadata(tmp_path):
    trees.write_tone(tmp_path / "audio" / "a.wav", rate=22_050)
    trees.write_midi(tmp_path / "midi" / "a.mid", [(0.1, 0.2, 50)])
    trees.write_tone(tmp_path / "b.wav")
    ours = ("onset_s", "offset_s", "midi_pitch", "velocity", "emitted_s")
    trees.write_csv(tmp_path / "b.csv", ours, [(0.5, 0.7, 60, 127, 0.5)])
    trees.write_tone(tmp_path / "c.wav")
    (tmp_path / "c.txt").write_text("0.1\t0.3\t61.0\n")
    trees.write_tone(tmp_path / "d.wav")
    trees.write_csv(tmp_path / "d.csv", trees.MUSICNET_COLUMNS, [(4410, 8820, 1, 70, 0, 1, "Q")])
    columns = ("file", "composer", "composition", "split")
    about = [("audio/a.wav", "Bach", "Air", "validation"), ("b", "Satie", "", "")]
    trees.write_csv(tmp_path / "metadata.csv", columns, about)
    found = by_id(read_corpus(tmp_path))
    assert [rows(found[id].read_notes()) for id in ("audio/a", "b", "c", "d")] == [
        [(0.1, 0.2, 50)],
        [(0.5, 0.7, 60)],
        [(0.1, 0.3, 61)],
        [(0.1, 0.2, 70)],  # MusicNet's columns: samples, not seconds
    ]
    assert found["b"].read_notes()["velocity"][0] == 1.0
    assert found["audio/a"].categories == {"composer": "Bach"}
    assert (found["audio/a"].composition, found["audio/a"].splits) == ("Air", {"metadata": "valid"})
    assert found["b"].categories == {"composer": "Satie"}
    plain = read_corpus(tmp_path, "audio")
    assert all(one.read_notes is None and examine(one).usable for one in plain)


def test_any_metadata_csv_gives_categories(tmp_path):
    trees.write_tone(tmp_path / "music" / "x" / "one.wav")
    columns = ("filename", "ensemble", "instrument")
    table = trees.write_csv(tmp_path / "about.csv", columns, [("x/one.wav", "duo", "oud")])
    found = read_corpus(tmp_path / "music", "audio", str(table))[0]
    assert found.categories == {"ensemble": "duo", "instrument": "oud"}
    with pytest.raises(UserError, match="metadata"):
        read_corpus(tmp_path / "music", "audio", str(tmp_path / "no.csv"))
    table.write_text("what,ensemble\n1,duo\n")
    with pytest.raises(UserError, match="needs a column file"):
        read_corpus(tmp_path / "music", "audio", str(table))
    with pytest.raises(UserError, match="brings its own"):
        read_corpus(trees.write_maestro(tmp_path / "maestro"), "maestro", str(table))


def test_a_folder_with_one_sound_and_one_label_is_a_pair(tmp_path):
    trees.write_tone(tmp_path / "piece" / "audio.flac")
    columns = ("onset_s", "offset_s", "midi_pitch", "velocity")
    trees.write_csv(tmp_path / "piece" / "notes.csv", columns, [(0.1, 0.2, 60, 80)])
    (one,) = read_corpus(tmp_path, "pairs")
    assert one.id == "piece/audio" and rows(one.read_notes()) == [(0.1, 0.2, 60)]


def test_mirdata_reads_a_local_folder_and_agrees_with_our_reader(tmp_path, caplog):
    caplog.set_level(logging.CRITICAL)
    trees.write_guitarset(tmp_path)
    with pytest.raises(UserError, match=r"guitarset_index_1\.1\.0\.json"):
        read_corpus(tmp_path, "mirdata:guitarset")
    tracks = {}
    for jams in sorted((tmp_path / "annotation").glob("*.jams")):
        name = jams.stem
        tracks[name] = {
            "jams": [f"annotation/{name}.jams", None],
            "audio_mic": [f"audio_mono-mic/{name}_mic.wav", None],
            "audio_mix": [f"audio_mono-pickup_mix/{name}_mix.wav", None],
            "audio_hex": [None, None],
            "audio_hex_cln": [None, None],
        }
    index = {"version": "1.1.0", "tracks": tracks}
    (tmp_path / "guitarset_index_1.1.0.json").write_text(json.dumps(index))
    theirs = by_id(read_corpus(tmp_path, "mirdata:guitarset"))
    ours = by_id(read_corpus(tmp_path, "guitarset"))
    assert theirs.keys() == ours.keys()
    one = "00_BN1-129-Eb_comp"
    assert theirs[one].audio == ours[one].audio and theirs[one].performer == "00"
    assert rows(theirs[one].read_notes())[:2] == rows(ours[one].read_notes())
    assert {n: r.composition for n, r in theirs.items()} == {
        n: r.composition for n, r in ours.items()
    }
    assert theirs[one].composition == "BN1-129-Eb"
    with pytest.raises(UserError, match="no loader 'nothing'"):
        read_corpus(tmp_path, "mirdata:nothing")


@pytest.mark.parametrize("name", [*CORPORA, "nothing"])
def test_a_folder_of_another_layout_is_refused_in_a_sentence(tmp_path, name):
    with pytest.raises(UserError) as told:
        read_corpus(tmp_path, name)
    assert "\n" not in str(told.value)


def test_notes_are_ordered_and_typed_alike_everywhere(tmp_path):
    for name, write in (
        ("musicnet", trees.write_musicnet),
        ("maestro", trees.write_maestro),
        ("maps", trees.write_maps),
        ("guitarset", trees.write_guitarset),
        ("urmp", trees.write_urmp),
        ("bach10", trees.write_bach10),
        ("slakh", trees.write_slakh),
    ):
        for one in read_corpus(write(tmp_path / name)):
            assert one.corpus == name  # guessed from the files
            notes = one.read_notes()
            assert notes.dtype.names == ("onset", "offset", "pitch", "velocity", "program")
            assert np.all(np.diff(notes["onset"]) >= 0) and not np.any(notes["velocity"] > 1)
            assert one.audio.is_file() and all(path.is_file() for path in one.labels)
            if one.id != "04_BN3-154-E_comp":
                assert not examine(one).faults, one.id


@pytest.mark.parametrize(
    "content", [b"", b"stems: [1]", b"UUID: x", b"\xff\xfe", b"stems:\n  S00: {}"]
)
@pytest.mark.parametrize("corpus", ["slakh", "slakh-stems"])
def test_a_slakh_track_whose_stems_nobody_knows_is_no_silent_one(content, corpus, tmp_path):
    trees.write_slakh(tmp_path)
    before = {one.id.partition("/")[0] for one in read_corpus(tmp_path, corpus)}
    broken = sorted(tmp_path.rglob("metadata.yaml"))[0]
    broken.write_bytes(content)
    found = read_corpus(tmp_path, corpus)
    assert {one.id.partition("/")[0] for one in found} == before
    (one,) = (one for one in found if one.id == broken.parent.name)
    with pytest.raises(UserError, match="does not tell the stems"):
        one.read_notes()


@pytest.mark.parametrize("content", ["", "\n", "start_time,end_time,instrument,note,start_beat\n"])
def test_labels_of_corpora_that_are_never_silent_are_not_read_as_silence(content, tmp_path):
    trees.write_musicnet(tmp_path / "musicnet")
    trees.write_urmp(tmp_path / "urmp")
    for folder, pattern in (("musicnet", "train_labels/*.csv"), ("urmp", "*/Notes_*.txt")):
        for label in (tmp_path / folder).rglob(pattern):
            label.write_text(content)
        for one in read_corpus(tmp_path / folder):
            if "test" not in one.labels[0].parent.name:
                with pytest.raises(UserError, match=r"empty|no notes|no note"):
                    one.read_notes()


@pytest.mark.parametrize("content", ["", None])
def test_a_table_that_lists_nothing_is_no_healthy_corpus(content, tmp_path):
    table = trees.write_maestro(tmp_path) / "maestro-v3.0.0.csv"
    header = table.read_text().splitlines()[0] + "\n"
    table.write_text(header if content is None else content)
    with pytest.raises(UserError, match=r"lists no recordings|is empty"):
        read_corpus(tmp_path)
