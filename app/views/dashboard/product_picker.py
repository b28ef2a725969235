"""Finding one product by a part of its title or number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app import words
from app.models.store import figures
from app.models.store.figures import ProductChoice
from app.views.theme.tokens import Size
from app.views.widgets.labels import Label
from app.views.widgets.search_field import SearchField
from app.words import Language

if TYPE_CHECKING:
    from app.models.store.database import Store
    from app.services.background import Background, Work

_MOST: Final = 50
_SHOWN: Final = 8


class ProductPicker(QWidget):
    """A field with the products that match it, as the popup of a chip. ``product_id`` may be empty."""

    changed = Signal()

    def __init__(self, store: Store, background: Background) -> None:
        super().__init__()
        self._store = store
        self._background = background
        self._work: Work | None = None
        self._chosen: ProductChoice | None = None
        self._found: list[ProductChoice] = []
        self._field = SearchField("dashboard.filter.product_hint")
        self._field.searched.connect(self._search)
        self._field.returnPressed.connect(self._enter)
        self._list = QListWidget()
        self._list.setUniformItemSizes(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFixedSize(300, Size.ROW * _SHOWN)
        self._list.itemClicked.connect(self._choose)
        self._list.itemActivated.connect(self._choose)
        self._nothing = Label("", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(Size.GAP)
        layout.addWidget(self._field)
        layout.addWidget(self._nothing)
        layout.addWidget(self._list)
        self.retranslate()

    @property
    def product_id(self) -> str:
        """The chosen product's number, empty for all of them."""
        return self._chosen.product_id if self._chosen else ""

    def describe(self) -> str:
        """The chosen product's title."""
        return _title(self._chosen) if self._chosen else ""

    def clear(self) -> None:
        """All products."""
        self._chosen = None

    def retranslate(self) -> None:
        """Say the words in the language in force."""
        self._field.retranslate()
        self._list.setAccessibleName(words.say("dashboard.filter.product"))
        self._nothing.setText(words.say("dashboard.filter.product_none"))
        self._show()

    def showEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Offer what the field says, with the keyboard in it."""
        super().showEvent(event)  # type: ignore[arg-type]  # handed through as it came
        self._search(self._field.text())
        self._field.setFocus()

    @Slot(str)
    def _search(self, text: str) -> None:
        if self._work is not None:
            self._work.cancel()
        store = self._store

        def search() -> list[ProductChoice]:
            with store.reading() as db:
                return figures.products(db, text, _MOST)

        self._work = self._background.run(search, done=self._arrived, failed=self._failed)

    def _arrived(self, found: list[ProductChoice]) -> None:
        self._found = found
        self._show()

    def _failed(self, _error: BaseException) -> None:
        self._arrived([])

    def _show(self) -> None:
        self._list.clear()
        for choice in self._found:
            item = QListWidgetItem(_title(choice), self._list)
            item.setData(Qt.ItemDataRole.UserRole, choice.product_id)
            item.setSizeHint(QSize(0, Size.ROW))
            item.setToolTip(_title(choice))
            if choice.product_id == self.product_id:
                self._list.setCurrentItem(item)
        self._nothing.setVisible(not self._found)
        self._list.setVisible(bool(self._found))

    @Slot()
    def _enter(self) -> None:
        """Enter in the field takes the first match."""
        if self._found:
            self._take(self._found[0].product_id)

    @Slot(QListWidgetItem)
    def _choose(self, item: QListWidgetItem) -> None:
        self._take(str(item.data(Qt.ItemDataRole.UserRole)))

    def _take(self, product_id: str) -> None:
        self._chosen = next(one for one in self._found if one.product_id == product_id)
        self.window().hide()
        self.changed.emit()


def _title(choice: ProductChoice) -> str:
    english = words.language() is Language.ENGLISH and choice.title_en
    return choice.title_en if english else choice.title
