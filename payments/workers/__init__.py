"""Jobs: what happens later, retried until it is done."""
