"""A subject -> the same at one level of some factors, at one place of some axes: what `where` of a section names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from lnnstats.report.subject import Subject
from lnnstats.results.query import Results
from lnnstats.study.levels import level_key
from lnnstats.study.values import Scalar


def narrowed(subject: Subject, where: Mapping[str, Scalar]) -> Subject:
    """The subject as if each factor named had the one level only, and each response the one place on each axis named;
    a response without that axis stays whole.
    """
    if not where:
        return subject
    factors, dataset = dict(subject.study.factors), subject.results.dataset
    for path, level in where.items():
        if path not in factors:
            dataset = dataset.filter(pc.field(path).is_null() | (pc.field(path) == level))
            continue
        place = [level_key(label) for label in factors[path].labels].index(level_key(level))
        label = factors[path].labels[place]
        factors[path] = factors[path].model_copy(update={"levels": (factors[path].levels[place],), "reference": None})
        worded = pa.types.is_dictionary(dataset.schema.field(path).type)  # where any level is no number
        dataset = dataset.filter(pc.field(path) == (str(label) if worded else label))
    return replace(subject, study=subject.study.model_copy(update={"factors": factors}), results=Results(dataset))
