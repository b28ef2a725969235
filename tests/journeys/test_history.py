"""A merchant's real history: imported whole, only once, and shown by a console to the same totals."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from calendar import monthrange
from datetime import date
from pathlib import Path

import pytest

from app.launch.keeping import MemoryKeeper
from app.models.store import figures, records
from app.models.store.database import Store
from app.models.store.figures import FigureQuery
from app.services.payments_api.calls import PaymentsApi
from app.services.payments_api.client import Client
from app.services.payments_api.session import SignedIn
from app.services.sync.apply import apply_page, check
from app.services.sync.feed import Pages
from payments import __main__ as program
from payments.assembly import add_user
from payments.contract.roles import Role
from payments.contract.wire.requests import SignIn
from payments.flows import credentials
from payments.store.database import Database

ROOT = Path(__file__).resolve().parents[2]
RETAIL = ROOT.parent / "shared/data/online-retail/online_retail_2010_2011.csv.gz"
PASSWORD = "correct horse battery"
# Thousandths of a pound by month, as the description of the data set says.
MONTHS = {
    (2010, 12): 748_957_020,
    (2011, 1): 560_000_260,
    (2011, 2): 498_062_650,
    (2011, 3): 683_267_080,
    (2011, 4): 493_207_121,
    (2011, 5): 723_333_510,
    (2011, 6): 691_123_120,
    (2011, 7): 681_300_111,
    (2011, 8): 682_680_510,
    (2011, 9): 1_019_687_622,
    (2011, 10): 1_070_704_670,
    (2011, 11): 1_461_756_250,
    (2011, 12): 433_668_010,
}

pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.skipif(
        not RETAIL.exists(), reason="the public retail data is not beside the project"
    ),
]


def imported(folder, capsys):
    call = ["import", "orders", str(RETAIL), "--profile", "online-retail", "--data", str(folder)]
    assert program.main(call) == 0
    return json.loads(capsys.readouterr().out.strip().splitlines()[-1])


def serving(folder):
    return subprocess.Popen(
        [sys.executable, "-m", "payments", "serve", "--data", str(folder), "--exit-with-parent"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def synced(folder, store):
    """Bring the store up to date over HTTPS, signed in as finance."""
    services = serving(folder)
    try:
        ready = json.loads(services.stdout.readline())
        client = Client(ready["url"], Path(ready["ca"]))
        api = PaymentsApi(client, SignedIn(MemoryKeeper(), lambda: None))
        me = api.sign_in(SignIn("finance", PASSWORD))
        with store.writing() as db:
            records.use_zone(db, me.zone)
        pages = Pages(api, store)
        while (page := pages.next(wait_s=0)).changes or page.more:
            apply_page(store, page)
        pages.close()
        assert check(store, api.feed_check(page.scope))
        api.close()
    finally:
        services.stdin.close()
        services.wait(20)


def test_the_public_retail_history_reaches_the_dashboard_to_the_penny(tmp_path, capsys):
    first, second = imported(tmp_path, capsys), imported(tmp_path, capsys)
    assert (first["rows"], first["rejected"], first["conflicts"]) == (541_909, 1_336, 0)
    assert first["net"]["GBP"] == pytest.approx(974_774_793, abs=100)
    assert (second["orders"], second["refunds"], second["conflicts"]) == (0, 0, 0)
    assert second["duplicates"] == 541_909 - 1_336

    with Database.open(f"sqlite:///{tmp_path}/suanpan.db") as database:
        hashed = credentials.password_hash(PASSWORD)
        database.run_sync(add_user, "finance", "finance", Role.FINANCE, "", hashed)
    store = Store.open(tmp_path / "console.store", secrets.token_bytes(32))
    synced(tmp_path, store)
    with store.reading() as db:
        for (year, month), thousandths in MONTHS.items():
            last = date(year, month, monthrange(year, month)[1])
            query = FigureQuery(date(year, month, 1), last, "GBP")
            shown = figures.figures(db, query)
            # Each order is rounded once, so a month may be off by half a penny an order at most.
            assert abs(shown.net * 10 - thousandths) <= 5 * (shown.orders + 400)
        whole = figures.figures(db, FigureQuery(date(2010, 12, 1), date(2011, 12, 31), "GBP"))
    assert whole.net == first["net"]["GBP"]
    assert whole.orders == first["orders"]
    store.close()
