"""What the training goldens share: the networks under our names, their seeded parameters, tensors in our layout.

Written with torch 2.15.0 and numpy 2.4.6. It trains nothing and writes nothing.
"""
from collections.abc import Iterator

import numpy
import torch
from torch import Tensor, nn

from mobilenet_ssd_network import MobileNetSSD
from retinaface_network import MEAN_BGR, RetinaFace
from seeded import parameter

CLASSES = {"mobilenet_ssd": 21, "mobilenet_ssd_tensorflow": 91}


def build(name: str, fresh: bool, precision: torch.dtype) -> nn.Module:
    """retinaface, retinaface_wide_stem, mobilenet_ssd or mobilenet_ssd_tensorflow with the parameters of seeded.py."""
    if name.startswith("retinaface"):
        network: nn.Module = RetinaFace(wide_stem=name.endswith("wide_stem"))
    else:
        network = MobileNetSSD(CLASSES[name], "tensorflow" if name.endswith("tensorflow") else "caffe")
    network = network.to(precision)
    names = set(network.state_dict())
    with torch.no_grad():
        for key, tensor in own_tensors(network):
            # A normalization has a bias too; what has a bias and no running mean is a head.
            owner = key.rpartition(".")[0]
            has_bias = f"{owner}.bias" in names and f"{owner}.running_mean" not in names
            values = torch.from_numpy(parameter(key, list(ours(tensor).shape), has_bias, fresh))
            tensor.copy_(values.permute(0, 3, 1, 2) if values.ndim == 4 else values)
    return network


def own_tensors(network: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Parameters and running statistics, as our files name them."""
    for name, tensor in network.state_dict(keep_vars=True).items():
        if not name.endswith("num_batches_tracked"):
            yield name, tensor


def ours(tensor: Tensor) -> Tensor:
    """Convolution weights as [output, height, width, input / groups], everything else unchanged."""
    return tensor.permute(0, 2, 3, 1) if tensor.ndim == 4 else tensor


def normalized(name: str, pixels: numpy.ndarray) -> numpy.ndarray:
    """uint8 [n, h, w, 3] -> double, as the network wants it; the bytes are taken as BGR (tensorflow: RGB).

    retinaface: minus (104, 117, 123). mobilenet_ssd: (x - 127.5) * 0.0078125, a power of two, so that it is exact in
    single precision too (the published 0.007843 is not); tensorflow: the same.
    """
    values = pixels.astype(numpy.float64)
    return values - MEAN_BGR if name.startswith("retinaface") else (values - 127.5) * 0.0078125


def digest(tensor: Tensor) -> list[float]:
    """Euclidean norm, sum, and the elements floor((2k + 1) * count / 16), k = 0 ... 7, in our layout; 10 numbers."""
    values = ours(tensor.detach()).reshape(-1).double()
    count = len(values)
    picked = [float(values[(2 * k + 1) * count // 16]) for k in range(8)]
    return [float(values.norm()), float(values.sum()), *picked]
