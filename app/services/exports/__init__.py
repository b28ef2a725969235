"""Files for other programs: exactly what is filtered, from one snapshot, saying where they come from."""
