"""What scikit-learn and numpy say about made-up predictions: the golden data of MetricsTest.

Run with Debian's python3-sklearn 1.2:  /usr/bin/python3 train/src/golden/metrics.py
Writes train/src/test/resources/cortado/train/metrics.json. Scores are rounded, so that they are the same in both languages; in
"ties" they are rounded to halves, so that many are equal. In "gaps" class 3 has no image and class 5 is never predicted.
The calibration error is the paper's (Guo et al. 2017): 15 bins, open on the left; the softmax is numpy's.
"""
import json
import pathlib

import numpy as np
from sklearn import metrics

BINS = 15


def softmax(f):
    e = np.exp(f - f.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def calibration(p, y):
    confidence, right = p.max(axis=1), p.argmax(axis=1) == y
    edges = np.arange(BINS + 1) / BINS
    bins, error = [], 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        here = (confidence > low) & (confidence <= high)
        n = int(here.sum())
        bins.append([n, float(confidence[here].mean()) if n else 0.0, float(right[here].mean()) if n else 0.0])
        error += n / len(y) * abs(bins[-1][1] - bins[-1][2])
    return bins, error


def rates(report, name):
    r = report[name]
    return [r["precision"], r["recall"], r["f1-score"], int(r["support"])]


def case(f, y):
    k = f.shape[1]
    p, labels = softmax(f), list(range(k))
    seen = f.argmax(axis=1)
    report = metrics.classification_report(y, seen, labels=labels, output_dict=True, zero_division=0)
    pr = metrics.precision_recall_fscore_support(y, seen, labels=labels, average="micro", zero_division=0)
    bins, error = calibration(p, y)
    # log_loss clips probabilities at 1e-15, so very sure mistakes cost it less
    loss = float(np.mean(f.max(axis=1) + np.log(np.exp(f - f.max(axis=1, keepdims=True)).sum(axis=1)) - f[np.arange(len(y)), y]))
    assert p.min() < 1e-14 or abs(loss - metrics.log_loss(y, p, labels=labels)) < 1e-12
    out = {
        "scores": f.tolist(), "labels": y.tolist(),
        "top1": metrics.accuracy_score(y, seen),
        "top5": metrics.top_k_accuracy_score(y, f, k=5, labels=labels) if k > 5 else 1.0,
        "loss": loss,
        "confusion": metrics.confusion_matrix(y, seen, labels=labels).tolist(),
        "classes": [rates(report, str(c)) for c in labels],
        "macro": rates(report, "macro avg"), "weighted": rates(report, "weighted avg"), "micro": list(pr[:3]) + [len(y)],
        "calibration": bins, "ece": error,
    }
    if k == 2:
        score = f[:, 1] - f[:, 0]
        out["auc"] = metrics.roc_auc_score(y, score)
        x, t, _ = metrics.roc_curve(y, score, drop_intermediate=False)
        out["roc"] = [[float(a), float(b)] for a, b in zip(x, t)]
    return out


def made(seed, n, k, signal, decimals):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, k, n)
    f = rng.normal(size=(n, k)) * 1.5
    f[np.arange(n), y] += signal
    return np.round(f, decimals), y


gaps, y = made(2, 90, 7, 1.0, 3)
y[y == 3] = 4
gaps[:, 5] -= 20
ties, z = made(3, 80, 2, 0.7, 0)
cases = {
    "twelve classes": case(*made(1, 120, 12, 2.0, 3)),
    "gaps": case(gaps, y),
    "two classes": case(*made(4, 60, 2, 1.0, 3)),
    "ties": case(ties / 2, z),
    "sure": case(np.round(made(5, 40, 3, 2.0, 3)[0] * 30, 2), made(5, 40, 3, 2.0, 3)[1]),
}
out = pathlib.Path(__file__).parent.parent / "test/resources/cortado/train/metrics.json"
out.write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in cases.items()) + "\n}\n")
