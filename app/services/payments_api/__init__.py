"""The console's side of the HTTPS interface: one client, one session, one function per request."""
