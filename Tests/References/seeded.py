"""Numbers that any language makes alike: SplitMix64, and a network's parameters from the names of its tensors.

Needs numpy (2.4.6 was used). SplitMix64 (Steele, Lea, Flood 2014), number i = 0, 1, ... of a seed, modulo 2^64:

    z = seed + (i + 1) * 0x9E3779B97F4A7C15
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;  z = (z ^ z >> 27) * 0x94D049BB133111EB;  z ^ z >> 31

A unit is (z >> 40) / 2^23 - 1: from -1 up to but not including 1, exact in single precision. A tensor's seed is the
64-bit FNV-1a hash of its name's bytes; number i goes to element i in the order of our files, where convolution weights
are [output, height, width, input / groups]. All arithmetic below is single precision, rounded after each operation.
"""
import numpy

GAMMA, MASK = 0x9E3779B97F4A7C15, (1 << 64) - 1


def splitmix(seed: int, count: int, first: int = 0) -> numpy.ndarray:
    """Numbers `first` to `first + count` of a seed as uint64."""
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(seed) + numpy.arange(first + 1, first + count + 1, dtype=numpy.uint64) * numpy.uint64(GAMMA)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        return z ^ (z >> numpy.uint64(31))


def fnv1a(content: bytes) -> int:
    """64-bit FNV-1a."""
    value = 0xCBF29CE484222325
    for byte in content:
        value = (value ^ byte) * 0x100000001B3 & MASK
    return value


def units(name: str, count: int) -> numpy.ndarray:
    """float32 [count] in [-1, 1), seeded by the name."""
    numbers = splitmix(fnv1a(name.encode()), count) >> numpy.uint64(40)
    return (numbers.astype(numpy.float64) / 2**23 - 1).astype(numpy.float32)


def parameter(name: str, shape: list[int], has_bias: bool, fresh: bool) -> numpy.ndarray:
    """The tensor `name` of our file, `shape` as there, as float32; u are its units.

    | tensor | `fresh`: the start of training | otherwise |
    |---|---|---|
    | convolution weight | b * u, in a head 0.1 * b * u; b = sqrt(6 / (height * width * input / groups)) | b * u |
    | convolution bias (heads) | 0 | 0.1 * u |
    | normalization weight | 1 | 0.5 + 0.125 * u |
    | normalization bias | 0 | -3 where u < -0.75, else 3 + 0.25 * u |
    | running_mean, running_var | 0, 1 | 0.25 * u, 12 + 4 * u |

    b or 0.1 * b is rounded once from double before it multiplies. Not fresh, a channel is nearly always on or, one in
    eight, nearly always off, in ReLU and in ReLU6: values that rounding alone could carry over the kink, which would
    drown a comparison of gradients, are rare, and the kink is there all the same.
    """
    u = units(name, int(numpy.prod(shape))).reshape(shape)
    if name.endswith(".weight") and len(shape) == 4:
        bound = numpy.sqrt(6 / numpy.prod(shape[1:]))
        return numpy.float32(0.1 * bound if fresh and has_bias else bound) * u
    if fresh:
        return numpy.full(shape, 1 if name.endswith((".running_var", ".weight")) else 0, numpy.float32)
    if name.endswith(".weight"):
        return numpy.float32(0.5) + numpy.float32(0.125) * u
    if name.endswith(".running_var"):
        return numpy.float32(12) + numpy.float32(4) * u
    if name.endswith(".running_mean"):
        return numpy.float32(0.25) * u
    if has_bias:
        return numpy.float32(0.1) * u
    return numpy.where(u < numpy.float32(-0.75), numpy.float32(-3), numpy.float32(3) + numpy.float32(0.25) * u)
