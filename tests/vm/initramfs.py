# SPDX-License-Identifier: Apache-2.0
"""The guest's initramfs: static busybox, the modules that reach the host's root, and one command to run.

A kernel unpacks several cpio archives that follow each other, so the part that depends on the kernel is built once
and kept, and each run appends a small archive with its command.
"""

from __future__ import annotations

import lzma
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from kernels import Kernel, Unavailable

MODULES = ("virtio_pci", "9pnet_virtio", "9p", "overlay", "veth", "bridge")
INIT = Path(__file__).parent / "guest" / "init.sh"
BUSYBOX = Path("/bin/busybox")


def _dependency_order(kernel: Kernel) -> list[Path]:
    """Files of MODULES and of all they need, in loading order; what is built into the kernel has none."""
    subprocess.run(["depmod", "-b", str(kernel.root), kernel.release], check=True)
    files: list[Path] = []
    for module in MODULES:
        shown = subprocess.run(["modprobe", "-d", str(kernel.root), "-S", kernel.release, "--show-depends", module],
                               capture_output=True, text=True, check=True)
        for line in shown.stdout.splitlines():
            verb, _, rest = line.partition(" ")
            path = Path(rest.split()[0]) if verb == "insmod" else None
            if path is not None and path not in files:
                files.append(path)
    return files


def _add_module(source: Path, directory: Path) -> str:
    """Copies a module, unpacked: busybox inserts plain files only. Returns its path in the guest."""
    name = source.name.removesuffix(".xz").removesuffix(".zst")
    target = directory / name
    if source.suffix == ".xz":
        target.write_bytes(lzma.decompress(source.read_bytes()))
    elif source.suffix == ".zst":
        subprocess.run(["zstd", "-dq", str(source), "-o", str(target)], check=True)
    else:
        shutil.copyfile(source, target)
    return f"/lib/{name}"


def _cpio(tree: Path) -> bytes:
    names = sorted(str(path.relative_to(tree)) for path in tree.rglob("*"))
    packed = subprocess.run(["cpio", "--quiet", "-o", "-H", "newc", "-R", "0:0"], cwd=tree, check=True,
                            input="\n".join(names).encode(), capture_output=True)
    return packed.stdout


def _base(kernel: Kernel) -> bytes:
    with tempfile.TemporaryDirectory(prefix="eunomia-initramfs-") as scratch:
        tree = Path(scratch)
        (tree / "bin").mkdir()
        (tree / "lib").mkdir()
        shutil.copy(BUSYBOX, tree / "bin" / "busybox")
        shutil.copy(INIT, tree / "init")
        (tree / "init").chmod(0o755)
        modules = [_add_module(path, tree / "lib") for path in _dependency_order(kernel)]
        (tree / "modules").write_text("".join(f"{path}\n" for path in modules))
        return _cpio(tree)


def _cached_base(kernel: Kernel) -> bytes:
    cached = kernel.root / "initramfs.cpio"
    if cached.exists() and cached.stat().st_mtime >= INIT.stat().st_mtime:
        return cached.read_bytes()
    base = _base(kernel)
    partial = cached.with_suffix(".partial")
    partial.write_bytes(base)
    partial.rename(cached)
    return base


def build(kernel: Kernel, script: str, visible: Iterable[Path], output: Path) -> None:
    """Writes to `output` an initramfs whose guest runs `script` with sh in a writable view of the host's root.

    /tmp and /run are the guest's own; `visible` are directories below them that it shall see all the same, read-only.
    """
    if not BUSYBOX.exists():
        raise Unavailable("busybox-static is not installed")
    with tempfile.TemporaryDirectory(prefix="eunomia-initramfs-") as scratch:
        (Path(scratch) / "command").write_text(script)
        (Path(scratch) / "visible").write_text("".join(f"{path}\n" for path in visible))
        output.write_bytes(_cached_base(kernel) + _cpio(Path(scratch)))
