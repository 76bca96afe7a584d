"""The same function on many items, in several processes."""

import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import TypeVar

from realtime.errors import UserError

Item = TypeVar("Item")
Result = TypeVar("Result")


def spread(
    function: Callable[[Item], Result], items: Sequence[Item], workers: int, ordered: bool = False
) -> Iterator[Result]:
    """Results as they come, or in the order of the items; one worker stays in this process.

    Raises:
        UserError: if a process was killed.
    """
    if workers <= 1 or len(items) <= 1:
        yield from map(function, items)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(items)), context, initializer=_die_quietly) as pool:
        futures = [pool.submit(function, item) for item in items]
        try:
            for future in futures if ordered else as_completed(futures):
                yield future.result()
        except BrokenProcessPool as error:
            raise UserError(
                "A worker process was killed, perhaps for want of memory; run the same command "
                "again to continue, with fewer --workers."
            ) from error
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _die_quietly() -> None:
    """Ctrl-C ends a worker without a traceback; files are written whole or not at all."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
