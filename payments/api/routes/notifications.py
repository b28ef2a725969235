"""What payment channels send: no session, no problem document, the channel's own protocol.

The raw bytes go to the flow untouched; only there are they verified, and answered as the channel
wants it. Anybody may send to these paths, so nothing is told and bodies are bounded.
"""

from __future__ import annotations

from typing import Any, Final

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler

from payments.api.services import Services
from payments.channels.protocol import RawNotification
from payments.contract.problems import Code, RefusedError
from payments.contract.wire.records import ChannelName
from payments.flows.take_notification import take

NOTIFIED: Final = (ChannelName.ALIPAY, ChannelName.WECHAT_PAY)


def handlers(services: Services) -> list[HTTPRouteHandler]:
    """One handler for each channel that notifies."""
    return [_handler(services, channel) for channel in NOTIFIED]


def _handler(services: Services, channel: ChannelName) -> HTTPRouteHandler:
    async def notified(request: Request[Any, Any, Any]) -> Response[bytes]:
        if channel not in services.channels:
            raise RefusedError(Code.NOT_FOUND)
        raw = RawNotification(dict(request.headers.items()), await request.body())
        reply = await take(services.database, services.channels, channel, raw)
        return Response(reply.body, status_code=reply.status, media_type=reply.content_type)

    return HTTPRouteHandler(
        f"/notify/{channel.value}", http_method="POST", include_in_schema=False
    )(notified)
