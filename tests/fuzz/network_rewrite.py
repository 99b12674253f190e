"""Random schemes of a network: its delta rule on a mesh, written otherwise, or made wrong.

`shard` splits dimensions and inserts what must be communicated, so that it is right; `rewrite` keeps a value what it
is, or so it should; `mutate` changes it. Whether a scheme is right is for brute force to say, not for the name of
what was done to it."""
from network_truth import Misfit, Run, World


def num(text):
    return ('num', (), (text,))


def name(text):
    return ('name', (), (text,))


def call(op, operands, *words):
    return (op, tuple(operands), tuple(words))


def add(a, b):
    return ('+', (a, b), ())


def subtract(a, b):
    return ('-', (a, b), ())


def times(a, b):
    return ('*', (a, b), ())


def divide(a, b):
    return ('/', (a, b), ())


# ---- layouts ----

class Layouts:
    """The layouts of the values of a scheme: those of the smallest world."""

    def __init__(self, network, scheme):
        sizes = {d: 1 for d in network['dims']}
        anything = (lambda *x: 1.0, lambda *x: 1.0)
        self.run = Run(World(sizes, {a: 1 for a in scheme['mesh']}, 0), {f: anything for f in network['functions']})
        self.mesh = scheme['mesh']
        for t in scheme['tensors']:
            self.run.load(t['name'], t['parts'], {(0,) * len(t['parts']): 1.0})

    def of(self, e):
        return self.run.value(e).parts

    def statement(self, text, e):
        self.run.statement(text, e)


def layouts_of(network, scheme):
    """All layouts, or Misfit"""
    known = Layouts(network, scheme)
    for text, e in scheme['forward'] + scheme['backward']:
        known.statement(text, e)
    return known


def over(parts, label):
    return next((axes for p, axes in parts if p == label), None)


# ---- a rule on a mesh ----

class Sharding:
    def __init__(self, r, network, rule, mesh):
        self.r, self.mesh = r, mesh
        split = {}
        for dim in network['dims']:
            if r.random() < 0.5:
                split[dim] = tuple(r.sample(mesh, r.choice((1, 1, 1, min(2, len(mesh))))))
        self.scheme = {'name': rule['name'], 'of': rule['of'], 'mesh': mesh, 'tensors': [], 'forward': [],
                       'backward': [], 'results': []}
        for t in rule['tensors']:
            used, parts = set(), []
            for label, _ in t['parts']:
                axes = split.get(label.rstrip("'"), ()) if r.random() < 0.85 else ()
                axes = () if used & set(axes) else axes
                used |= set(axes)
                parts.append((label, axes))
            self.scheme['tensors'].append({**t, 'parts': parts, 'distribution': None})
        self.known = Layouts(network, self.scheme)
        for half in ('forward', 'backward'):
            for text, e in rule[half]:
                e, parts = self.shard(e)
                if r.random() < 0.15:
                    e, parts = self.laid_out(e, parts, self.any_layout(parts))
                self.known.statement(text, e)
                self.scheme[half].append((text, e))
        for result in rule['results']:
            parts = self.known.of(name(result['name']))
            self.scheme['results'].append({**result, 'parts': [(p, over(parts, p)) for p, _ in result['parts']]})

    def any_layout(self, parts):
        free = list(self.mesh)
        self.r.shuffle(free)
        return {label: (free.pop(),) if free and self.r.random() < 0.4 else () for label, _ in parts}

    def laid_out(self, e, parts, target):
        """The same value with other splits"""
        parts = list(parts)
        for k, (label, axes) in enumerate(parts):
            want = target.get(label, axes)
            while axes and axes != want[:len(axes)]:
                e = call('allgather', [e], label, axes[-1])
                axes = axes[:-1]
            parts[k] = (label, axes)
        for k, (label, axes) in enumerate(parts):
            for axis in target.get(label, axes)[len(axes):]:
                e = call('slice', [e], label, axis)
                axes += (axis,)
            parts[k] = (label, axes)
        return e, tuple(parts)

    def joined(self, a, b):
        """Both with the same splits of what both have, and no axis for two dimensions"""
        target, used = {}, {}
        for label in [p[0] for p in a[1]] + [p[0] for p in b[1]]:
            mine, other = over(a[1], label), over(b[1], label)
            target[label] = mine if other is None else other if mine is None else self.r.choice((mine, other))
        labels = list(target)
        self.r.shuffle(labels)
        for label in labels:
            keep = ()
            for axis in target[label]:
                if used.setdefault(axis, label) != label:
                    break
                keep += (axis,)
            target[label] = keep
        return self.laid_out(*a, target), self.laid_out(*b, target)

    def reduced(self, e, parts, axes):
        """The sum over the ranks of a value of which everyone has a share"""
        for axis in axes:
            to = [label for label, of in parts if axis not in of]
            if to and all(axis not in of for _, of in parts) and self.r.random() < 0.3:
                label = self.r.choice(to)
                e = call('reducescatter', [e], label, axis)
                parts = tuple((p, of + (axis,) if p == label else of) for p, of in parts)
            else:
                e = call('allreduce', [e], axis)
        return e, parts

    def summed(self, e, parts, labels):
        crossed = [axis for label in labels for axis in over(parts, label)]
        self.r.shuffle(crossed)
        return self.reduced(e, tuple(p for p in parts if p[0] not in labels), crossed)

    def shard(self, e):
        op, operands, words = e
        of = [self.shard(o) for o in operands]
        if op == 'num' or op == 'name' and words[0] not in self.known.run.names:
            return e, ()
        if op == 'name':
            return e, self.known.of(e)
        if len(of) == 2:
            a, b = self.joined(*of)
            e = (op, (a[0], b[0]), words)
            if op == 'dot':
                parts = a[1] + tuple(p for p in b[1] if over(a[1], p[0]) is None)
                return self.summed(e, parts, words)
            if op == '@':
                return self.summed(e, (a[1][0], a[1][1], b[1][1]), [a[1][1][0]])
            return e, self.known.of(e)
        a, parts = of[0]
        if op == 'sum':
            return self.summed((op, (a,), words), parts, words)
        if op in ('softmax', 'logsumexp') and over(parts, words[0]):
            if self.r.random() < 0.3:
                a, parts = self.laid_out(a, parts, {words[0]: ()})
                return (op, (a,), words), self.known.of((op, (a,), words))
            e = by_hand(self.r, op, a, parts, words[0])
            return e, self.known.of(e)
        e = (op, (a,), words)
        return e, self.known.of(e)


def by_hand(r, op, a, parts, label):
    """A softmax or its logarithm over a dimension, split or not"""
    axes = over(parts, label)

    def reduced(e, *how):
        for axis in reversed(axes):
            e = call('allreduce', [e], axis, *how)
        return e

    kind = r.randrange(4)
    m = reduced(call('max', [a], label), 'max') if kind < 2 else \
        reduced(call('sum', [a], label)) if kind == 2 else None
    power = call('exp', [subtract(a, m) if m else a])
    below = reduced(call('sum', [power], label))
    if op == 'softmax':
        return divide(power, below)
    return add(call('log', [below]), m) if m else call('log', [below])


def shard(r, network, rule, mesh):
    return Sharding(r, network, rule, mesh).scheme


# ---- places in expressions ----

def places(e, path=()):
    yield path, e
    for k, o in enumerate(e[1]):
        yield from places(o, path + (k,))


def put(e, path, new):
    if not path:
        return new
    op, operands, words = e
    k = path[0]
    return (op, operands[:k] + (put(operands[k], path[1:], new),) + operands[k + 1:], words)


def changed_at_random(r, network, scheme, change, only=None, attempts=20):
    """The scheme with one expression changed, and what was done; None if nothing was found that has a layout"""
    for _ in range(attempts):
        half = r.choice(('forward', 'backward'))
        if not scheme[half]:
            continue
        k = r.randrange(len(scheme[half]))
        text, e = scheme[half][k]
        if only and r.random() < 0.8:
            half, k = next(((h, i) for h in ('forward', 'backward') for i, s in enumerate(scheme[h]) if s[0] == only),
                           (half, k))
            text, e = scheme[half][k]
        path, old = r.choice(list(places(e)))
        try:
            new = change(r, old, scheme, layouts_before(network, scheme, half, k))
            if new is None or new[0] == old:
                continue
            e = put(e, path, new[0])
            if len(list(places(e))) > 120:
                continue
            out = {**scheme, half: scheme[half][:k] + [(text, e)] + scheme[half][k + 1:]}
            known = layouts_of(network, out)
            for result in scheme['results']:
                if sorted(known.of(name(result['name']))) != sorted(result['parts']):
                    raise Misfit
            return out, f'{text}: {new[1]}'
        except Misfit:
            continue
    return None


def layouts_before(network, scheme, half, k):
    known = Layouts(network, scheme)
    before = scheme['forward'][:k] if half == 'forward' else scheme['forward'] + scheme['backward'][:k]
    for text, e in before:
        known.statement(text, e)
    return known


# ---- the same value, written otherwise ----

def rewritten(r, e, scheme, known):
    op, operands, words = e
    a = operands[0] if operands else None
    b = operands[1] if len(operands) > 1 else None
    out = []

    def may(new, what):
        out.append((new, what))

    if op in '+*' and len(op) == 1:
        may((op, (b, a), ()), 'commute')
        if a[0] == op:
            may((op, (a[1][0], (op, (a[1][1], b), ())), ()), 'associate right')
        if b[0] == op:
            may((op, ((op, (a, b[1][0]), ()), b[1][1]), ()), 'associate left')
    if op == '-':
        may(add(a, ('neg', (b,), ())), 'difference as sum')
    if op == '*':
        for x, y in ((a, b), (b, a)):
            if y[0] in '+-' and len(y[0]) == 1:
                may((y[0], (times(x, y[1][0]), times(x, y[1][1])), ()), 'distribute')
            if y[0] == '/':
                may(divide(times(x, y[1][0]), y[1][1]), 'into the fraction')
    if op == '/':
        may(times(a, divide(num('1'), b)), 'reciprocal')
        if a[0] in '+-' and len(a[0]) == 1:
            may((a[0], (divide(a[1][0], b), divide(a[1][1], b)), ()), 'distribute a quotient')
        if a[0] == '*':
            may(times(a[1][0], divide(a[1][1], b)), 'out of the fraction')
    if op in ('dot', '@', 'sum', 'allreduce', 'reducescatter', 'allgather', 'slice', 'T', 'rename', 'neg', 'shift'):
        for k, x in enumerate(operands):
            if x[0] in '+-' and len(x[0]) == 1 and words[-1:] != ('max',):
                p, q = [(op, operands[:k] + (y,) + operands[k + 1:], words) for y in x[1]]
                may((x[0], (p, q), ()), f'{op} of each term')
            if x[0] == 'neg' and words[-1:] != ('max',):
                may(('neg', ((op, operands[:k] + (x[1][0],) + operands[k + 1:], words),), ()), f'sign out of {op}')
            if x[0] == '/' and not known.of(x[1][1]) and words[-1:] != ('max',):
                may(divide((op, operands[:k] + (x[1][0],) + operands[k + 1:], words), x[1][1]), f'scalar out of {op}')
    if op == 'dot':
        may(call('sum', [times(a, b)], *words), 'dot as sum')
    if op == '@':
        label = known.of(a)[1][0]
        if len({p[0] for p in known.of(a) + known.of(b)}) == 3:
            may(call('dot', [a, b], label), 'product as dot')
    if op == 'sum' and len(words) > 1:
        order = list(words)
        r.shuffle(order)
        may(call('sum', [call('sum', [a], order[0])], *order[1:]), 'one after the other')
    if op == 'dot' and len(words) > 1:
        may(call('sum', [call('dot', [a, b], words[0])], *words[1:]), 'one after the other')
    if op == 'allreduce' and len(words) == 1:
        axis = words[0]
        may(times(call('allreduce', [a], axis, 'mean'), call('size', [], axis)), 'mean times ranks')
        for label, _ in known.of(a):
            may(call('allgather', [call('reducescatter', [a], label, axis)], label, axis), 'in two steps')
        may(call('allreduce', [e], axis, 'mean'), 'mean of equals')
        if a[0] == 'allreduce' and len(a[2]) == 1 and a[2] != words:
            may(call('allreduce', [call('allreduce', a[1], axis)], a[2][0]), 'axes in another order')
    if op == 'reducescatter':
        may(call('slice', [call('allreduce', [a], words[1])], *words), 'sum, then cut')
    if op in ('softmax', 'logsumexp'):
        may(by_hand(r, op, a, known.of(a), words[0]), f'{op} by hand')
        if r.random() < 0.5:
            parts = known.of(a)
            rest = [p for p in parts if p[0] != words[0]]
            pool = [x for x in known.run.names if set(known.of(name(x))) <= set(rest)]
            if pool:
                c = name(r.choice(pool))
                may((op, (subtract(a, c),), words) if op == 'softmax' else add((op, (subtract(a, c),), words), c),
                    'another stabiliser')
    if op == 'exp' and a[0] == '-':
        may(divide(call('exp', [a[1][0]]), call('exp', [a[1][1]])), 'exp of a difference')
        may(times(call('exp', [a[1][0]]), call('exp', [('neg', (a[1][1],), ())])), 'exp of a difference')
    if op == 'rsqrt':
        may(divide(num('1'), call('sqrt', [a])), 'rsqrt as 1 / sqrt')
        may(call('exp', [divide(('neg', (call('log', [a]),), ()), num('2'))]), 'rsqrt as exp')
        may(divide(call('sqrt', [a]), a), 'rsqrt as sqrt / x')
        may(times(call('rsqrt', [times(num('4'), a)]), num('2')), 'rsqrt of four times')
    if op == 'exp':
        may(divide(num('1'), call('exp', [('neg', (a,), ())])), 'one over exp of minus')
        may(call('sqrt', [call('exp', [times(num('2'), a)])]), 'root of the square')
        if a[0] == '+':
            may(times(call('exp', [a[1][0]]), call('exp', [a[1][1]])), 'exp of a sum')
        if a[0] == 'log':
            may(a[1][0], 'exp of log')
    if op == '*' and a[0] == b[0] and a[0] in ('exp', 'sqrt', 'rsqrt'):
        inside = add(a[1][0], b[1][0]) if a[0] == 'exp' else times(a[1][0], b[1][0])
        may((a[0], (inside,), ()), f'{a[0]} of both')
    if op == 'sqrt':
        may(call('exp', [times(num('0.5'), call('log', [a]))]), 'root as exp')
        may(times(a, call('rsqrt', [a])), 'root as x rsqrt(x)')
        may(divide(call('sqrt', [times(a, num('2'))]), call('sqrt', [num('2')])), 'root of twice')
        if a[0] == '*':
            may(times(call('sqrt', [a[1][0]]), call('sqrt', [a[1][1]])), 'root of factors')
    if op == 'max' and a[0] in '+-' and len(a[0]) == 1 and not known.of(a[1][1]):
        may((a[0], (call('max', [a[1][0]], *words), a[1][1]), ()), 'constant out of a maximum')
    if op == 'max' or words[-1:] == ('max',):
        may(call('log', [(op, (call('exp', [a]),), words)]), 'maximum of exponentials')
    if op == 'log' and a[0] in '*/' and len(a[0]) == 1:
        may(('+' if a[0] == '*' else '-', (call('log', [a[1][0]]), call('log', [a[1][1]])), ()), 'log of factors')
    if op == 'log' and a[0] == 'sqrt':
        may(divide(call('log', a[1]), num('2')), 'log of a root')
    if op == 'log' and a[0] == 'exp':
        may(a[1][0], 'log of exp')
    if op == 'log':
        may(('neg', (call('log', [divide(num('1'), a)]),), ()), 'log of the reciprocal')
    if op not in ('num', 'size', 'count', 'name') or op == 'name' and words[0] in known.run.names:
        kind = r.randrange(8)
        parts = known.of(e)
        same = [x for x in known.run.names if sorted(known.of(name(x))) == sorted(parts)]
        smaller = [x for x in known.run.names if set(known.of(name(x))) <= set(parts)]
        if kind == 0:
            may(add(times(num('0.5'), e), times(e, num('0.5'))), 'two halves')
        elif kind == 1 and same:
            c = name(r.choice(same))
            may(subtract(add(e, c), c), 'add and take away')
        elif kind == 2:
            may(divide(times(e, name(r.choice(list(known.run.world.sizes)))), num('1')), 'times a size')
            out[-1] = (divide(out[-1][0][1][0], out[-1][0][1][0][1][1]), 'times a size and divided by it')
        elif kind == 3 and smaller:
            c = call('exp', [name(r.choice(smaller))])
            may(divide(times(e, c), c), 'times an exponential and divided by it')
        elif kind == 4 and scheme['mesh']:
            axis = r.choice(scheme['mesh'])
            if all(axis not in p[1] for p in parts):
                may(call('broadcast', [e], axis, '0'), 'broadcast of what all have')
                if parts:
                    label = r.choice(parts)[0]
                    may(call('allgather', [call('slice', [e], label, axis)], label, axis), 'cut and put together')
                may(call('allreduce', [e], axis, 'max'), 'maximum of equals')
                may(call('allreduce', [call('only', [e], axis, '0')], axis), 'sum of one')
                may(call('shift', [call('shift', [e], axis, '1')], axis, '-1'), 'there and back')
        elif kind == 5 and len(parts) > 1 and scheme['mesh']:
            for k, (label, axes) in enumerate(parts):
                other = parts[k - 1][0]
                if axes and axes[-1] not in parts[k - 1][1]:
                    there = call('alltoall', [e], other, label, axes[-1])
                    may(call('alltoall', [there], label, other, axes[-1]), 'to all and back')
                    may(call('slice', [call('allgather', [e], label, axes[-1])], label, axes[-1]), 'gathered and cut')
        elif kind == 6:
            for label, axes in parts:
                second = label + "'" if not label.endswith("'") else label.rstrip("'")
                if all(p[0] != second for p in parts):
                    may(call('rename', [call('rename', [e], label, second)], second, label), 'renamed twice')
    return r.choice(out) if out else None


# ---- another value ----

def mutated(r, e, scheme, known):
    op, operands, words = e
    a = operands[0] if operands else None
    b = operands[1] if len(operands) > 1 else None
    out = []

    def may(new, what, weight=1):
        out.extend([(new, what)] * weight)

    if op in ('allreduce',):
        may(a, 'not reduced', 4)
        may(call('allreduce', [a], words[0], 'mean'), 'mean for sum', 2)
        may(call('allreduce', [a], words[0], 'max'), 'max for sum')
        may(call('allreduce', [e], words[0]), 'reduced twice', 2)
        for axis in scheme['mesh']:
            if axis != words[0]:
                may(call('allreduce', [a], axis, *words[1:]), 'wrong axis', 2)
        may(call('broadcast', [a], words[0], '0'), 'broadcast for sum')
    if op == 'reducescatter':
        may(call('slice', [a], *words), 'slice for reducescatter', 3)
        may(call('reducescatter', [divide(a, call('size', [], words[1]))], *words), 'mean for sum')
    if op == 'slice':
        may(call('reducescatter', [a], *words), 'reducescatter for slice', 3)
    if op == 'allgather':
        may(call('allgather', [call('only', [a], words[1], '0')], *words), 'only one part')
    if op in '+-' and len(op) == 1:
        may(a, 'a term dropped')
        may(b if op == '+' else ('neg', (b,), ()), 'a term dropped')
        may(('-' if op == '+' else '+', operands, ()), 'sign')
    if op == '*':
        may(a, 'a factor dropped')
        may(b, 'a factor dropped')
        may(add(a, b), 'sum for product')
    if op == '/':
        may(a, 'divisor dropped')
        may(divide(a, times(num('2'), b)), 'half')
    if op == 'neg':
        may(a, 'sign')
    if op == 'exp' and a[0] in '+-' and len(a[0]) == 1:
        may(add(call('exp', [a[1][0]]), call('exp', [a[1][1]])), 'sum of exponentials')
    if op == 'log' and a[0] in '+-' and len(a[0]) == 1:
        may(add(call('log', [a[1][0]]), call('log', [a[1][1]])), 'sum of logarithms')
    if op == 'sqrt':
        may(a, 'no root', 2)
        if a[0] == '*':
            may(a[1][0], 'root of the square')
    if op == 'max' or words[-1:] == ('max',):
        may(a if op == 'allreduce' else call('sum', [a], *words), 'no maximum', 2)
        if a[0] in '+-*' and len(a[0]) == 1:
            for x in a[1]:
                if known.of(x) == known.of(a):
                    may((op, (x,), words), 'maximum of one', 2)
    if op in ('exp', 'rsqrt', 'sqrt', 'log'):
        may((r.choice(('exp', 'rsqrt', 'sqrt', 'tanh')), operands, ()), 'another function')
    if op.endswith("'"):
        may((op.rstrip("'"), operands, words), 'function for derivative', 2)
    if op in ('sum', 'max') and op == 'sum':
        may(call('max', [a], *words), 'max for sum')
    if op == 'dot':
        may(call('dot', [b, a], *words[:1]), 'sums over one only')
    if op in ('softmax',):
        labels = [p[0] for p in known.of(a) if p[0] != words[0] and not p[1]]
        if labels:
            may((op, operands, (r.choice(labels),)), 'over another dimension', 3)
    if op == 'name' and words[0] not in known.run.names:
        may(name(r.choice(list(known.run.world.sizes))), 'another size', 3)
        splits = [p for t in scheme['tensors'] for p in t['parts'] if p[1] and p[0] == words[0]]
        for p in splits:
            may(call('count', [], p[0], *p[1]), 'own for all', 2)
    if op == 'num':
        may(num(r.choice(('0', '1', '2', '3'))), 'another number')
    if op == 'name' and words[0] in known.run.names:
        parts = sorted(known.of(e))
        same = [x for x in known.run.names if sorted(known.of(name(x))) == parts and x != words[0]]
        if same:
            may(name(r.choice(same)), 'another value', 3)
    if op not in ('num', 'size', 'count'):
        parts = known.of(e)
        if scheme['mesh'] and r.random() < 0.5:
            axis = r.choice(scheme['mesh'])
            if all(axis not in p[1] for p in parts):
                may(call('broadcast', [e], axis, r.choice('01')), 'broadcast')
                may(call('shift', [e], axis, r.choice(('1', '-1', '2'))), 'shift')
                may(call('allreduce', [e], axis), 'reduced')
                may(call('allreduce', [e], axis, 'mean'), 'mean')
                may(call('allreduce', [e], axis, 'max'), 'max')
            may(call('only', [e], axis, '0'), 'only')
            may(times(e, call('size', [], axis)), 'times ranks')
        for k, (label, axes) in enumerate(parts):
            for other, axes2 in parts[:k]:
                if label.rstrip("'") == other.rstrip("'") and axes == axes2:
                    third = label.rstrip("'") + "''"
                    once = call('rename', [e], label, third)
                    may(call('rename', [call('rename', [once], other, label)], third, other), 'names swapped', 3)
        if r.random() < 0.1:
            may(('neg', (e,), ()), 'sign')
    return r.choice(out) if out else None


# ---- expressions that are nothing, if they are the same ----

def noise(r, known, parts, depth, positive=False):
    """Any expression with some of these dimensions; positive where it must be"""
    run = known.run

    def more(positive=False):
        return noise(r, known, parts, depth - 1, positive)

    kind = r.randrange(14) if depth > 0 else r.choice((10, 11, 12, 13) if not positive else (12, 13))
    if positive:
        if kind in (0, 1, 2):
            return call('exp', [more()])
        if kind in (3, 4):
            return add(more(True), more(True))
        if kind == 5:
            return times(more(True), more(True))
        if kind == 6:
            return divide(more(True), more(True))
        if kind == 7:
            return call(r.choice(('sqrt', 'rsqrt')), [more(True)])
        if kind == 8:
            a = more()
            return add(times(a, a), num('1'))
        if kind in (9, 10, 11):
            return reduction(r, known, parts, call('exp', [num('0')]), True)
        return r.choice((num('1'), num('2'), num('0.5'), call('size', [], r.choice(known.mesh)),
                         name(r.choice(list(run.world.sizes)))))
    if kind in (0, 1):
        return (r.choice('+-'), (more(), more()), ())
    if kind == 2:
        return times(more(), more())
    if kind == 3:
        return divide(more(), more(True))
    if kind in (4, 5):
        return call('log', [more(True)])
    if kind == 6:
        return call(r.choice(('tanh', 'step', 'erf') + tuple(f for f in run.functions if f not in ('ell', 'loss'))),
                    [more()])
    if kind == 7:
        return more(True)
    if kind in (8, 9, 10):
        return reduction(r, known, parts, None, False)
    fits = [x for x in run.names if set(known.of(name(x))) <= set(parts)]
    return name(r.choice(fits)) if fits else more(True) if depth > 0 else num('1')


def reduction(r, known, parts, otherwise, positive):
    """The sum or the maximum of a value over what must go"""
    pool = [x for x in known.run.names if not set(known.of(name(x))) <= set(parts)]
    if not pool:
        return otherwise or num('1')
    text = r.choice(pool)
    e = name(text)
    if positive:
        e = call('exp', [e])
    of = known.of(e)
    kept = [p for p in of if p in parts]
    drop = [p for p in of if p not in parts]
    how = 'sum' if positive else r.choice(('sum', 'max', 'max'))
    if r.random() < 0.2 and len(kept) > 0:
        drop.append(kept.pop())
    if not positive and r.random() < 0.3:
        e = r.choice((times(num('2'), e), add(e, num('1')), ('neg', (e,), ()), times(e, e), call('exp', [e])))
    e = call(how, [e], *[p[0] for p in drop])
    for label, axes in drop:
        for axis in axes:
            if r.random() < 0.85:
                e = call('allreduce', [e], axis, *(('max',) if how == 'max' else ()))
    if known.mesh and r.random() < 0.2:
        axis = r.choice(known.mesh)
        e = r.choice((call('broadcast', [e], axis, '0'), call('only', [e], axis, '0'), call('shift', [e], axis, '1'),
                      call('allreduce', [e], axis, 'max'), call('allreduce', [e], axis)))
    return e


def with_noise(r, network, scheme):
    """A result plus the difference of two equals, or times their quotient: they are written otherwise later."""
    half = r.choice(('forward', 'backward'))
    of_result = [k for k, (text, _) in enumerate(scheme[half]) if any(x['name'] == text for x in scheme['results'])]
    if not of_result or not scheme['mesh']:
        return scheme
    k = r.choice(of_result)
    text, e = scheme[half][k]
    for _ in range(10):
        try:
            known = layouts_before(network, scheme, half, k)
            quotient = r.random() < 0.3
            one = noise(r, known, known.of(e), 3, quotient)
            if not any(x[0] == 'name' and x[2][0] in known.run.names for _, x in places(one)):
                continue
            both = [('first', one), ('second', one)]
            more = divide(name('first'), name('second')) if quotient else subtract(name('first'), name('second'))
            e2 = times(e, more) if quotient else add(e, more)
            out = {**scheme, half: scheme[half][:k] + both + [(text, e2)] + scheme[half][k + 1:]}
            if {x['name']: x for x in scheme['results']} and layouts_of(network, out).of(name(text)) == known.of(e):
                return out
        except Misfit:
            continue
    return scheme


# ---- less of it ----

def needed(scheme, results):
    """The scheme with some results, and the statements that they need"""
    wanted, out = {x['name'] for x in results}, {**scheme, 'results': results}
    for half in ('backward', 'forward'):
        kept = []
        for text, e in reversed(scheme[half]):
            if text in wanted:
                kept.insert(0, (text, e))
                wanted |= {x[2][0] for _, x in places(e) if x[0] == 'name'}
        out[half] = kept
    out['tensors'] = [t for t in scheme['tensors'] if t['name'] in wanted]
    return out


def with_partial_results(r, scheme):
    """A result that nothing else needs may stay a sum over ranks."""
    used = {x[2][0] for half in ('forward', 'backward') for _, e in scheme[half] for _, x in places(e)
            if x[0] == 'name'}
    for half in ('forward', 'backward'):
        for k, (text, e) in enumerate(scheme[half]):
            for result in scheme['results']:
                if result['name'] == text and text not in used and e[0] == 'allreduce' and len(e[2]) == 1 \
                        and r.random() < 0.3 and all(e[2][0] not in p[1] for p in result['parts']):
                    scheme[half][k] = (text, e[1][0])
                    result['sum'] = e[2][0]
    return scheme
