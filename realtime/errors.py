"""The one error that users are meant to read."""


class UserError(Exception):
    """Something the user can act on: what happened, why, and what to do next, in one sentence.

    The command line prints the message without a traceback and exits with 1.
    """
