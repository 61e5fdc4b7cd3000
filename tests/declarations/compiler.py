"""The TypeScript compiler over declarations, and what it says of the official ones."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from declarations.comparison import Finding, answers, exports, program
from pipeline.paths import NODE_MODULES, WEB

HERE = Path(__file__).parent
OURS = WEB / "types" / "pyconvo.d.ts"
OFFICIAL = NODE_MODULES / "@twilio" / "conversations" / "builds" / "lib.d.ts"
EMITTER = NODE_MODULES / "@twilio" / "replay-event-emitter" / "builds" / "lib.d.ts"

#: Declared officially, but for the SDK's own use.
OWN_USE = {"User.entityName"}


def compiled(folder: Path, main: str, ours: Path = OURS, **options: object) -> str:
    """What the compiler has to say about ``main.ts`` in the folder; empty when all is well."""
    (folder / "main.ts").write_text(main, encoding="utf-8")
    shutil.copy(HERE / "compare.ts", folder)
    paths = {"official": OFFICIAL, "official-emitter": EMITTER, "ours": ours, "@twilio/conversations": ours}
    settings = {
        "target": "ES2022",
        "lib": ["ES2022", "DOM", "DOM.Iterable"],
        "module": "ESNext",
        "moduleResolution": "bundler",
        "types": ["node"],
        "typeRoots": [str(NODE_MODULES / "@types")],
        "strict": True,
        "skipLibCheck": True,
        "allowImportingTsExtensions": True,
        "noEmit": True,
        "noErrorTruncation": True,
        "paths": {name: [str(path)] for name, path in paths.items()},
    }
    for name, value in options.items():
        settings[name] = value
    configuration = {"compilerOptions": settings, "files": ["main.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(configuration), encoding="utf-8")
    command = ["node", NODE_MODULES / "typescript" / "bin" / "tsc", "-p", ".", "--pretty", "false"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr == ""
    return done.stdout


def compared(folder: Path, ours: Path = OURS) -> set[Finding]:
    text, questions = program(exports(OFFICIAL))
    return answers(compiled(folder, text, ours), questions)


def members(folder: Path) -> dict[str, list[str]]:
    """Public members of objects by class (and ``Paginator``), as the official declarations have them."""
    found: dict[str, list[str]] = {}
    for one in sorted(compared(folder)):
        if one.what == "member" and " " not in one.where and f"{one.where}.{one.name}" not in OWN_USE:
            found.setdefault(one.where, []).append(one.name)
    return found
