"""The console: a desktop program over an encrypted local copy of what its user may see."""
