"""Writes rows.parquet, with pyarrow 26: nested lists and structs, nulls, several row groups and pages, dictionaries, as
data sets on Hugging Face have them; and rows.jsonl, the same rows, without fields that are null."""
import base64, datetime, decimal, json
import pyarrow as pa, pyarrow.parquet as pq

message = pa.struct([("content", pa.string()), ("role", pa.string())])
schema = pa.schema([
    ("prompt", pa.list_(message)), ("reward_model", pa.struct([("ground_truth", pa.string()), ("style", pa.string())])),
    ("extra_info", pa.struct([("index", pa.int64()), ("split", pa.string())])), ("generations", pa.list_(pa.string())),
    ("correct", pa.list_(pa.bool_())), ("nested", pa.list_(pa.list_(pa.int32()))), ("rate", pa.float64()), ("small", pa.float32()),
    ("big", pa.uint64()), ("price", pa.decimal128(9, 2)), ("raw", pa.binary()), ("day", pa.date32()), ("none", pa.null()),
    ("deep", pa.list_(pa.struct([("tests", pa.list_(pa.struct([("input", pa.string())])))]))),
])
rows = []
for i in range(60):
    rows.append({
        "prompt": [{"content": f"What is {i} + 2? <é>", "role": "user"}] * (i % 3), "reward_model": {"ground_truth": str(i + 2), "style": None if i % 2 else "rule"},
        "extra_info": None if i % 7 == 3 else {"index": i, "split": "train"}, "generations": None if i % 5 == 1 else [f"g{j}" if j % 4 else None for j in range(i % 4)],
        "correct": [j % 2 == 0 for j in range(i % 4)], "nested": [[1, 2], [], None, [i]] if i % 4 else [], "rate": i / 8 if i % 3 else None, "small": 0.5, "big": 2**63 + i,
        "price": decimal.Decimal(i) / 4, "raw": b"\xff\x00" if i % 2 else b"text", "day": datetime.date(1970, 1, 1 + i % 28), "none": None,
        "deep": [{"tests": [{"input": f"{i}"}, {"input": None}]}, {"tests": []}, {"tests": None}, None][: i % 5],
    })
fixed = schema.set(schema.get_field_index("price"), pa.field("price", pa.decimal128(9, 2)))
pq.write_table(pa.Table.from_pylist(rows, schema=fixed), "rows.parquet", row_group_size=25, data_page_size=64, compression="zstd", store_decimal_as_integer=True)
pq.write_table(pa.Table.from_pylist(rows[:3], schema=fixed), "snappy.parquet", use_dictionary=False, compression="snappy", data_page_version="2.0", store_decimal_as_integer=True)

def plain(v):
    if isinstance(v, dict):
        return {k: plain(x) for k, x in v.items() if x is not None}
    if isinstance(v, list):
        return [plain(x) for x in v]
    if isinstance(v, decimal.Decimal):
        return float(v)
    if isinstance(v, datetime.date):
        return (v - datetime.date(1970, 1, 1)).days
    if isinstance(v, bytes):
        return v.decode() if v == b"text" else base64.b64encode(v).decode()
    return v

with open("rows.jsonl", "w") as f:
    for row in rows:
        f.write(json.dumps(plain(row)) + "\n")
