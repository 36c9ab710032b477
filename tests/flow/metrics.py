# SPDX-License-Identifier: MIT
# metrics.py FILE NAME [LABEL=VALUE...] - the value of a sample, as
# Prometheus' own parser reads the file; --check: what is wrong with it.
import sys

from prometheus_client.parser import text_string_to_metric_families

with open(sys.argv[1], encoding="ascii") as file:
    text = file.read()
families = list(text_string_to_metric_families(text))
if sys.argv[2] == "--check":
    names = set()
    for family in families:
        if family.name in names:
            print("twice:", family.name)
        names.add(family.name)
        if not family.documentation or family.type == "unknown":
            print("no help or type:", family.name)
        if family.type == "counter" and f"# TYPE {family.name}_total counter" not in text:
            print("a counter without _total:", family.name)
        buckets = [sample.value for sample in family.samples if sample.name.endswith("_bucket")]
        if buckets != sorted(buckets):
            print("buckets that shrink:", family.name)
    seen = [(sample.name, tuple(sorted(sample.labels.items()))) for family in families for sample in family.samples]
    if len(seen) != len(set(seen)):
        print("a sample twice")
    sys.exit(0)
wanted = dict(word.split("=", 1) for word in sys.argv[3:])
for family in families:
    for sample in family.samples:
        if sample.name == sys.argv[2] and sample.labels == wanted:
            print(int(sample.value))
