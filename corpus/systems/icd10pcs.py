"""ICD-10-PCS: what is found is a table row (root operation and body part); the axes are filled afterwards."""

import re

from corpus.codes import CodeSystem
from corpus.systems.system import System


class Icd10Pcs(System):
    """Inpatient procedures."""

    id = CodeSystem.ICD10PCS
    label = "ICD-10-PCS"
    code_shape = re.compile(r"(?=.*\d)[0-9A-HJ-NP-Z]{2,7}", re.I)
    validity_required = True
    absent = "no ICD-10-PCS codes are loaded; import the official tables with `superbill corpus import FILE`"


SYSTEM = Icd10Pcs()
