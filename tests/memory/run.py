#!/usr/bin/env python3
"""Memory does not grow with the number of files: the peak of a run over 1,000 short forms and over 10,000.

    tests/memory/run.py --lygte target/release/lygte

Measured is the peak resident set as the system counts it, of the whole run with the usual formats; no time is measured.
About a kilobyte for each file is kept: its name, where it lies, digests of what was written of it.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

FEW, MANY = 1_000, 10_000
MOST = 64 << 20
PER_FILE = 1_536


def peak(command):
    """Runs a command and returns its peak resident set in bytes."""
    # The account of children knows the greatest only, so that each is measured from a process of its own.
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        code = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
        most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        os.write(write, f"{code} {most}".encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        code, most = map(int, pipe.read().split())
    os.waitpid(pid, 0)
    if code != 0:
        sys.exit(f"{command} ended with {code}")
    return most


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lygte", required=True, type=Path)
    lygte = parser.parse_args().lygte.resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        rows = [f"Supplier {n},s-{n:05},DK,cleaning,en" for n in range(MANY)]
        (folder / "list.csv").write_text("\n".join(["name,id,country,sector,lang", *rows]) + "\n")
        many, few = folder / "many", folder / "few"
        new = [lygte, "new", "--suppliers", folder / "list.csv", "--form", "short", "-o", many]
        subprocess.run(new, check=True, stdout=subprocess.DEVNULL)
        few.mkdir()
        for path in sorted(many.glob("*.xlsx"))[:FEW]:
            os.link(path, few / path.name)
        peaks = {}
        for inputs in (few, many):
            out = folder / f"out-{inputs.name}"
            peaks[inputs] = peak([lygte, "assess", inputs, "-o", out, "--jobs", "2", "--quiet", "--date", "2026-11-24"])
    growth = (peaks[many] - peaks[few]) / (MANY - FEW)
    print(f"{peaks[few] >> 20} MiB with {FEW} files, {peaks[many] >> 20} MiB with {MANY}: {growth:.0f} bytes a file")
    if growth > PER_FILE or peaks[many] > MOST:
        sys.exit(f"at most {PER_FILE} bytes a file and {MOST >> 20} MiB are allowed")


if __name__ == "__main__":
    main()
