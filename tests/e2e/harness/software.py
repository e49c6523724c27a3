# SPDX-License-Identifier: Apache-2.0
"""Real software to run in a container: a root file system made of the distribution's packages, built once and kept.

`ensure` is called outside of the measured time. It takes the packages from where this machine's apt takes its own, so
nothing but that mirror has to be reached. Documentation, translations and PostgreSQL's compiler are left out: they
double the size and are not used.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path

PACKAGES = ("nginx", "redis-server", "postgresql", "curl", "ca-certificates")
_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*", "/usr/lib/*/libLLVM*")
_BUILD_TIMEOUT_S = 600


class Unavailable(Exception):
    """The software cannot be had here; the text says why."""


def sources(listing: str) -> list[str]:
    """Lines of a sources.list out of lines URI|codename|component|origin, the distribution's own only."""
    found = []
    for line in listing.splitlines():
        uri, codename, component, origin = line.split("|")
        entry = f"deb {uri} {codename} {component}"
        if origin == "Debian" and component == "main" and entry not in found:
            found.append(entry)
    return found


def _machine_sources() -> list[str]:
    for program in ("mmdebstrap", "apt-get"):
        if shutil.which(program) is None:
            raise Unavailable(f"{program} is not installed")
    form = "$(REPO_URI)|$(CODENAME)|$(COMPONENT)|$(ORIGIN)"
    listed = subprocess.run(["apt-get", "indextargets", "--format", form, "Identifier: Packages"],
                            capture_output=True, text=True, timeout=60, check=False)
    found = sources(listed.stdout)
    if not found:
        raise Unavailable("apt knows no Debian archive here; run apt-get update on a Debian system")
    return found


def command(output: Path) -> list[str]:
    return ["mmdebstrap", "--mode=root", "--variant=essential", f"--include={','.join(PACKAGES)}",
            "--dpkgopt=force-unsafe-io", *(f"--dpkgopt=path-exclude={pattern}" for pattern in _LEFT_OUT),
            "", str(output), "-"]


def key(origin: Sequence[str]) -> str:
    """Changes with everything that the tree depends on, but for the versions that the archive has."""
    return hashlib.sha256(json.dumps([command(Path()), list(origin)]).encode()).hexdigest()[:12]


def ensure(cache: Path) -> Path:
    """The tree as a tar archive, from `cache` where it is there already. Raises Unavailable."""
    origin = _machine_sources()
    archive = cache / f"{key(origin)}.tar"
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        partial = archive.with_suffix(".partial.tar")
        try:
            built = subprocess.run(command(partial), input="\n".join(origin), capture_output=True, text=True,
                                   timeout=_BUILD_TIMEOUT_S, check=False)
        except subprocess.TimeoutExpired as error:
            raise Unavailable(f"mmdebstrap took more than {_BUILD_TIMEOUT_S} s") from error
        if built.returncode != 0:
            raise Unavailable(f"mmdebstrap failed: {built.stderr.strip()[-500:]}")
        partial.rename(archive)  # whole or not at all
    return archive


def directory_of(archive: Path, pattern: str) -> str:
    """The directory of the first file that `pattern` matches, as an absolute path of the image."""
    with tarfile.open(archive) as tar:
        for member in tar:
            if fnmatch.fnmatch(member.name, pattern):
                return "/" + str(Path(member.name).parent)
    raise Unavailable(f"{archive} holds no {pattern}")
