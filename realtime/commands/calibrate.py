"""`jtm calibrate`: how long sound takes from the output back to the input."""

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble
from realtime.values.ranges import Range

if TYPE_CHECKING:
    from realtime.values.snapshot import LoopState


@dataclass(frozen=True)
class Options:
    """Measure how long sound takes from the output back to the input."""

    input: str = ""
    """Input device by name (see `jtm devices`); "" is the system default."""
    output: str = ""
    """Output device by name (see `jtm devices`); "" is the system default."""
    repeats: Annotated[int, Range(1, 100)] = 5
    """Measurements, of 2 seconds each."""
    json: bool = False
    """Print one JSON object."""


def main(argv: list[str]) -> int:
    """Run the subcommand. Returns 0; trouble is a UserError."""
    from realtime.commands.options import parse_options

    options = parse_options(
        Options,
        argv,
        command="calibrate",
        description="Play a short noise, hear it come back, remember how long that took.",
        examples=("jtm calibrate", "jtm calibrate --repeats 5 --json"),
    )
    from realtime.playback.calibration import store_path
    from realtime.processes.limits import quiet_c_libraries

    with quiet_c_libraries():
        state = _measured(options)
    heard = state.heard_ms
    if options.json:
        print(json.dumps({"input": state.input, "output": state.output, "loop_ms": state.loop_ms,
                          "all_ms": heard, "stored": str(store_path())}))  # fmt: skip
    else:
        print(
            f"{state.input} hears {state.output} after {state.loop_ms:.1f} ms "
            f"({min(heard):.1f} to {max(heard):.1f}, {len(heard)} of {state.of} heard)."
        )
        print(f"Kept in {store_path()}; new takes say it.")
    return 0


def _measured(options: Options) -> "LoopState":
    from realtime.audio.input_devices import InputOpener
    from realtime.playback.player import SoundOut
    from realtime.playback.round_trip import LoopMeter
    from realtime.playback.stream_clock import StreamClock
    from realtime.troubles.errors import UserError
    from realtime.values.settings import EngineSettings

    stream = InputOpener()(options.input)
    player = SoundOut(EngineSettings(sound_out=options.output))
    meter = LoopMeter(player, stream.name, time.monotonic(), options.repeats)
    clock, samples = StreamClock(), 0
    try:
        while meter.running:
            stream.wait(stream.rate // 100, 0.02)
            block, now = stream.read(1 << 16), time.monotonic()
            samples += len(block)
            if len(block):
                clock.push(now, samples / stream.rate)
                meter.push(block, stream.rate, samples / stream.rate)
            elif not stream.alive():
                raise UserError(stream.problem or Trouble(Code.INPUT_STOPPED, name=stream.name))
            meter.step(clock, now)
    finally:
        player.close()
        stream.close()
    if meter.state.trouble is not None:
        raise UserError(meter.state.trouble)
    return meter.state
