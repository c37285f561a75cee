# SPDX-License-Identifier: Apache-2.0
"""The table: rows of what | ours | peer | floor | ratio, and the same as JSON."""
import json
import os
import platform
import statistics


def number(value):
    """Three figures are all that a noisy machine allows."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


class Side:
    """The runs of one side of a row."""

    def __init__(self, name, values):
        self.name = name
        self.values = list(values)
        self.median = statistics.median(self.values)

    def text(self, named):
        low, high = min(self.values), max(self.values)
        text = number(self.median)
        if low != high:
            text += f" [{number(low)}..{number(high)}]"
        return f"{self.name} {text}" if named else text

    def as_json(self):
        return {"name": self.name, "median": self.median, "min": min(self.values),
                "max": max(self.values), "runs": self.values}


class Row:
    """
    One line. peers: names and values; reach: (side, "<=" or ">=", limit), what the ratio to
    that side, or for "ours" the figure itself, should be; ratio False: it says nothing here.
    """

    def __init__(self, case, what, ours, peers=(), floor=None, reach=None, note="", ratio=True):
        self.case = case
        self.what = what
        self.ours = Side("ours", ours)
        self.peers = [Side(name, values) for name, values in peers if values]
        self.floor = Side("floor", floor) if floor else None
        self.reach = reach
        self.note = note
        self.has_ratio = ratio

    def ratios(self):
        if not self.has_ratio:
            return {}
        sides = ([self.floor] if self.floor else []) + self.peers
        return {side.name: self.ours.median / side.median for side in sides if side.median}

    def reached(self):
        """True, False, or None where nothing was asked for."""
        if not self.reach:
            return None
        side, relation, limit = self.reach
        value = self.ours.median if side == "ours" else self.ratios().get(side)
        if value is None:
            return None
        return value <= limit if relation == "<=" else value >= limit

    def ratio_text(self):
        text = ", ".join(f"{ratio:.{2 if ratio >= 0.1 else 4}f} x {name}"
                         for name, ratio in self.ratios().items())
        if self.reach:
            side, relation, limit = self.reach
            wanted = f"{relation} {number(limit)}" + ("" if side == "ours" else f" x {side}")
            verdict = {True: "reached", False: "MISSED", None: "not measured"}[self.reached()]
            text += f"{' ' if text else ''}({wanted}: {verdict})"
        return text

    def cells(self):
        return (self.what, self.ours.text(False),
                ", ".join(peer.text(True) for peer in self.peers) or "-",
                self.floor.text(False) if self.floor else "-",
                " ".join(filter(None, (self.ratio_text(), self.note))) or "-")

    def as_json(self):
        return {"case": self.case, "what": self.what, "ours": self.ours.as_json(),
                "peers": [peer.as_json() for peer in self.peers],
                "floor": self.floor.as_json() if self.floor else None,
                "ratios": self.ratios(), "reach": self.reach, "reached": self.reached(),
                "note": self.note}


HEADINGS = ("what", "ours", "peer", "floor", "ratio")


def print_table(rows):
    """As Markdown that also reads well as plain text."""
    cells = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(HEADINGS))]
    for n, line in enumerate(cells):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |")
        if n == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def processor():
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.machine()


def write_json(path, rows, seconds, load):
    text = {
        "version": 1,
        "machine": {"processor": processor(), "cores": os.cpu_count(),
                    "kernel": platform.release(), "load_before": load},
        "seconds": round(seconds, 1),
        "rows": [row.as_json() for row in rows],
    }
    with open(path, "w", encoding="utf-8") as file:
        json.dump(text, file, indent=1)
        file.write("\n")
