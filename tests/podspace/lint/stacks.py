"""Stacks to begin from: a test names only what it needs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from benchmarks.defects.corpus import HERE, Case
from podspace.formats.document import Document
from podspace.lint.deployment import Deployment
from podspace.lint.resolver import Resolver
from podspace.lint.stack import Origin, Resource, Stack
from podspace.lint.value import Reference, Value

Body = dict[str, Any]

VERSION: Final[Body] = {"AWSTemplateFormatVersion": "2010-09-09"}
UNTOLD: Final[Body] = {"Fn::Transform": {"Name": "Macro"}}
"""What resolves to a value that cannot be known."""


def a_stack(
    resources: Body | None = None, *, name: str = "stack", origin: Origin | None = None, **sections: Any
) -> Stack:
    """A stack of these resources, with other sections of its template."""
    data = {**VERSION, "Resources": resources or {}, **sections}
    origin = origin or Origin(name=name)
    return Stack(origin=origin, document=Document(path=Path(origin.name), data=data, lines={"": 1}))


def own_tags(resource: Resource) -> dict[str, Value]:
    """The tags of a resource without that of CloudFormation."""
    return {key: value for key, value in resource.tags.items() if key != "aws:cloudformation:logical-id"}


def nested_in(parent: Stack, id: str, resources: Body | None = None, **sections: Any) -> Stack:
    """A stack that is nested in another one, as its resource of that id."""
    origin = Origin(name=f"{parent.key}/{id}", parent=parent.key, nested_as=id)
    return a_stack(resources, origin=origin, **sections)


def a_template(resources: Body, **sections: Any) -> Body:
    """A template of these resources."""
    return {**VERSION, "Resources": resources, **sections}


def of(kind: str, **properties: Any) -> Body:
    """A resource of a type, such as `EC2::Subnet`."""
    return {"Type": f"AWS::{kind}", "Properties": properties}


def nested(url: object, **parameters: Any) -> Body:
    """A resource that is a stack, made of the template at an address."""
    return of("CloudFormation::Stack", TemplateURL=url, Parameters=parameters)


def ref(id: str) -> Body:
    return {"Ref": id}


def att(id: str, attribute: str) -> Body:
    return {"Fn::GetAtt": [id, attribute]}


def made(id: str, attribute: str = "", *, stack: str = "stack") -> Reference:
    """The reference to a resource."""
    return Reference(stack, id, attribute, resource=True)


def resolved(
    node: Any, *others: Stack, resources: Body | None = None, origin: Origin | None = None, **sections: Any
) -> Value:
    """What a part of a template will be, among other stacks."""
    stack = a_stack(resources, origin=origin, **sections)
    return Resolver([stack, *others]).resolve(stack, node)


def a_deployment(resources: Body, *others: Stack, **sections: Any) -> Deployment:
    """A deployment of one stack, or of several."""
    return Deployment([a_stack(resources, **sections), *others])


def resource_of(deployment: Deployment, id: str, *, stack: str = "stack") -> Resource:
    """The resource of a logical id."""
    (found,) = (one for one in deployment.resources if (one.id, one.stack.key) == (id, stack))
    return found


def write(folder: Path, files: Mapping[str, object]) -> Path:
    """Write files, text as it is and all else as JSON, and give back the folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
    return folder


def changed(base: str, *change: Body, folder: Path) -> Path:
    """A deployment of the corpus with edits, written to a folder of its own in another one."""
    return Case(name=base, rule="", folder=HERE / "bases" / base, change=change).write(folder)


def artifact(
    template: str, *, environment: str = "111122223333/eu-west-1", name: str = "", tags: Body | None = None, **more: Any
) -> Body:
    """What the manifest of an assembly says of a stack."""
    properties: Body = {"templateFile": template}
    properties |= {"stackName": name} if name else {}
    properties |= {"tags": tags} if tags else {}
    return {"type": "aws:cloudformation:stack", "environment": f"aws://{environment}", "properties": properties, **more}


def an_assembly(artifacts: Body, **templates: Any) -> Body:
    """The files of an assembly, its templates by their names without suffix."""
    files = {f"{name}.template.json": template for name, template in templates.items()}
    return {"cdk.out": {"version": "55.0.0"}, "manifest.json": {"version": "55.0.0", "artifacts": artifacts}, **files}
