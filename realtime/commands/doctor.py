"""`jtm doctor`: is everything healthy, how fast is a hop."""

import json
from dataclasses import asdict, dataclass

from realtime.values.settings import ModelName


@dataclass(frozen=True, kw_only=True)
class Options(ModelName):
    """Check models, devices and folders, and measure the time of a hop."""

    json: bool = False
    """Print one JSON object."""


def main(argv: list[str]) -> int:
    """Run the subcommand. Returns 0, or 1 where a check failed."""
    from realtime.commands.options import parse_options

    options = parse_options(
        Options,
        argv,
        command="doctor",
        description="Check versions, model, speed, devices and folders.",
        positional=("model",),
        examples=("jtm doctor", "jtm doctor my.onnx --json"),
    )
    from realtime.commands import doctor_checks
    from realtime.commands.doctor_checks import check_ears, check_latency
    from realtime.files.plain_text import plain
    from realtime.inference.instruments import find_model
    from realtime.processes.limits import ENGINE_BYTES, memory_limit

    path = find_model(options.model)
    with memory_limit(ENGINE_BYTES):
        model = doctor_checks.check_model(path)
        ears = [check_ears(path)] if "hop_p50_ms" in model.figures else []
    checks = [
        doctor_checks.check_folders(),
        doctor_checks.check_versions(),
        model,
        *ears,
        *doctor_checks.check_devices(),
        check_latency(model),
        doctor_checks.check_takes(),
    ]
    if options.json:
        print(json.dumps({check.name: asdict(check) for check in checks}))
    else:
        for check in checks:
            print(f"{'ok  ' if check.ok else 'FAIL'}  {check.name:<13} {plain(check.text)}")
    return 0 if all(check.ok for check in checks) else 1
