# SPDX-License-Identifier: Apache-2.0
"""The one container image of the tests: static busybox, a few accounts, our helper programs, the cases' files."""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

BUSYBOX = Path("/bin/busybox")
HELPER_DIR = "/opt/e2e/bin"
SEARCH_PATH = f"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:{HELPER_DIR}"

_DIRECTORIES = ("bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "etc", "root", "home/app", "var/log", "var/tmp",
                "var/spool/cron/crontabs", "run", "proc", "sys", "dev", "opt/e2e/bin", "root/.ssh", "lib")
_ACCOUNTS = {
    "etc/passwd": ("root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000:app:/home/app:/bin/sh\n"
                   "nobody:x:65534:65534:nobody:/:/bin/false\n", 0o644),
    "etc/shadow": ("root:*:19000:0:99999:7:::\napp:!:19000:0:99999:7:::\n", 0o640),
    "etc/group": ("root:x:0:\napp:x:1000:\nnogroup:x:65534:\n", 0o644),
    "etc/hostname": ("e2e\n", 0o644),
}


@dataclass(frozen=True)
class ImageFile:
    """An extra file of a case: text, or a symbolic link."""

    path: str
    text: str = ""
    mode: int = 0o644
    link: str | None = None


class ImageConflict(Exception):
    """Two cases want different things at one path."""


def merge(files: Iterable[ImageFile]) -> list[ImageFile]:
    """All cases share one image, so a path may be asked for twice only with the same content."""
    merged: dict[str, ImageFile] = {}
    for file in files:
        if merged.setdefault(file.path, file) != file:
            raise ImageConflict(f"two cases put different files at {file.path}")
    return list(merged.values())


def _entry(name: str, mode: int, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.mode, info.type, info.linkname, info.mtime = mode, kind, link, 1_700_000_000
    return info


def _add_bytes(tar: tarfile.TarFile, name: str, data: bytes, mode: int) -> None:
    info = _entry(name, mode)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def _add_busybox(tar: tarfile.TarFile) -> None:
    """Applets are hard links, so that a process' executable path names the applet, as with a full distribution."""
    _add_bytes(tar, "bin/busybox", BUSYBOX.read_bytes(), 0o755)
    listed = subprocess.run([str(BUSYBOX), "--list-full"], capture_output=True, text=True, check=True).stdout.split()
    for applet in sorted(set(listed) - {"bin/busybox"}):
        tar.addfile(_entry(applet, 0o755, tarfile.LNKTYPE, "bin/busybox"))


def write_rootfs(output: Path, helpers: Path, files: Iterable[ImageFile]) -> None:
    """Writes the image's root as a tar archive. `helpers` is the directory of the built helper programs."""
    with tarfile.open(output, "w") as tar:
        for directory in _DIRECTORIES:
            tar.addfile(_entry(directory, 0o755, tarfile.DIRTYPE))
        tar.addfile(_entry("tmp", 0o1777, tarfile.DIRTYPE))
        _add_busybox(tar)
        for name, (text, mode) in _ACCOUNTS.items():
            _add_bytes(tar, name, text.encode(), mode)
        for helper in sorted(p for p in helpers.iterdir() if p.is_file() and p.stat().st_mode & 0o100):
            _add_bytes(tar, f"{HELPER_DIR[1:]}/{helper.name}", helper.read_bytes(), 0o755)
        _add_files(tar, files)


def _add_files(tar: tarfile.TarFile, files: Iterable[ImageFile]) -> None:
    for file in merge(files):
        if file.link is not None:
            tar.addfile(_entry(file.path.lstrip("/"), 0o777, tarfile.SYMTYPE, file.link))
        else:
            _add_bytes(tar, file.path.lstrip("/"), file.text.encode(), file.mode)


def extend(base: Path, output: Path, files: Iterable[ImageFile]) -> None:
    """Writes the root `base`, a tar archive, once more, with `files` in it."""
    shutil.copyfile(base, output)
    with tarfile.open(output, "a") as tar:
        _add_files(tar, files)
