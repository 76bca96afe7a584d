"""Tables and JSON that the trainer is given: what is no such file is refused in words."""

import json

import pytest

from export.card import read_data_table, read_scores
from export.model_spec import BUNDLED, read_refine, read_thresholds
from realtime.files.labels.label_files import read_label_file
from realtime.troubles.errors import UsageError, UserError
from trainer.commands.render import gather_repeats
from trainer.crops.augment import Responses
from trainer.label_curve.results import finished_cells, read_rows
from trainer.render.music.midi_files import list_pieces
from trainer.render.sound.one_shots import OneShots
from trainer.render.sound.rooms import list_rooms
from trainer.reports.curves import read_curves
from trainer.reports.parts import read_json
from trainer.runs.kept_options import SETTINGS, read_kept
from trainer.shards.writing import complete_clips

DEEP = "[" * 100_000 + "]" * 100_000


def test_json_nested_deep_is_no_file_of_ours(tmp_path):
    for name in ("a.json", "a.jams", SETTINGS):
        (tmp_path / name).write_text(DEEP)
    deep = tmp_path / "a.json"
    for reader in (
        lambda: read_scores(deep),
        lambda: read_thresholds(str(deep)),
        lambda: read_refine(str(deep)),
        lambda: read_label_file(tmp_path / "a.jams"),
        lambda: read_kept(tmp_path),
        lambda: read_json(deep),
    ):
        with pytest.raises(UserError, match=r"a\.json|a\.jams|settings"):
            reader()


STRANGE = [
    (name, value)
    for name in ("onset_threshold", "repeat_frames", "velocity_map")
    for value in ("a", None, [], -1, 10**30)
    if (name, value) != ("velocity_map", [])  # a scale may be empty
]


@pytest.mark.parametrize(("name", "value"), STRANGE)
def test_thresholds_are_numbers(tmp_path, name, value):
    table = json.loads(BUNDLED.read_text())
    first = next(key for key in table if key.isdigit())
    table[first][name] = value
    path = tmp_path / "a.json"
    path.write_text(json.dumps(table))
    with pytest.raises(UserError, match=r"a\.json"):
        read_thresholds(str(path))


@pytest.mark.parametrize("change", [{"seed": "x"}, {"method": ["a"]}, {"fraction": None},
                                    {"variant": {}}, {"settings": 3}])  # fmt: skip
def test_a_line_of_results_says_of_which_cell_it_is(tmp_path, change):
    row = {"kind": "cell", "variant": "a", "method": "cpc", "fraction": 0.1, "seed": 0}
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(row | {"settings": "x"}) + "\n")
    assert len(finished_cells(read_rows(path))) == 1
    path.write_text(json.dumps(row | {"settings": "x"} | change) + "\n")
    with pytest.raises(UserError, match="Line 1"):
        read_rows(path)


@pytest.mark.parametrize("table", [b"\xff\xfe\xfa", b"other\nx\n", b"file\n\xff.wav\n"])
def test_indexes_of_rooms_pieces_and_samples_are_tables(tmp_path, table):
    (tmp_path / "index.csv").write_bytes(table)
    for reader in (
        lambda: Responses(str(tmp_path), 16_000),
        lambda: list_rooms(tmp_path),
        lambda: list_pieces(tmp_path, "train"),
        lambda: OneShots(tmp_path, "train"),
    ):
        with pytest.raises(UserError, match=r"index\.csv"):
            reader()


def test_a_room_that_is_listed_and_no_sound_is_named(tmp_path):
    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms" / "a.wav").write_bytes(b"RIFF")
    (tmp_path / "index.csv").write_text("file,kind\nrooms/a.wav,room\n")
    with pytest.raises(UserError, match=r"rooms/a\.wav"):
        Responses(str(tmp_path), 16_000)


@pytest.mark.parametrize("log", [b"step,loss\n0,x\n", b"step,loss\nx,1\n", b"loss\n1\n", b"\xff"])
def test_a_damaged_log_is_named(tmp_path, log):
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "metrics.csv").write_bytes(log)
    with pytest.raises(UserError, match=r"metrics\.csv"):
        read_curves(tmp_path)


def test_a_log_is_read_by_step(tmp_path):
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "metrics.csv").write_text("step,epoch,a,b\n0,0,1.5,\n100,0,,0.5\n")
    curves = read_curves(tmp_path)
    assert [(name, list(x), list(y)) for name, (x, y) in curves.items()] == [
        ("a", [0], [1.5]),
        ("b", [100], [0.5]),
    ]


def test_a_data_table_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "data.csv"
    path.write_bytes("name\nFlöte\n".encode("latin1"))
    with pytest.raises(UserError, match=r"data\.csv"):
        read_data_table(path)


def test_a_damaged_listing_of_a_shard_counts_no_clips(tmp_path):
    for suffix in (".pcm.npy", ".notes.npy"):
        (tmp_path / f"00000{suffix}").touch()
    for text in (DEEP, "{", "[]", '{"clips": 3}'):
        (tmp_path / "00000.json").write_text(text)
        assert complete_clips(tmp_path, 0) == 0


def test_soundfonts_that_are_no_list_are_a_usage_error():
    with pytest.raises(UsageError, match="--soundfont"):
        gather_repeats(["--soundfont", "[a.sf2"])
    assert gather_repeats(["--soundfont", '["a", "b"]']) == ['--soundfont=["a", "b"]']
