"""Sound that goes out: synth, click, takes; and how long it takes to come back."""
