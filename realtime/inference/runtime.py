"""Loads ONNX Runtime with its telemetry switched off.

Since 1.29 its official builds for Linux and macOS too keep a database of events under
`~/.cache/Microsoft`, with a number for the user, and send it to their maker. Ours would say when,
how often and with which model somebody plays. The runtime looks at the variable once, while it is
loaded; ten waits for the disk are saved as well.
"""

import os
from types import ModuleType

SILENCE = "ORT_DISABLE_TELEMETRY"


def load_runtime() -> ModuleType:
    """Returns the module `onnxruntime`. Nothing else may import it."""
    os.environ[SILENCE] = "1"
    import onnxruntime

    module: ModuleType = onnxruntime
    return module
