"""The window around the panels: rail, top bar, commands, and the pages before sign-in."""
