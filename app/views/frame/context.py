"""What every panel is given when it is built: the store, the doors to slow work, the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.models.store.database import Store
    from app.services.background import Background
    from app.services.payments_api.calls import PaymentsApi
    from app.services.preferences import Preferences
    from app.services.sync.engine import Engine
    from app.views.frame.commands import CommandBook
    from app.views.widgets.toast import ToastArea
    from payments.contract.wire.requests import Me


@dataclass(frozen=True, slots=True)
class Context:
    """One signed-in person's console.

    ``engine`` tells what changed (``changed``, ``actions_changed``, ``state_changed``) and is woken
    after something was queued. ``api`` is for the few things that are not in the feed (postings of
    an order, a payer unmasked, support's customer); call it in ``background`` only.
    """

    store: Store
    background: Background
    engine: Engine
    api: PaymentsApi
    me: Me
    book: CommandBook
    preferences: Preferences
    toasts: ToastArea
