"""Names that are no names of files on every system."""

import re

DEVICES = re.compile(r"(con|prn|aux|nul|(com|lpt)[\d¹²³]) *(\.|$)", re.IGNORECASE)


def is_device(name: str) -> bool:
    """Whether Windows takes a file's name for a device, with any suffix."""
    return DEVICES.match(name) is not None
