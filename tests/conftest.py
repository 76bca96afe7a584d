"""What all tests share: a busy machine is no failure."""

from hypothesis import settings

settings.register_profile("patient")
settings.load_profile("patient")
