"""One style sheet for all widgets, filled from the tokens, and the palette beneath it."""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from PySide6.QtGui import QColor, QPalette

from app.resources import RESOURCES
from app.views.theme.tokens import Tokens

_STYLES = RESOURCES / "styles"


def stylesheet(tokens: Tokens) -> str:
    """The style sheet in the colours of a theme. Raises KeyError for a token that is none."""
    pictures = _STYLES / ("dark" if tokens.dark else "light")
    template = Template((_STYLES / "console.qss").read_text(encoding="utf-8"))
    return template.substitute(asdict(tokens), pictures=pictures.as_posix())


def palette(tokens: Tokens) -> QPalette:
    """The palette for what a style sheet does not reach (native dialogs' contents, disabled text)."""
    role = QPalette.ColorRole
    made = QPalette()
    for name, colour in {
        role.Window: tokens.surface,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.raised,
        role.Text: tokens.text,
        role.Button: tokens.surface,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.danger,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.PlaceholderText: tokens.muted,
        role.ToolTipBase: tokens.text,
        role.ToolTipText: tokens.surface,
        role.Light: tokens.raised,
        role.Midlight: tokens.line,
        role.Mid: tokens.border,
        role.Dark: tokens.muted,
        role.Shadow: tokens.shadow,
    }.items():
        made.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(tokens.muted))
    return made
