"""What the business does, one verb a file, each step one database transaction."""
