"""Delta rules of random networks beside finite differences of the loss. See tests/fuzz/references."""
import collections
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time

from network_language import read_network
from network_make import make

BATCH = 50
ACTIVATIONS = ('tanh', 'sigmoid', 'silu', 'gelu', 'gelu-tanh', 'softplus', 'elu', 'relu', 'z * exp(-z * z)')
LOSSES = ('half-sse', 'log(1 + exp(a - y))', '(a - y) * (a - y) * (1 + a * a)')


def function(name, arguments, value):
    return f'{name} = {value}' if re.fullmatch('[a-z-]+', value) else f'{name}({arguments}) = {value}'


def case_of(r, text):
    """A case of the network's own delta rule: what differs from it are finite differences alone"""
    network = read_network(text)
    name = network['name']
    given = [function('ell', 'a, y', r.choice(LOSSES))] if 'ell(' in text else []
    given += [function(act, 'z', r.choice(ACTIVATIONS)) for act in ('act', 'act2') if re.search(rf'\b{act}\(', text)]
    dims = ', '.join(f'{dim} = {r.randint(1, 3)}' for dim in network['dims'])
    lines = [f'case {name}', f'  dims {dims}', f'  scheme {name}-delta-rule', f'  data random(seed = {r.randint(1, 999)})']
    if given:
        lines.insert(3, '  network ' + ', '.join(given))
    return '\n'.join(lines) + '\n'


def rules(shardproof, texts):
    with tempfile.NamedTemporaryFile('w', suffix='.network') as f:
        f.write('\n'.join(texts))
        f.flush()
        out = subprocess.run([shardproof, 'networks', f.name, '--rule'], capture_output=True, text=True, check=True)
    return re.sub('(?m)^#.*', '', out.stdout)


def check(shardproof, text):
    with tempfile.NamedTemporaryFile('w', suffix='.case') as f:
        f.write(text)
        f.flush()
        out = subprocess.run([shardproof, 'check', f.name, '--format', 'json', '--verbose'], capture_output=True, text=True)
    if out.returncode not in (0, 1, 3):
        sys.exit(f'exit code {out.returncode} of\n{text}\n{out.stderr}')
    return json.loads(out.stdout)['cases']


def judge(case, tally):
    """What finite differences contradict, as words"""
    wrong = []
    for result in case['results']:
        for system, found in (result['evidence'].get('finite_differences') or {}).items():
            if not found:
                continue
            tally[f'{system} entries'] += found['entries']
            tally[f'{system} judged'] += found['judged']
            tally[f'{system} at a kink or unusable'] += found['kinks'] + found['unusable']
            if found['delta_rule']['beyond']:
                wrong.append(f'{result["name"]}, {system}: {json.dumps(found["delta_rule"])}')
    if case['verdict'] != 'match':
        wrong.append(f'the case is {case["verdict"]}')
    return wrong


def main():
    build, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    shardproof = os.path.join(build, 'shardproof')
    tally, bad, start = collections.Counter(), 0, time.time()
    for first in range(0, count, BATCH):
        texts = [make(f'r{k}', seed * 1000000 + k) for k in range(first, min(first + BATCH, count))]
        cases = [case_of(random.Random(seed * 1000000 + first + i), text) for i, text in enumerate(texts)]
        whole = '\n'.join(texts) + rules(shardproof, texts) + '\n' + '\n'.join(cases)
        for text, case, given in zip(texts, check(shardproof, whole), cases):
            for words in judge(case, tally):
                bad += 1
                print(f'{case["name"]}: {words}\n{text}\n{given}', flush=True)
    print(f'{count} networks in {time.time() - start:.0f} s: '
          + ', '.join(f'{n} {what}' for what, n in sorted(tally.items())))
    print(f'{bad} contradictions')
    sys.exit(1 if bad or not tally['mpfr judged'] else 0)


if __name__ == '__main__':
    main()
