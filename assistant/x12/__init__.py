"""X12 syntax shared by claims and remittances: delimiters, segments, elements, envelopes."""

from assistant.x12.delimiters import Delimiters, sniff
from assistant.x12.elements import npi_is_valid, parse_amount, parse_date, whole_number
from assistant.x12.envelopes import Envelopes
from assistant.x12.problems import Problem
from assistant.x12.segments import Segment, SegmentStream, read_segments

__all__ = [
    "Delimiters",
    "Envelopes",
    "Problem",
    "Segment",
    "SegmentStream",
    "npi_is_valid",
    "parse_amount",
    "parse_date",
    "read_segments",
    "sniff",
    "whole_number",
]
