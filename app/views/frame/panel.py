"""What the frame asks of a panel. Panels never import each other; they ask by command."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtWidgets import QWidget

from payments.contract.roles import Permission


class Panel(Protocol):
    """One place of the console, reached from the rail and by Ctrl and its number.

    ``title`` is a key of the catalogue, ``icon`` the name of a drawing. A panel whose ``needs`` the
    person lacks is not offered; None is for everyone.
    """

    @property
    def name(self) -> str:
        """What commands and preferences call it."""

    @property
    def icon(self) -> str:
        """The name of its drawing."""

    @property
    def title(self) -> str:
        """The key of its title."""

    @property
    def needs(self) -> Permission | None:
        """What a person must be allowed to see it."""

    @property
    def widget(self) -> QWidget:
        """What is shown."""

    def retranslate(self) -> None:
        """Say everything in the language in force."""

    def refresh(self) -> None:
        """Read the local store again; called when the panel comes into view."""

    def focus_filter(self) -> None:
        """Bring the keyboard to the filter."""

    def export(self) -> None:
        """Export what is shown."""
