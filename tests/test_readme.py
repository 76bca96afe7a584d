"""The commands of the README and of the page on training are run, as they stand."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
TRAINING = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
NOT_RUN = "<!-- not run by the tests:"


def shell_blocks(text: str) -> list[str]:
    """Blocks fenced as sh, but for `make` and those marked as not run."""
    pieces = re.split(r"^```(?:sh)?$", text, flags=re.MULTILINE)
    blocks = []
    for before, block in zip(pieces[::2], pieces[1::2], strict=False):
        marked = before.strip().splitlines()[-1:] and before.strip().splitlines()[-1].startswith(
            NOT_RUN
        )
        if not marked and not block.strip().startswith("make "):
            blocks.append(block.strip())
    return blocks


@pytest.mark.slow
@pytest.mark.parametrize("block", [*shell_blocks(README), *shell_blocks(TRAINING)])
def test_a_block_runs(block, readme_folder):
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=readme_folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-3000:]
    assert "Traceback" not in done.stderr


@pytest.fixture(scope="module")
def readme_folder(tmp_path_factory) -> Path:
    """An empty folder in which the paths that the README names exist; blocks share it."""
    folder = tmp_path_factory.mktemp("readme")
    for room in ("realtime", "trainer"):
        (folder / room).symlink_to(ROOT / room)
    return folder


def test_the_two_commands_are_named_and_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("run", "test"):
        assert f"make {target}\n" in README
        assert f"\n{target}:" in makefile
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_readme_stays_short():
    lines = README.splitlines()
    assert len(lines) <= 120 and max(map(len, lines)) <= 120


def test_linked_files_and_pictures_exist():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        if not target.startswith("http"):
            assert (ROOT / target).exists(), target
