"""`jtm calibrate`: how long sound takes from the output back to the input."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Options:
    """Options of `jtm calibrate`."""

    input: str = ""
    """Input device by name (see `jtm devices`); "" is the system default."""
    output: str = ""
    """Output device by PortAudio's name; "" is the system default."""
    repeats: int = 5
    """Measurements, of 2 seconds each."""
    json: bool = False
    """Print one JSON object."""


def main(argv: list[str]) -> int:
    """Run the subcommand. Returns 0; trouble is a UserError."""
    from realtime.options import parse_options

    options = parse_options(
        Options,
        argv,
        command="calibrate",
        description="Play a short noise, hear it come back, remember how long that took.",
    )
    from realtime.calibration import median_loop, store_loop, store_path
    from realtime.inputs import InputOpener
    from realtime.loop_meter import measure_loop, open_output
    from realtime.quiet import quiet_c_libraries

    with quiet_c_libraries():
        stream = InputOpener()(options.input)
        try:
            output, output_name = open_output(options.output, stream.rate)
            try:
                found = [measure_loop(stream, output) for _ in range(max(1, options.repeats))]
            finally:
                output.abort()
                output.close()
        finally:
            stream.close()
    loops = [loop for loop in found if loop is not None]
    loop_ms = median_loop(loops)
    store_loop(stream.name, output_name, loop_ms)
    if options.json:
        print(json.dumps({"input": stream.name, "output": output_name, "loop_ms": loop_ms,
                          "all_ms": loops, "stored": str(store_path())}))  # fmt: skip
    else:
        print(
            f"{stream.name} hears {output_name} after {loop_ms:.1f} ms "
            f"({min(loops):.1f} to {max(loops):.1f}, {len(loops)} of {len(found)} heard)."
        )
        print(f"Kept in {store_path()}; new takes say it.")
    return 0
