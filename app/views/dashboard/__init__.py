"""The revenue dashboard: a period's figures beside those of another, and six charts."""
