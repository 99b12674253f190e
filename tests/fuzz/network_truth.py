"""Brute force: what a network and all ranks of a scheme compute, entry by entry, in doubles or with 60 digits.

A value is a dictionary from indices to numbers on each rank, by the indices of the whole: nothing is cut out or put
together but by looking at who owns what. The gradients are those of a tape of scalars, which knows no tensors. The
maximum of nothing is minus infinity; it may be moved and go into another maximum, and is no number elsewhere."""
import decimal
import itertools
import math
import random

decimal.getcontext().prec = 60
decimal.getcontext().traps[decimal.Overflow] = True
decimal.getcontext().traps[decimal.InvalidOperation] = False  # no number, as in doubles
Digits = decimal.Decimal

NAN, NOTHING = float('nan'), float('-inf')


# ---- scalars ----

class Scalar:
    """A number of the tape: its value, and what it was made of with the derivatives by that."""
    __slots__ = ('value', 'made_of', 'gradient')

    def __init__(self, value, made_of=()):
        self.value, self.made_of, self.gradient = value, made_of, 0

    def __add__(self, other):
        return Scalar(self.value + value_of(other), ((self, 1), (other, 1)))

    def __sub__(self, other):
        return Scalar(self.value - value_of(other), ((self, 1), (other, -1)))

    def __mul__(self, other):
        return Scalar(self.value * value_of(other), ((self, value_of(other)), (other, self.value)))

    def __truediv__(self, other):
        below = value_of(other)
        return Scalar(self.value / below, ((self, 1 / below), (other, -self.value / below / below)))

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return Scalar(other - self.value, ((self, -1),))

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return Scalar(other / self.value, ((self, -other / self.value / self.value),))

    def __neg__(self):
        return Scalar(-self.value, ((self, -1),))


def value_of(x):
    return x.value if isinstance(x, Scalar) else x


def backward(loss):
    """Sets the gradient of everything that the loss is made of."""
    order, seen, stack = [], set(), [(loss, False)]
    while stack:
        node, done = stack.pop()
        if done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack += [(m, False) for m, _ in node.made_of if isinstance(m, Scalar)]
    loss.gradient = 1
    for node in reversed(order):
        for m, slope in node.made_of:
            if isinstance(m, Scalar):
                m.gradient += slope * node.gradient


class Beyond(Exception):
    """An exponential that is too large or small to say anything."""


def power(z):
    if abs(z) > 100:
        raise Beyond
    return z.exp() if isinstance(z, Digits) else math.exp(z)


def logarithm(z):
    return z.ln() if isinstance(z, Digits) and z > 0 else math.log(z)


def root(z):
    return z.sqrt() if isinstance(z, Digits) and z >= 0 else math.sqrt(z)


def tanh(z):
    if not isinstance(z, Digits):
        return math.tanh(z)
    if abs(z) > 100:
        return Digits(1 if z > 0 else -1)
    e = (2 * z).exp()
    return (e - 1) / (e + 1)


PI = Digits('3.14159265358979323846264338327950288419716939937510582097494')


def pi_like(z):
    return PI if isinstance(z, Digits) else math.pi


def erf(z):
    if not isinstance(z, Digits):
        return math.erf(z)
    if abs(z) > 6:
        return Digits(math.erf(z))
    term, sum_, n = z, z, 0
    while abs(term) > Digits('1e-58'):
        n += 1
        term = -term * z * z / n
        sum_ += term / (2 * n + 1)
    return 2 * sum_ / PI.sqrt()


def sigmoid(z):
    return 1 / (1 + power(-z))


def step(z):
    return 1 if z > 0 else 0


ELEMENTARY = {
    'exp': (power, power),
    'log': (logarithm, lambda z: 1 / z),
    'sqrt': (root, lambda z: 1 / (2 * root(z))),
    'rsqrt': (lambda z: 1 / root(z), lambda z: -1 / (2 * z * root(z))),
    'tanh': (tanh, lambda z: 1 - tanh(z) ** 2),
    'erf': (erf, lambda z: 2 / root(pi_like(z)) * power(-z * z)),
    'step': (step, lambda z: 0),
    'identity': (lambda z: z, lambda z: 1),
    'relu': (lambda z: z * step(z), step),
    'sigmoid': (sigmoid, lambda z: sigmoid(z) * (1 - sigmoid(z))),
    'silu': (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * (1 - sigmoid(z)))),
    'softplus': (lambda z: logarithm(1 + power(z)), sigmoid),
}
LOSSES = {'half-sse': (lambda a, y: (a - y) ** 2 / 2, lambda a, y: a - y)}


def any_function(name, variables):
    """A smooth function without any property that a proof could use, and its derivative."""
    r = random.Random(name)
    p, q, s = r.randint(32, 96), r.randint(12, 38), r.randint(-32, 32)
    if variables == 1:
        return (lambda z: (p * tanh(z + bit(z, s)) + q * z * z) / 64,
                lambda z: (p * (1 - tanh(z + bit(z, s)) ** 2) + 2 * q * z) / 64)
    return (lambda a, y: (p * (a - y) ** 2 + q * a * a * a * y + s * a) / 64,
            lambda a, y: (2 * p * (a - y) + 3 * q * a * a * y + s) / 64)


def bit(z, s):
    return type(z)(s) / 64


# ---- who owns what ----

class World:
    """Sizes, ranks on every axis, and owners of indices: random ones, or those of a case."""

    def __init__(self, sizes, mesh, seed, split=None, even=False):
        self.sizes, self.mesh, self.split, self.even = sizes, dict(mesh), split or {}, even
        self.ranks = [dict(zip(self.mesh, c)) for c in itertools.product(*[range(n) for n in self.mesh.values()])]
        self.random = random.Random(seed)
        self.owners, self.parts = {}, {}

    def number(self, coordinates):
        at = 0
        for axis, n in self.mesh.items():
            at = at * n + coordinates[axis]
        return at

    def owner(self, dim, over):
        """The coordinate on the last axis of everyone that owns an index of dim/over"""
        key = dim, over
        if key in self.owners:
            return self.owners[key]
        size, ranks = self.sizes[dim], self.mesh[over[-1]]
        given = self.split.get(key)
        if given and given[0] == 'owners':
            out = given[1]
        elif given:
            out, outer = [None] * size, [1] * size
            groups = {}
            for i in range(size):
                groups.setdefault(tuple(self.owner(dim, over[:k + 1])[i] for k in range(len(over) - 1)), []).append(i)
            for place, part in enumerate(given[1]):
                above, c = [], place // ranks
                for axis in reversed(over[:-1]):
                    above.insert(0, c % self.mesh[axis])
                    c //= self.mesh[axis]
                for i in groups.get(tuple(above), [])[sum(given[1][place - place % ranks:place]):][:part]:
                    out[i] = place % ranks
        elif self.even:
            out = [i % ranks for i in range(size)]
            self.random.shuffle(out)
        else:
            out = [self.random.randrange(ranks) for _ in range(size)]
        self.owners[key] = out
        return out

    def part(self, label, over, rank):
        """The indices of label/over that a rank holds"""
        key = label, over, rank
        if key not in self.parts:
            dim, c = label.rstrip("'"), self.ranks[rank]
            self.parts[key] = [i for i in range(self.sizes[dim])
                               if all(self.owner(dim, over[:k + 1])[i] == c[axis] for k, axis in enumerate(over))]
        return self.parts[key]

    def held(self, parts, rank):
        return itertools.product(*[self.part(label, over, rank) for label, over in parts])

    def empty_parts(self):
        """The parts so far of which some rank has nothing"""
        return {(dim, over) for dim, over in self.owners
                if any(not self.part(dim, over, r) for r in range(len(self.ranks)))}


# ---- arrays on all ranks ----

class Value:
    def __init__(self, parts, rows):
        self.parts, self.rows = tuple(parts), rows  # (label, axes)...; for every rank {index: number}


class Misfit(Exception):
    """The expression has no layout."""


def number(x):
    """x where it is used as a number"""
    return NAN if not isinstance(x, Scalar) and x == NOTHING else x


def guarded(f, *x):
    if any(number(a) != number(a) for a in x if not isinstance(a, Scalar)):
        return NAN
    try:
        y = f(*[number(a) for a in x])
        if isinstance(y, Scalar):
            return y
        return NAN if y != y or abs(y) == math.inf else y
    except (ValueError, ZeroDivisionError, OverflowError, decimal.DecimalException):
        return NAN


def largest(values):
    values = list(values)
    return NAN if any(v != v for v in values) else max(values, default=NOTHING)


BINARY = {'+': lambda a, b: a + b, '-': lambda a, b: a - b, '*': lambda a, b: a * b, '/': lambda a, b: a / b}


class Run:
    def __init__(self, world, functions, kind=float):
        self.world, self.functions, self.names, self.kind = world, functions, {}, kind

    def load(self, name, parts, data):
        self.names[name] = Value(parts, [{i: self.number(data[i]) for i in self.world.held(parts, r)}
                                         for r in range(len(self.world.ranks))])

    def number(self, x):
        return x if isinstance(x, Scalar) else self.kind(x)

    def statement(self, name, e):
        self.names[name] = self.value(e)

    # -- operations by name --

    def together(self, a, b, both):
        """The parts of the value, and the places in it of those of each side"""
        labels_a, labels_b = [p[0] for p in a.parts], [p[0] for p in b.parts]
        if len(set(labels_a)) < len(labels_a) or len(set(labels_b)) < len(labels_b):
            if a.parts != b.parts and a.parts and b.parts:
                raise Misfit
            parts = a.parts or b.parts
            return parts, range(len(a.parts)), range(len(b.parts))
        first, second = (b, a) if len(b.parts) > len(a.parts) and not both else (a, b)
        parts = list(first.parts)
        for label, over in second.parts:
            same = [p for p in parts if p[0] == label]
            if same and same[0][1] != over or not same and not both:
                raise Misfit
            if not same:
                parts.append((label, over))
        place = {p[0]: k for k, p in enumerate(parts)}
        return tuple(parts), [place[x] for x in labels_a], [place[x] for x in labels_b]

    def combine(self, f, a, b, both):
        parts, at_a, at_b = self.together(a, b, both)
        if len(parts) > 8:
            raise Misfit
        return Value(parts, [{i: guarded(f, a.rows[r][tuple(i[k] for k in at_a)], b.rows[r][tuple(i[k] for k in at_b)])
                              for i in self.world.held(parts, r)} for r in range(len(self.world.ranks))])

    def fold(self, a, places, f):
        kept = [k for k in range(len(a.parts)) if k not in places]
        rows = []
        for r in range(len(self.world.ranks)):
            collected = {i: [] for i in self.world.held([a.parts[k] for k in kept], r)}
            for i, x in a.rows[r].items():
                collected[tuple(i[k] for k in kept)].append(x)
            rows.append({i: f(x) for i, x in collected.items()})
        return Value([a.parts[k] for k in kept], rows)

    def total(self, values):
        sum_ = self.kind(0)
        for v in values:
            if not isinstance(v, Scalar) and number(v) != number(v):
                return NAN
            sum_ = sum_ + v
        return sum_

    def place(self, a, label):
        places = [k for k, p in enumerate(a.parts) if p[0] == label]
        if len(places) != 1:
            raise Misfit
        return places[0]

    # -- collectives --

    def on_axis(self, rank, axis):
        """The ranks that differ from one on the axis only, in order"""
        c = self.world.ranks[rank]
        return [self.world.number({**c, axis: k}) for k in range(self.world.mesh[axis])]

    def free(self, a, axis, *places):
        for k, (_, over) in enumerate(a.parts):
            if axis in over and k not in places:
                raise Misfit

    def moved(self, a, place, over):
        parts = list(a.parts)
        parts[place] = (parts[place][0], over)
        return tuple(parts)

    def reduce(self, a, axis, how):
        self.free(a, axis)
        rows = []
        for r in range(len(self.world.ranks)):
            peers, row = self.on_axis(r, axis), {}
            for i in a.rows[r]:
                x = [a.rows[p][i] for p in peers]
                row[i] = largest(x) if how == 'max' else self.total(x)
                if how == 'mean':
                    row[i] = row[i] / len(x)
            rows.append(row)
        return Value(a.parts, rows)

    def collect(self, a, place, axis, parts):
        """Everyone takes each index along a place from the rank that owns it."""
        label, over = a.parts[place]
        owner = self.world.owner(label.rstrip("'"), over)
        return Value(parts, [{i: a.rows[self.world.number({**self.world.ranks[r], axis: owner[i[place]]})][i]
                              for i in self.world.held(parts, r)} for r in range(len(self.world.ranks))])

    def cut(self, a, parts):
        return Value(parts, [{i: a.rows[r][i] for i in self.world.held(parts, r)}
                             for r in range(len(self.world.ranks))])

    # -- expressions --

    def constant(self, x):
        return Value((), [{(): self.kind(x)} for _ in self.world.ranks])

    def value(self, e):
        op, operands, words = e
        w = self.world
        ranks = range(len(w.ranks))
        if op == 'num':
            return self.constant(words[0])
        if op == 'name':
            return self.names[words[0]] if words[0] in self.names else self.constant(w.sizes[words[0]])
        if op == 'size':
            return self.constant(w.mesh[words[0]])
        if op == 'count':
            return Value((), [{(): self.kind(len(w.part(words[0], words[1:], r)))} for r in ranks])
        of = [self.value(o) for o in operands]
        a = of[0]
        if op in ('+', '-', '*', '/'):
            return self.combine(BINARY[op], a, of[1], op in '*/')
        if op == 'neg':
            return Value(a.parts, [{i: -number(x) for i, x in row.items()} for row in a.rows])
        if op == 'T':
            if len(a.parts) != 2:
                raise Misfit
            return Value(a.parts[::-1], [{i[::-1]: x for i, x in row.items()} for row in a.rows])
        if op == '@':
            return self.matrix_product(a, of[1])
        if op == 'dot':
            if any(sum(p[0] == d for p in v.parts) != 1 for v in of for d in words):
                raise Misfit
            product = self.combine(BINARY['*'], a, of[1], True)
            return self.fold(product, [self.place(product, d) for d in words], self.total)
        if op == 'sum':
            return self.fold(a, [self.place(a, d) for d in words], self.total)
        if op == 'max':
            return self.fold(a, [self.place(a, d) for d in words], largest)
        if op == 'rename':
            at = self.place(a, words[0])
            if any(p[0] == words[1] for p in a.parts):
                raise Misfit
            return Value(a.parts[:at] + ((words[1], a.parts[at][1]),) + a.parts[at + 1:], a.rows)
        if op in ('softmax', 'logsumexp'):
            at = self.place(a, words[0])
            if a.parts[at][1]:
                raise Misfit
            power = self.apply('exp', [a])
            below = self.fold(power, [at], self.total)
            return self.combine(BINARY['/'], power, below, True) if op == 'softmax' else self.apply('log', [below])
        if op == 'allreduce':
            return self.reduce(a, words[0], words[1] if len(words) > 1 else 'sum')
        if op in ('allgather', 'reducescatter', 'slice'):
            at, axis = self.place(a, words[0]), words[1]
            self.free(a, axis, at)
            over = a.parts[at][1]
            if op == 'allgather':
                if not over or over[-1] != axis:
                    raise Misfit
                return self.collect(a, at, axis, self.moved(a, at, over[:-1]))
            if axis in over:
                raise Misfit
            return self.cut(self.reduce(a, axis, 'sum') if op == 'reducescatter' else a,
                            self.moved(a, at, over + (axis,)))
        if op == 'alltoall':
            to, of_, axis = self.place(a, words[0]), self.place(a, words[1]), words[2]
            if to == of_ or axis in a.parts[to][1] or a.parts[of_][1][-1:] != (axis,):
                raise Misfit
            parts = list(a.parts)
            parts[to] = (parts[to][0], parts[to][1] + (axis,))
            parts[of_] = (parts[of_][0], parts[of_][1][:-1])
            return self.collect(a, of_, axis, tuple(parts))
        if op in ('broadcast', 'shift', 'only'):
            axis, k = words[0], int(words[1])
            if op == 'only':
                return Value(a.parts, [{i: x if w.ranks[r][axis] == k else self.kind(0) for i, x in a.rows[r].items()}
                                       for r in ranks])
            self.free(a, axis)
            last = w.mesh[axis] - 1  # fewer ranks than that: only where layouts are asked for
            source = [w.number({**w.ranks[r], axis: min(k, last) if op == 'broadcast'
                                else (w.ranks[r][axis] + k) % w.mesh[axis]}) for r in ranks]
            return Value(a.parts, [{i: a.rows[source[r]][i] for i in a.rows[r]} for r in ranks])
        return self.apply(op, of)

    def matrix_product(self, a, b):
        if len(a.parts) != 2 or len(b.parts) != 2 or a.parts[1] != b.parts[0]:
            raise Misfit
        rows = []
        for r in range(len(self.world.ranks)):
            inner = self.world.part(*a.parts[1], r)
            rows.append({(i, j): self.total(guarded(BINARY['*'], a.rows[r][i, k], b.rows[r][k, j]) for k in inner)
                         for i, j in self.world.held((a.parts[0], b.parts[1]), r)})
        return Value((a.parts[0], b.parts[1]), rows)

    def apply(self, name, of):
        base, prime = name.rstrip("'"), name.endswith("'")
        value, slope = self.functions.get(base) or ELEMENTARY[base]
        f = slope if prime else value

        def real(x):  # a slope may be a whole number
            x = value_of(x)
            return self.kind(x) if isinstance(x, int) else x

        def at(*x):
            if not isinstance(x[0], Scalar):
                return real(f(*[real(v) for v in x]))
            plain = [real(v) for v in x]
            return Scalar(real(f(*plain)), ((x[0], slope(*plain)),))

        if len(of) == 1:
            return Value(of[0].parts, [{i: guarded(at, x) for i, x in row.items()} for row in of[0].rows])
        return self.combine(at, of[0], of[1], False)


# ---- networks and schemes ----

def functions_of(network, given=None):
    out = {}
    for name, variables in network['functions'].items():
        known = (given or {}).get(name)
        out[name] = any_function(name, variables) if not known else ELEMENTARY[known] if variables == 1 \
            else LOSSES[known]
    return out


def whole(tensor, sizes):
    return list(itertools.product(*[range(sizes[p[0].rstrip("'")]) for p in tensor['parts']]))


def random_data(network, sizes, seed):
    """What is under a root is positive in the networks at hand if their scalars are. Weights are positive."""
    r, out = random.Random(seed), {}
    for t in network['tensors']:
        indices = whole(t, sizes)
        positive = not t['parts'] or t['name'][0].islower() and t['kind'] == 'input'
        data = {i: r.uniform(0.3, 1.5) if positive or t['distribution'] else r.gauss(0, 0.8) for i in indices}
        if t['distribution']:
            at = [p[0] for p in t['parts']].index(t['distribution'])
            one_hot = r.random() < 0.3
            for rest in {i[:at] + i[at + 1:] for i in indices}:
                line = [i for i in indices if i[:at] + i[at + 1:] == rest]
                total, hot = sum(data[i] for i in line), r.choice(line)
                for i in line:
                    data[i] = float(i == hot) if one_hot else data[i] / total
        out[t['name']] = data
    return out


def reference(network, sizes, data, functions, kind=float):
    """{name: (labels, {index: number})} of all results"""
    run = Run(World(sizes, {}, 0), functions, kind)
    for t in network['tensors']:
        run.load(t['name'], t['parts'], {i: Scalar(kind(x)) for i, x in data[t['name']].items()})
    for name, e in network['forward']:
        value = run.value(e)
        run.names[name] = Value(value.parts, [{i: Scalar(kind(value_of(x)), ((x, 1),))
                                                for i, x in value.rows[0].items()}])
    loss = run.value(network['loss']).rows[0][()]
    out = {'L': ((), {(): value_of(loss)})}
    for name, v in run.names.items():
        out[name] = ([p[0] for p in v.parts], {i: x.value for i, x in v.rows[0].items()})
    if isinstance(loss, Scalar):
        backward(loss)
    for name, v in run.names.items():
        out['d' + name] = ([p[0] for p in v.parts], {i: x.gradient for i, x in v.rows[0].items()})
    if network['name'] == 'mlp':
        out['D1'], out['D2'] = out['dZ1'], out['dZ2']
    return out


def differences(scheme, want, world, data, functions, kind=float):
    """For every result: None if it is right on all ranks, 'nan' if it is no number somewhere (and right else), else
    what is wrong"""
    run = Run(world, functions, kind)
    for t in scheme['tensors']:
        run.load(t['name'], t['parts'], data[t['name']])
    for name, e in scheme['forward'] + scheme['backward']:
        run.statement(name, e)
    run.matrices = scheme['of'] == 'mlp'  # there a transpose is another matrix
    return {result['name']: difference(result, run, want[result['name']]) for result in scheme['results']}


def difference(result, run, want):
    world, v = run.world, run.names[result['name']]
    if sorted(v.parts) != sorted(result['parts']):
        return 'layout'
    if run.matrices and v.parts != tuple(result['parts']):
        return 'transposed'
    labels, entries = want
    if result['sum']:
        v = run.reduce(v, result['sum'], 'sum')
    order = [[p[0] for p in v.parts].index(x) for x in labels]
    worst = None
    for r in range(len(world.ranks)):
        for i, got in v.rows[r].items():
            right = entries[tuple(i[k] for k in order)]
            if got != got or got == NOTHING:
                worst = worst or 'nan'
            elif abs(got - right) * (10 ** 12 if run.kind is Digits else 10 ** 6) > 1 + abs(got) + abs(right):
                return f'{result["name"]}{list(i)} on rank {world.ranks[r]} is {got}, not {right}'
    return worst
