"""Do what the jobs of the database say: several at a time, in as many processes as one likes."""
