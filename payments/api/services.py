"""What the routes work with, made once by the assembly and handed to the application."""

from __future__ import annotations

from dataclasses import dataclass

from payments.channels.registry import Channels, Terms
from payments.flows.pay import Payments
from payments.flows.sign_in import SignInDesk
from payments.sealing import Seal
from payments.store.database import Database


@dataclass(frozen=True, slots=True)
class Services:
    """The running parts behind the interface."""

    database: Database
    channels: Channels
    terms: Terms
    payments: Payments
    desk: SignInDesk
    seal: Seal
