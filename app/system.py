"""What the operating system must bring before Qt is touched: libraries and a display.

Qt aborts the process when its platform plugin cannot load; a person deserves a sentence that names
the package and the command instead.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from collections.abc import Mapping

# Library → package, by the tool that installs it.
_ALWAYS = {
    "libEGL.so.1": {"apt": "libegl1", "dnf": "libglvnd-egl", "pacman": "libglvnd"},
    "libGL.so.1": {"apt": "libgl1", "dnf": "libglvnd-glx", "pacman": "libglvnd"},
    "libglib-2.0.so.0": {"apt": "libglib2.0-0", "dnf": "glib2", "pacman": "glib2"},
    "libfontconfig.so.1": {"apt": "libfontconfig1", "dnf": "fontconfig", "pacman": "fontconfig"},
    "libxkbcommon.so.0": {
        "apt": "libxkbcommon0",
        "dnf": "libxkbcommon",
        "pacman": "libxkbcommon",
    },
    "libdbus-1.so.3": {"apt": "libdbus-1-3", "dnf": "dbus-libs", "pacman": "dbus"},
}
_X11 = {
    "libxcb-cursor.so.0": {
        "apt": "libxcb-cursor0",
        "dnf": "xcb-util-cursor",
        "pacman": "xcb-util-cursor",
    },
    "libxcb-icccm.so.4": {"apt": "libxcb-icccm4", "dnf": "xcb-util-wm", "pacman": "xcb-util-wm"},
    "libxcb-keysyms.so.1": {
        "apt": "libxcb-keysyms1",
        "dnf": "xcb-util-keysyms",
        "pacman": "xcb-util-keysyms",
    },
    "libxcb-image.so.0": {
        "apt": "libxcb-image0",
        "dnf": "xcb-util-image",
        "pacman": "xcb-util-image",
    },
    "libxcb-render-util.so.0": {
        "apt": "libxcb-render-util0",
        "dnf": "xcb-util-renderutil",
        "pacman": "xcb-util-renderutil",
    },
    "libxcb-randr.so.0": {"apt": "libxcb-randr0", "dnf": "libxcb", "pacman": "libxcb"},
    "libxcb-shape.so.0": {"apt": "libxcb-shape0", "dnf": "libxcb", "pacman": "libxcb"},
    "libxcb-xinerama.so.0": {"apt": "libxcb-xinerama0", "dnf": "libxcb", "pacman": "libxcb"},
    "libxcb-xkb.so.1": {"apt": "libxcb-xkb1", "dnf": "libxcb", "pacman": "libxcb"},
    "libxkbcommon-x11.so.0": {
        "apt": "libxkbcommon-x11-0",
        "dnf": "libxkbcommon-x11",
        "pacman": "libxkbcommon-x11",
    },
    "libX11-xcb.so.1": {"apt": "libx11-xcb1", "dnf": "libX11-xcb", "pacman": "libx11"},
}
_INSTALL = {
    "apt": "sudo apt-get install",
    "dnf": "sudo dnf install",
    "pacman": "sudo pacman -S",
}


def missing(environment: Mapping[str, str] = os.environ) -> str:
    """One sentence that says what is missing and how to get it; empty when all is there."""
    if not sys.platform.startswith("linux"):
        return ""
    platform = environment.get("QT_QPA_PLATFORM", "")
    has_display = bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
    wanted = dict(_ALWAYS)
    if not platform.startswith(("offscreen", "minimal", "vnc", "wayland")):
        if not has_display:
            return (
                "There is no display to open a window on: start Suanpan from a desktop session, or"
                " set QT_QPA_PLATFORM=offscreen to run it without a window."
            )
        if environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
            wanted |= _X11
    return _sentence([name for name in wanted if not _loads(name)], wanted)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _sentence(absent: list[str], wanted: Mapping[str, Mapping[str, str]]) -> str:
    if not absent:
        return ""
    tools = {"apt": "apt-get", "dnf": "dnf", "pacman": "pacman"}
    tool = next((name for name, command in tools.items() if shutil.which(command)), "apt")
    packages = " ".join(sorted({wanted[name][tool] for name in absent}))
    return (
        f"Qt needs {', '.join(absent)}, which this system lacks: install with"
        f" '{_INSTALL[tool]} {packages}' and start again."
    )
