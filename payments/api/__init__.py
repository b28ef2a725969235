"""The HTTPS interface: rights, schemas in and out, one flow a route."""
