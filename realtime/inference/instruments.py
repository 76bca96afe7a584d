"""Where taught instruments lie, and which file `--model NAME|FILE` means.

No heavy imports: the window lists instruments without loading a model.
"""

import contextlib
import functools
import os
from collections.abc import Iterable
from pathlib import Path

from realtime.inference.instrument_names import name_key, plain_form, usable_name
from realtime.troubles.codes import Code
from realtime.troubles.errors import UserError
from realtime.troubles.trouble import Trouble
from realtime.values.given_file import require_file

BUNDLED = Path(__file__).resolve().parents[1] / "bundled" / "default.onnx"
SUFFIX, WHOLE_SUFFIX = ".instrument", ".onnx"
"""An instrument is a small file that belongs to a model, or, taught thoroughly, a model itself."""


TRAINED = (".safetensors", ".ckpt")
"""Endings of what `jtm train` writes, which `jtm export` makes a model of."""


def check_new_name(name: str, others: Iterable[str] = ()) -> str:
    """The name in its plain form, if an instrument that is made now may be called so.

    Args:
        name: as it was given.
        others: names of instruments that it must differ from by more than capitals. One that is
            the same to the letter is left to the caller, who may replace it.

    Raises:
        UserError: if none may, if it is the bundled model's, which would be taken for that, or if
            some file systems would take it for one of the others.
    """
    found = usable_name(name)
    if name_key(found) == name_key(bundled_name()):
        raise UserError(Code.INSTRUMENT_NAME_OURS, name=name)
    for other in others:
        if name_key(other) == name_key(found) and plain_form(other) != found:
            raise UserError(Code.INSTRUMENT_NAME_TWIN, name=found, other=other)
    return found


@functools.cache
def bundled_name() -> str:
    """What the bundled model is called."""
    from realtime.inference.onnx_file import summarize
    from realtime.inference.spec import METADATA_KEY, ModelSpec

    return ModelSpec.from_json(summarize(BUNDLED.read_bytes()).metadata[METADATA_KEY]).name


def instruments_folder() -> Path:
    """Per-user folder of the taught instruments; it need not exist."""
    import platformdirs

    return platformdirs.user_data_path("jaka-to-melodia", appauthor=False) / "instruments"


def bases_folder() -> Path:
    """Copies of models that are not the bundled one and that instruments belong to."""
    return instruments_folder() / "models"


def instrument_path(name: str, whole: bool = False) -> Path:
    """Where an instrument of that name lies, or would.

    Args:
        name: of the instrument.
        whole: whether it is a model itself.
    """
    return instruments_folder() / f"{name}{WHOLE_SUFFIX if whole else SUFFIX}"


def taught_path(name: str) -> Path:
    """Where the instrument of that name lies, of either kind; the small one's place if nowhere."""
    whole = instrument_path(name, whole=True)
    small = instrument_path(name)
    return whole if whole.is_file() and not small.is_file() else small


def list_instruments() -> list[str]:
    """Names of the taught instruments, in alphabetical order."""
    try:
        found = [
            path.stem
            for path in instruments_folder().iterdir()
            if path.suffix in (SUFFIX, WHOLE_SUFFIX) and path.stem[:1] != "."
        ]
    except OSError:
        return []
    return sorted(set(found), key=str.casefold)


def find_model(model: str) -> Path | None:
    """The file that `--model` means: the name of a taught instrument, or a path; "" is None.

    Raises:
        UserError: if it is neither and does not look like a path, or holds what training learned.
    """
    if not model:
        return None
    plain = Path(model).name == model
    names = list_instruments() if plain else []
    # Letters with marks are written in two ways; keyboards and disks do not agree which.
    alike = {plain_form(name): name for name in names}
    found = alike.get(plain_form(model))
    if found is not None:
        return taught_path(found)
    path = Path(model).expanduser()
    if plain and not path.suffix and not os.path.exists(path):
        taught = (
            Trouble(Code.TAUGHT, names=", ".join(names)) if names else Trouble(Code.NONE_TAUGHT)
        )
        raise UserError(Code.UNKNOWN_MODEL, name=model, taught=taught)
    learned = path.glob("*.safetensors") if path.is_dir() else iter([path])
    if any(one.suffix in TRAINED and one.is_file() for one in learned):
        raise UserError(Code.MODEL_TRAINED, path=path)
    return path


def find_base(digest: str, beside: Path) -> Path | None:
    """The model file with this SHA-256, where an instrument may rely on it.

    Args:
        digest: hexadecimal.
        beside: the instrument's file; models in its folder are looked at too.
    """
    candidates = [BUNDLED, bases_folder() / f"{digest}.onnx"]
    with contextlib.suppress(OSError):
        candidates += sorted(beside.resolve().parent.glob("*.onnx"))[:20]
    for path in candidates:
        try:
            if path.is_file() and hash_of(path) == digest:
                return path
        except OSError:
            continue
    return None


def base_of(model: str) -> str:
    """What `--model` means below a taught instrument: the model that it belongs to, "" the bundled.

    What is no taught instrument, or cannot be read, is given back as it is.
    """
    from realtime.inference.instrument_file import is_instrument, read_instrument

    try:
        path = find_model(model)
        if path is not None:
            require_file(path)
        content = path.read_bytes() if path is not None else b""
        if path is None or not is_instrument(content):
            return model
        base = find_base(read_instrument(content).base, path)
    except (UserError, OSError):
        return model
    return "" if base in (None, BUNDLED) else str(base)


def hash_of(path: Path) -> str:
    """SHA-256 of a file, hexadecimal.

    Raises:
        OSError: if it cannot be read.
    """
    import hashlib

    require_file(path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
