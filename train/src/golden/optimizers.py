"""Twenty steps of PyTorch's optimizers on given gradients: the golden data of OptimizerTest.

Run with Debian's python3-torch 1.13:  /usr/bin/python3 train/src/golden/optimizers.py
Writes train/src/test/resources/cortado/train/optimizers.json. There are two tensors, of 5 and of 4 × 8 numbers. Gradient i of step t
is sin(0.7 i + 1.3 t) · (1 + i / 8), the learning rate of step t is 0.05 · (1 − t / 40): numbers that the test makes itself.
PyTorch has no LAMB; the class below is the algorithm of the paper (arXiv:1904.00962v5, algorithm 2), tensor by tensor.
"""
import json
import math
import pathlib

import torch
from torch.optim.swa_utils import AveragedModel

STEPS = 20


class Lamb(torch.optim.Optimizer):
    def __init__(self, params, lr, betas, eps, weight_decay):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, adapt=True))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for w in group["params"]:
                s = self.state[w]
                if not s:
                    s.update(t=0, m=torch.zeros_like(w), v=torch.zeros_like(w))
                s["t"] += 1
                s["m"].mul_(b1).add_(w.grad, alpha=1 - b1)
                s["v"].mul_(b2).addcmul_(w.grad, w.grad, value=1 - b2)
                m = s["m"] / (1 - b1 ** s["t"])
                v = s["v"] / (1 - b2 ** s["t"])
                u = m / (v.sqrt() + group["eps"]) + group["weight_decay"] * w
                trust = w.norm() / u.norm() if group["adapt"] and w.norm() > 0 and u.norm() > 0 else 1
                w.sub_(group["lr"] * trust * u)


CASES = {
    "sgd": (torch.optim.SGD, dict()),
    "sgd momentum": (torch.optim.SGD, dict(momentum=0.9)),
    "sgd momentum decay": (torch.optim.SGD, dict(momentum=0.9, weight_decay=0.02)),
    "sgd nesterov": (torch.optim.SGD, dict(momentum=0.9, nesterov=True)),
    "sgd nesterov decay": (torch.optim.SGD, dict(momentum=0.8, nesterov=True, weight_decay=0.02)),
    "sgd nesterov spare": (torch.optim.SGD, dict(momentum=0.8, nesterov=True, weight_decay=0.02)),
    "sgd clipped": (torch.optim.SGD, dict(momentum=0.9)),
    "sgd averaged": (torch.optim.SGD, dict(momentum=0.9)),
    "adam": (torch.optim.Adam, dict()),
    "adam decay": (torch.optim.Adam, dict(weight_decay=0.1, betas=(0.8, 0.99), eps=1e-3)),
    "adamw": (torch.optim.AdamW, dict(weight_decay=0.0)),
    "adamw decay": (torch.optim.AdamW, dict(weight_decay=0.1, betas=(0.8, 0.99), eps=1e-3)),
    "adamw spare": (torch.optim.AdamW, dict(weight_decay=0.1, betas=(0.8, 0.99), eps=1e-3)),
    "rmsprop": (torch.optim.RMSprop, dict()),
    "rmsprop momentum decay": (torch.optim.RMSprop, dict(alpha=0.9, momentum=0.9, eps=0.0316, weight_decay=0.02)),
    "lamb": (Lamb, dict(betas=(0.9, 0.999), eps=1e-6, weight_decay=0.0)),
    "lamb decay": (Lamb, dict(betas=(0.8, 0.99), eps=1e-3, weight_decay=0.1)),
    "lamb spare": (Lamb, dict(betas=(0.8, 0.99), eps=1e-3, weight_decay=0.1)),
}


def run(name, make, settings):
    net = torch.nn.Module()
    net.a = torch.nn.Parameter(torch.tensor([math.cos(i) for i in range(5)], dtype=torch.float32))
    net.b = torch.nn.Parameter(torch.tensor([math.cos(i) for i in range(5, 37)], dtype=torch.float32).view(4, 8))
    groups = [dict(params=[net.a]), dict(params=[net.b])]
    if "spare" in name:  # no decay for what has one dimension; LAMB then does not adapt it either
        groups[0]["weight_decay"] = 0.0
        if make is Lamb:
            groups[0]["adapt"] = False
    opt = make(groups, lr=0.05, **settings)
    # The first update copies the weights: as if the average had begun with them.
    mean = AveragedModel(net, avg_fn=lambda e, w, n: 0.8 * e + (1 - 0.8) * w)
    mean.update_parameters(net)
    after = []
    for t in range(STEPS):
        for group in opt.param_groups:
            group["lr"] = 0.05 * (1 - t / 40)
        g = torch.tensor([math.sin(0.7 * i + 1.3 * t) * (1 + i / 8) for i in range(37)], dtype=torch.float32)
        net.a.grad, net.b.grad = g[:5].clone(), g[5:].view(4, 8).clone()
        if "clipped" in name:  # some of the gradients are longer: they are 14.7 … 15.5
            torch.nn.utils.clip_grad_norm_(net.parameters(), 15.0)
        opt.step()
        mean.update_parameters(net)
        if t in (0, 1, STEPS - 1):
            shown = mean.module if "averaged" in name else net
            after.append([float(f"{v:.9g}") for p in (shown.a, shown.b) for v in p.flatten().tolist()])
    return after


golden = {name: run(name, make, settings) for name, (make, settings) in CASES.items()}
out = pathlib.Path(__file__).parent.parent / "test/resources/cortado/train/optimizers.json"
out.write_text("{\n" + ",\n".join(f'"{k}": {json.dumps(v)}' for k, v in golden.items()) + "\n}\n")
