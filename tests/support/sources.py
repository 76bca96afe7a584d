"""Source files as syntax trees, each parsed once in a process."""

import ast
import functools
from pathlib import Path


@functools.cache
def parse(path: Path) -> ast.Module:
    """The tree of a source file; whoever asks for it leaves it as it is."""
    return ast.parse(path.read_text(encoding="utf-8"))
