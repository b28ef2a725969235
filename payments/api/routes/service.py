"""Whether the services are up. The only route that tells a stranger anything."""

from __future__ import annotations

from typing import Final

from payments import VERSION
from payments.api.calls import Call
from payments.api.route import route
from payments.contract.wire.requests import Health

_HEALTH: Final = Health(status="up", version=VERSION)


@route("GET", "/health", answers=Health, public=True)
async def health(call: Call) -> Health:
    """Whether the services are up, and which version they are."""
    await call.services.database.check()
    return _HEALTH


ROUTES: Final = (health,)
