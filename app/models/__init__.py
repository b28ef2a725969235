"""What the console knows: the encrypted local store and the list models over it."""
