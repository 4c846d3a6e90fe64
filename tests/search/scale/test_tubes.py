"""Boxes that grow with the length: a stack that leaks is followed, and so is one whose cells count up."""

import pytest
from flint import arb
from support import PROOFS

from symlstm.model.file.construction_file import read_construction
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import asked
from symlstm.search.scale.classes import explore
from symlstm.search.scale.tubes import tubes


def question_of(name):
    file = read_construction(PROOFS / "published" / f"{name}.toml")
    return asked(Construction(file.network, file.specification, threshold=file.threshold), 1, None)[0]


@pytest.mark.slow
def test_what_a_leaking_value_is_kept_for_leaks_too():
    found = explore(question_of("hewitt_lstm"), arb(1), 128)
    assert tubes(found, 128).last > 10**33


def test_no_word_leads_back_to_a_start_that_is_on_no_side():
    found = explore(question_of("hao_stack"), arb(2) ** 10, 128)
    assert len(found.keys) == 1 + len({*found.keys}) and not found.is_target(0)
    assert found.keys.count(found.keys[0]) == 2
