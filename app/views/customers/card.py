"""Who the open customer is, masked, and what can be done for them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app import formatting, words
from app.views.theme.tokens import Size
from app.views.widgets.buttons import Avatar, link, primary, secondary
from app.views.widgets.labels import Label
from payments.contract.wire.requests import Customer, Identity


class CustomerCard(QFrame):
    """Name, phone and number. ``refund_asked``, ``close_asked``, ``unmask_asked``."""

    refund_asked = Signal()
    close_asked = Signal()
    unmask_asked = Signal()

    def __init__(self, *, may_unmask: bool, may_refund: bool) -> None:
        super().__init__()
        self._customer: Customer | None = None
        self._identity: Identity | None = None
        self._here = 0
        self._may_unmask, self._may_refund = may_unmask, may_refund
        self._avatar = Avatar()
        self._avatar.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._avatar.setCursor(Qt.CursorShape.ArrowCursor)
        self._name = Label("", "title").selectable()
        self._about = Label("", "muted").selectable()
        self._unmask = link()
        self.refund, self.close_customer = primary(icon="refund"), secondary(icon="close")
        self._unmask.clicked.connect(self.unmask_asked)
        self.refund.clicked.connect(self.refund_asked)
        self.close_customer.clicked.connect(self.close_asked)
        across = QHBoxLayout(self)
        across.setContentsMargins(Size.GUTTER, 12, Size.GUTTER, 16)
        across.setSpacing(12)
        across.addWidget(self._avatar)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self._name)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._about)
        line.addWidget(self._unmask)
        line.addStretch(1)
        said.addLayout(line)
        across.addLayout(said, 1)
        across.addWidget(self.close_customer)
        across.addWidget(self.refund)

    def show_customer(self, customer: Customer, here: int) -> None:
        """A customer, and how many of their orders are on this computer."""
        if self._customer is None or self._customer.payer_id != customer.payer_id:
            self._identity = None
        self._customer, self._here = customer, here
        self.retranslate()

    def show_identity(self, identity: Identity) -> None:
        """The full name, phone and email, until the customer is closed."""
        if self._customer is not None and identity.payer_id == self._customer.payer_id:
            self._identity = identity
            self.retranslate()

    def set_refundable(self, *, possible: bool) -> None:
        """Whether an order is chosen that a refund can be asked for."""
        self.refund.setEnabled(possible)

    def retranslate(self) -> None:
        """Say everything in the language in force."""
        self.refund.setText(words.say("customers.refund"))
        self.refund.setToolTip(words.say("customers.refund_tip"))
        self.close_customer.setText(words.say("customers.close"))
        self._unmask.setText(words.say("customers.unmask"))
        self._unmask.setToolTip(words.say("customers.unmask_tip"))
        self.refund.setVisible(self._may_refund)
        self._unmask.setVisible(self._may_unmask and self._identity is None)
        if self._customer is not None:
            self._say(self._customer)

    def _say(self, customer: Customer) -> None:
        known = self._identity
        name = known.name if known else customer.payer
        phone = known.phone if known else customer.phone
        parts = [phone, known.email if known else "", customer.payer_id]
        orders = words.say("customers.orders_count", count=customer.orders)
        if self._here < customer.orders:
            orders = words.say(
                "customers.fetching",
                here=formatting.count(self._here),
                count=formatting.count(customer.orders),
            )
        self._name.setText(name)
        self._about.setText(" · ".join(part for part in [*parts, orders] if part))
        self._avatar.set_person(name, name)
