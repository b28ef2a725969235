"""How long the console takes from its start to a painted window with a million orders in the store.

``python -m benchmarks.first_paint [orders]`` from the repository root. Every start is a process of
its own, timed from before it is asked for, with its modules compiled and its files in the system's
cache, as when the console is started again; the median of several counts. The baseline of the
same run is a program that shows an empty ``QMainWindow``.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from benchmarks.figures import report

if TYPE_CHECKING:
    from app.launch.entrance import Entrance
    from app.models.store.database import Store

STARTS: Final = 5
PANELS: Final = ("dashboard", "orders")


def fill(folder: Path, count: int) -> None:
    """Leave a data folder as an earlier day of work does: a full store, a session, a last place."""
    from app.launch import places  # noqa: PLC0415 - a timed start imports nothing it does not need
    from app.launch.places import LAST_PLACE, PlaceChoice, PlaceKind  # noqa: PLC0415
    from app.models.store.database import Store  # noqa: PLC0415
    from app.services.keychain import sample_key  # noqa: PLC0415
    from app.services.preferences import Preferences  # noqa: PLC0415
    from app.services.sync.apply import apply_page  # noqa: PLC0415
    from benchmarks.local_store import feed  # noqa: PLC0415
    from payments.certificates import Authority  # noqa: PLC0415

    place = places.sample(folder)
    ca = Authority.in_folder(folder / "tls").ca_file
    file = place.store_file("u1")
    file.parent.mkdir(parents=True)
    place.folder.mkdir(parents=True, exist_ok=True)
    store = Store.open(file, sample_key(place.folder, folder / "machine.key"))
    for page in feed(count):
        apply_page(store, page)
    _sign_in(store)
    store.close()
    preferences = Preferences(folder / "preferences.json")
    preferences.put(LAST_PLACE, PlaceChoice(PlaceKind.SAMPLE, ca=str(ca), user_id="u1"))
    preferences.save()


def _sign_in(store: Store) -> None:
    from app.models.store import meta  # noqa: PLC0415
    from app.services.payments_api.session import StoreTokens  # noqa: PLC0415 - here too
    from payments.contract.roles import GRANTS, Role  # noqa: PLC0415
    from payments.contract.wire.requests import Me, Session  # noqa: PLC0415

    me = Me(
        user_id="u1",
        login="lin",
        name="林",
        role=Role.ADMIN,
        merchant="main",
        merchant_name="示例",
        zone="Asia/Shanghai",
        base_currency="CNY",
        permissions=tuple(GRANTS[Role.ADMIN]),
        second_factor=True,
        refund_limit=50_000,
        risk_threshold="90",
    )
    later = datetime.now(UTC) + timedelta(days=1)
    session = Session("access", "refresh", later, later, me)
    StoreTokens(store).save(msgspec.json.encode(session))
    with store.writing() as db:
        meta.put(db, meta.USER, me.user_id)
        meta.note_sync(db, datetime.now(UTC))


def show_empty() -> None:
    """The baseline: nothing but a window."""
    from PySide6.QtWidgets import QApplication, QMainWindow  # noqa: PLC0415 - the timed import

    class Empty(QMainWindow):
        def paintEvent(self, event: Any) -> None:  # noqa: N802, ANN401 - Qt's
            super().paintEvent(event)
            _say("window")
            os._exit(0)

    application = QApplication([])
    window = Empty()
    window.resize(1440, 900)
    window.show()
    application.exec()


def show_console(folder: Path, landing: str) -> None:
    """The console as ``main.py`` starts it, watched from outside until its data is painted."""
    from app import launch  # noqa: PLC0415 - the timed import
    from app.launch import entrance  # noqa: PLC0415
    from app.launch.console import LANDING  # noqa: PLC0415
    from payments.contract.roles import Role  # noqa: PLC0415

    LANDING[Role.ADMIN] = landing
    vars(entrance)["Entrance"] = _watched(entrance.Entrance, landing)
    launch.start(launch.Options(data=folder, offline=True))


def _watched(entrance: type[Entrance], landing: str) -> type[Entrance]:
    """An entrance that says when the console's window, and the data of a panel, are painted."""
    from PySide6.QtCore import QEvent, QObject, QTimer  # noqa: PLC0415 - the timed import

    class Watched(entrance):  # type: ignore[misc,valid-type]
        def __init__(self, data: Path, preferences: Any, background: Any, make: Any, **how: Any):  # noqa: ANN204, ANN401 - handed on
            def watched_panels(context: Any) -> Any:  # noqa: ANN401 - likewise
                made = make(context)
                self.seen = Seen(next(one for one in made if one.name == landing))
                return made

            super().__init__(data, preferences, background, watched_panels, **how)
            self.console_shown.connect(lambda console: console.window.installEventFilter(self.seen))

    class Seen(QObject):
        def __init__(self, panel: Any) -> None:  # noqa: ANN401 - whichever panel it is
            super().__init__()
            self.panel = panel
            self.painted = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
            if event.type() in {QEvent.Type.UpdateRequest, QEvent.Type.Paint}:
                # What this event paints is on the screen when the next one comes.
                QTimer.singleShot(0, self.look)
            return super().eventFilter(watched, event)

        def look(self) -> None:
            if not self.painted:
                self.painted = True
                _say("window")
            if _has_data(self.panel):
                _say("data")
                os._exit(0)

    return Watched


def _has_data(panel: Any) -> bool:  # noqa: ANN401 - whichever panel it is
    if panel.name == "orders":
        return bool(panel.list.table.isVisible() and panel.list.model.rowCount() > 0)
    return panel._answer is not None  # noqa: SLF001 - nobody else can tell


def _say(what: str) -> None:
    said = {what: time.time(), f"{what}, processor": time.process_time()}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def started(modules: str, *arguments: str) -> dict[str, float]:
    """Seconds to what a process says, from before it is asked for; and those of its processor.

    ``modules`` is the folder where compiled modules are kept from one start to the next.
    """
    command = [sys.executable, "-m", "benchmarks.first_paint", *arguments]
    # Modules are compiled once, as on any computer, also where the environment forbids it.
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": modules}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.time()
    said = subprocess.run(
        command,
        check=True,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        timeout=60,
    ).stdout
    seconds: dict[str, float] = {}
    for line in said.splitlines():
        for what, value in json.loads(line).items():
            seconds[what] = value if what.endswith("processor") else value - begun
    return seconds


def main() -> None:
    """Without a mode: fill a store, then start again and again."""
    if sys.argv[1:2] == ["--empty"]:
        show_empty()
    elif sys.argv[1:2] == ["--console"]:
        show_console(Path(sys.argv[2]), sys.argv[3])
    else:
        measure(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)


def measure(count: int) -> None:
    """All starts."""
    with tempfile.TemporaryDirectory() as name:
        folder, modules = Path(name) / "data", str(Path(name) / "modules")
        folder.mkdir()
        fill(folder, count)
        started(modules, "--console", str(folder), PANELS[0])
        empty = _median([started(modules, "--empty") for _ in range(STARTS)])
        for panel in PANELS:
            warm = _median(
                [started(modules, "--console", str(folder), panel) for _ in range(STARTS)]
            )
            _report(f"warm start, {panel}", warm, empty, "< 0.6")


def _median(starts: list[dict[str, float]]) -> dict[str, float]:
    return {what: statistics.median(one[what] for one in starts) for what in starts[0]}


def _report(start: str, said: dict[str, float], empty: dict[str, float], budget: str) -> None:
    name = "an empty QMainWindow, started likewise"
    for suffix, unit in (("", "s"), (", processor", "s of processor time")):
        baseline = (name, empty[f"window{suffix}"])
        report(f"{start}: window painted", said[f"window{suffix}"], unit, "", baseline)
        report(f"{start}: data painted", said[f"data{suffix}"], unit, budget, baseline)


if __name__ == "__main__":
    main()
