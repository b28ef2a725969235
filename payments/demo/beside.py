"""What runs beside the service when it serves the sample business."""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from payments.channels.simulation.host import Simulators
from payments.commands import CommandError
from payments.demo import world
from payments.demo.business import Plan, SampleElsewhereError, begin, build
from payments.demo.command import ELSEWHERE, report
from payments.flows.pay import Payments
from payments.settings import Settings
from payments.store.database import Database


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample business that has begun: ``settings`` reach its simulated providers."""

    settings: Settings
    plan: Plan
    database: Database
    simulators: Simulators
    live: bool

    def running(self, payments: Payments) -> list[Coroutine[Any, Any, None]]:
        """What runs until the service stops: the build, and new orders when it is live."""
        trade = world.Trade(self.database, payments, self.simulators, self.plan.seed)
        return [self._build(), *([trade.run()] if self.live else [])]

    async def _build(self) -> None:
        await build(self.database, self.plan, report)


async def begin_sample(
    settings: Settings,
    database: Database,
    beside: ExitStack,
    ca_file: Path,
    seed_and_days: str,
    *,
    live: bool,
) -> Sample:
    """Users, products and providers, so that somebody can sign in while the orders are built.

    Raises CommandError for an unusable ``seed_and_days`` or somebody's own business.
    """
    try:
        plan = await begin(database, _plan(seed_and_days))
    except SampleElsewhereError:
        raise CommandError(ELSEWHERE) from None
    folder = settings.folder / "simulators"
    simulators = beside.enter_context(world.providers(folder, database, ca_file))
    channels_file = world.channels_file(folder, simulators)
    reaching = msgspec.structs.replace(settings, channels_file=channels_file)
    return Sample(reaching, plan, database, simulators, live)


def _plan(seed_and_days: str) -> Plan:
    seed, _, days = seed_and_days.partition(":")
    if not (seed.isdecimal() and days.isdecimal() and int(days)):
        raise CommandError("--sample takes SEED:DAYS, two whole numbers such as 7:90.")
    return Plan(int(seed), int(days), datetime.now(UTC).replace(microsecond=0))
