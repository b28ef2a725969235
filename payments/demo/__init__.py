"""The sample business and its live traffic, reproducible from a seed."""
