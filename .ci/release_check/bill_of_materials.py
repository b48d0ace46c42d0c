"""The software bill of materials in the format CycloneDX: the dependencies, and the shipped models."""

import hashlib
import re
import zipfile
from collections.abc import Iterable
from email.message import Message
from pathlib import Path, PurePosixPath

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from release_check.dependencies import Dependency
from release_check.licences import find_licence
from release_check.outcome import ReleaseError

_CARD = "MODEL_CARD.md"
_LICENCE = re.compile(r"Licence of the weights: ([^\n]+)\.$", re.M)
_WEIGHTS = "weights.safetensors"


def write_bill(path: Path, wheel: Path, about: Message, dependencies: Iterable[Dependency], direct: set[str]) -> str:
    """Write the bill of materials of a wheel, and validate it against the schema of CycloneDX 1.6.

    Args:
        path: The JSON file.
        wheel: The wheel.
        about: Its metadata.
        dependencies: All packages that it needs.
        direct: The names of those that it names itself.

    Raises:
        ReleaseError: The result is invalid, or a model states no licence.
    """
    bom = make_bill(wheel, about, dependencies, direct)
    text = JsonV1Dot6(bom).output_as_string(indent=2)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        raise ReleaseError(f"the bill of materials is invalid: {error}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n", encoding="utf-8")
    models = sum(component.type is ComponentType.MACHINE_LEARNING_MODEL for component in bom.components)
    return f"{path.name}: {len(bom.components) - models} packages and {models} models"


def make_bill(wheel: Path, about: Message, dependencies: Iterable[Dependency], direct: set[str]) -> Bom:
    """Return the bill of materials; the arguments and errors are those of `write_bill`."""
    bom = Bom()
    version = about["Version"]
    main = _component("docsight", version, about["License-Expression"], hash=_sha256(wheel.read_bytes()))
    bom.metadata.component = main
    models = _models(wheel, version)
    packages = {dependency.name: _package(dependency) for dependency in dependencies}
    bom.components.update(models, packages.values())
    bom.register_dependency(main, [*models, *(packages[name] for name in direct)])
    for dependency in dependencies:
        bom.register_dependency(packages[dependency.name], [packages[name] for name in dependency.requires])
    return bom


def _package(dependency: Dependency) -> Component:
    component = _component(dependency.name, dependency.version, find_licence(dependency.name, dependency.distribution))
    component.scope = ComponentScope.REQUIRED if dependency.is_required else ComponentScope.OPTIONAL
    component.properties.update(
        Property(name="docsight:extra", value=extra) for extra in dependency.extras if not dependency.is_required
    )
    return component


def _component(name: str, version: str, licence: str, *, hash: str | None = None) -> Component:
    return Component(
        name=name,
        version=version,
        bom_ref=f"{name}=={version}",
        purl=PackageURL("pypi", name=name, version=version),
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=hash)] if hash else [],
    )


def _models(wheel: Path, version: str) -> list[Component]:
    """Return the shipped models, with the licences in their cards and the hashes of their weights."""
    models = []
    with zipfile.ZipFile(wheel) as archive:
        for card in sorted(name for name in archive.namelist() if PurePosixPath(name).name == _CARD):
            folder = PurePosixPath(card).parent
            licences = _LICENCE.findall(archive.read(card).decode("utf-8"))
            if len(licences) != 1:
                raise ReleaseError(f"{card}: expected one line 'Licence of the weights: NAME.'; found {len(licences)}")
            weights = f"{folder}/{_WEIGHTS}"
            digest = _sha256(archive.read(weights)) if weights in archive.namelist() else None
            models.append(
                Component(
                    type=ComponentType.MACHINE_LEARNING_MODEL,
                    name=folder.name,
                    version=version,
                    bom_ref=f"model:{folder.name}",
                    licenses=[LicenseFactory().make_from_string(licences[0].replace(" ", "-"))],
                    hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)] if digest else [],
                )
            )
    return models


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
