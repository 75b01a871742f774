"""Reads a safetensors file by the format's definition alone and prints what it holds, as JSON."""
import hashlib
import json
import struct
import sys

SIZES = {"F64": 8, "F32": 4, "I32": 4, "F16": 2, "BF16": 2, "I64": 8}
raw = open(sys.argv[1], "rb").read()
(n,) = struct.unpack("<Q", raw[:8])
assert (8 + n) % 8 == 0 and raw[8:9] == b"{", "header not aligned"
header = json.loads(raw[8:8 + n].decode("utf-8"))
metadata = header.pop("__metadata__", {})
data, at, weights = raw[8 + n:], 0, hashlib.sha256()
for name, t in sorted(header.items(), key=lambda e: e[1]["data_offsets"]):
    begin, end = t["data_offsets"]
    count = 1
    for d in t["shape"]:
        count *= d
    assert begin == at and end - begin == count * SIZES[t["dtype"]], name
    at = end
assert at == len(data), "file size"
for name in sorted(header):
    begin, end = header[name]["data_offsets"]
    weights.update(name.encode("utf-8") + b"\0" + data[begin:end])
tensors = {k: [t["dtype"], t["shape"]] for k, t in header.items()}
print(json.dumps({"metadata": metadata, "tensors": tensors, "sha256": weights.hexdigest()}, ensure_ascii=True))
