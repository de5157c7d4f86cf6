"""Loads the JSON Schema of definitions as clients in Python do, and prints which examples each of them takes."""

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema

file = Path("examples/dataflow.schema.json")
schema = json.loads(file.read_text("utf8"))
examples = {
    one.name: json.loads(one.read_text("utf8"))
    for one in sorted(Path("examples").glob("*.json"))
    if not one.name.endswith(".schema.json")
}

jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
taken = [name for name, definition in examples.items() if validator.is_valid(definition)]
bad = {**next(iter(examples.values())), "name": "a\u2028b"}
assert not validator.is_valid(bad)

messages = json.loads(Path("docs/message.schema.json").read_text("utf8"))
jsonschema.Draft7Validator.check_schema(messages)
assert not jsonschema.Draft7Validator(messages).is_valid({"event": "createWaits"})

with tempfile.TemporaryDirectory() as folder:
    models = Path(folder) / "models.py"
    generate = ["--input", str(file), "--input-file-type", "jsonschema", "--output", str(models)]
    subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "datamodel_code_generator", *generate]
        + ["--output-model-type", "pydantic_v2.BaseModel"],
        check=True,
        capture_output=True,
    )
    spec = importlib.util.spec_from_file_location("models", models)
    module = importlib.util.module_from_spec(spec)
    sys.modules["models"] = module
    spec.loader.exec_module(module)
    modelled = []
    for name, definition in examples.items():
        module.DataflowDefinition.model_validate(definition)
        modelled.append(name)

print(json.dumps({"jsonschema": taken, "pydantic": modelled}))
