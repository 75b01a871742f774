"""PyTorch from Python as a contestant of `cortado bench`; obeys the orders of cortado.bench.Worker.

Arguments of a job: folder, mode, optimizer, learning rate, threads, setting (nchw or nhwc).
"""
import json
import pathlib
import struct
import sys
import time

import torch
import torch.nn.functional as F

folder, mode, optimizer_name, rate, threads, setting = sys.argv[1:7]
folder = pathlib.Path(folder)
torch.set_num_threads(int(threads))
torch.set_num_interop_threads(1)
DTYPES = {"F32": torch.float32, "I32": torch.int32}


def safetensors(path):
    """Tensors by name, and the metadata."""
    data = bytearray(path.read_bytes())
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        flat = torch.frombuffer(data[8 + length + begin:8 + length + end], dtype=DTYPES[entry["dtype"]])
        t = flat.reshape(entry["shape"]).clone()
        tensors[name] = t.contiguous(memory_format=torch.channels_last) if t.dim() == 4 and setting == "nhwc" else t
    return tensors, metadata


def pair(v):
    return (v, v) if isinstance(v, int) else tuple(v)


def padding(layer):
    """As PyTorch wants it: one number per axis; "same" for odd kernels of stride 1."""
    given = layer.get("padding", 0)
    if given == "same":
        return tuple(k // 2 for k in pair(layer["kernel"]))
    if not isinstance(given, int) and len(given) == 4:
        assert given[0] == given[1] and given[2] == given[3], "padding differs between the sides"
        return given[0], given[2]
    return pair(given)


def function(layer, weights, training):
    """One layer of the network's JSON as a function of its inputs."""
    op, name = layer["op"], layer["name"]
    w, b = weights.get(name + ".weight"), weights.get(name + ".bias")
    if op == "conv2d":
        stride, pad, dilation = pair(layer.get("stride", 1)), padding(layer), pair(layer.get("dilation", 1))
        groups = layer.get("groups", 1)
        return lambda x: F.conv2d(x, w, b, stride, pad, dilation, groups)
    if op == "batchnorm2d":
        mean, var = weights[name + ".running_mean"], weights[name + ".running_var"]
        momentum, eps = layer.get("momentum", 0.1), layer.get("eps", 1e-5)
        return lambda x: F.batch_norm(x, mean, var, w, b, training, momentum, eps)
    if op == "linear":
        return lambda x: F.linear(x, w, b)
    if op == "maxpool2d":
        kernel, pad = pair(layer["kernel"]), padding(layer)
        stride, dilation = pair(layer.get("stride", kernel)), pair(layer.get("dilation", 1))
        return lambda x: F.max_pool2d(x, kernel, stride, pad, dilation, layer.get("ceil_mode", False))
    if op == "avgpool2d":
        kernel, pad = pair(layer["kernel"]), padding(layer)
        stride = pair(layer.get("stride", kernel))
        return lambda x: F.avg_pool2d(x, kernel, stride, pad, layer.get("ceil_mode", False), layer.get("count_include_pad", True))
    if op == "pad":
        c, p = layer.get("channels", 0), layer.get("padding", 0)
        before, after = pair(c)
        top, bottom, left, right = p if isinstance(p, list) and len(p) == 4 else (pair(p)[0],) * 2 + (pair(p)[1],) * 2
        sides = [left, right, top, bottom, before, after]
        return lambda x: F.pad(x, sides, value=layer.get("value", 0))
    return {"relu": F.relu_, "relu6": lambda x: F.relu6(x, inplace=True), "flatten": lambda x: torch.flatten(x, 1), "add": torch.add, "softmax": lambda x: F.softmax(x, 1),
            "globalavgpool2d": lambda x: F.adaptive_avg_pool2d(x, 1)}[op]


tensors, metadata = safetensors(folder / "model.safetensors")
layers = json.loads(metadata["network"])["layers"]
state = (".running_mean", ".running_var")
weights = {name: t.clone().requires_grad_(mode == "TRAIN" and not name.endswith(state)) for name, t in tensors.items()}
batches, _ = safetensors(folder / "batches.safetensors")
images = [batches[f"images.{i}"] for i in range(sum(n.startswith("images.") for n in batches))]
labels = [batches[f"labels.{i}"].long() for i in range(len(images))]


def network(training):
    return [(layer["name"], function(layer, weights, training), layer.get("from")) for layer in layers]


calls, judging = network(mode == "TRAIN"), network(False)
rates = [float(rate)]
course = None
optimizer = None
outcome = None


def forward(x, calls=calls):
    y = {"x": x}
    for name, call, sources in calls:
        x = call(*[y[s] for s in ([sources] if isinstance(sources, str) else sources)]) if sources else call(x)
        y[name] = x
    return x


def reset():
    global optimizer
    with torch.no_grad():
        for name, w in weights.items():
            w.copy_(tensors[name])
    if mode == "TRAIN":
        adam = optimizer_name == "adam"
        learned = [w for name, w in weights.items() if not name.endswith(state)]
        optimizer = torch.optim.Adam(learned, lr=float(rate), foreach=True) if adam else \
            torch.optim.SGD(learned, lr=float(rate), momentum=0.9, foreach=True)


def step(i):
    global outcome
    x, y = images[i % len(images)], labels[i % len(images)]
    if mode == "TRAIN":
        optimizer.param_groups[0]["lr"] = rates[i % len(rates)]
        optimizer.zero_grad(set_to_none=True)
        outcome = F.cross_entropy(forward(x), y)
        outcome.backward()
        optimizer.step()
    else:
        with torch.inference_mode():
            outcome = gradients(layers[-1], x) if mode in ("DX", "DW") else forward(x)


def prepare(epoch):
    """Lays the batches of an epoch of the course ready; the first begins from the initial weights."""
    global course, images, labels, rates
    if not course:
        course, _ = safetensors(folder / "course.safetensors")
    if epoch == 0:
        reset()
    order = course["order"][epoch].long()
    images = [course["images"][batch] for batch in order]
    if setting == "nhwc":
        images = [x.contiguous(memory_format=torch.channels_last) for x in images]
    labels = [course["labels"][batch].long() for batch in order]
    rates = course["rates"][epoch].tolist()
    return len(order)


def right():
    """How many of the test images get their own class's score as the highest."""
    size = course["order"].shape[2]
    with torch.inference_mode():
        return sum((forward(x, judging).argmax(1) == y).sum().item()
                   for x, y in zip(course["testImages"].split(size), course["testLabels"].split(size)))


def gradients(layer, x):
    """One gradient of a single op, by the function that autograd would call."""
    w, dy, dx = weights["op.weight"], batches["dy.0"], mode == "DX"
    if layer["op"] == "linear":
        return (dy.mm(w),) if dx else (dy.t().mm(x.flatten(1)), dy.sum(0))
    all = torch.ops.aten.convolution_backward(dy, x, w, [len(w)], pair(layer.get("stride", 1)), padding(layer),
                                              pair(layer.get("dilation", 1)), False, [0, 0], layer.get("groups", 1),
                                              [dx, not dx, not dx])
    return all[:1] if dx else all[1:]


def values():
    """What cortado.bench.Worker.outcome asks for."""
    if mode == "TRAIN":
        return [outcome.item()]
    if mode == "INFER":
        return outcome[0].tolist()
    flat = [t.reshape(-1) for t in (outcome if isinstance(outcome, tuple) else (outcome,))]
    return [v for t in flat for v in (t.double().square().mean().sqrt().item(), t[0].item(), t[len(t) // 2].item(), t[-1].item())]


def peak_memory():
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM:"):
            return 1024 * int(line.split()[1])
    return 0


print("ready", sum(w.numel() for name, w in weights.items() if not name.endswith(state)), flush=True)
for line in sys.stdin:
    order, *number = line.split()
    if order == "check":
        reset()
        said = []
        for i in range(int(number[0])):
            step(i)
            said += values()
        print("check", *said, flush=True)
    elif order == "run":
        reset()
        start = time.perf_counter()
        for i in range(int(number[0])):
            step(i)
        print("run", time.perf_counter() - start, flush=True)
    elif order == "epoch":
        steps = prepare(int(number[0]))
        start = time.perf_counter()
        for i in range(steps):
            step(i)
        print("epoch", time.perf_counter() - start, flush=True)
    elif order == "evaluate":
        start = time.perf_counter()
        n = right()
        print("evaluate", n, time.perf_counter() - start, flush=True)
    else:
        print("memory", peak_memory(), flush=True)
