"""The routes, one file per kind of record; each is rights, schema in, one flow, schema out."""
