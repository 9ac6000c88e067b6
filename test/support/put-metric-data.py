"""Reads the body of an AWS query call by Amazon's own model of CloudWatch, checks it, and writes what it says as JSON.

The model's serializer writes it once more: a body that says something in another form than AWS clients do is told.
"""

import json
import sys
from urllib.parse import parse_qs

import botocore.serialize
import botocore.session
import botocore.validate

model = botocore.session.get_session().get_service_model("cloudwatch")
form = {name: values for name, values in parse_qs(sys.stdin.read(), strict_parsing=True, keep_blank_values=True).items()}
assert all(len(values) == 1 for values in form.values()), "a field stands there twice"
form = {name: values[0] for name, values in form.items()}
operation = model.operation_model(form["Action"])


def read(shape, prefix):
    if shape.type_name == "structure":
        names = [name for name in shape.members if has(f"{prefix}.{name}" if prefix else name)]
        return {name: read(shape.members[name], f"{prefix}.{name}" if prefix else name) for name in names}
    if shape.type_name == "list":
        items = []
        while has(f"{prefix}.member.{len(items) + 1}"):
            items.append(read(shape.member, f"{prefix}.member.{len(items) + 1}"))
        return items
    text = form[prefix]
    if shape.type_name in ("double", "float"):
        return float(text)
    if shape.type_name in ("integer", "long"):
        return int(text)
    return text


def has(prefix):
    return any(name == prefix or name.startswith(f"{prefix}.") for name in form)


def known(name, value):
    """How numbers and times are spelt is left to the client."""
    return name, (float(value) if name.rsplit(".", 1)[-1] in ("SampleCount", "Sum", "Minimum", "Maximum") else value[:19])


parameters = read(operation.input_shape, "")
report = botocore.validate.ParamValidator().validate(parameters, operation.input_shape)
written = botocore.serialize.create_serializer("query").serialize_to_request(parameters, operation)
ours = dict(known(*field) for field in form.items())
theirs = dict(known(name, str(value)) for name, value in written["body"].items())
json.dump(
    {
        "valid": not report.has_errors(),
        "report": report.generate_report(),
        "differs": sorted(name for name in {*ours, *theirs} if ours.get(name) != theirs.get(name)),
        "parameters": parameters,
    },
    sys.stdout,
)
