"""Prints, as JSON, every field and parameter of the operations of the installed PyPI client.

The newest client's own code is read: the type annotations of its methods, the query names in its option classes, and
the aliases of its pydantic models.
"""

import inspect
import json
import re
import typing
from importlib.metadata import version

from svix.api import Svix
from svix.api.common import ApiBase, BaseOptions
from svix.models.common import BaseModel


def resources(owner, prefix=""):
    for name, member in inspect.getmembers(owner):
        if name.startswith("_") or not isinstance(member, ApiBase):
            continue
        yield f"{prefix}{name}", member
        yield from resources(member, f"{prefix}{name}.")


def models_in(annotation):
    """The models inside an annotation: itself, or those inside its Optional, List or Dict."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in typing.get_args(annotation) for model in models_in(inner)]


def options_in(annotation):
    if inspect.isclass(annotation) and issubclass(annotation, BaseOptions):
        return annotation
    return None


def alias_of(model, name, field):
    if field.alias is not None:
        return field.alias
    generator = model.model_config.get("alias_generator")
    return generator(name) if generator is not None else name


def fields_of(model):
    return {
        alias_of(model, name, field): [inner.__name__ for inner in models_in(field.annotation)]
        for name, field in model.model_fields.items()
    }


def names_in(options, method):
    """The names that an options class writes, read out of its source: `"event_types": self.event_types`."""
    if method not in vars(options):
        return []
    return re.findall(r'"([\w-]+)": self\.', inspect.getsource(getattr(options, method)))


def operation(method, models):
    source = inspect.getsource(method)
    found = re.search(r'method="(\w+)",\s*path="([^"]+)"', source)
    if found is None:
        return None
    hints = typing.get_type_hints(method)
    answer = hints.pop("return", None)
    bodies, query, headers = [], [], []
    for hint in hints.values():
        options = options_in(hint)
        if options is not None:
            query, headers = names_in(options, "_query_params"), names_in(options, "_header_params")
        else:
            bodies += models_in(hint)
    answers = models_in(answer)
    models.update(bodies + answers)
    return {
        "route": f"{found[1].upper()} {found[2]}",
        "query": query,
        "headers": headers,
        "body": [model.__name__ for model in bodies],
        "answer": [model.__name__ for model in answers],
    }


def main():
    models, operations = set(), {}
    for path, resource in resources(Svix("token")):
        for name, method in inspect.getmembers(type(resource), inspect.isfunction):
            if name.startswith("_"):
                continue
            described = operation(method, models)
            if described is not None:
                operations[f"{path}.{name}"] = described
    described, waiting = {}, list(models)
    while waiting:
        model = waiting.pop()
        if model.__name__ in described:
            continue
        described[model.__name__] = fields_of(model)
        for field in model.model_fields.values():
            waiting += models_in(field.annotation)
    client = f"svix {version('svix')} (PyPI)"
    print(json.dumps({"client": client, "operations": operations, "models": described}, sort_keys=True))


main()
