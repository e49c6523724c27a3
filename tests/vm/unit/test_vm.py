# SPDX-License-Identifier: Apache-2.0
"""What can be told without booting: which package is chosen, and what is read off the guest's console."""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import kernels  # noqa: E402
from run_vm import Console, guest_script, hidden_directories  # noqa: E402


class Choice(unittest.TestCase):
    def test_numbers_are_compared_as_numbers(self) -> None:
        names = ["linux-image-6.1.0-9-amd64", "linux-image-6.1.0-47-amd64", "linux-image-6.1.0-100-amd64"]
        self.assertEqual(kernels.newest(names, "6.1"), "linux-image-6.1.0-100-amd64")

    def test_other_flavours_are_left_out(self) -> None:
        names = ["linux-image-6.12.9+deb12-amd64", "linux-image-6.12.10+deb12-cloud-amd64",
                 "linux-image-6.12.10+deb12-rt-amd64", "linux-image-6.12.10+deb12-amd64-unsigned"]
        self.assertEqual(kernels.newest(names, "6.12"), "linux-image-6.12.9+deb12-amd64")
        self.assertIsNone(kernels.newest(names, "6.1"))

    def test_without_packages_the_cache_is_used(self) -> None:
        with tempfile.TemporaryDirectory() as directory:
            boot = Path(directory) / "linux-image-6.1.0-9-amd64" / "boot"
            boot.mkdir(parents=True)
            (boot / "vmlinuz-6.1.0-9-amd64").touch()
            with mock.patch("kernels._packages", return_value=[]):
                self.assertEqual(kernels.ensure("6.1", Path(directory)).release, "6.1.0-9-amd64")

    def test_nothing_at_all_is_a_reason_to_skip(self) -> None:
        with tempfile.TemporaryDirectory() as directory, mock.patch("kernels._packages", return_value=[]):
            with self.assertRaisesRegex(kernels.Unavailable, "apt-get update"):
                kernels.ensure("6.1", Path(directory))


class GuestConsole(unittest.TestCase):
    def test_the_exit_status_is_a_line_of_its_own(self) -> None:
        console = Console()
        self.assertEqual(console.feed(b"hello\r\neunomia-vm-ex"), [b"hello"])
        self.assertEqual(console.feed(b"it: 3\r\n"), [])
        self.assertEqual(console.exit_status, 3)

    def test_text_that_only_holds_it_is_none(self) -> None:
        console = Console()
        console.feed(b"said eunomia-vm-exit: 0\n")
        self.assertIsNone(console.exit_status)

    def test_screen_codes_are_dropped(self) -> None:
        self.assertEqual(Console().feed(b"\x1bc\x1b[2Jtext\x1b[0m\n"), [b"text"])

    def test_arguments_reach_the_guest_as_they_are(self) -> None:
        self.assertIn("exec sh -c 'a b'", guest_script(["sh", "-c", "a b"], Path("/")))

    def test_what_the_guest_would_hide_is_made_visible(self) -> None:
        command = ["/usr/bin/python3", "/tmp/clone/tests/x.py", "--eunomia", "/run/build/dev/eunomia", "relative/tmp/x"]
        self.assertEqual(hidden_directories(command, Path("/home/u/tmp/x")), {Path("/tmp/clone"), Path("/run/build")})
        self.assertEqual(hidden_directories(["true"], Path("/tmp/clone/build")), {Path("/tmp/clone")})


if __name__ == "__main__":
    unittest.main()
