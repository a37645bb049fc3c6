"""Sets the points of every labelled face as people set them in one collection.

Most points of the face data were set by a detector, with habits of its own. A small network learns from the people's
points alone, in squares around the faces, and then looks at every face of the training list in four squares, mirrored
too. Faces below 18 pixels, and those where it contradicts the label by more than a fifth of the box's height, keep
their points; those set by people become the mean of both. Validation lists stay as they are.

The model in this folder did not learn from them: see "What was tried" in its card.

    python3 points.py DATA FOLDER      # FOLDER gets label_train.txt, label_val.txt and a link to the pictures

Written with torch 2.15.0, numpy 2.4.6, opencv-python-headless 5.0.0.93. A quarter of an hour and five minutes more on two cores.
"""
import argparse
import math
import queue
import random
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy
import torch
from torch.nn import functional

from points_network import PointNetwork, crop, mirrored, network_input, square, training_sample, transformed

BATCH, RATE, DECAY, BETA = 64, 2e-3, 0.05, 0.05
SMALLEST, CONTRADICTION = 18, 0.2
VIEWS = ((1, 0, 0, 0), (1.08, 0.02, 0, 4), (0.95, -0.02, 0.02, -4), (1.03, 0, -0.03, 0))  # scale, shift, degrees
Face = tuple[str, numpy.ndarray, numpy.ndarray]  # picture, box [4], points [5, 2]


def box_and_points(fields: list[str]) -> tuple[numpy.ndarray, numpy.ndarray] | None:
    """None where a face has no points."""
    values = numpy.array([float(field) for field in fields[:19]])
    return (values[:4], values[4:19].reshape(5, 3)[:, :2]) if len(values) == 19 and values[4] >= 0 else None


def single_faces(labels: Path, collection: str) -> Iterator[Face]:
    """Faces with points that have their picture to themselves."""
    for block in labels.read_text().split("# ")[1:]:
        name, *rows = block.strip().split("\n")
        if name.startswith(f"{collection}/") and len(rows) == 1 and (face := box_and_points(rows[0].split())):
            yield name, *face


def batches(faces: list[Face], images: Path, filled: queue.Queue) -> None:
    rng, files = random.Random(5), {}
    while True:
        samples = []
        for _ in range(BATCH):
            name, box, points = rng.choice(faces)
            if name not in files:
                files[name] = numpy.fromfile(images / name, numpy.uint8)
            samples.append(training_sample(cv2.imdecode(files[name], cv2.IMREAD_COLOR), box, points, rng))
        pixels, aims = (numpy.stack(column) for column in zip(*samples))
        filled.put((network_input(pixels), torch.from_numpy(aims).float()))


def learned(faces: list[Face], images: Path, steps: int) -> PointNetwork:
    torch.manual_seed(1)
    network = PointNetwork().to(memory_format=torch.channels_last).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    filled: queue.Queue = queue.Queue(8)
    threading.Thread(target=batches, args=(faces, images, filled), daemon=True).start()
    mean = 0.0
    for step in range(steps):
        pixels, aims = filled.get()
        optimizer.param_groups[0]["lr"] = RATE * min(1, (step + 1) / 100) * (0.503 + 0.5 * math.cos(math.pi * step / steps))
        loss = functional.smooth_l1_loss(network(pixels), aims, beta=BETA)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        mean += (loss.item() - mean) / min(step + 1, 100)
        if (step + 1) % 100 == 0:
            print(f"step {step + 1}/{steps}  loss {mean:.4f}", flush=True)
    return network.eval()


@torch.no_grad()
def predicted(network: PointNetwork, picture: numpy.ndarray, box: numpy.ndarray, points: numpy.ndarray) -> numpy.ndarray:
    """Mean of the views of a face, turned upright first by the points it has."""
    right = points[1] - points[0] + points[4] - points[3]
    roll = math.degrees(math.atan2(right[1], right[0])) if numpy.hypot(*right) > 0.15 * box[2] else 0
    middle, side = square(box)
    views = [crop(picture, middle + numpy.array([x, y]) * side, side * scale, roll + degrees) for scale, x, y, degrees in VIEWS]
    pixels = network_input(numpy.stack([view for view, _ in views]))
    both = network(torch.cat([pixels, pixels.flip(3)])).reshape(2, -1, 5, 2).numpy() / 4 * pixels.shape[2] + pixels.shape[2] / 2
    means = (both[0] + mirrored(both[1])) / 2
    return numpy.mean([transformed(mean, cv2.invertAffineTransform(matrix)) for mean, (_, matrix) in zip(means, views)], axis=0)


def relabelled(line: str, picture: numpy.ndarray, network: PointNetwork, by_people: bool) -> str:
    fields = line.split()
    face = box_and_points(fields)
    if face is None or face[0][3] < SMALLEST:
        return line
    box, points = face
    found = predicted(network, picture, box, points)
    if numpy.linalg.norm(found - points, axis=1).mean() > CONTRADICTION * box[3]:
        return line
    found = (found + points) / 2 if by_people else found
    for axis in range(2):
        fields[4 + axis:19:3] = [f"{value:.2f}" for value in found[:, axis]]
    return " ".join(fields) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", default="cvpr13", help="collection whose points people set")
    parser.add_argument("--steps", type=int, default=3500)
    options = parser.parse_args()
    images, labels = options.data / "images", options.data / "label_train.txt"
    torch.set_num_threads(2)
    cv2.setNumThreads(1)
    faces = list(single_faces(labels, options.people))
    print(f"{len(faces)} faces whose points people set", flush=True)
    network = learned(faces, images, options.steps)
    options.folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(options.data / "label_val.txt", options.folder / "label_val.txt")
    if not (options.folder / "images").exists():
        (options.folder / "images").symlink_to(images.resolve())
    written = options.folder / "label_train.txt.part"
    with written.open("w") as output:
        for line in labels.open():
            if line.startswith("#"):
                name = line[1:].strip()
                picture = cv2.imread(str(images / name))
            elif line.strip():
                line = relabelled(line, picture, network, by_people=name.startswith(f"{options.people}/"))
            output.write(line)
    written.replace(options.folder / "label_train.txt")


if __name__ == "__main__":
    main()
