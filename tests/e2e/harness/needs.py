# SPDX-License-Identifier: Apache-2.0
"""What a case can ask of the kernel and the system, and why it is not there. Looked at only when asked for."""

from __future__ import annotations

import ctypes
import errno
import functools
import re
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

SYS_BPF, BPF_PROG_LOAD = 321, 5
BPF_PROG_TYPE_TRACING, BPF_PROG_TYPE_LSM = 26, 29
BPF_TRACE_FENTRY, BPF_LSM_MAC = 24, 27


def _file(path: str, otherwise: str) -> Callable[[], str | None]:
    return lambda: None if Path(path).exists() else otherwise


def _program(name: str) -> Callable[[], str | None]:
    return lambda: None if shutil.which(name) else f"{name} is not installed"


def _contains(path: str, word: str, otherwise: str) -> Callable[[], str | None]:
    def probe() -> str | None:
        file = Path(path)
        return None if file.exists() and word in file.read_text(encoding="ascii", errors="replace").replace(
            ",", " ").split() else otherwise
    return probe


def _tracefs() -> Path:
    directory = Path("/sys/kernel/tracing")
    if not (directory / "events").exists():
        subprocess.run(["mount", "-t", "tracefs", "none", str(directory)], stderr=subprocess.DEVNULL, check=False)
    return directory


def _tracing(entry: str, otherwise: str) -> Callable[[], str | None]:
    return lambda: None if (_tracefs() / entry).exists() else otherwise


def _io_uring() -> str | None:
    """io_uring_setup(0, NULL): EFAULT or EINVAL where it exists, ENOSYS or EPERM where it does not."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(425, 0, None)
    code = ctypes.get_errno()
    return None if code in (errno.EFAULT, errno.EINVAL) else f"io_uring is not available ({errno.errorcode[code]})"


def _refused(program_type: int, attach_type: int) -> str | None:
    """Offers the kernel a two-instruction program bound to BTF type 1, which is no function: a kernel that takes such
    programs says EINVAL; EPERM means that it takes none. Numbers and layout as in union bpf_attr, linux/bpf.h."""
    mov_r0_0, leave = struct.pack("<BBhi", 0xB7, 0, 0, 0), struct.pack("<BBhi", 0x95, 0, 0, 0)
    code, licence = ctypes.create_string_buffer(mov_r0_0 + leave), ctypes.create_string_buffer(b"GPL")
    attributes = struct.pack("<IIQQIIQII16sIIIIQIIQII", program_type, 2, ctypes.addressof(code),
                             ctypes.addressof(licence), 0, 0, 0, 0, 0, b"", 0, attach_type, 0, 0, 0, 0, 0, 0, 0, 1)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall(SYS_BPF, BPF_PROG_LOAD, ctypes.create_string_buffer(attributes), len(attributes))
    code_name = errno.errorcode.get(ctypes.get_errno(), "?")
    return None if code_name == "EINVAL" else f"the kernel refuses such BPF programs ({code_name})"


def _fentry() -> str | None:
    return _refused(BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY)


def _lsm() -> str | None:
    listed = Path("/sys/kernel/security/lsm")
    if not listed.exists():
        subprocess.run(["mount", "-t", "securityfs", "none", "/sys/kernel/security"], stderr=subprocess.DEVNULL,
                       check=False)
    return (_contains(str(listed), "bpf", "the kernel's LSM list has no bpf")()
            or _refused(BPF_PROG_TYPE_LSM, BPF_LSM_MAC))


def _docker() -> str | None:
    return _program("dockerd")() or _program("runc")()


def _crun() -> str | None:
    controllers = Path("/sys/fs/cgroup/unified/cgroup.controllers")
    if controllers.exists() and controllers.read_text(encoding="ascii").strip():
        return "crun refuses a hybrid cgroup hierarchy whose unified part has controllers, as this machine's"
    return _program("crun")()


def _privileged() -> str | None:
    """A privileged container gets every capability, CAP_SYS_RESOURCE (24) too: its giver must have it."""
    effective = re.search(r"^CapEff:\s*([0-9a-f]+)$", Path("/proc/self/status").read_text(encoding="ascii"), re.M)
    assert effective is not None
    return None if int(effective.group(1), 16) >> 24 & 1 else "privileged containers need CAP_SYS_RESOURCE"


PROBES: dict[str, Callable[[], str | None]] = {
    "btf": _file("/sys/kernel/btf/vmlinux", "the kernel has no BTF"),
    "lsm": _lsm,
    "fentry": _fentry,
    "kprobe": _tracing("kprobe_events", "the kernel is built without kprobes"),
    "tracepoint": _tracing("events/syscalls", "the kernel has no system call tracepoints"),
    "cgroup2": _file("/sys/fs/cgroup/cgroup.controllers", "/sys/fs/cgroup is no unified hierarchy"),
    "overlay": _contains("/proc/filesystems", "overlay", "the kernel has no overlay file system"),
    "ipv6": _file("/proc/net/if_inet6", "the kernel has no IPv6"),
    "io_uring": _io_uring,
    "modules": _tracing("events/syscalls/sys_exit_finit_module", "the kernel is built without modules"),
    "fchmodat2": _tracing("events/syscalls/sys_exit_fchmodat2", "the kernel has no fchmodat2"),
    "privileged": _privileged,
    "docker": _docker,
    "crun": _crun,
    "runc": _program("runc"),
}


@functools.cache
def missing(need: str) -> str | None:
    """None when `need` is fulfilled, else the reason why not. An unknown need is an error, not a skip."""
    return PROBES[need]()


def first_missing(needs: tuple[str, ...]) -> str | None:
    return next((reason for reason in map(missing, needs) if reason is not None), None)
