"""Generate docs/api.md from the docstrings and the `__all__` of the public packages.

    python docs/generate_api.py            writes docs/api.md
    python docs/generate_api.py --check    fails if docs/api.md is out of date

griffe parses the sources, so nothing is imported.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import griffe

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "api.md"
PACKAGES = ("docsight", "docsight.documents", "docsight.components", "docsight.inspection", "docsight.errors")
HEADER = """# Python API

This page is generated from the docstrings by `make docs`. It lists the public names of each package; everything else is
internal and may change.
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is out of date")
    page = render()
    if not parser.parse_args().check:
        PAGE.write_text(page, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page:
        return 0
    sys.stderr.write("docs/api.md does not match the docstrings; run `make docs` and commit the result\n")
    return 1


def render() -> str:
    """Render the page."""
    loaded = griffe.load("docsight", search_paths=[ROOT / "plugins"], docstring_parser="google")
    packages = [(name, loaded if name == "docsight" else loaded[name.removeprefix("docsight.")]) for name in PACKAGES]
    contents = "".join(f"- [`{name}`](#{anchor(name)}): {summary(package)}\n" for name, package in packages)
    sections = (line for name, package in packages for line in package_section(name, package))
    return HEADER + "\n" + contents + "\n" + "\n\n".join(sections).rstrip() + "\n"


def package_section(name: str, package: griffe.Object) -> Iterator[str]:
    """Yield the blocks of a package: its docstring, then its public names."""
    yield f"## {name}"
    yield text_of(package)
    for public in public_names(package):
        member = package[public]
        yield from object_section(member.final_target if member.is_alias else member, public)


def public_names(package: griffe.Object) -> list[str]:
    """Return the names in `__all__`, sorted; of a module without one its public classes and functions."""
    if package.exports is not None:
        return sorted((str(name) for name in package.exports if str(name) != "__version__"), key=str.lower)
    return [name for name, member in package.members.items() if not name.startswith("_") and not member.is_alias]


def object_section(item: griffe.Object, name: str) -> Iterator[str]:
    """Yield the blocks of a function, a class with its public members, or a constant."""
    yield f"### {name}"
    if isinstance(item, griffe.Function):
        yield signature(item, name)
        yield from docstring(item)
    elif isinstance(item, griffe.Class):
        yield class_signature(item, name)
        yield from docstring(item)
        yield from members(item, name)
    elif isinstance(item, griffe.Attribute):
        yield f"```python\n{name} = {item.value}\n```"
        yield from docstring(item)


def class_signature(item: griffe.Class, name: str) -> str:
    bases = ", ".join(str(base) for base in item.bases)
    constructor = item.all_members.get("__init__")
    head = f"class {name}({bases})" if bases else f"class {name}"
    if isinstance(constructor, griffe.Function) and len(constructor.parameters) > 1:
        head += "\n\n" + callable_text(constructor, name, skip_self=True)
    return f"```python\n{head}\n```"


def members(item: griffe.Class, name: str) -> Iterator[str]:
    """Yield the public methods and properties that have a docstring."""
    for key, member in item.members.items():
        if key.startswith("_") or not member.has_docstring:
            continue
        if isinstance(member, griffe.Function):
            yield f"#### {name}.{key}"
            yield signature(member, key, skip_self=not {"staticmethod"} & member.labels)
            yield from docstring(member)
        elif isinstance(member, griffe.Attribute) and "property" in member.labels:
            yield f"#### {name}.{key}"
            yield f"```python\n{key}: {member.annotation}\n```"
            yield from docstring(member)


def signature(item: griffe.Function, name: str, *, skip_self: bool = False) -> str:
    return f"```python\n{callable_text(item, name, skip_self=skip_self)}\n```"


def callable_text(item: griffe.Function, name: str, *, skip_self: bool = False) -> str:
    """Write a signature, with a line for each parameter where one line would be too long."""
    keywords, parameters = griffe.ParameterKind.keyword_only, []
    has_star = False
    for parameter in list(item.parameters)[skip_self:]:
        if parameter.kind is griffe.ParameterKind.var_positional:
            has_star = True
        if parameter.kind is keywords and not has_star:
            parameters.append("*")
            has_star = True
        stars = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}
        text = stars.get(parameter.kind, "") + parameter.name if parameter.kind else parameter.name
        text += f": {parameter.annotation}" if parameter.annotation is not None else ""
        if parameter.default is not None and parameter.kind not in stars:
            text += f" = {default_value(item, str(parameter.default))}"
        parameters.append(text)
    returns = f" -> {item.returns}" if item.returns is not None and item.name != "__init__" else ""
    line = f"{name}({', '.join(parameters)}){returns}"
    if len(line) <= 100:
        return line
    return f"{name}(\n" + "".join(f"    {parameter},\n" for parameter in parameters) + f"){returns}"


def default_value(item: griffe.Function, default: str) -> str:
    """Return the value of a default that refers to a constant or to a field of a dataclass."""
    name, _, field = default.partition(".")
    if not name.isidentifier() or name in ("None", "True", "False"):
        return default
    target = item.modules_collection[item.module.resolve(name)]
    target = target.final_target if target.is_alias else target
    if field:
        target = target.members[field]
    return str(target.value) if isinstance(target, griffe.Attribute) else default


def docstring(item: griffe.Object) -> Iterator[str]:
    """Yield the sections of a docstring as Markdown."""
    if item.docstring is None:
        return
    for section in item.docstring.parse("google", warnings=False):
        if section.kind is griffe.DocstringSectionKind.text:
            yield section.value
        elif section.kind in (griffe.DocstringSectionKind.parameters, griffe.DocstringSectionKind.attributes):
            title = "Parameters" if section.kind is griffe.DocstringSectionKind.parameters else "Attributes"
            yield f"{title}:"
            yield "\n".join(f"- `{entry.name}`: {one_line(entry.description)}" for entry in section.value)
        elif section.kind in (griffe.DocstringSectionKind.returns, griffe.DocstringSectionKind.yields):
            title = "Returns" if section.kind is griffe.DocstringSectionKind.returns else "Yields"
            yield f"{title}: " + " ".join(one_line(entry.description) for entry in section.value)
        elif section.kind is griffe.DocstringSectionKind.raises:
            yield "Raises:"
            yield "\n".join(f"- `{entry.annotation}`: {one_line(entry.description)}" for entry in section.value)
        elif section.kind is griffe.DocstringSectionKind.examples:
            yield "```python\n" + "\n".join(text for _, text in section.value) + "\n```"


def text_of(item: griffe.Object) -> str:
    return item.docstring.value.strip() if item.docstring is not None else ""


def summary(item: griffe.Object) -> str:
    return text_of(item).split("\n")[0]


def one_line(text: str) -> str:
    return " ".join(text.split())


def anchor(name: str) -> str:
    """Return the anchor that Markdown renderers give a heading."""
    return name.replace(".", "").lower()


if __name__ == "__main__":
    raise SystemExit(main())
