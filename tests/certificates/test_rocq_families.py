"""Decisions in the limit by machines in Rocq: the true ones, and nothing else."""

import pytest
from certificates.test_decided import FALSE, UNPROVED, made
from support.damage import changed

from symlstm.certificates import compiler
from symlstm.certificates.rocq import PROVED_BY, covers, opening, text_of, theorem_of
from symlstm.certificates.rocq_reading import Unreadable, differences
from symlstm.certificates.rocq_stated import STATED, kind_of

TRUE = ("dyck1", "anbn", "dyck_2_3_generator", "tomita_3", "carry_of_a_decimal_adder", "majority")
CHANGED = {
    "threshold": "threshold",
    "readout": "terms",
    "network": "net",
    "specification": "spec",
}


@pytest.mark.parametrize("name", TRUE)
def test_a_file_says_what_the_certificate_says(name):
    data = made(name)
    assert covers(data) and differences(text_of(data), data) == []


@pytest.mark.parametrize(("path", "value", "message"), FALSE, ids=lambda x: str(x)[:40])
def test_a_change_of_the_statement_is_seen(path, value, message):
    data, other = made("dyck1"), changed(made("dyck1"), path, value)
    wanted = "accepting" if path[:2] == ("specification", "accept") else CHANGED[path[0]]
    assert differences(text_of(other), data) == differences(text_of(data), other) == [wanted]


def test_a_promise_is_part_of_the_statement():
    data = made("dyck_2_3_generator")
    other = changed(data, ("specification", "domain"), None)
    assert differences(text_of(other), data) == ["domain"]


def test_the_network_has_no_atom_with_a_ghost():
    """Such an atom is a number of the proof, and has another meaning in the statement."""
    data = made("dyck1")
    moving = len(data["atoms"]) - 1
    for path in (("network", "layers", 0, "bias_ih", 0, 1), ("threshold",), ("readout", "terms", 0, 1)):
        other = changed(data, path, [["1", [[moving, 1]]]])
        with pytest.raises(Unreadable, match="atoms that have ghosts"):
            differences(text_of(other), other)


def test_what_is_no_form_with_whole_numbers_is_not_for_rocq():
    data = made("dyck1")
    assert not covers(changed(data, ("proof", "steps", 0, 0, 2, 0), "1/2"))
    assert not covers(changed(data, ("proof", "families", 1, "places", 0, 1, 0), [["1", [[-1, 2]]]]))


def checked(name, data, answer):
    """A module in which the checker's answer is computed."""
    kind = kind_of(data)
    (about, said), (_, lemma, tables) = STATED[kind], PROVED_BY[kind]
    body = text_of(data).removeprefix(opening(kind)).removesuffix(theorem_of(kind))
    terms = " ".join((f"{lemma.removeprefix('check_')}_ok", *about, *tables, *said))
    goal = f"Goal {terms} = {answer}. Proof. vm_cast_no_check (eq_refl {answer}). Qed."
    return f"Module {name}.\n{body}{goal}\nEnd {name}.\n"


def _has_ranges(data):
    """Whether ends are whole numbers or none: others cannot be written."""
    ends = (end for family in data["proof"]["families"] for ends in family["ranges"] for end in ends)
    return all(end is None or type(end) is int for end in ends)


@pytest.mark.rocq
@pytest.mark.slow
@pytest.mark.skipif(compiler.installed() is None, reason="Rocq is not installed")
def test_rocq_accepts_what_is_true_and_nothing_else():
    false = [changed(made("dyck1"), path, value) for path, value, _ in (*FALSE, *UNPROVED)]
    false.append(changed(made("dyck_2_3_generator"), ("specification", "domain"), None))
    modules = [checked(f"F{n}", data, "false") for n, data in enumerate(false) if covers(data) and _has_ranges(data)]
    assert len(modules) > 25
    with compiler.rocq() as rocq:
        said = rocq.theorems({name: text_of(made(name)) for name in TRUE})
        assert not [x for x in said.values() if isinstance(x, compiler.Rejected)]
        rocq.compile(rocq._written(opening("Decides") + "".join(modules)))
