"""Where the console and the payment services meet: money, lifecycles, roles, problems, wire schemas.

A leaf: it imports the standard library and msgspec, nothing of ours.
"""
