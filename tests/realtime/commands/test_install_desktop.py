"""An entry in the menu of applications comes and goes, and never replaces somebody else's."""

import configparser
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest

import jtm
from realtime.commands.install_desktop import desktop_entry, entry_files


@pytest.fixture
def share(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    return tmp_path / "share"


def test_the_entry_names_program_and_icon_and_goes_without_a_trace(share, capsys):
    assert jtm.main(["install-desktop"]) == 0
    entry, icon, description = entry_files(share)
    read = configparser.ConfigParser(interpolation=None)
    read.optionxform = str
    read.read(entry, encoding="utf-8")
    section = read["Desktop Entry"]
    assert section["Type"] == "Application" and section["Exec"].strip('"').endswith("jtm")
    assert icon.stem == section["Icon"] and ElementTree.parse(icon).getroot().tag.endswith("svg")
    assert ElementTree.parse(description).getroot().findtext("name") == "Jaka to melodia"
    assert jtm.main(["install-desktop"]) == 0, "again, over its own"
    assert jtm.main(["install-desktop", "--remove"]) == 0
    assert not [path for path in share.rglob("*") if path.is_file()]
    assert str(entry) in capsys.readouterr().out


@pytest.mark.skipif(
    not (shutil.which("desktop-file-validate") and shutil.which("appstreamcli")),
    reason="needs desktop-file-utils and appstream",
)
def test_what_desktops_and_software_centres_read_is_valid(share):
    assert jtm.main(["install-desktop"]) == 0
    entry, _, description = entry_files(share)
    for command in (
        ["desktop-file-validate", str(entry)],
        ["appstreamcli", "validate", "--no-net", str(description)],
    ):
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_an_appimage_names_its_own_file(share, monkeypatch, tmp_path):
    monkeypatch.setenv("APPIMAGE", str(tmp_path / "Jaka.AppImage"))
    assert jtm.main(["install-desktop"]) == 0
    assert f'Exec="{tmp_path / "Jaka.AppImage"}"\n' in entry_files(share)[0].read_text()


def test_an_entry_of_somebody_else_stays(share, capsys):
    entry = entry_files(share)[0]
    entry.parent.mkdir(parents=True)
    entry.write_text("[Desktop Entry]\nName=Mine\n")
    for words in (["install-desktop"], ["install-desktop", "--remove"]):
        assert jtm.main(words) == 1
        assert str(entry) in capsys.readouterr().err
    assert entry.read_text() == "[Desktop Entry]\nName=Mine\n"


def test_odd_characters_in_the_path_are_quoted():
    (line,) = [line for line in desktop_entry('/a b/50%/"q"/jtm').splitlines() if "Exec" in line]
    assert line == 'Exec="/a b/50%%/\\"q\\"/jtm"'
