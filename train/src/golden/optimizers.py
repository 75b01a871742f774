"""Twenty steps of PyTorch's optimizers on given gradients: the golden data of OptimizerTest.

Run with Debian's python3-torch 1.13:  /usr/bin/python3 train/src/golden/optimizers.py
Writes train/src/test/resources/cortado/train/optimizers.json. Gradient i of step t is sin(0.7 i + 1.3 t) · (1 + i / 8), the learning
rate of step t is 0.05 · (1 − t / 40): numbers that the test makes itself.
"""
import json
import math
import pathlib

import torch

N, STEPS = 37, 20
CASES = {
    "sgd": (torch.optim.SGD, dict()),
    "sgd momentum": (torch.optim.SGD, dict(momentum=0.9)),
    "sgd momentum decay": (torch.optim.SGD, dict(momentum=0.9, weight_decay=0.02)),
    "sgd nesterov": (torch.optim.SGD, dict(momentum=0.9, nesterov=True)),
    "sgd nesterov decay": (torch.optim.SGD, dict(momentum=0.8, nesterov=True, weight_decay=0.02)),
    "adam": (torch.optim.Adam, dict()),
    "adam decay": (torch.optim.Adam, dict(weight_decay=0.1, betas=(0.8, 0.99), eps=1e-3)),
    "adamw": (torch.optim.AdamW, dict(weight_decay=0.0)),
    "adamw decay": (torch.optim.AdamW, dict(weight_decay=0.1, betas=(0.8, 0.99), eps=1e-3)),
}
golden = {}
for name, (make, settings) in CASES.items():
    w = torch.nn.Parameter(torch.tensor([math.cos(i) for i in range(N)], dtype=torch.float32))
    opt = make([w], lr=0.05, **settings)
    after = []
    for t in range(STEPS):
        for group in opt.param_groups:
            group["lr"] = 0.05 * (1 - t / 40)
        w.grad = torch.tensor([math.sin(0.7 * i + 1.3 * t) * (1 + i / 8) for i in range(N)], dtype=torch.float32)
        opt.step()
        if t in (0, 1, STEPS - 1):
            after.append([float(f"{v:.9g}") for v in w.tolist()])
    golden[name] = after
out = pathlib.Path(__file__).parent.parent / "test/resources/cortado/train/optimizers.json"
out.write_text("{\n" + ",\n".join(f'"{k}": {json.dumps(v)}' for k, v in golden.items()) + "\n}\n")
