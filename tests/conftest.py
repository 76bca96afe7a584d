"""What all tests share: a busy machine is no failure, and no test touches the user's own state."""

import os
import tempfile

from hypothesis import HealthCheck, settings

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="jtm-test-state-")
