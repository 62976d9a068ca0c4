"""How long until the page is served, and what the idle app weighs. Linux: reads /proc.

python benchmarks/startup.py [TIMES]
"""

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import httpx

LIMIT_S = 120


def start_once(workspace: Path) -> tuple[float, float, bool]:
    """Return seconds to the first answer, resident megabytes 5 s later, whether torch is loaded."""
    command = [sys.executable, "-m", "dragon_app", "--workspace", str(workspace)]
    started = time.monotonic()
    app = subprocess.Popen(
        [*command, "serve", "--no-browser"], stdout=subprocess.PIPE, text=True, env=os.environ
    )
    try:
        assert app.stdout is not None
        address = app.stdout.readline().split()[-1]
        while time.monotonic() - started < LIMIT_S:
            try:
                if httpx.get(address, timeout=LIMIT_S).status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.02)
        seconds = time.monotonic() - started
        time.sleep(5)
        status = Path(f"/proc/{app.pid}/status").read_text()
        kilobytes = int(re.findall(r"VmRSS:\s+(\d+)", status)[0])
        has_torch = "libtorch" in Path(f"/proc/{app.pid}/maps").read_text()
        return seconds, kilobytes / 1024, has_torch
    finally:
        app.terminate()
        app.wait(30)


def main() -> None:
    """Print a line for each start and the medians."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    results = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            results.append(start_once(Path(folder) / "workspace"))
        seconds, megabytes, has_torch = results[-1]
        print(f"page after {seconds:.1f} s, {megabytes:.0f} MB idle, torch loaded: {has_torch}")
    print(f"median: {median(r[0] for r in results):.1f} s, {median(r[1] for r in results):.0f} MB")


if __name__ == "__main__":
    main()
