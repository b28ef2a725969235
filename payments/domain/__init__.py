"""The rules of the business as pure functions over values: no I/O, no clock, no randomness."""
