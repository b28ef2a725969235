"""Everything the payment services keep, on SQLite or PostgreSQL with the same code.

A flow is a plain function ``flow(work, ...)`` that ``Database.run`` calls in one transaction. Every
function of this package takes the work first; ``Database.read`` gives one that is only read from.
"""
