"""The library of takes, and what is asked before one is lost."""
