#!/usr/bin/python3
"""Writes the golden vectors that judge Cortado's ops: PyTorch's outputs and gradients, in F64 from F32 inputs.

Run with Debian's python3-torch (1.13):  /usr/bin/python3 testkit/src/golden/golden.py
It writes testkit/src/test/resources/golden/*.safetensors; the same versions write the same bytes. Each file's metadata
holds "cases", a JSON list of settings; the tensors of case i are named "i/x", "i/w", "i/dy", "i/dx" and so on.
"""
import json
import math
import os
import struct

import numpy as np
import torch
import torch.nn.functional as F

OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "resources", "golden")
TYPES = {np.dtype("float32"): "F32", np.dtype("float64"): "F64", np.dtype("int32"): "I32"}
torch.set_num_threads(1)


def write(name, tensors, metadata):
    """The safetensors format: header length as 8 bytes little-endian, JSON, then the raw numbers."""
    header, blobs, at = {"__metadata__": {"torch": torch.__version__, **metadata}}, [], 0
    for key, a in tensors.items():
        blob = np.ascontiguousarray(a).tobytes()
        header[key] = {"dtype": TYPES[a.dtype], "shape": list(a.shape), "data_offsets": [at, at + len(blob)]}
        blobs.append(blob)
        at += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(os.path.join(OUT, name + ".safetensors"), "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


class Golden:
    """Collects cases of one file."""

    def __init__(self, name):
        self.name, self.cases, self.tensors = name, [], {}
        self.random = np.random.RandomState(7)

    def numbers(self, *shape):
        return self.random.uniform(-1, 1, shape).astype(np.float32)

    def add(self, settings, function, inputs, labels=None, targets=None, state=None):
        """function(inputs as F64 tensors by name) → y; autograd gives the gradient of sum(dy·y).

        state: tensors without a gradient by name, which function may change; what they are then is kept as "after name".
        """
        leaves = {k: torch.tensor(v.astype(np.float64), requires_grad=True) for k, v in inputs.items()}
        kept = {k: torch.tensor(v.astype(np.float64)) for k, v in (state or {}).items()}
        y = function({**leaves, **kept})
        dy = self.numbers(*y.shape)
        y.backward(torch.tensor(dy.astype(np.float64)))
        i = str(len(self.cases)) + "/"
        self.cases.append(settings)
        for k, v in inputs.items():
            self.tensors[i + k] = v
            self.tensors[i + "d" + k] = leaves[k].grad.numpy()
        if labels is not None:
            self.tensors[i + "labels"] = labels.astype(np.int32)
        if targets is not None:
            self.tensors[i + "targets"] = targets
        for k, v in (state or {}).items():
            self.tensors[i + k] = v
            self.tensors[i + "after " + k] = kept[k].numpy()
        self.tensors[i + "dy"] = dy
        self.tensors[i + "y"] = y.detach().numpy()

    def write(self):
        write(self.name, self.tensors, {"cases": json.dumps(self.cases, separators=(",", ":"))})


def window(kernel, stride=(1, 1), padding=(0, 0, 0, 0), dilation=(1, 1)):
    """padding: top, bottom, left, right."""
    return {"kernel": list(kernel), "stride": list(stride), "padding": list(padding), "dilation": list(dilation)}


def pad(x, w, value=0.0):
    top, bottom, left, right = w["padding"]
    return F.pad(x, (left, right, top, bottom), value=value)


def symmetric(w):
    top, bottom, left, right = w["padding"]
    return (top, left) if top == bottom and left == right else None


def conv(g, shape, filters, w, groups=1, bias=True, same=False, rectified=False):
    x = {"x": g.numbers(*shape), "w": g.numbers(filters, shape[1] // groups, *w["kernel"])}
    if bias:
        x["b"] = g.numbers(filters)

    def f(t):
        if same:
            y = F.conv2d(t["x"], t["w"], t.get("b"), padding="same", dilation=w["dilation"], groups=groups)
        else:
            s = symmetric(w)
            y = F.conv2d(t["x"] if s else pad(t["x"], w), t["w"], t.get("b"), w["stride"], s or (0, 0), w["dilation"], groups)
        return F.relu(y) if rectified else y

    settings = {"op": "conv2d", "filters": filters, **w, "groups": groups, "bias": bias, "rectified": rectified}
    if same:
        settings["same"] = True
    g.add(settings, f, x)


def transposed(g, shape, filters, w, output=(0, 0), groups=1, bias=True):
    x = {"x": g.numbers(*shape), "w": g.numbers(shape[1], filters // groups, *w["kernel"])}
    if bias:
        x["b"] = g.numbers(filters)
    g.add({"op": "convtranspose2d", "filters": filters, **w, "output_padding": list(output), "groups": groups, "bias": bias},
          lambda t: F.conv_transpose2d(t["x"], t["w"], t.get("b"), w["stride"], symmetric(w), output, groups, w["dilation"]), x)


def convolutions():
    g = Golden("conv2d")
    conv(g, (1, 1, 3, 3), 1, window((2, 2)))
    conv(g, (1, 1, 1, 1), 3, window((1, 1)))
    conv(g, (3, 5, 4, 3), 7, window((1, 1)))
    conv(g, (17, 2, 5, 5), 3, window((3, 3), padding=(1, 1, 1, 1)))
    conv(g, (2, 3, 8, 8), 4, window((5, 5)))
    conv(g, (3, 1, 7, 7), 6, window((5, 5), padding=(2, 2, 2, 2)))
    conv(g, (2, 3, 9, 8), 3, window((3, 3), (2, 2)))
    conv(g, (2, 2, 7, 7), 3, window((3, 3), (2, 2), (1, 1, 1, 1)))
    conv(g, (2, 1, 11, 7), 3, window((2, 2), (3, 3)))
    conv(g, (3, 2, 7, 11), 3, window((3, 2), (2, 3), (1, 1, 1, 1)))
    conv(g, (2, 1, 5, 5), 3, window((3, 3), (1, 1), (0, 1, 2, 1)))
    conv(g, (1, 3, 7, 7), 3, window((3, 5), (2, 2), (2, 0, 1, 3)))
    conv(g, (2, 1, 3, 3), 2, window((2, 2), (1, 1), (3, 3, 3, 3)))
    conv(g, (2, 1, 5, 7), 3, window((4, 2)), same=True)
    conv(g, (1, 3, 7, 7), 2, window((3, 2), dilation=(2, 3)), same=True)
    conv(g, (2, 2, 7, 7), 3, window((3, 3), dilation=(2, 2)))
    conv(g, (2, 1, 7, 7), 3, window((3, 2), (2, 1), (1, 2, 0, 1), (2, 3)))
    conv(g, (1, 2, 4, 11), 3, window((1, 7), padding=(0, 0, 3, 3)))
    conv(g, (1, 2, 7, 4), 3, window((5, 1)))
    conv(g, (2, 3, 5, 5), 8, window((5, 5)))
    conv(g, (2, 3, 5, 5), 4, window((3, 3), padding=(1, 1, 1, 1)), bias=False)
    conv(g, (2, 4, 5, 5), 6, window((3, 3), padding=(1, 1, 1, 1)), groups=2)
    conv(g, (2, 6, 5, 5), 3, window((3, 3), (2, 2), (1, 1, 1, 1)), groups=3, bias=False)
    conv(g, (2, 5, 5, 4), 5, window((3, 3), padding=(1, 1, 1, 1)), groups=5)
    conv(g, (2, 3, 5, 5), 6, window((3, 3)), groups=3)
    conv(g, (2, 3, 6, 5), 5, window((3, 3), padding=(1, 1, 1, 1)), rectified=True)
    conv(g, (16, 1, 6, 6), 3, window((3, 3), (2, 2), (1, 1, 1, 1)), bias=False, rectified=True)
    transposed(g, (2, 3, 5, 3), 5, window((2, 2), (2, 2)))
    transposed(g, (2, 3, 5, 3), 4, window((3, 3), (2, 2), (1, 1, 1, 1)), output=(1, 1))
    transposed(g, (1, 17, 3, 4), 18, window((4, 4), (2, 2), (1, 1, 1, 1)))
    transposed(g, (17, 2, 3, 3), 3, window((2, 2), (3, 3)), output=(2, 0), bias=False)
    transposed(g, (2, 4, 5, 5), 6, window((3, 3), padding=(1, 1, 1, 1)), groups=2)
    transposed(g, (2, 3, 3, 3), 3, window((3, 3), (2, 2), (1, 1, 1, 1)), output=(0, 1), groups=3)
    transposed(g, (2, 2, 4, 5), 3, window((3, 2), (2, 1), (1, 1, 0, 0), (2, 3)), output=(1, 2))
    g.write()


def max_pool(g, x, w, ceil=False, rectified=False):
    def f(t):
        s = symmetric(w)
        y = F.max_pool2d(t["x"] if s else pad(t["x"], w, -math.inf), w["kernel"], w["stride"], s or (0, 0), w["dilation"], ceil)
        return F.relu(y) if rectified else y
    g.add({"op": "maxpool2d", **w, "ceil": ceil, "rectified": rectified}, f, {"x": x})


def avg_pool(g, x, w, ceil=False, count=True, rectified=False):
    def f(t):
        s = symmetric(w)
        if s:
            y = F.avg_pool2d(t["x"], w["kernel"], w["stride"], s, ceil, count)
        else:
            y = F.avg_pool2d(pad(t["x"], w), w["kernel"], w["stride"])
            y = y if count else y / F.avg_pool2d(pad(torch.ones_like(t["x"]), w), w["kernel"], w["stride"])
        return F.relu(y) if rectified else y
    g.add({"op": "avgpool2d", **w, "ceil": ceil, "countPadding": count, "rectified": rectified}, f, {"x": x})


def pooling():
    g = Golden("pooling")
    n = g.numbers
    one = (1, 1, 1, 1)
    max_pool(g, n(1, 1, 4, 4), window((2, 2), (2, 2)))
    max_pool(g, n(17, 2, 5, 3), window((2, 2), (2, 2)))
    max_pool(g, n(2, 2, 7, 7), window((3, 3), (2, 2), one))
    max_pool(g, n(2, 2, 5, 7), window((3, 3)))
    max_pool(g, n(2, 1, 11, 7), window((2, 2), (3, 3)))
    max_pool(g, n(2, 1, 5, 11), window((2, 3), (1, 2)))
    max_pool(g, n(2, 1, 6, 5), window((3, 2), (2, 2), (0, 1, 1, 0)))
    max_pool(g, n(2, 1, 5, 7), window((2, 2), dilation=(2, 2)))
    max_pool(g, n(2, 2, 8, 9), window((3, 3), (2, 2), one, (2, 1)))
    max_pool(g, n(2, 2, 6, 11), window((3, 3), (2, 2)), ceil=True)
    max_pool(g, n(3, 1, 5, 7), window((2, 2), (2, 2), one), ceil=True)
    max_pool(g, n(2, 1, 4, 4), window((2, 2), (3, 3), one), ceil=True)
    max_pool(g, n(2, 2, 6, 6), window((2, 2), (2, 2)), rectified=True)
    ties = g.random.randint(-1, 3, (3, 2, 6, 6)).astype(np.float32)
    max_pool(g, ties, window((2, 2), (2, 2)))
    max_pool(g, ties, window((3, 3), (1, 1), one))
    odd = n(2, 2, 6, 6)
    odd[0, 0, 1, 1] = odd[0, 0, 4, 4] = odd[0, 0, 5, 5] = math.nan
    odd[0, 1, 2, 2] = math.inf
    odd[1, 0] = -math.inf
    odd[1, 1, 0, :] = -math.inf
    max_pool(g, odd, window((2, 2), (2, 2)))
    max_pool(g, odd, window((3, 3), (2, 2), one))
    avg_pool(g, n(1, 1, 4, 4), window((2, 2), (2, 2)))
    avg_pool(g, n(17, 2, 5, 3), window((2, 2), (2, 2)))
    avg_pool(g, n(2, 2, 7, 7), window((3, 3), (2, 2), one))
    avg_pool(g, n(2, 2, 7, 7), window((3, 3), (2, 2), one), count=False)
    avg_pool(g, n(2, 1, 5, 11), window((2, 3), (1, 2)))
    avg_pool(g, n(2, 1, 11, 7), window((2, 2), (3, 3)))
    avg_pool(g, n(2, 1, 6, 5), window((3, 2), (2, 1), (0, 1, 1, 0)))
    avg_pool(g, n(2, 1, 6, 5), window((3, 2), (2, 1), (0, 1, 1, 0)), count=False)
    avg_pool(g, n(2, 1, 6, 11), window((3, 3), (2, 2)), ceil=True)
    avg_pool(g, n(2, 1, 5, 7), window((2, 2), (2, 2), one), ceil=True)
    avg_pool(g, n(2, 1, 6, 6), window((3, 3), (2, 2), one), ceil=True)
    avg_pool(g, n(2, 1, 6, 6), window((3, 3), (2, 2), one), ceil=True, count=False)
    avg_pool(g, n(2, 2, 6, 6), window((2, 2), (2, 2)), rectified=True)
    g.add({"op": "globalavgpool2d"}, lambda t: F.adaptive_avg_pool2d(t["x"], 1), {"x": n(3, 4, 5, 3)})
    g.add({"op": "globalavgpool2d"}, lambda t: F.adaptive_avg_pool2d(t["x"], 1), {"x": n(17, 2, 1, 1)})
    for shape, size in (((2, 3, 7, 5), (3, 2)), ((1, 17, 3, 5), (7, 7)), ((2, 2, 13, 11), (6, 6)), ((3, 2, 4, 4), (1, 4))):
        g.add({"op": "adaptiveavgpool2d", "output": list(size)}, lambda t: F.adaptive_avg_pool2d(t["x"], size), {"x": n(*shape)})
    g.write()


def batch_norm(g, x, training, eps=1e-5, momentum=0.1, rectified=False):
    def f(t):
        y = F.batch_norm(t["x"], t["running_mean"], t["running_var"], t["w"], t["b"], training, momentum, eps)
        return F.relu(y) if rectified else y
    c = x.shape[1]
    g.add({"op": "batchnorm2d", "eps": eps, "momentum": momentum, "training": training, "rectified": rectified}, f,
          {"x": x, "w": g.numbers(c), "b": g.numbers(c)},
          state={"running_mean": g.numbers(c), "running_var": g.numbers(c) + np.float32(1.5)})


def normalisation():
    g = Golden("normalisation")
    n = g.numbers
    for shape in ((3, 5, 4, 3), (17, 3, 2, 2), (2, 17, 5, 1), (1, 33, 3, 3), (17, 13)):
        for training in (True, False):
            batch_norm(g, n(*shape), training)
    batch_norm(g, n(5, 3, 2, 2), True, eps=0.5, momentum=1.0)
    batch_norm(g, n(3, 17, 3, 3), True, momentum=0.01, rectified=True)
    batch_norm(g, n(3, 17, 3, 3), False, rectified=True)
    for shape, groups, eps in (((3, 5, 3, 1), 1, 1e-5), ((2, 6, 5, 3), 3, 1e-5), ((1, 34, 3, 3), 2, 1e-3), ((17, 17, 2, 2), 17, 1e-5)):
        g.add({"op": "groupnorm", "groups": groups, "eps": eps}, lambda t: F.group_norm(t["x"], groups, t["w"], t["b"], eps),
              {"x": n(*shape), "w": n(shape[1]), "b": n(shape[1])})
    for shape, eps in (((3, 5, 7, 3), 1e-6), ((1, 33, 3, 5), 1e-5), ((17, 31), 1e-5)):
        def f(t):
            last = t["x"].movedim(1, -1)
            return F.layer_norm(last, (shape[1],), t["w"], t["b"], eps).movedim(-1, 1)
        g.add({"op": "layernorm", "eps": eps}, f, {"x": n(*shape), "w": n(shape[1]), "b": n(shape[1])})
    g.write()


def per_image(loss):
    """One number per image: the mean over its elements."""
    return loss.reshape(loss.shape[0], -1).mean(1)


def cross_entropy(g, shape, smoothing, weights, soft):
    labels = g.random.randint(0, shape[1], shape[:1] + shape[2:])
    targets = g.random.dirichlet(np.ones(shape[1]), shape[:1] + shape[2:]).astype(np.float32)
    targets = np.ascontiguousarray(np.moveaxis(targets, -1, 1))
    given = torch.tensor(targets.astype(np.float64)) if soft else torch.tensor(labels)
    w = torch.tensor(weights, dtype=torch.float64) if weights else None
    g.add({"op": "softmaxcrossentropy", "smoothing": smoothing, "weights": weights},
          lambda t: per_image(F.cross_entropy(t["x"], given, w, reduction="none", label_smoothing=smoothing)),
          {"x": g.numbers(*shape) * np.float32(3)}, None if soft else labels, targets if soft else None)


def losses():
    g = Golden("losses")
    weights = [0.5, 2.0, 0.0, 1.0, 3.0]
    for shape in ((17, 5), (3, 5, 3, 2)):
        for smoothing, w in ((0.1, []), (0.0, weights), (0.3, weights)):
            for soft in (False, True):
                cross_entropy(g, shape, smoothing, w, soft)
    cross_entropy(g, (3, 31), 0.1, [], False)
    cross_entropy(g, (3, 31), 0.0, [], True)
    cross_entropy(g, (2, 17, 3, 5), 0.0, [], False)
    for shape, scale in (((17, 7), 1), ((2, 17, 3, 1), 1), ((3, 5), 200)):
        x, t = g.numbers(*shape) * np.float32(scale), g.random.uniform(0, 1, shape).astype(np.float32)
        y = torch.tensor(t.astype(np.float64))
        g.add({"op": "binarycrossentropy"},
              lambda p: per_image(F.binary_cross_entropy_with_logits(p["x"], y, reduction="none")), {"x": x}, targets=t)
        g.add({"op": "meansquared"}, lambda p: per_image(F.mse_loss(p["x"], y, reduction="none")), {"x": x}, targets=t)
        for delta in (1.0, 0.25):
            g.add({"op": "huber", "delta": delta},
                  lambda p: per_image(F.huber_loss(p["x"], y, reduction="none", delta=delta)), {"x": x}, targets=t)
    for shape, scale in (((17, 10), 1), ((3, 31), 1000), ((2, 5, 3, 1), 5)):
        x = g.numbers(*shape) * np.float32(scale)
        g.add({"op": "logsoftmax"}, lambda t: F.log_softmax(t["x"], 1), {"x": x})
        g.add({"op": "softmax"}, lambda t: F.softmax(t["x"], 1), {"x": x})
    g.write()


def the_rest():
    g = Golden("rest")
    n = g.numbers
    for shape, outputs, bias in (((1, 1), 1, True), ((3, 5), 7, True), ((16, 13), 31, True), ((17, 33), 10, True), ((3, 31), 17, False)):
        for rectified in (False, True):
            x = {"x": n(*shape), "w": n(outputs, shape[1])}
            if bias:
                x["b"] = n(outputs)
            g.add({"op": "linear", "outputs": outputs, "bias": bias, "rectified": rectified},
                  lambda t: (F.relu if rectified else lambda z: z)(F.linear(t["x"], t["w"], t.get("b"))), x)
    zeros = g.random.randint(-1, 2, (17, 7)).astype(np.float32)
    zeros[0, 0], zeros[0, 1] = math.inf, -math.inf
    for x in (n(3, 2, 5, 3), zeros):
        g.add({"op": "relu"}, lambda t: F.relu(t["x"]), {"x": x})
    g.add({"op": "flatten"}, lambda t: torch.flatten(t["x"], 1), {"x": n(17, 2, 3, 1)})
    for rectified in (False, True):
        g.add({"op": "add", "rectified": rectified},
              lambda t: (F.relu if rectified else lambda z: z)(t["x"] + t["x1"]), {"x": n(3, 5, 3, 2), "x1": n(3, 5, 3, 2)})
    for shape, scale in (((1, 1), 1), ((3, 10), 1), ((17, 5), 5), ((3, 31), 1000)):
        f = (n(*shape) * scale).astype(np.float32)
        labels = g.random.randint(0, shape[1], shape[0])
        g.add({"op": "softmax"}, lambda t: F.softmax(t["x"], 1), {"x": f})
        g.add({"op": "softmaxcrossentropy"}, lambda t: F.cross_entropy(t["x"], torch.tensor(labels), reduction="none"), {"x": f}, labels)
    g.write()


def bent(g, settings, function, weight=None):
    """
    An activation on numbers past the ends of what is bent, on the kinks, and on what is not a number. Sizes are multiples of 16:
    PyTorch's scalar loop over the rest treats kinks and NaN otherwise than its vectorised one does.
    """
    wide = (g.numbers(1, 5, 4, 4) * 8).astype(np.float32)
    kinks = g.random.randint(-7, 8, (2, 17, 4, 2)).astype(np.float32)
    odd = np.array([[0, -0.0, math.inf, -math.inf, math.nan, 40, -40, 90, -90, 1e-4, -1e-4, 1e-8, 3, -3, 6, 12]], np.float32)
    for x in (wide, kinks, odd):
        inputs = {"x": x}
        if weight is not None:
            inputs["w"] = g.numbers(x.shape[1] if weight else 1)
        g.add(settings, function, inputs)


def activations():
    g = Golden("activations")
    for slope in (0.01, -0.5):
        bent(g, {"op": "leakyrelu", "slope": slope}, lambda t: F.leaky_relu(t["x"], slope))
    for alpha in (1, 0.3):
        bent(g, {"op": "elu", "alpha": alpha}, lambda t: F.elu(t["x"], alpha))
    bent(g, {"op": "gelu", "tanh": False}, lambda t: F.gelu(t["x"]))
    bent(g, {"op": "gelu", "tanh": True}, lambda t: F.gelu(t["x"], approximate="tanh"))
    bent(g, {"op": "silu"}, lambda t: F.silu(t["x"]))
    bent(g, {"op": "hardswish"}, lambda t: F.hardswish(t["x"]))
    bent(g, {"op": "hardsigmoid"}, lambda t: F.relu6(t["x"] + 3) / 6)  # whose own gradient has only a float's 1/6
    bent(g, {"op": "sigmoid"}, lambda t: torch.sigmoid(t["x"]))
    bent(g, {"op": "tanh"}, lambda t: torch.tanh(t["x"]))
    for beta, threshold in ((1, 20), (2, 6)):
        bent(g, {"op": "softplus", "beta": beta, "threshold": threshold}, lambda t: F.softplus(t["x"], beta, threshold))
    bent(g, {"op": "relu6"}, lambda t: F.relu6(t["x"]))
    for per_channel in (False, True):
        bent(g, {"op": "prelu", "perChannel": per_channel}, lambda t: F.prelu(t["x"], t["w"]), per_channel)
    g.write()


def moved():
    g = Golden("moved")
    n = g.numbers
    for a, b in (((3, 5, 3, 2), (3, 5, 1, 1)), ((2, 17, 3, 1), (2, 17, 1, 1)), ((2, 17, 3, 1), (2, 17, 3, 1)), ((3, 7), (3, 7))):
        g.add({"op": "mul"}, lambda t: t["x"] * t["x1"], {"x": n(*a), "x1": n(*b)})
    for shape in ((3, 5, 3, 2), (2, 17, 1, 3)):
        g.add({"op": "channelscale"}, lambda t: t["x"] * t["w"], {"x": n(*shape), "w": n(shape[1], 1, 1)})
    for channels in ((5, 3), (16, 16, 3), (13, 16, 4)):
        x = {"x" + (str(i) if i else ""): n(2, c, 3, 2) for i, c in enumerate(channels)}
        g.add({"op": "concat"}, lambda t: torch.cat(list(t.values()), 1), x)
    g.add({"op": "concat"}, lambda t: torch.cat(list(t.values()), 1), {"x": n(3, 7), "x1": n(3, 12)})
    for p, value in (((0, 0, 1, 2, 3, 0), 0), ((16, 2, 0, 0, 0, 0), 0), ((3, 14, 1, 0, 0, 1), -0.5)):
        before, after, top, bottom, left, right = p
        g.add({"op": "pad", "sizes": p, "value": value},
              lambda t: F.pad(t["x"], (left, right, top, bottom, before, after), value=value), {"x": n(2, 5, 3, 2)})
    for by, mode, aligned in (((2, 2), "nearest", False), ((3, 1), "nearest", False), ((2, 2), "bilinear", False),
                              ((3, 2), "bilinear", False), ((2, 3), "bilinear", True), ((1, 1), "bilinear", True)):
        for shape in ((2, 5, 3, 4), (1, 17, 1, 5)):
            g.add({"op": "upsample", "factors": by, "mode": mode, "aligned": aligned},
                  lambda t: F.interpolate(t["x"], scale_factor=by, mode=mode, align_corners=aligned if mode == "bilinear" else None),
                  {"x": n(*shape)})
    g.write()


def lenet5(p, x):
    x = F.max_pool2d(F.relu(F.conv2d(x, p["conv1.weight"], p["conv1.bias"], padding=2)), 2)
    x = F.max_pool2d(F.relu(F.conv2d(x, p["conv2.weight"], p["conv2.bias"])), 2)
    x = F.relu(F.linear(torch.flatten(x, 1), p["fc1.weight"], p["fc1.bias"]))
    x = F.relu(F.linear(x, p["fc2.weight"], p["fc2.bias"]))
    return F.linear(x, p["fc3.weight"], p["fc3.bias"])


def curve():
    """Ten steps of LeNet-5 on three batches of 16 (step s takes batch s mod 3), from given F32 weights, computed in F64."""
    random = np.random.RandomState(11)
    shapes = {"conv1.weight": (6, 1, 5, 5), "conv1.bias": (6,), "conv2.weight": (16, 6, 5, 5), "conv2.bias": (16,),
              "fc1.weight": (120, 400), "fc1.bias": (120,), "fc2.weight": (84, 120), "fc2.bias": (84,),
              "fc3.weight": (10, 84), "fc3.bias": (10,)}
    fan_in = {"conv1": 25, "conv2": 150, "fc1": 400, "fc2": 120, "fc3": 84}
    weights = {k: (random.uniform(-1, 1, s) / math.sqrt(fan_in[k.split(".")[0]])).astype(np.float32) for k, s in shapes.items()}
    labels = random.randint(0, 10, 48).astype(np.int32)
    classes = random.normal(0, 1, (10, 1, 28, 28))
    # Quarters between −8 and 8, so that nothing is lost when they are stored.
    images = np.clip(np.round((classes[labels] + random.normal(0, 0.7, (48, 1, 28, 28))) * 4) / 4, -8, 8).astype(np.float32)
    tensors = {"images": images, "labels": labels, **weights}
    optimizers = {
        "sgd": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
        "adam": lambda p: torch.optim.Adam(p, lr=0.001, betas=(0.9, 0.999), eps=1e-8),
    }
    for name, optimizer in optimizers.items():
        p = {k: torch.tensor(v.astype(np.float64), requires_grad=True) for k, v in weights.items()}
        step = optimizer(list(p.values()))
        losses = []
        for s in range(10):
            part = slice(s % 3 * 16, s % 3 * 16 + 16)
            loss = F.cross_entropy(lenet5(p, torch.tensor(images[part].astype(np.float64))), torch.tensor(labels[part].astype(np.int64)))
            step.zero_grad()
            loss.backward()
            if s == 0:
                for k, v in p.items():
                    tensors["first/" + k] = v.grad.numpy().reshape(-1)[:64].copy()
            losses.append(loss.item())
            step.step()
        tensors[name + "/losses"] = np.array(losses)
        for k, v in p.items():
            a = v.detach().numpy()
            tensors[name + "/" + k] = a.reshape(-1)[:64].copy()
            tensors[name + "/norm/" + k] = np.array([np.sqrt((a * a).sum())])
    write("lenet5", tensors, {"about": "ten steps: losses, first gradients, and of the final weights the first 64 elements and the norm"})


if __name__ == "__main__":
    os.makedirs(OUT, exist_ok=True)
    convolutions()
    pooling()
    normalisation()
    losses()
    the_rest()
    activations()
    moved()
    curve()
    for name in sorted(os.listdir(OUT)):
        print(name, os.path.getsize(os.path.join(OUT, name)), "bytes")
