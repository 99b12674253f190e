"""What the prover says of schemes of networks, beside brute force.

Wrong is: a result that is proved, and brute force finds a difference where the theorem's assumptions hold; a result
that is no number there; a counterexample that brute force does not confirm; a layout that only one side takes."""
import json
import os
import random
import re
import subprocess
import tempfile

from network_language import read_case, show_scheme
from network_truth import (Beyond, Digits, World, differences, functions_of, random_data, reference)


class Truth:
    """A network, and its results at some sizes and data, computed once."""

    def __init__(self, network):
        self.network, self.functions, self.known = network, functions_of(network), {}

    def at(self, trial):
        if trial not in self.known:
            r = random.Random(trial)
            dims = self.network['dims']
            top = 3 if len(dims) < 5 else 2
            sizes = {d: r.randint(1, top) for d in dims}
            if trial % 3 == 0:
                sizes[r.choice(dims)] = top + 1
            data = random_data(self.network, sizes, trial)
            try:
                want = reference(self.network, sizes, data, self.functions)
            except Beyond:
                want = None
            self.known[trial] = sizes, data, want
        return self.known[trial]

    def world(self, scheme, trial, sizes, nonempty):
        """Ranks and owners for a trial; None if the parts that must have indices cannot be had"""
        for attempt in range(1, 20):
            r = random.Random(trial * 1000 + attempt)
            mesh = {a: r.choice((1, 2, 2, 3)) for a in scheme['mesh']}
            for e in [e for _, e in scheme['forward'] + scheme['backward']]:
                needed_ranks(e, mesh)
            w = World(sizes, mesh, trial * 1000 + attempt, even=r.random() < 0.2)
            for dim, over in nonempty:
                w.owner(dim, over)
            if not any(not w.part(dim, over, k) for dim, over in nonempty for k in range(len(w.ranks))):
                return w
        return None


def needed_ranks(e, mesh):
    """broadcast and only name a coordinate: it must be there."""
    op, operands, words = e
    if op in ('broadcast', 'only'):
        mesh[words[0]] = max(mesh[words[0]], int(words[1]) + 1)
    for o in operands:
        needed_ranks(o, mesh)


def assumed_parts(theorem):
    """The parts that the theorem takes for not empty, and whether it assumes more of a divisor, or a root"""
    parts, more = [], False
    for line in theorem.split('\n'):
        of = line.partition(': ')[2]
        counts = re.findall(r"count\((\w+)'*/(\([^)]*\)|\w+)", of)
        whole_parts = re.findall(r"(\w+)'*/(\([^)]*\)|\w+)", of)
        if 'not to be empty' in line or 'not to be 0' in line:
            for label, over in whole_parts if 'not to be empty' in line else counts:
                parts.append((label, tuple(over.strip('()').split(','))))
        if 'not to be 0' in line:
            more = more or bool(re.sub(r"count\([^ ]* at r\)|[,\s]|and", '', of))
        if 'positive' in line:
            more = True
    return parts, more


def trials(truth, scheme, count, theorem='', first=1):
    """{result: (what is wrong, how)} and the results that were no number, over some sizes, data and owners"""
    nonempty, _ = assumed_parts(theorem)
    wrong, undefined = {}, {}
    for trial in range(first, first + count):
        sizes, data, want = truth.at(trial)
        world = want and truth.world(scheme, trial, sizes, nonempty)
        if not world:
            continue
        try:
            found = differences(scheme, want, world, data, truth.functions)
        except Beyond:
            continue
        for name, what in found.items():
            if what == 'nan':
                undefined.setdefault(name, (sizes, world.mesh, world.owners))
            elif what and name not in wrong:
                wrong[name] = what, sizes, world.mesh, world.owners, trial
    return wrong, undefined


def holds(truth, scheme, name, difference):
    """Whether a difference is there with 60 digits too: doubles may have lost all of theirs."""
    what, sizes, mesh, owners, trial = difference
    if trial not in truth.known:
        return False
    data = truth.known[trial][1]
    want = reference(truth.network, sizes, data, truth.functions, Digits)
    world = World(sizes, mesh, 0)
    world.owners = owners
    found = differences(scheme, want, world, data, truth.functions, Digits)[name]
    return found and found != 'nan'


def confirmed(truth, scheme, text, name):
    """Whether a result is wrong in a case that the prover printed"""
    case = read_case(text)
    network = truth.network
    functions = functions_of(network, case['network'])
    data = {}
    for t in network['tensors']:
        indices = [()]
        for label, _ in t['parts']:
            indices = [i + (k,) for i in indices for k in range(case['dims'][label.rstrip("'")])]
        data[t['name']] = dict(zip(indices, (fraction(v) for v in case['data'][t['name']])))
    want = reference(network, case['dims'], data, functions, Digits)
    mesh = dict(case['mesh'])
    for _, e in scheme['forward'] + scheme['backward']:
        needed_ranks(e, mesh)
    if mesh != case['mesh']:
        return None
    world = World(case['dims'], mesh, 0, case['split'])
    return differences(scheme, want, world, data, functions, Digits)[name]


def fraction(text):
    above, _, below = text.partition('/')
    return float(above) / float(below or 1)


def ask(shardproof, schemes, limit=None):
    """{name: what the prover reports}; None of a scheme that it does not take"""
    with tempfile.NamedTemporaryFile('w', suffix='.scheme', delete=False) as f:
        f.write('\n'.join(dict.fromkeys(part for s in schemes for part in (s.get('network', ''), show_scheme(s)))))
    try:
        command = [shardproof, 'prove', '--format', 'json', f.name]
        if limit:
            command[2:2] = ['--time-limit', str(limit)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in (0, 1, 2, 3):
            return {s['name']: 'crash ' + done.stderr[:2000] for s in schemes} if len(schemes) == 1 else \
                merge(ask(shardproof, [s], limit) for s in schemes)
        report = json.loads(done.stdout)
        if not report['schemes']:
            if len(schemes) > 1:
                return merge(ask(shardproof, [s], limit) for s in schemes)
            return {schemes[0]['name']: 'refused ' + done.stderr[:500]
                    + ''.join(d['message'] for d in report['diagnostics'] if d['severity'] == 'error')}
        return {s['name']: s for s in report['schemes']}
    finally:
        os.unlink(f.name)


def merge(reports):
    out = {}
    for r in reports:
        out.update(r)
    return out


def judge(truth, scheme, report, count):
    """[(kind, result, words)]: proved, refuted, open of every result; and what is wrong, in capitals"""
    if isinstance(report, str):
        return [('REFUSED' if report.startswith('refused') else 'CRASHED', '', report)]
    out = []
    wrong, undefined = trials(truth, scheme, count, report['theorem'] or '')
    _, more = assumed_parts(report['theorem'] or '')
    for result in report['results']:
        name, outcome = result['name'], result['outcome']
        out.append((outcome, name, ''))
        if outcome in ('proved', 'open') and name in wrong and not holds(truth, scheme, name, wrong[name]):
            del wrong[name]
        if outcome == 'proved' and name in wrong:
            out.append(('UNSOUND', name, f'proved, and {wrong[name]}'))
        elif outcome == 'proved' and name in undefined and not more:
            out.append(('UNDEFINED', name, f'proved, and no number at {undefined[name]}'))
        elif outcome == 'refuted':
            text = result['counterexample'] and result['counterexample']['case']
            try:
                what = confirmed(truth, scheme, text, name) if text else wrong.get(name)
            except Beyond:
                what = 'beyond doubles'
            if not what:
                out.append(('UNCONFIRMED', name, f'refuted by {text}'))
        elif outcome == 'open' and name in wrong:
            out.append(('missed', name, f'open, and {wrong[name]}'))
        elif outcome == 'open':
            out.append(('unproved', name, f'{result.get("missing")}'))
    return out
