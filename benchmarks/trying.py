"""How fast Try answers, against what cannot be avoided: reading the photo and the bare network.

    python benchmarks/trying.py FLOWERS

FLOWERS holds `train` and `val` folders with a folder for each class. A quick run trains on `train`;
the photos of `val` are then asked about over HTTP, without a socket: one at a time, 16 a request as
the page does with many, and as frames of a webcam. Beside each stands the bare work on the same
photos: decoding, and the network on tensors that lie ready. Limits: a single photo at most 80 ms
above decoding and network, many at least 85 % of the network's rate, 5 frames a second.
"""

import argparse
import io
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median

import torch
from PIL import Image
from starlette.testclient import TestClient

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.machine import load, machine
from dragon_app.core.presets import PRESETS, Preset
from dragon_app.imaging.decode import decode_bytes
from dragon_app.services.intake import scan
from dragon_app.ui.server import build_asgi
from dragon_app.vision import checkpoint
from dragon_app.vision.transforms import compact, eval_view, normalised
from dragon_app.wiring import Session

_A_REQUEST = 16  # as the page sends many
_FRAME = (427, 320)  # as it sends frames of a webcam
_CPU = torch.device("cpu")


def main() -> None:
    """Train, then measure in turns and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("photos", type=Path, metavar="FLOWERS")
    photos = parser.parse_args().photos
    with tempfile.TemporaryDirectory() as folder:
        session = Session(Path(folder) / "workspace")
        try:
            session.app.dataset.add(scan([photos / "train"]))
            run = session.app.runs.start(PRESETS[Preset.QUICK])
            session.app.runs.wait(run.id)
            with TestClient(build_asgi(session), base_url="http://127.0.0.1:7860") as client:
                _report(session, client, [file.read() for file in scan([photos / "val"])])
        finally:
            session.close()


def _report(session: Session, client: TestClient, photos: Sequence[bytes]) -> None:
    app = session.app
    run = app.predictions.load().run_id
    network, meta = checkpoint.load(
        app.workspace.folder / app.workspace.runs.checkpoint_folder(run)
    )
    network.eval()

    def view(data: bytes) -> torch.Tensor:
        pixels = decode_bytes(data, shortest_px=meta.transform.resize_px)
        return eval_view(compact(pixels, meta.transform), meta.transform)

    def bare(views: Sequence[torch.Tensor]) -> None:
        with torch.inference_mode():
            network(normalised(views, meta.transform, _CPU))

    def read_and_run(data: bytes) -> None:
        bare([view(data)])

    def ask(some: Sequence[bytes]) -> None:
        files = [("files", (f"{n}.jpg", data)) for n, data in enumerate(some)]
        assert client.post("/dragon/predictions", files=files).status_code == 200

    print(f"{machine()}; load {load():.1f}; {meta.backbone} at {meta.transform.crop_px} px")
    ask(photos[:1])
    bare([view(photos[0])])
    single = [(_seconds(partial(read_and_run, d)), _seconds(partial(ask, [d]))) for d in photos]
    floor_s, asked_s = (median(column) for column in zip(*single, strict=True))
    print(
        f"one photo: decode and network {floor_s * 1000:.1f} ms, asked {asked_s * 1000:.1f} ms, "
        f"{(asked_s - floor_s) * 1000:.1f} ms more (80 allowed)"
    )
    groups = [photos[n : n + _A_REQUEST] for n in range(0, len(photos), _A_REQUEST)]
    ready = [[view(data) for data in group] for group in groups]
    many = [
        (_seconds(partial(bare, v)), _seconds(partial(ask, g)), len(g))
        for g, v in zip(groups, ready, strict=True)
    ]
    network_rate, asked_rate = (len(photos) / sum(row[column] for row in many) for column in (0, 1))
    print(
        f"many: network {network_rate:.1f} photos a second, asked {asked_rate:.1f}, "
        f"{asked_rate / network_rate:.0%} (85 % wanted)"
    )
    frames = [_frame(data) for data in photos[:50]]
    frame_s = median(_seconds(partial(ask, [d])) for d in frames)
    print(f"webcam: {1 / frame_s:.1f} frames a second could be answered (5 wanted)")


def _frame(data: bytes) -> bytes:
    file = io.BytesIO()
    Image.open(io.BytesIO(data)).convert("RGB").resize(_FRAME).save(file, "JPEG", quality=90)
    return file.getvalue()


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
