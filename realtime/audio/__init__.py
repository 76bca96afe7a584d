"""Sound cards and sound servers: sources of samples, and the microphone that reconnects."""
