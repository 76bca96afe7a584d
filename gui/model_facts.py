"""What the window must know of a model: its look-aheads. Read from the file's notes, not run."""

from pathlib import Path

from realtime.errors import UserError
from realtime.model import BUNDLED
from realtime.onnx_file import summarize
from realtime.spec import METADATA_KEY, ModelSpec

LARGEST_BYTES = 1_000_000_000


def look_aheads_ms(model: str) -> tuple[tuple[float, ...], float | None]:
    """(look-aheads that a model offers, its default); nothing where it cannot be read.

    "" is the bundled model. What is wrong with a file is for the engine to say.
    """
    path = Path(model).expanduser() if model else BUNDLED
    try:
        if path.stat().st_size > LARGEST_BYTES:
            return (), None
        spec = ModelSpec.from_json(summarize(path.read_bytes()).metadata[METADATA_KEY])
    except (OSError, UserError, KeyError):
        return (), None
    offered = tuple(spec.latency_ms(head) for head in range(len(spec.heads)))
    return offered, spec.latency_ms(spec.default_head)
