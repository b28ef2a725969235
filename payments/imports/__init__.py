"""History brought in from another system: column profiles, streaming readers, a report."""
