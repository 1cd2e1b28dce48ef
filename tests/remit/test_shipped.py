"""The shipped remittances are what a payer would send: an independent validator has nothing to say about them."""

import io
import logging
from pathlib import Path

import pytest
import pyx12.params
import pyx12.x12n_document

SAMPLES = sorted((Path(__file__).resolve().parents[2] / "corpus" / "samples").glob("*.835"))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_pyx12_accepts_it(path: Path) -> None:
    params = pyx12.params.params()
    params.set("exclude_external_codes", "remark_code")
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    logger = logging.getLogger("pyx12")
    logger.addHandler(handler)
    try:
        accepted = pyx12.x12n_document.x12n_document(params, str(path), fd_997=None, fd_html=None, fd_xmldoc=None)
    finally:
        logger.removeHandler(handler)
    assert accepted and log.getvalue() == ""
