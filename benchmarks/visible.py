"""How long after a payment a console has its row: everything in between is real.

``python -m benchmarks.visible [payments]`` from the repository root. A buyer pays at a simulated
provider, which notifies the services, which wake the console's long poll, which applies the page to
the encrypted store. The baseline of the same run is one request to the same services.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from benchmarks.figures import report
from payments.channels.simulation.host import Simulators
from payments.contract.lifecycles import OrderState
from payments.contract.roles import Kind
from tests.journeys.business import Business, prepare
from tests.journeys.consoles import DeskConsole


class Events:
    """Waits as a window does: handling events until something is so."""

    def waitUntil(self, condition: Callable[[], bool], timeout: int) -> None:  # noqa: N802 - as pytest-qt names it
        """Raises TimeoutError after so many milliseconds."""
        deadline = time.monotonic() + timeout / 1000
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError
            QCoreApplication.processEvents()
            time.sleep(0.001)


def seconds(business: Business, console: DeskConsole) -> tuple[float, float]:
    """From the buyer's payment to the row in the store, and of one request besides."""
    order = business.places()
    attempt = business.begins(order)["attempt_id"]
    asked = time.perf_counter()
    business.order(order)
    asked = time.perf_counter() - asked
    paid = time.perf_counter()
    business.acts("wechat_pay", attempt, "pay")
    console.sees(Kind.ORDER, order, state=OrderState.PAID)
    return time.perf_counter() - paid, asked


def main() -> None:
    """One business, one console, one payment after the other."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    application = QCoreApplication([])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare(folder / "founded")
        ca = folder / "founded" / "tls" / "ca.pem"
        with Simulators.start(folder / "simulated", notify_ca=ca, time_scale=1000) as simulators:
            business = Business(folder, folder / "founded", simulators)
            business.services.start()
            services = business.services
            store = folder / "console.store"
            console = DeskConsole(Events(), store, services.url, services.ca, "finance")
            measured = [seconds(business, console) for _ in range(count)]
            console.close()
            business.close()
    visible, asked = (sorted(times) for times in zip(*measured, strict=True))
    baseline = ("one request to the services", statistics.median(asked))
    report("payment to row in a console: median", statistics.median(visible), "s", "< 1", baseline)
    report("payment to row in a console: slowest", visible[-1], "s", "< 1", baseline)
    application.quit()


if __name__ == "__main__":
    main()
