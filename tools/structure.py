"""Shows the structure of the package: rooms, floors, arrows and circles, from its imports.

A room is a module or folder right below `src/huurschuld`. An arrow runs from a room to one that it
imports. A room stands one floor above the highest room that it imports; rooms that import each other,
directly or in turn, form a circle. The façade `huurschuld` itself imports everything lazily: left out.

    python tools/structure.py [--modules] [FOLDER]

With `--modules` each module is a room of its own. FOLDER is `src/huurschuld` of another checkout.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PACKAGE = "huurschuld"
FOLDER = Path(__file__).parent.parent / "src" / PACKAGE

Graph = dict[str, set[str]]


def main(arguments: list[str]) -> int:
    """Print the structure; 1 if there is a circle, else 0."""
    folders = [it for it in arguments if it != "--modules"]
    folder = Path(folders[0]) if folders else FOLDER
    modules = {_dotted(folder, path): path for path in sorted(folder.rglob("*.py"))}
    imports = {name: set(_imported(name, path, modules)) for name, path in modules.items()}
    facade = {PACKAGE}
    rooms = _joined(imports, whole="--modules" in arguments, leave_out=facade)
    lines: dict[str, int] = defaultdict(int)
    for name, path in modules.items():
        if name not in facade:
            lines[_room(name, whole="--modules" in arguments)] += _lines(path)
    circles = [_circles(it) for it in (rooms, _joined(imports, whole=True, leave_out=facade))]
    floors = _floors(rooms)
    for floor in sorted(set(floors.values()), reverse=True):
        for room in sorted(it for it in rooms if floors[it] == floor):
            below = ", ".join(sorted(rooms[room], key=lambda it: (-floors[it], it)))
            print(f"floor {floor:2}  {room:34} {lines[room]:6}  -> {below or 'nothing'}")
    print(
        f"{len(modules)} modules, {sum(map(_lines, modules.values()))} lines, "
        f"{sum(map(_definitions, modules.values()))} functions and classes; {len(rooms)} rooms on "
        f"{max(floors.values())} floors, {sum(map(len, rooms.values()))} arrows, "
        f"{len(circles[0])} circles among rooms, {len(circles[1])} among modules"
    )
    for circle in (*circles[0], *circles[1]):
        print(f"circle: {' -> '.join(circle)}")
    return 1 if any(circles) else 0


def _dotted(folder: Path, path: Path) -> str:
    parts = path.relative_to(folder).with_suffix("").parts
    return ".".join((PACKAGE, *(it for it in parts if it != "__init__")))


def _imported(name: str, path: Path, modules: Mapping[str, Path]) -> Iterator[str]:
    """The modules of the package that a module imports, wherever the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (it.name for it in node.names if it.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for it in node.names:
                below = f"{node.module}.{it.name}"
                found = below if below in modules else node.module
                if found in modules and found != name:
                    yield found


def _room(name: str, *, whole: bool) -> str:
    if whole:
        return name.removeprefix(f"{PACKAGE}.")
    return name.split(".")[1]


def _joined(imports: Graph, *, whole: bool, leave_out: set[str]) -> Graph:
    """The rooms, each with those that it imports."""
    rooms: Graph = defaultdict(set)
    for name, found in imports.items():
        if name in leave_out:
            continue
        room = _room(name, whole=whole)
        rooms[room] |= {_room(it, whole=whole) for it in found - leave_out} - {room}
    return dict(rooms)


def _circles(rooms: Graph) -> list[list[str]]:
    """The circles, one after the other: each is opened at one arrow before the next is looked for."""
    graph = {room: set(below) for room, below in rooms.items()}
    found: list[list[str]] = []
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle = [*reversed(error.args[1])]
            graph[circle[0]].discard(circle[1])
            found.append(circle)
        else:
            return found


def _floors(rooms: Graph) -> dict[str, int]:
    """The floor of each room, 1 for those that import nothing; a circle is opened at one arrow."""
    floors: dict[str, int] = {}
    graph = {room: set(below) for room, below in rooms.items()}
    for circle in _circles(rooms):
        graph[circle[0]].discard(circle[1])
    for room in TopologicalSorter(graph).static_order():
        floors[room] = 1 + max((floors[it] for it in graph[room]), default=0)
    return floors


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _definitions(path: Path) -> int:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return sum(isinstance(it, kinds) for it in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
