"""The only place that imports torchaudio.

Its wheel on PyPI is built for CUDA and does not load beside a CPU build of torch. What is used here
needs none of its compiled code, so that part is then left out.
"""

import sys
import types
from types import ModuleType

EXTENSION = "torchaudio._extension"
"""Private module that loads the compiled code; a test of torchaudio watches it."""


def import_torchaudio() -> ModuleType:
    """Torchaudio as it is, or without its compiled extension where that cannot be loaded."""
    try:
        import torchaudio
    except OSError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchaudio"]:
            del sys.modules[name]
        sys.modules[EXTENSION] = stand_in()
        import torchaudio
    return torchaudio


def stand_in() -> ModuleType:
    """An extension module that says that nothing compiled is there."""
    module = types.ModuleType(EXTENSION)
    module._IS_TORCHAUDIO_EXT_AVAILABLE = False
    module._IS_ALIGN_AVAILABLE = False
    module._check_cuda_version = lambda: None
    module.fail_if_no_align = lambda function: function
    return module
