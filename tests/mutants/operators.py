"""Mutants: a text of a module in which one thing is changed.

The operators of mutmut change one node of the syntax tree. mutmut itself applies them within functions
only; here they are applied to the whole of a module, for most of the rules are data. Beside them stand
operators for what its own leave alone: a condition of a list, a part of a text, a statement.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

import libcst as cst
from attrs import field, frozen
from mutmut.mutation.mutators import mutation_operators, operator_arg_removal, operator_string

Node = Any  # of libcst, which is not there where the project is only checked
Operator = Callable[[Node], Iterable[Node]]
Key = tuple[str, str, str, str]


@frozen
class Mutant:
    """One change of one file.

    Attributes:
        module: the file, from the package on, such as `rules/policy.py`.
        where: the function, class or name within the module that is changed.
        was: the lines that are changed, without indentation.
        now: what they become.
        text: the whole file with that change.
    """

    module: str
    where: str
    was: str
    now: str
    text: str = field(repr=False)

    @property
    def key(self) -> Key:
        """What it is known by as long as the line says the same, wherever the line stands."""
        return self.module, self.where, self.was, self.now


@frozen
class Prose:
    """What is no outcome and is left alone.

    Attributes:
        arguments: by the name of a function, which of its arguments are prose, such as `[1, 2]`.
        keywords: arguments by keyword that are.
        calls: functions of which nothing is changed.
        names: functions within which nothing is changed, and variables of functions, such as
            `find_policy.hint`, to which nothing else is assigned.
    """

    arguments: Mapping[str, list[int]]
    keywords: frozenset[str]
    calls: frozenset[str]
    names: frozenset[str]

    def of(self, call: Node) -> list[Node]:
        """The arguments of this call that are prose."""
        indices = self.arguments.get(_name(call.func), [])
        return [
            arg
            for index, arg in enumerate(call.args)
            if (arg.keyword.value in self.keywords if arg.keyword else index in indices)
        ]


def mutants_of(module: str, text: str, prose: Prose) -> Iterator[Mutant]:
    """Every mutant of a file, each text once, in the order of the lines."""
    seen = {text}
    find = _of_toml if module.endswith(".toml") else _of_python
    for mutant in find(module, text, prose):
        if mutant.text not in seen:
            seen.add(mutant.text)
            yield mutant


# --- TOML --------------------------------------------------------------------------------------

_UNITS: Final = {"days": "count", "count": "days", "cents": "days", "months": "count"}
_VALUES: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    (r"value = (\d+)", lambda it: str(int(it) + 1)),
    (r"value = (\d+)", lambda it: str(int(it) - 1)),
    (r'value = "(.+)"', lambda it: f"{it}.000000001"),
    (r'value = "(.+)"', lambda it: str(int(it) - 1)),
    (r'unit = "(.+)"', _UNITS.__getitem__),
    (r'source\.kind = "(.+)"', lambda it: "law" if it == "choice" else "choice"),
    (r"source\.dated = .*(\d)", lambda it: str(int(it) - 1)),
)


def _of_toml(module: str, text: str, _: Prose) -> Iterator[Mutant]:
    """A value, unit or kind of source that is another; notes and titles are prose."""
    lines = text.splitlines(keepends=True)
    where = ""
    for number, line in enumerate(lines):
        where = line.strip("[]\n").removesuffix(".values") if line.startswith("[") else where
        for pattern, other in _VALUES:
            if match := re.fullmatch(pattern, line.rstrip("\n")):
                now = line[: match.start(1)] + other(match[1]) + line[match.end(1) :]
                changed = "".join((*lines[:number], now, *lines[number + 1 :]))
                yield Mutant(module, where, line.strip(), now.strip(), changed)


# --- Python ------------------------------------------------------------------------------------


def _of_python(module: str, text: str, prose: Prose) -> Iterator[Mutant]:
    tree: Node = cst.parse_module(text)
    codes = [tree.code_for_node(statement) for statement in tree.body]
    head, _, tail = text.partition("".join(codes))  # comments before and after all statements
    for number, statement in enumerate(tree.body):
        for where, node, changed in _changes(statement, prose, _defined(statement)):
            whole = changed if node is statement else statement.deep_replace(node, changed)
            code = tree.code_for_node(whole)
            if _compiles(code):
                now = "".join((head, *codes[:number], code, *codes[number + 1 :], tail))
                yield Mutant(module, where, *_lines(codes[number], code), now)


def _compiles(text: str) -> bool:
    try:
        compile(text, "mutant", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def _lines(was: str, now: str) -> tuple[str, str]:
    """The lines that differ, on both sides, as one line each."""
    taken, put = [], []
    for line in difflib.ndiff(was.splitlines(), now.splitlines()):
        if line.startswith("- "):
            taken.append(line[2:].strip())
        elif line.startswith("+ "):
            put.append(line[2:].strip())
    return " ".join(taken), " ".join(put)


def _changes(node: Node, prose: Prose, where: str) -> Iterator[tuple[str, Node, Node]]:
    """Each node below this one with what may stand in its place."""
    if isinstance(node, (cst.Annotation, cst.Import, cst.ImportFrom)) or _is_text_alone(node):
        return
    if where in prose.names or f"{where}.{_defined(node)}" in prose.names:
        return
    left_alone: list[Node] = []
    if isinstance(node, cst.Call):
        if _name(node.func) in prose.calls:
            return
        left_alone = prose.of(node)
    for operator in _operators(node):
        for changed in operator(node):
            if not (left_alone and _gone(node, changed) <= {id(it) for it in left_alone}):
                yield where, node, changed
    in_class = isinstance(node, cst.ClassDef)
    for child in (*node.bases, *node.body.body) if in_class else node.children:
        if not any(child is it for it in left_alone):
            names = in_class or isinstance(child, (cst.FunctionDef, cst.ClassDef))
            inner = _defined(child) if names else ""
            yield from _changes(child, prose, f"{where}.{inner}" if inner else where)


def _gone(call: Node, changed: Node) -> set[int]:
    """The arguments of a call that are not in the changed one."""
    kept = {id(arg) for arg in getattr(changed, "args", ())}
    return {id(arg) for arg in call.args} - kept


def _defined(statement: Node) -> str:
    """The name that a statement of the module gives a value."""
    match statement:
        case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
            return str(name.value)
        case cst.SimpleStatementLine(body=[cst.AnnAssign(target=cst.Name(value=name)), *_]):
            return str(name)
        case cst.SimpleStatementLine(body=[cst.Assign(targets=[target]), *_]):
            return _name(target.target)
        case cst.SimpleStatementLine(body=[cst.AugAssign(target=target), *_]):
            return _name(target)
    return ""


def _name(node: Node) -> str:
    match node:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return str(name)
    return ""


def _is_text_alone(node: Node) -> bool:
    """A docstring, or the same below a name."""
    return isinstance(node, cst.Expr) and isinstance(
        node.value, (cst.SimpleString, cst.ConcatenatedString)
    )


def _operators(node: Node) -> Iterator[Operator]:
    for kind, operator in (*mutation_operators, *_OWN):
        if isinstance(node, kind):
            yield _INSTEAD.get(operator, operator)


def _first_of_text(node: Node) -> Iterable[Node]:
    """A text with more around it; the same in capitals tells nothing more."""
    return islice(operator_string(node), 1)


def _without_argument(node: Node) -> Iterator[Node]:
    """None for an argument by its place; none at all for one by its name, which may have a default."""
    for index, arg in enumerate(node.args):
        before, after = node.args[:index], node.args[index + 1 :]
        if arg.keyword or arg.star:
            yield node.with_changes(args=[*before, *after])
        elif _name(arg.value) != "None":
            yield node.with_changes(args=[*before, arg.with_changes(value=cst.Name("None")), *after])


# In place of two that make several mutants of one sort.
_INSTEAD: Final[dict[Operator, Operator]] = {
    operator_string: _first_of_text,
    operator_arg_removal: _without_argument,
}


def _less(node: Node) -> Iterator[Node]:
    """One less: mutmut has one more."""
    yield cst.parse_expression(str(node.evaluated_value - 1))


def _without_word(node: Node) -> Iterator[Node]:
    """A text that is a row of names, without one of them."""
    words = str(node.evaluated_value).split()
    if len(words) > 1 and not node.value.startswith(('"""', "'''")):
        for index in range(len(words)):
            kept = " ".join((*words[:index], *words[index + 1 :]))
            yield cst.SimpleString(repr(kept))


def _without_element(node: Node) -> Iterator[Node]:
    """A tuple, list or set without one of its elements, a condition or a hold among them."""
    for index in range(len(node.elements)):
        kept = (*node.elements[:index], *node.elements[index + 1 :])
        if kept or not isinstance(node, cst.Set):
            yield node.with_changes(elements=kept)


def _one_side(node: Node) -> Iterator[Node]:
    """One of two conditions alone."""
    for side in (node.left, node.right):
        yield side if side.lpar else side.with_changes(lpar=node.lpar, rpar=node.rpar)


def _settled(node: Node) -> Iterator[Node]:
    """A condition of a statement or a comprehension that always holds, or never."""
    for value in ("True", "False"):
        yield node.with_changes(test=cst.Name(value), whitespace_before_test=cst.SimpleWhitespace(" "))


def _nothing(_: Node) -> Iterator[Node]:
    """A statement that is left out."""
    yield cst.Pass()


def _undecorated(node: Node) -> Iterator[Node]:
    for index in range(len(node.decorators)):
        kept = (*node.decorators[:index], *node.decorators[index + 1 :])
        yield node.with_changes(decorators=kept)


_SWAPPED: Final = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}


def _swapped(node: Node) -> Iterator[Node]:
    """The other of two functions."""
    other = _SWAPPED.get(_name(node.func))
    if other and isinstance(node.func, cst.Name):
        yield node.with_changes(func=cst.Name(other))


_OWN: Final[tuple[tuple[Any, Operator], ...]] = (
    (cst.Integer, _less),
    (cst.SimpleString, _without_word),
    ((cst.Tuple, cst.List, cst.Set, cst.Dict), _without_element),
    (cst.BooleanOperation, _one_side),
    ((cst.If, cst.CompIf), _settled),
    ((cst.Expr, cst.AugAssign, cst.Raise), _nothing),
    ((cst.FunctionDef, cst.ClassDef), _undecorated),
    (cst.FormattedStringText, lambda node: [node.with_changes(value=f"{node.value}XX")]),
    (cst.Call, _swapped),
)
