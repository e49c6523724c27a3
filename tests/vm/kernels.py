# SPDX-License-Identifier: Apache-2.0
"""Distribution kernels to boot: the newest package of a series, fetched once and unpacked into a cache directory."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

# Series → pattern of its packages. The cloud and real-time flavours lack the 9p file system.
SERIES = {
    "6.1": re.compile(r"linux-image-6\.1\.0-\d+-amd64"),
    "6.12": re.compile(r"linux-image-6\.12\.\d+\+deb12-amd64"),
}


class Unavailable(Exception):
    """A kernel cannot be had here; the text says why."""


@dataclass(frozen=True)
class Kernel:
    release: str  # as uname -r
    image: Path
    root: Path  # holds lib/modules/RELEASE


def version_key(text: str) -> list[tuple[int, int | str]]:
    """Orders package names and versions by their numbers, not their digits' text."""
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.findall(r"\d+|\D+", text)]


def newest(names: list[str], series: str) -> str | None:
    matching = [name for name in names if SERIES[series].fullmatch(name)]
    return max(matching, key=version_key, default=None)


def _unpacked(cache: Path, package: str) -> Kernel | None:
    release = package.removeprefix("linux-image-")
    root = cache / package
    image = root / "boot" / f"vmlinuz-{release}"
    return Kernel(release, image, root) if image.exists() else None


def _packages(series: str) -> list[str]:
    listing = subprocess.run(["apt-cache", "pkgnames", f"linux-image-{series}."],
                             capture_output=True, text=True, check=False)
    return listing.stdout.split()


def _fetch(cache: Path, package: str) -> None:
    download = cache / f"{package}.download"
    unpack = cache / f"{package}.partial"
    for directory in (download, unpack):
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
    got = subprocess.run(["apt-get", "download", "-q", package], cwd=download, capture_output=True, text=True,
                         timeout=300, check=False)
    archives = list(download.glob("*.deb"))
    if got.returncode != 0 or not archives:
        raise Unavailable(f"apt-get download {package} failed: {got.stderr.strip()[-300:]}")
    subprocess.run(["dpkg-deb", "-x", str(archives[0]), str(unpack)], check=True)
    shutil.rmtree(download)
    unpack.rename(cache / package)  # whole or not at all


def ensure(series: str, cache: Path) -> Kernel:
    """The newest kernel of `series` that can be had: from the package archive, else the newest in the cache."""
    if shutil.which("apt-get") is None:
        raise Unavailable("kernels come from Debian's packages; this system has no apt-get")
    cache.mkdir(parents=True, exist_ok=True)
    package = newest(_packages(series), series) or newest([p.name for p in cache.iterdir()], series)
    if package is None:
        raise Unavailable(f"no kernel package of series {series} is known; run apt-get update")
    if _unpacked(cache, package) is None:
        _fetch(cache, package)
    kernel = _unpacked(cache, package)
    if kernel is None:
        raise Unavailable(f"{package} holds no kernel image")
    return kernel
