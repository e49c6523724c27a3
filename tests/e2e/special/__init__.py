# SPDX-License-Identifier: Apache-2.0
"""End-to-end tests that are no declarative cases: what happens when things go wrong, and under load."""
