"""What of a take can be heard: the process that plays it, and its wave."""
