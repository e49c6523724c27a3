# SPDX-License-Identifier: Apache-2.0
import io
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness import image, software  # noqa: E402


class Sources(unittest.TestCase):
    def test_only_the_distribution_and_each_once(self) -> None:
        listing = ("http://m.example/debian/|bookworm|main|Debian\nhttp://m.example/debian/|bookworm|main|Debian\n"
                   "http://m.example/debian/|bookworm|contrib|Debian\nhttp://v.example/|stable|main|Vendor\n"
                   "http://s.example/|bookworm-security|main|Debian\n")
        self.assertEqual(software.sources(listing), ["deb http://m.example/debian/ bookworm main",
                                                     "deb http://s.example/ bookworm-security main"])

    def test_another_list_of_packages_is_another_tree(self) -> None:
        before = software.key(["deb a b main"])
        self.assertNotEqual(software.key(["deb c b main"]), before)
        with mock.patch.object(software, "PACKAGES", ("nginx",)):
            self.assertNotEqual(software.key(["deb a b main"]), before)
        self.assertEqual(software.key(["deb a b main"]), before)


class Archive(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.base = self.directory / "base.tar"
        with tarfile.open(self.base, "w") as tar:
            entry = tarfile.TarInfo("./usr/lib/x/15/bin/server")
            entry.size = 2
            tar.addfile(entry, io.BytesIO(b"ab"))

    def test_a_directory_is_found(self) -> None:
        self.assertEqual(software.directory_of(self.base, "*/x/*/bin/server"), "/usr/lib/x/15/bin")
        with self.assertRaises(software.Unavailable):
            software.directory_of(self.base, "*/y/*")

    def test_files_come_to_those_that_are_there(self) -> None:
        output = self.directory / "more.tar"
        image.extend(self.base, output, [image.ImageFile("/entry.sh", "text", 0o755)])
        with tarfile.open(output) as tar:
            self.assertEqual(tar.getnames(), ["./usr/lib/x/15/bin/server", "entry.sh"])
            self.assertEqual(tar.getmember("entry.sh").mode, 0o755)


if __name__ == "__main__":
    unittest.main()
