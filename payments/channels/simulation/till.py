"""The till: a page where a person sees simulated payments and pays, refuses or closes them by hand.

One small HTML page without scripts or anything loaded from elsewhere, in Chinese or English.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Final, Literal

from payments.channels.simulation.provider import Action, Trade
from payments.contract.money import Money

Language = Literal["zh-CN", "en"]

SHOWN: Final = 200
_REFRESH_S: Final = 5

_WORDS: Final[Mapping[Language, Mapping[str, str]]] = MappingProxyType(
    {
        "zh-CN": {
            "title": "模拟收银台",
            "note": "这里的一切都是模拟：不涉及真实资金，也不连接任何支付机构。",
            "empty": "还没有待付款的交易。在控制台里发起一笔支付，它就会出现在这里。",
            "open": "待付款",
            "done": "已结束",
            "pay": "付款",
            "refuse": "余额不足",
            "close": "关闭",
            "alipay": "支付宝（模拟）",
            "wechat_pay": "微信支付（模拟）",
            "waiting": "等待付款",
            "paid": "已付款",
            "refunded": "有退款",
            "closed": "已关闭",
        },
        "en": {
            "title": "Simulated till",
            "note": "Everything here is simulated: no real money moves, no provider is contacted.",
            "empty": "No payment is waiting. Start one in the console and it appears here.",
            "open": "Waiting for payment",
            "done": "Done",
            "pay": "Pay",
            "refuse": "Insufficient funds",
            "close": "Close",
            "alipay": "Alipay (simulated)",
            "wechat_pay": "WeChat Pay (simulated)",
            "waiting": "waiting",
            "paid": "paid",
            "refunded": "with refund",
            "closed": "closed",
        },
    }
)

# The providers' states in a person's words.
_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "NOTPAY": "waiting",
        "SUCCESS": "paid",
        "REFUND": "refunded",
        "CLOSED": "closed",
        "NOT_SCANNED": "waiting",
        "WAIT_BUYER_PAY": "waiting",
        "TRADE_SUCCESS": "paid",
        "TRADE_FINISHED": "paid",
        "TRADE_CLOSED": "closed",
    }
)
_BUTTONS: Final = (Action.PAY, Action.REFUSE, Action.CLOSE)

_STYLE: Final = """
:root{color-scheme:light dark;--page:#f4f6f8;--card:#fff;--line:#e1e6eb;--text:#1b1f27;--soft:#5f6979;
--accent:#0f766e;--on:#fff}
@media(prefers-color-scheme:dark){:root{--page:#14171c;--card:#1d2229;--line:#313842;--text:#e8ebef;
--soft:#9aa5b3;--accent:#2dd4bf;--on:#08201d}}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,"PingFang SC",
"Microsoft YaHei UI","Noto Sans CJK SC",sans-serif}
main{max-width:52rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.5rem;margin:0}h2{font-size:1rem;margin:2rem 0 .5rem;color:var(--soft)}
p{margin:.25rem 0;color:var(--soft)}
article{display:flex;flex-wrap:wrap;gap:.75rem 1.5rem;align-items:center;background:var(--card);
border:1px solid var(--line);border-radius:.75rem;padding:1rem 1.25rem;margin:.5rem 0}
article>div{flex:1 1 16rem;min-width:0;overflow-wrap:anywhere}
strong{font-weight:600}.amount{font-size:1.25rem;font-variant-numeric:tabular-nums;font-weight:600}
small{color:var(--soft)}form{display:flex;flex-wrap:wrap;gap:.5rem;margin:0}
button{font:inherit;min-height:2.75rem;padding:0 1rem;border:1px solid var(--line);border-radius:.5rem;
background:transparent;color:inherit;cursor:pointer}
button[value=pay]{background:var(--accent);border-color:var(--accent);color:var(--on);font-weight:600}
button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
"""


def language_of(accept_language: str) -> Language:
    """The first language of the header that there is a page in, English if none."""
    for wanted in accept_language.lower().split(","):
        if wanted.strip().startswith("zh"):
            return "zh-CN"
        if wanted.strip().startswith("en"):
            return "en"
    return "en"


def page(trades: Mapping[str, Sequence[Trade]], language: Language) -> bytes:
    """The whole page; ``trades`` by the channel's name, newest first, the newest 200 shown."""
    words = _WORDS[language]
    listed = [(channel, trade) for channel, some in trades.items() for trade in some[:SHOWN]]
    waiting = [_card(channel, trade, words) for channel, trade in listed if trade.can_pay]
    done = [_card(channel, trade, words) for channel, trade in listed if not trade.can_pay]
    body = "".join(waiting) or f"<p>{words['empty']}</p>"
    history = f"<h2>{words['done']}</h2>{''.join(done)}" if done else ""
    html = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<meta http-equiv="refresh" content="{_REFRESH_S}">'
        f"<title>{words['title']}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>{words['title']}</h1><p>{words['note']}</p>"
        f"<h2>{words['open']}</h2>{body}{history}</main></body></html>"
    )
    return html.encode()


def _card(channel: str, trade: Trade, words: Mapping[str, str]) -> str:
    state = _STATES.get(trade.state)
    amount = Money(trade.amount, trade.currency).plain()
    return (
        f"<article><div><strong>{escape(trade.title)}</strong><br>"
        f"<small>{words.get(channel, escape(channel))} · {escape(trade.number)}</small></div>"
        f'<div><span class="amount">{escape(trade.currency)} {amount}</span><br>'
        f"<small>{words[state] if state else escape(trade.state)}</small></div>"
        f"{_buttons(channel, trade, words) if trade.can_pay else ''}</article>"
    )


def _buttons(channel: str, trade: Trade, words: Mapping[str, str]) -> str:
    buttons = "".join(
        f'<button name="action" value="{action}">{words[action]}</button>' for action in _BUTTONS
    )
    return (
        f'<form method="post" action="/act">'
        f'<input type="hidden" name="channel" value="{escape(channel)}">'
        f'<input type="hidden" name="number" value="{escape(trade.number)}">{buttons}</form>'
    )
