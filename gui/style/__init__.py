"""How the window looks: colours, typeface, icons, style sheet."""
