"""First module of the bundled program: `jtm`, and the `-m MODULE` that starts its processes.

Inside a bundle `sys.executable` is this program and no Python, so that
`realtime.processes.start.python_command` ends here.
"""

import multiprocessing
import runpy
import sys


def main() -> int:
    """Run a module as Python's `-m` does, or the command line."""
    if sys.argv[1:2] == ["-m"] and len(sys.argv) > 2:
        module = sys.argv[2]
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return 0
    import jtm

    return jtm.main()


if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
