#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A receiver for Eunomia's webhook: prints each alert it is sent. Start here for one of your own.

    ./webhook_receiver.py --port 8080
    eunomia run --webhook http://127.0.0.1:8080/alerts

Each alert is one POST with a JSON body. Answer 200 once it is safe with you. 5xx and 429 (with Retry-After, if you like)
have it sent again later, any other 4xx drops it. An alert may arrive twice, when an answer was lost: "uuid" tells.

With a certificate (--cert, --key) it speaks HTTPS. --fail, --status, --retry-after and --delay play a receiver that has
a bad day. Needs nothing but Python.
"""

import argparse
import hmac
import itertools
import json
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LONGEST_BODY = 1024 * 1024  # an alert is below 64 KiB


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps the connection open for the next alert
    options: argparse.Namespace
    requests = itertools.count()
    seen: set[str] = set()
    lock = threading.Lock()

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        if length > LONGEST_BODY:
            self.close_connection = True
            return self.answer(413)
        body = self.rfile.read(length)
        if not self.authorized():
            return self.answer(401)
        time.sleep(self.options.delay)
        if next(self.requests) < self.options.fail:
            return self.answer(self.options.status)
        try:
            alert = json.loads(body)
        except ValueError:
            return self.answer(400)
        self.show(alert)
        return self.answer(200)

    def authorized(self):
        token = self.options.token
        given = self.headers.get("Authorization", "")
        return not token or hmac.compare_digest(given.encode(), f"Bearer {token}".encode())

    def show(self, alert):
        with self.lock:
            if alert.get("uuid") in self.seen:
                return
            self.seen.add(alert.get("uuid"))
            if self.options.raw:
                line = json.dumps(alert)
            else:
                container = alert.get("container", {}).get("name") or "host"
                line = f"{alert['time']} {alert['priority']} {alert['rule']} [{container}] {alert['output']!r}"
            print(line, flush=True)

    def answer(self, status):
        self.send_response(status)
        if status in (429, 503) and self.options.retry_after is not None:
            self.send_header("Retry-After", str(self.options.retry_after))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):
        if self.options.verbose:
            super().log_message(format, *args)


def arguments():
    parser = argparse.ArgumentParser(description="Print the alerts that Eunomia's webhook sends.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080, help="0: any free one; it is printed on standard error")
    parser.add_argument("--cert", help="PEM file with the certificate: serve HTTPS")
    parser.add_argument("--key", help="PEM file with its key")
    parser.add_argument("--token", help="demand the header 'Authorization: Bearer TOKEN'")
    parser.add_argument("--raw", action="store_true", help="print the alerts as they came, in JSON")
    parser.add_argument("--verbose", action="store_true", help="log every request")
    bad_day = parser.add_argument_group("a bad day")
    bad_day.add_argument("--fail", type=int, default=0, metavar="N", help="refuse the first N requests")
    bad_day.add_argument("--status", type=int, default=500, help="with this status")
    bad_day.add_argument("--retry-after", type=int, metavar="SECONDS", help="and, if 429 or 503, this wish")
    bad_day.add_argument("--delay", type=float, default=0, metavar="SECONDS", help="think before each answer")
    return parser.parse_args()


def main():
    options = arguments()
    Receiver.options = options
    server = ThreadingHTTPServer((options.host, options.port), Receiver)
    scheme = "http"
    if options.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.cert, options.key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        scheme = "https"
    print(f"listening on {scheme}://{options.host}:{server.server_address[1]}/", file=sys.stderr, flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
