"""The code systems Superbill knows, each a module of this package: where its codes come from and how they are searched."""

from functools import cache
from importlib import import_module

from corpus.codes import CodeSystem
from corpus.systems.system import System

_MODULES = {
    CodeSystem.ICD10CM: "icd10cm",
    CodeSystem.ICD10PCS: "icd10pcs",
    CodeSystem.HCPCS: "hcpcs",
    CodeSystem.CPT: "cpt",
    CodeSystem.PLACE: "places",
}
"""Each module has one `SYSTEM`. Imported when asked for: reading one system must not pay for another."""


@cache
def system(which: CodeSystem) -> System:
    """What is known of a code system."""
    found: System = import_module(f"corpus.systems.{_MODULES[which]}").SYSTEM
    return found
