# SPDX-License-Identifier: Apache-2.0
"""Runs the engine against real containers on a real kernel and compares its alerts with declarative cases.

model (what a case file says) → image, launchers (make it happen) → engine (what was alerted) → match (the verdict).
batch ties these together.
"""
