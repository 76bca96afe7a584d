"""JSON that anybody may have written."""

import json
from typing import Any

from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble


def parse_json(text: str | bytes) -> Any:
    """Parse a JSON text.

    Raises:
        ValueError: if it is none, or is nested deeper than Python follows.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(Trouble(Code.NESTED_TOO_DEEP)) from None
