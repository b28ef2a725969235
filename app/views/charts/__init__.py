"""Charts as data that draw themselves on a sheet; the only folder that knows matplotlib."""
