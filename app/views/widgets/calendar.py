"""A calendar and a date field in the console's own look, speaking the language in force."""

from __future__ import annotations

from PySide6.QtCore import QDate, QLocale, QRect, QRectF, Qt, Slot
from PySide6.QtGui import QPainter, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QDateEdit, QWidget

from app import words
from app.views.theme.theme import theme, tokens
from app.views.theme.tokens import Size, Weight
from app.views.widgets.drawing import CENTRE, draw_text, ink
from app.words import Language

_LOCALES = {
    Language.CHINESE: QLocale(QLocale.Language.Chinese, QLocale.Country.China),
    Language.ENGLISH: QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom),
}


class Calendar(QCalendarWidget):
    """One month, weeks from Monday, no colours that mean nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames)
        self.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.setMinimumSize(264, 232)
        theme().changed.connect(self._restyle)
        self._restyle()
        self.retranslate()

    def retranslate(self) -> None:
        """Name months and days in the language in force."""
        self.setLocale(_LOCALES[words.language()])

    def paintCell(self, painter: QPainter, rect: QRect, date: QDate) -> None:  # noqa: N802 - Qt's name
        """A day: filled when chosen, outlined today, quiet in another month."""
        colours = tokens()
        area = QRectF(rect).adjusted(3, 2, -3, -2)
        painter.fillRect(rect, ink(colours.surface))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = date == self.selectedDate()
        today = date == QDate.currentDate()
        painter.setPen(ink(colours.accent) if today else Qt.PenStyle.NoPen)
        painter.setBrush(ink(colours.accent) if chosen else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, Size.RADIUS, Size.RADIUS)
        here = date.month() == self.monthShown()
        quiet = colours.text if here else colours.muted
        colour = colours.on_accent if chosen else quiet
        weight = Weight.SEMIBOLD if chosen else Weight.REGULAR
        size = Size.TEXT if here else Size.TEXT_SMALL
        draw_text(
            painter, area, str(date.day()), colour, size=size, weight=weight, alignment=CENTRE
        )

    @Slot()
    def _restyle(self) -> None:
        plain, quiet = QTextCharFormat(), QTextCharFormat()
        plain.setForeground(ink(tokens().text))
        quiet.setForeground(ink(tokens().muted))
        quiet.setBackground(ink(tokens().surface))
        self.setHeaderTextFormat(quiet)
        for weekday in Qt.DayOfWeek:
            self.setWeekdayTextFormat(weekday, quiet)


class DateField(QDateEdit):
    """A day as ``2026-11-20``, with the calendar behind its arrow."""

    def __init__(self, day: QDate | None = None, parent: QWidget | None = None) -> None:
        super().__init__(day or QDate.currentDate(), parent)
        self.setDisplayFormat("yyyy-MM-dd")
        self.setCalendarPopup(True)
        self._calendar = Calendar(self)
        self.setCalendarWidget(self._calendar)

    def retranslate(self) -> None:
        """Speak the language in force."""
        self._calendar.retranslate()
