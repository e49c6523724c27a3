# SPDX-License-Identifier: Apache-2.0
"""Boots a distribution kernel under software emulation and runs one command in it, on the host's own root.

    run_vm.py --series 6.12 --cache DIR [--timeout 300] [--cd DIR] -- COMMAND ARGUMENT...

The guest sees the host's files read-only with a layer of its own in memory above them, is root, and has no network.
Its output is passed on line by line. Exit status: the command's; 77 where no kernel or emulator can be had (with the
reason); 124 when the time was up; 125 when the guest did not get as far as the command.
"""

from __future__ import annotations

import argparse
import os
import re
import selectors
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import initramfs
import kernels

QEMU = "qemu-system-x86_64"
# Container engines want a profile loader where AppArmor is on, which is not under test.
GUEST_OPTIONS = "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on apparmor=0"
EXIT_SKIPPED, EXIT_TIMEOUT, EXIT_NO_GUEST = 77, 124, 125
EXIT_LINE = re.compile(rb"^eunomia-vm-exit: (\d+)\s*$")
# The firmware clears the screen; a log is no screen.
SCREEN_CODES = re.compile(rb"\x1b(c|\[[?0-9;]*[a-zA-Z])")


def qemu_command(kernel: kernels.Kernel, initrd: Path, memory_mib: int) -> list[str]:
    """The emulated machine: two processors, no network, the host's root as a 9p share that cannot be written.

    The processors take turns on one thread: with a thread each, one may still run code that the other has just patched
    (static keys, ftrace), and the guest dies of a stray int3. Four-level page tables are walked faster than five.
    """
    return [QEMU, "-accel", "tcg,thread=single", "-cpu", "max,la57=off", "-m", str(memory_mib), "-smp", "2",
            "-nographic", "-no-reboot", "-nic", "none",
            "-kernel", str(kernel.image), "-initrd", str(initrd),
            "-append", GUEST_OPTIONS,
            "-fsdev", "local,id=h,path=/,security_model=none,readonly=on,multidevs=remap",
            "-device", "virtio-9p-pci,fsdev=h,mount_tag=host"]


def guest_script(command: list[str], directory: Path) -> str:
    return f"cd {shlex.quote(str(directory))} || exit 125\nexec {shlex.join(command)}\n"


class Console:
    """Splits the guest's serial output into lines, passes them on and keeps the exit status it announces."""

    def __init__(self) -> None:
        self.exit_status: int | None = None
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        *lines, self._rest = (self._rest + data).split(b"\n")
        shown = []
        for line in lines:
            line = SCREEN_CODES.sub(b"", line.rstrip(b"\r"))
            found = EXIT_LINE.match(line)
            if found:
                self.exit_status = int(found.group(1))
            elif line:
                shown.append(line)
        return shown


def watch(process: subprocess.Popen[bytes], console: Console, deadline: float) -> bool:
    """Passes output on until the guest is off; False when the deadline came first."""
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            if not selector.select(left):
                continue
            data = os.read(process.stdout.fileno(), 65536)
            if not data:
                return True
            for line in console.feed(data):
                sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()


def hidden_directories(command: list[str], directory: Path) -> set[Path]:
    """What the command names below /tmp and /run, which the guest has for itself: /tmp/x of /tmp/x/y."""
    named = [directory, *(Path(word) for word in command if word.startswith("/"))]
    return {Path(*path.parts[:3]) for path in named if len(path.parts) > 2 and path.parts[1] in ("tmp", "run")}


def run(kernel: kernels.Kernel, options: argparse.Namespace) -> int:
    script, visible = guest_script(options.command, options.cd), hidden_directories(options.command, options.cd)
    with tempfile.TemporaryDirectory(prefix="eunomia-vm-") as scratch:
        initrd = Path(scratch) / "initrd"
        initramfs.build(kernel, script, visible, initrd)
        console = Console()
        process = subprocess.Popen(qemu_command(kernel, initrd, options.memory), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            in_time = watch(process, console, time.monotonic() + options.timeout)
        finally:
            process.kill()
            process.wait()
    if not in_time:
        print(f"vm {kernel.release}: stopped after {options.timeout:.0f} s")
        return EXIT_TIMEOUT
    if console.exit_status is None:
        print(f"vm {kernel.release}: the guest ended without an exit status")
        return EXIT_NO_GUEST
    return console.exit_status


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Run a command on an emulated kernel.")
    parser.add_argument("--series", required=True, choices=sorted(kernels.SERIES))
    parser.add_argument("--cache", required=True, type=Path, help="where unpacked kernels are kept")
    parser.add_argument("--timeout", type=float, default=300, metavar="SECONDS")
    parser.add_argument("--memory", type=int, default=4096, metavar="MIB")
    parser.add_argument("--cd", type=Path, default=Path.cwd(), help="directory of the command in the guest")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    options.command = options.command[1:] if options.command[:1] == ["--"] else options.command
    if not options.command:
        parser.error("no command given")
    return options


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_TIMEOUT))
    options = arguments()
    try:
        if shutil.which(QEMU) is None:
            raise kernels.Unavailable(f"{QEMU} is not installed (package qemu-system-x86)")
        kernel = kernels.ensure(options.series, options.cache)
    except kernels.Unavailable as reason:
        print(f"SKIPPED vm {options.series}: {reason}")
        return EXIT_SKIPPED
    started = time.monotonic()
    print(f"vm {kernel.release}: booting", flush=True)
    status = run(kernel, options)
    print(f"vm {kernel.release}: exit status {status} after {time.monotonic() - started:.1f} s")
    return status


if __name__ == "__main__":
    sys.exit(main())
