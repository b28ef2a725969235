"""What no linter knows: sizes, names, words and the traps that cost somebody a day."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FUNCTION = 60
LONGEST_FILE = 400
FORBIDDEN_NAMES = {"utils", "helpers", "helper", "manager", "managers", "common", "misc"}
HAN = re.compile(r"[\u3400-\u9fff]")


@cache
def tracked() -> tuple[Path, ...]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    names = listing.stdout.splitlines() or [
        str(path.relative_to(ROOT)) for path in ROOT.rglob("*.py") if ".venv" not in path.parts
    ]
    return tuple(ROOT / name for name in names if (ROOT / name).is_file())


def sources(*tops: str) -> list[Path]:
    return [
        path
        for path in tracked()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in tops
    ]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def called(node: ast.Call) -> str:
    return ast.unparse(node.func)


def calls(*tops: str) -> list[tuple[Path, ast.Call]]:
    return [
        (path, node)
        for path in sources(*tops)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
    ]


def test_functions_fit_on_a_screen():
    long = [
        f"{where(path, node)} {node.name}"
        for path in sources("app", "payments", "benchmarks", "tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert not long


def test_files_stay_small():
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for path in sources("app", "payments")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]
    assert not long


def test_no_room_for_odds_and_ends():
    named = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if FORBIDDEN_NAMES & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    ]
    assert not named


def test_amounts_and_counts_never_travel_as_32_bit_signals():
    assert not [
        where(path, node)
        for path, node in calls("app")
        if called(node).split(".")[-1] == "Signal"
        and any(isinstance(argument, ast.Name) and argument.id == "int" for argument in node.args)
    ]


def test_no_lambda_or_partial_keeps_a_widget_alive():
    assert not [
        where(path, node)
        for path, node in calls("app")
        if isinstance(node.func, ast.Attribute)
        and node.func.attr == "connect"
        and any(
            isinstance(argument, ast.Lambda)
            or (
                isinstance(argument, ast.Call)
                and called(argument) in {"partial", "functools.partial"}
            )
            for argument in node.args
        )
    ]


def test_single_shots_are_dropped_with_their_owner():
    assert not [
        where(path, node)
        for path, node in calls("app")
        if called(node).endswith("QTimer.singleShot") and len(node.args) < 3
    ]


@pytest.mark.parametrize(
    "trap",
    ["QSortFilterProxyModel", "QThread", "QRunnable", "QtAsyncio", "QSpinBox", "QDoubleSpinBox"],
)
def test_traps_of_qt_are_not_used(trap):
    assert not [
        where(path, node)
        for path in sources("app")
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Name) and node.id == trap)
        or (isinstance(node, ast.Attribute) and node.attr == trap)
    ]


def test_pyplot_and_the_collector_stay_out_of_the_console():
    assert not [
        where(path, node)
        for path in sources("app")
        for node in ast.walk(tree(path))
        if (
            isinstance(node, ast.ImportFrom) and node.module in {"matplotlib.pyplot", "pylab", "gc"}
        )
        or (
            isinstance(node, ast.Import)
            and any(name.name in {"matplotlib.pyplot", "pylab", "gc"} for name in node.names)
        )
    ]


IMPURE = {
    "datetime.now",
    "datetime.utcnow",
    "time.time",
    "random.random",
    "uuid4",
    "uuid.uuid4",
    "open",
}


def test_the_domain_has_no_clock_no_randomness_and_no_files():
    pure = [*sources("payments")]
    assert not [
        where(path, node)
        for path in pure
        if path.relative_to(ROOT).parts[1] in {"domain", "contract", "risk"}
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and called(node) in IMPURE
    ]


def test_money_is_never_a_float():
    assert not [
        where(path, node)
        for path, node in calls("payments")
        if path.relative_to(ROOT).parts[1] in {"contract", "domain", "flows", "channels", "store"}
        and "simulation" not in path.parts
        and called(node) == "float"
        and not isinstance(node.args[0], ast.Constant)
    ]


def test_what_a_person_reads_stands_in_the_message_catalogue():
    written = []
    for path in sources("app"):
        documentation = {
            id(node.body[0].value)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        written += [
            where(path, node)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in documentation
            and HAN.search(node.value)
            and path.name not in {"search.py", "fonts.py"}
        ]
    assert not written


def test_nothing_names_a_machine_or_a_registry():
    registry = re.compile("|".join(("py" + r"pi\.org", "python" + "hosted", "registry" + r"\.npm")))
    place = re.compile(r"/(?:work|root|home/\w+)/(?:main|shared)\b")
    text = {".py", ".md", ".toml", ".lock", ".txt", ".json", ".yml", ".cfg", ""}
    named = []
    for path in tracked():
        if path.suffix not in text or path == Path(__file__):
            continue
        content = path.read_text(encoding="utf-8", errors="ignore")
        if registry.search(content) or place.search(content):
            named.append(str(path.relative_to(ROOT)))
    assert not named
