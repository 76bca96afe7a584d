"""The editor of one take: its notes are shown, played, edited, refined and saved."""
