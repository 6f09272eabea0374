"""The figures as tables beside their targets, and the growth as exponents and a plot."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from qa.console import show_table

# Milliseconds that the median warm answer may take, by passages.
WARM = {1_000: 20, 10_000: 30, 100_000: 80}
COLD_TIME, COLD_MEMORY = 1 / 7, 1 / 2
# How many times as fast as sentence-transformers, in bfloat16 and in single precision.
INDEXING = {True: 3.5, False: 1.0}
OPENING, CHAT_MB = 1.0, 1_000
# What grows: its name, how it is worked out of a row, how it is shown.
GROWN = {
    "index, s": lambda row: row["read_s"] + row["write_s"] + row["texts"] / row["texts_a_second"],
    "... of it embedding, s": lambda row: row["texts"] / row["texts_a_second"],
    "a note changed, s": lambda row: row["change_s"],
    "disk, MB": lambda row: row["disk_mb"],
    "memory of indexing, MB": lambda row: row["peak_mb"],
    "memory of asking, MB": lambda row: row["rss_mb"],
    "open, s": lambda row: row["open_s"],
    "first answer, s": lambda row: row["first_s"],
    "search p50, ms": lambda row: row["search_ms"][0],
    "ask p50, ms": lambda row: row["ask_ms"][0],
    "ask p95, ms": lambda row: row["ask_ms"][1],
}
FLOOR = {"embed_ms": "query embedded", "dense_ms": "by meaning", "words_ms": "by words", "signs_ms": "candidates read"}


def show(found: dict[str, Any]) -> None:
    """All figures that were measured."""
    print(f"{found['cores']} cores, {found['machine']}, {found['day']}\n")
    targets: list[Sequence[object]] = [["", "measured", "target", ""]]
    if "cold" in found:
        targets += _cold(found["cold"])
    if "indexing" in found:
        targets += _indexing(found["indexing"])
    if "growth" in found:
        _growth(found["growth"])
        targets += _of_growth(found["growth"])
    if "opening" in found:
        opening = found["opening"]
        best = min(opening["seconds"])
        targets.append(_row(f"open {opening['notes']:,} notes, s", best, OPENING, best <= OPENING))
    show_table(targets)


def _cold(cold: dict[str, Any]) -> list[Sequence[object]]:
    rows = [["cold `qa ask`", "s", "MB"]]
    for name, seconds, mb in zip(("qa ask", "plain LangChain"), cold["seconds"], cold["mb"], strict=True):
        rows.append([name, f"{seconds:.2f}", f"{mb:.0f}"])
    show_table(rows, right_from=1)
    told = ", ".join(f"{package} {ms:.0f}" for package, ms in cold["imports_ms"].items())
    print(f"its imports, ms: {told}")
    print(f"imported and not used: {', '.join(cold['unused']) or 'none of those that are looked for'}\n")
    time, memory = (statistics.median(cold[name]) for name in ("time_ratios", "memory_ratios"))
    return [
        _row("cold time, ratio", time, COLD_TIME, time <= COLD_TIME),
        _row("cold memory, ratio", memory, COLD_MEMORY, memory <= COLD_MEMORY),
    ]


def _indexing(indexing: dict[str, Any]) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = [["runtime", "", "texts/s", "usual", "ratio", "(pairs)", "least cosine"]]
    targets = []
    for runtime, told in indexing.items():
        if runtime == "threads":
            continue
        ratio, least = statistics.median(told["ratios"]), INDEXING[told["bfloat16"]]
        spread = f"{min(told['ratios']):.2f} to {max(told['ratios']):.2f}"
        texts = [f"{told[name]:.0f}" for name in ("texts_a_second", "usual_a_second")]
        how = ", ".join([*["bfloat16"] * told["bfloat16"], *["auto"] * told["auto"]])
        rows.append([runtime, how, *texts, f"{ratio:.2f}", spread, f"{told['least_cosine']:.5f}"])
        targets.append(_row(f"indexing ({runtime}), ratio", ratio, least, ratio >= least))
    show_table(rows, right_from=2)
    print()
    return targets


def _growth(rows: Sequence[dict[str, Any]]) -> None:
    table: list[Sequence[object]] = [["", *(f"{row['passages']:,}" for row in rows), "exponent"]]
    for name, value in GROWN.items():
        values = [value(row) for row in rows]
        table.append([name, *map(_short, values), f"{exponent(rows, values):.2f}" if len(rows) > 1 else ""])
    show_table(table, right_from=1)
    print("\nwhere the median answer goes, ms")
    table = [["", *(f"{row['passages']:,}" for row in rows)]]
    for name, said in FLOOR.items():
        table.append([said, *(f"{row[name][0]:.1f}" for row in rows)])
    floor = [sum(row[name][0] for name in FLOOR) for row in rows]
    table.append(["all of these", *(f"{one:.1f}" for one in floor)])
    table.append(["the whole answer", *(f"{row['ask_ms'][0]:.1f}" for row in rows)])
    show_table(table, right_from=1)
    print()


def _of_growth(rows: Sequence[dict[str, Any]]) -> list[Sequence[object]]:
    targets = []
    for row in rows:
        size = min(WARM, key=lambda size: abs(np.log(size / row["passages"])))
        p50, most = row["ask_ms"][0], WARM[size]
        targets.append(_row(f"ask at {row['passages']:,} passages, p50 ms", p50, most, p50 <= most))
        if "chat" in row:
            peak = row["chat"]["peak_mb"]
            targets.append(_row(f"chat server at {row['passages']:,} passages, MB", peak, CHAT_MB, peak < CHAT_MB))
    return targets


def exponent(rows: Sequence[dict[str, Any]], values: Sequence[float]) -> float:
    """b of values = a * passages^b, by least squares of the logarithms."""
    return float(np.polyfit(np.log([row["passages"] for row in rows]), np.log(values), 1)[0])


def plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Time and size against passages, both axes logarithmic, as an SVG."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "growth"  # the same bytes for the same figures
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    groups = (
        ("answers, ms", ("search p50, ms", "ask p50, ms", "ask p95, ms")),
        ("seconds", ("index, s", "a note changed, s", "open, s", "first answer, s")),
        ("megabytes", ("disk, MB", "memory of indexing, MB", "memory of asking, MB")),
    )
    passages = [row["passages"] for row in rows]
    for place, (title, names) in zip(axes, groups, strict=True):
        for name in names:
            values = [GROWN[name](row) for row in rows]
            place.plot(
                passages, values, marker="o", label=f"{name.rpartition(',')[0]} (n^{exponent(rows, values):.2f})"
            )
        place.set(xscale="log", yscale="log", xlabel="passages", title=title)
        place.grid(visible=True, which="major", alpha=0.3)
        place.legend(fontsize="small", frameon=False)
    figure.savefig(path, metadata={"Date": None})


def _row(name: str, value: float, target: float, met: bool) -> list[str]:
    return [name, _short(value), _short(target), "met" if met else "MISSED"]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3g}"
