# SPDX-License-Identifier: Apache-2.0
"""Webhooks that are down, silent or answer with errors: alerts keep flowing elsewhere, failures are counted."""

from __future__ import annotations

import http.server
import socket
import threading

from support import EngineTest, main, of_rule, opened, rule

ALERTS = 60


class Receiver:
    """An HTTP server that takes alerts: the first `failures` requests are answered with 500."""

    def __init__(self, failures: int) -> None:
        self.failures = failures
        self.taken = 0
        self.refused = 0
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # noqa: N802
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                good = receiver.refused >= receiver.failures
                receiver.taken += good
                receiver.refused += not good
                self.send_response(200 if good else 500)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Webhooks(EngineTest):
    def alert_all(self, url: str) -> tuple[int, str]:
        """Raises alerts with a webhook at `url`; asserts that standard output gets all. The log, and exit status."""
        target = self.directory / "target"
        engine = self.engine([rule("Seen", opened(str(target)))], "--webhook", url).start()
        for _ in range(ALERTS):
            self.touch(target)
        self.assertTrue(engine.wait_until(lambda: len(of_rule(engine, "Seen")) == ALERTS, 30), engine.log_tail())
        self.reach_marker(engine)
        status = engine.stop()
        return status, "\n".join(engine.log)

    def test_nobody_listens(self) -> None:
        with socket.socket() as unused:  # bound, so that nobody else takes the port; not listening
            unused.bind(("127.0.0.1", 0))
            status, log = self.alert_all(f"http://127.0.0.1:{unused.getsockname()[1]}/")
        self.assertEqual(status, 0, log)
        self.assertRegex(log, r"webhook.*(undelivered|failed)")

    def test_nobody_answers(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            status, log = self.alert_all(f"http://127.0.0.1:{silent.getsockname()[1]}/")
        self.assertEqual(status, 0, log)
        self.assertRegex(log, r"webhook.*(undelivered|failed)")

    def test_answered_with_errors_for_ever(self) -> None:
        receiver = Receiver(failures=10**9)
        self.addCleanup(receiver.close)
        status, log = self.alert_all(receiver.url)
        self.assertEqual(status, 0, log)
        self.assertGreater(receiver.refused, 1, "an alert that was refused is sent again")
        self.assertRegex(log, r"webhook.*(undelivered|failed)")

    def test_answered_with_errors_at_first(self) -> None:
        receiver = Receiver(failures=2)
        self.addCleanup(receiver.close)
        status, log = self.alert_all(receiver.url)
        self.assertEqual(status, 0, log)
        self.assertGreaterEqual(receiver.taken, ALERTS, log)


if __name__ == "__main__":
    main()
