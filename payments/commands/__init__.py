"""The commands of ``python -m payments``, one file each.

A command has ``add_arguments(parser)`` and ``run(options) -> int`` (the exit code). What a person
can put right (a missing file, a busy port) is raised as CommandError: one plain sentence.
"""

from __future__ import annotations


class CommandError(Exception):
    """A command cannot do what was asked; the message is one sentence for a person."""
