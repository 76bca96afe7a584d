"""One writer of whole files: what readers see, what a failure leaves, what leftovers become."""

import os

import pytest

from realtime.troubles.errors import UserError
from realtime.values.atomic import atomic_write, remove_leftovers, replace_text, whole_file


def test_the_file_is_whole_or_as_it_was(tmp_path):
    path = tmp_path / "deep" / "notes.txt"
    replace_text(path, "first")
    with atomic_write(path, fsync=True) as partial:
        partial.write_text("second", encoding="utf-8")
        assert partial.suffix == ".txt" and partial.name.startswith(".")
        assert path.read_text(encoding="utf-8") == "first"
    assert path.read_text(encoding="utf-8") == "second"
    with pytest.raises(ZeroDivisionError), atomic_write(path) as partial:
        partial.write_text("third", encoding="utf-8")
        raise ZeroDivisionError
    assert path.read_text(encoding="utf-8") == "second"
    assert os.listdir(path.parent) == ["notes.txt"]
    assert path.stat().st_mode & 0o777 == 0o666 & ~current_umask()


def current_umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_what_was_there_is_kept_where_that_is_wanted(tmp_path):
    path, before = tmp_path / "last.ckpt", tmp_path / "previous.ckpt"
    for text in ("one", "two", "three"):
        with atomic_write(path, keep_previous=before) as partial:
            partial.write_text(text, encoding="utf-8")
    assert (path.read_text(), before.read_text()) == ("three", "two")
    with pytest.raises(OSError), atomic_write(path, keep_previous=before) as partial:
        raise OSError("disk full")
    assert (path.read_text(), before.read_text()) == ("three", "two")


def test_a_file_that_users_named_fails_with_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="Cannot write"), whole_file(tmp_path / "file" / "x.mid"):
        pass


def test_leftovers_of_killed_processes_go_and_other_files_stay(tmp_path):
    (tmp_path / "kept.json").write_text("{}")
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "00002.json.77.tmp").write_text("{")
    writing = atomic_write(tmp_path / "00001.json")
    writing.__enter__()
    remove_leftovers(tmp_path, older_than_s=3600)
    assert len(os.listdir(tmp_path)) == 4
    remove_leftovers(tmp_path)
    assert sorted(os.listdir(tmp_path)) == [".hidden", "kept.json"]
