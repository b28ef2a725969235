"""The list models over the local store: queries, windows of rows, one table model per list."""
