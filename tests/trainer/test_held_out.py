"""Held-out material is shared out so that no device waits for another."""

import pytest

from trainer.held_out import share_out


@pytest.mark.parametrize("items", [0, 1, 2, 5, 7])
def test_every_device_has_something_to_hear_if_there_is_anything(items):
    for devices in (1, 2, 3, 8):
        shares = [share_out(range(items), device, devices) for device in range(devices)]
        assert {item for share in shares for item in share} == set(range(items))
        assert all(shares) == bool(items)
        if items >= devices:
            assert sum(map(len, shares)) == items
