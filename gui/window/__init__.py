"""The main window and what it delegates."""
