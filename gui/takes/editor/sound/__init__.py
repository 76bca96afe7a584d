"""Sound of a take: the process that plays it, and its waveform."""
