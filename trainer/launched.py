"""Do the options say as many processes as torchrun has started?"""

import os

from realtime.errors import UserError


def require_as_launched(devices: int, nodes: int) -> None:
    """Refuse a run that torchrun has started otherwise than the options say.

    Lightning would take the options' word: two processes that each know of one device train the
    same run twice, into the same folder.

    Args:
        devices: processes of each machine, of `--machine.devices`.
        nodes: machines, of `--machine.nodes`.

    Raises:
        UserError: with the options that fit.
    """
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        return
    local, world = (int(os.environ[name]) for name in ("LOCAL_WORLD_SIZE", "WORLD_SIZE"))
    if (local, world) != (devices, devices * nodes):
        raise UserError(
            f"torchrun has started {world} processes, {local} on this machine, and the options say "
            f"{devices} on each of {nodes}: give --machine.devices {local} --machine.nodes "
            f"{world // local}, or change --nproc-per-node and --nnodes of torchrun."
        )
