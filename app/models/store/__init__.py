"""The encrypted local store: one SQLCipher database, its schema, records, search and figures."""
