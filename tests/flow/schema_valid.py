# SPDX-License-Identifier: MIT
"""schema_valid.py SCHEMA FILE...: a line for each, "valid FILE" or
"invalid FILE: WHY", as an editor judges it: YAML's own booleans and numbers,
and JSON Schema draft 7.  "no-yaml FILE" is no document for an editor."""
import json
import re
import sys

import jsonschema
import yaml


class Loader(yaml.SafeLoader):
    """YAML 1.2's core schema: "no" and "0123" stay text, dates too."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^(?:[-+]?(?:0|[1-9][0-9]*))$", "-+0123456789"),
    ("float", r"^[-+]?(?:[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?$", "-+0123456789"),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
):
    Loader.add_implicit_resolver("tag:yaml.org,2002:" + tag, re.compile(pattern), list(first))

with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
for path in sys.argv[2:]:
    try:
        with open(path, encoding="utf-8") as file:
            document = yaml.load(file, Loader)
    except (yaml.YAMLError, ValueError, RecursionError):
        print("no-yaml", path)
        continue
    error = jsonschema.exceptions.best_match(validator.iter_errors(document))
    print("valid" if error is None else "invalid", path + ("" if error is None else ": " + error.message.split("\n")[0][:200]))
