"""Every text that is shown, and its translation."""
