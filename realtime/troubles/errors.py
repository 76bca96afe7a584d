"""The one error that users are meant to read."""

from pathlib import Path

from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble, Value


class UserError(Exception):
    """Something the user can act on: what happened, why, and what to do next, in one sentence.

    The command line prints the sentence without a traceback and exits with 1; the window says the
    trouble in its own language.

    Args:
        what: the trouble, or its code with `values`, where a window may show it; a sentence where
            only a command line does.
    """

    def __init__(self, what: Trouble | Code | str, /, **values: Value | Path) -> None:
        if isinstance(what, Code):
            what = Trouble(what, **values)
        super().__init__(what)

    @property
    def trouble(self) -> Trouble:
        """What happened, as a code and its values."""
        what: Trouble | str = self.args[0]
        return what if isinstance(what, Trouble) else Trouble(Code.OTHER, text=what)


class UsageError(UserError):
    """Options or values of a command are wrong; it exits with 2, as where it cannot read them.

    What is wrong with the world (no such file, no device, no room) is a plain `UserError`.
    """
