#!/usr/bin/python3
"""Writes what torchvision's networks are, which judges Cortado's networks of the same names.

Run with Debian's python3-torchvision (0.14, torch 1.13):  /usr/bin/python3 testkit/src/golden/networks.py
It writes testkit/src/test/resources/golden/networks.json; the same versions write the same bytes. Per network it holds
  tensors   name and shape of each tensor of its state_dict, in order, for 1000 classes
  dropped   the chances of its Dropout and StochasticDepth layers, in order
  momentum  of its batch norms
  gain, variance   how weights are drawn: numbers()
  scores    of ten classes for one image in evaluation mode, computed in F64 from F32 weights and pixels; not of every VGG
Weights, running statistics and the image are functions of a tensor's name and an index, the same bits as in Java.
"""
import json
import math
import os

import numpy as np
import torch
import torchvision

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "resources", "golden", "networks.json")
SEED = 1
IMAGE = (3, 75, 91)  # rows and columns differ, odd at most strides; wide enough for a ResNet's usual entrance
CLASSES = 10
# Gain and variance per network, such that activations stay between about 0.1 and 10 and what the first layer sees still shows in
# the scores. Where there are norms variances are small, so that an epsilon shows. Without them there are no scores: other VGGs have
# the same layers, only more or fewer, and would take seconds each for their 130 million weights.
NETWORKS = {
    "alexnet": (2, 1), "vgg11": None, "vgg13": None, "vgg16": (2, 1), "squeezenet1_1": (2, 1),
    "vgg11_bn": (0.015, 0.01), "vgg13_bn": None, "vgg16_bn": None,
    "resnet18": (0.01, 0.01), "resnet34": (0.01, 0.01), "resnet50": (0.01, 0.01), "resnet101": (0.007, 0.01),
    "densenet121": (0.01, 0.01),
    "mobilenet_v2": (0.012, 0.01), "mobilenet_v3_small": (0.02, 0.01), "mobilenet_v3_large": (0.015, 0.01),
    "efficientnet_b0": (0.02, 0.01),
    "convnext_tiny": (0.15, 0.01),
}
BITS = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15
torch.set_num_threads(1)


def mix(z):
    """SplitMix64's finaliser, of a Python integer or an array of 64-bit ones: cortado.tensor.Rng."""
    wrap = (lambda v: v & BITS) if isinstance(z, int) else lambda v: v
    to = (lambda v: v) if isinstance(z, int) else np.uint64
    z = wrap((z ^ (z >> to(30))) * to(0xBF58476D1CE4E5B9))
    z = wrap((z ^ (z >> to(27))) * to(0x94D049BB133111EB))
    return z ^ (z >> to(31))


def split(key, name):
    """The key of the generator for one use: Rng.split."""
    for c in name:
        key = mix((key + GOLDEN * (ord(c) + 1)) & BITS)
    return mix(key ^ 0x5851F42D4C957F2D)


def uniform(key, start, end):
    """Numbers start … end−1 of a generator, in [0, 1): Rng.uniform."""
    index = np.arange(start + 1, end + 1, dtype=np.uint64)
    return (mix(np.uint64(key) + np.uint64(GOLDEN) * index) >> np.uint64(11)).astype(np.float64) * 2.0**-53


def numbers(name, shape, gain, variance):
    """A tensor in F32: no number that stands for nothing, no two alike, and variances and the weights of norms above 0."""
    kind = name.split(".")[-1]

    def f(u):
        if kind == "running_var":
            return variance * (0.5 + u)
        if kind in ("running_mean", "bias"):
            return math.sqrt(variance) * (u - 0.5)
        if kind == "layer_scale" or len(shape) == 1:
            return 0.5 + u
        return math.sqrt(3 * gain / math.prod(shape[1:])) * (2 * u - 1)

    a, key, step = np.empty(math.prod(shape), np.float32), split(SEED, name), 1 << 18
    for i in range(0, a.size, step):
        a[i:i + step] = f(uniform(key, i, min(i + step, a.size)))
    return a.reshape(shape)


def image():
    pixels = 2 * uniform(split(SEED, "image"), 0, math.prod(IMAGE)) - 1
    return torch.tensor(pixels.astype(np.float32).astype(np.float64).reshape((1,) + IMAGE))


def state(model):
    """Names and tensors that a file of weights has to hold."""
    return {k: t for k, t in model.state_dict().items() if not k.endswith("num_batches_tracked")}


def filled(name, gain, variance):
    """A network in F64 for CLASSES classes, ready to infer."""
    model = getattr(torchvision.models, name)(num_classes=CLASSES).eval().double()
    for k, t in state(model).items():
        t.copy_(torch.tensor(numbers(k, tuple(t.shape), gain, variance)))
    return model


def dropped(model):
    """Chances to drop; a block without a shortcut has a StochasticDepth that it does not use."""
    chances = []
    for m in model.modules():
        if isinstance(m, torch.nn.Dropout):
            chances.append(m.p)
        elif hasattr(m, "stochastic_depth") and getattr(m, "use_res_connect", True):
            chances.append(m.stochastic_depth.p)
    return chances


def scores(name, gain, variance):
    with torch.no_grad():
        return {"gain": gain, "variance": variance, "scores": filled(name, gain, variance)(image())[0].tolist()}


def network(name, how):
    model = getattr(torchvision.models, name)()
    return {**(scores(name, *how) if how else {}), "dropped": dropped(model),
            "momentum": sorted({m.momentum for m in model.modules() if isinstance(m, torch.nn.BatchNorm2d)}),
            "tensors": [k + " " + "×".join(map(str, t.shape)) for k, t in state(model).items()]}


if __name__ == "__main__":
    everything = {"torchvision": torchvision.__version__, "seed": SEED, "image": IMAGE, "classes": CLASSES,
                  "networks": {name: network(name, how) for name, how in NETWORKS.items()}}
    with open(OUT, "w", encoding="utf-8") as f:
        f.write(json.dumps(everything, indent=0, ensure_ascii=False) + "\n")
    print(OUT, os.path.getsize(OUT), "bytes")
