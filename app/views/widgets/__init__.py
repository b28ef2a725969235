"""The building blocks that every panel is made of."""
