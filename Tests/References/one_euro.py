"""Writes the expected numbers of OcellusLiveTests/OneEuroFilterTests: the 1 Euro filter (Casiez, Roussel, Vogel,
CHI 2012) in NumPy float64, from the paper's algorithms 1 and 2, without the library.

    python one_euro.py        (made with Python 3.11, NumPy 2.4.6)
"""
import numpy as np


def weight(cutoff, seconds):
    tau = 1 / (2 * np.pi * cutoff)
    return 1 / (1 + tau / seconds)


def one_euro(values, times, minimum_cutoff, beta, speed_cutoff):
    out, value, speed = [values[0]], values[0], 0.0
    for i in range(1, len(values)):
        seconds = times[i] - times[i - 1]
        a = weight(speed_cutoff, seconds)
        speed = a * (values[i] - value) / seconds + (1 - a) * speed
        a = weight(minimum_cutoff + beta * abs(speed), seconds)
        value = a * values[i] + (1 - a) * value
        out.append(value)
    return np.array(out)


random = np.random.default_rng(7)
times = np.cumsum(random.uniform(0.02, 0.05, 24))
values = np.where(times < times[12], 10, 10 + 60 * (times - times[12])) + random.normal(0, 0.3, 24)
times, values = times.astype(np.float32).astype(float), values.astype(np.float32).astype(float)
for settings in ((1, 0, 1), (0.5, 0.02, 1), (1.2, 0.5, 2)):
    print(settings, [round(v, 4) for v in one_euro(values, times, *settings).tolist()])
print("times", [round(v, 6) for v in times.tolist()])
print("values", [round(v, 6) for v in values.tolist()])
