# bench/guest/profile.py: what bench/profile has Python do.
import ast
import json
import re
import tokenize

with open(tokenize.__file__) as file:
    source = file.read()
tree = ast.parse(source)
code = compile(tree, "tokenize", "exec")
names = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)})
text = json.dumps({name: [len(name), name.upper(), len(name) / 3] for name in names})
again = json.loads(text)
matches = sum(1 for _ in re.finditer(r"\b[a-z_]+\(([^()]*)\)", source))
lines = {}
for line in source.splitlines():
    lines.setdefault(len(line) % 7, []).append(line.strip().encode())
total = sum(bytes_ for group in lines.values() for line in group for bytes_ in line)
print(len(code.co_names), len(again), matches, total)
