"""Tables, the unit of work and what is read and written in them; the only place with SQL."""
