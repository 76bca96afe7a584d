"""The window on small and large screens: nothing is pushed out, nothing is cut."""
