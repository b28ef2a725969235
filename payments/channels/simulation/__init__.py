"""What the simulators of all providers share: scripts, notifications, the till page and the host.

A simulator speaks a provider's real protocol over real HTTPS with its own test keys. No real money
and no real provider is ever involved.
"""
