"""Runs the scorers of the corpora and compares their figures with the floors.

usage: gates.py SHARED FEEDMILL FLOORS
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path


def scored(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    start = done.stdout.index("{")
    return json.loads(done.stdout[start:])


def extraction(shared, feedmill):
    with tempfile.TemporaryDirectory() as folder:
        return scored(
            [
                sys.executable,
                str(shared / "extraction" / "score.py"),
                "run",
                "--cmd",
                f"{feedmill} extract --jsonl",
                "--out",
                folder,
                "--json",
            ]
        )


def feeds(shared, feedmill):
    try:
        import lxml  # noqa: F401
    except ImportError:
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "lxml"], check=True)
    return scored(
        [
            sys.executable,
            str(shared / "feeds" / "conform.py"),
            "--batch",
            f"{feedmill} parse --jsonl",
            "--json",
        ]
    )


def compare(name, figures, floors, failures):
    for key, floor in floors.items():
        if isinstance(floor, dict):
            compare(f"{name}.{key}", figures.get(key, {}), floor, failures)
            continue
        figure = figures.get(key)
        good = figure is not None and figure >= floor
        print(f"{'ok  ' if good else 'LOW '} {name}.{key}: {figure} (floor {floor})")
        if not good:
            failures.append(f"{name}.{key}")


def main():
    shared, feedmill = Path(sys.argv[1]), Path(sys.argv[2]).resolve()
    floors = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
    failures = []
    compare("extraction", extraction(shared, feedmill), floors["extraction"], failures)
    compare("feeds", feeds(shared, feedmill), floors["feeds"], failures)
    if failures:
        sys.exit("below the floor: " + ", ".join(failures))


main()
