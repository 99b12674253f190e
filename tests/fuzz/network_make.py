"""Random networks, as text: products, gates, norms, softmax, attention, experts, shared parameters, second names."""
import random

FEATURES = ('D', 'F', 'K')


class Builder:
    def __init__(self, name, seed):
        self.r, self.name = random.Random(seed), name
        self.tokens = ['N'] if self.r.random() < 0.6 else ['B', 'S']
        self.inputs, self.params, self.statements = {}, {}, []
        self.values, self.used = {}, set(self.tokens)
        self.inputs['X'] = self.tokens + ['D']
        self.used.add('D')
        self.at = 'X'

    def labels(self, value=None):
        value = value or self.at
        return self.values.get(value) or self.inputs[value]

    def feature(self):
        return self.labels()[-1]

    def say(self, text, labels):
        name = f'Z{len(self.statements) + 1}'
        self.statements.append(f'  {name} = {text}')
        self.values[name] = list(labels)
        return name

    def param(self, stem, labels):
        """A parameter: a new one, or one of those dimensions that is there"""
        same = [p for p, of in self.params.items() if of == labels]
        if same and self.r.random() < 0.4:
            return self.r.choice(same)
        name = f'{stem}{len(self.params) + 1}'
        self.params[name] = labels
        self.used |= {x.rstrip("'") for x in labels}
        return name

    def activation(self):
        return self.r.choice(('act', 'act', 'act2', 'silu', 'tanh', 'sigmoid'))

    def linear(self, of, to):
        labels = self.labels(of)
        w = self.param('W', [labels[-1], to])
        if len(labels) == 2 and self.r.random() < 0.5:
            text = f'{of} @ {w}'
        else:
            text = f'dot({of}, {w}, {labels[-1]})'
        if self.r.random() < 0.3:
            text += f' + {self.param("b", [to])}'
        return text, labels[:-1] + [to]

    def layer(self):
        kind = self.r.randrange(11)
        h, labels, f = self.at, self.labels(), self.feature()
        to = self.r.choice([x for x in FEATURES if x != f])
        if kind in (0, 1):
            self.at = self.say(*self.linear(h, to))
        elif kind == 2:
            self.at = self.say(f'{self.activation()}({h})', labels)
        elif kind == 3:
            (a, out), (b, _) = self.linear(h, to), self.linear(h, to)
            self.at = self.say(f'{self.activation()}({a}) * ({b})', out)
        elif kind == 4:
            self.inputs['eps'] = []
            if self.r.random() < 0.5:
                mean = self.say(f'sum({h}, {f}) / {f}', labels[:-1])
                h = self.say(f'{h} - {mean}', labels)
            root = self.say(f'rsqrt(sum({h} * {h}, {f}) / {f} + eps)', labels[:-1])
            gain = self.param('g', [f])
            self.at = self.say(f'{h} * {root} * {gain}', labels)
        elif kind == 5:
            same = [v for v in list(self.values) + ['X'] if v != h and self.labels(v) == labels]
            if same:
                self.at = self.say(f'{self.r.choice(same)} + {h}', labels)
        elif kind == 6:
            self.at = self.say(f'softmax({h}, {f})', labels)
        elif kind == 7:
            token = self.tokens[-1]
            second = token + "'"
            batch = labels[:-1]
            self.inputs['c'] = []
            left, _ = self.linear(h, to)
            right, _ = self.linear(h, to)
            q = self.say(left, batch + [to])
            k = self.say(f'rename({right}, {token}, {second})', batch[:-1] + [second, to])
            v = self.say(f'rename({h}, {token}, {second})', batch[:-1] + [second, f])
            a = self.say(f'softmax(c * dot({q}, {k}, {to}), {second})', batch + [second])
            self.at = self.say(f'dot({a}, {v}, {second})', labels)
        elif kind == 8:
            text = self.r.choice((f'{h} / (1 + exp(-{h}))', f'sqrt({h} * {h} + 1)', f'log(1 + exp({h}))',
                                  f'{h} * exp(-({h} * {h}))', f'{h} / sqrt(sum({h} * {h}, {f}) + {f})',
                                  f'{h} * (sum({h}, {f}) / {f})', f'{h} / (1 + sum({h} * {h}, {f}))'))
            self.at = self.say(text, labels)
        elif kind == 9 and 'R' not in self.inputs:
            self.used.add('E')
            self.inputs['R'] = labels[:-1] + ['E']
            w = self.param('W', ['E', f, to])
            each = self.say(f'{self.activation()}(dot({h}, {w}, {f}))', labels[:-1] + ['E', to])
            self.at = self.say(f'dot(R, {each}, E)', labels[:-1] + [to])
        elif kind == 10 and self.r.random() < 0.5:
            scale = self.say(f'logsumexp({h}, {f})', labels[:-1])
            self.at = self.say(f'{h} - {scale}', labels)

    def text(self):
        for _ in range(self.r.randint(1, 4)):
            if len(self.statements) < 7:
                self.layer()
        if self.at == 'X' or not self.params:
            self.at = self.say(*self.linear(self.at, self.r.choice([x for x in FEATURES if x != self.feature()])))
        h, labels, f = self.at, self.labels(), self.feature()
        self.inputs['Y'] = list(labels)
        if self.r.random() < 0.3:
            loss = self.say(f'logsumexp({h}, {f}) - sum(Y * {h}, {f})', labels[:-1])
            tokens = ', '.join(labels[:-1])
            loss, distribution = f'sum({loss}, {tokens}) / {labels[0]}', f' distribution {f}'
        else:
            loss, distribution = f'sum(ell({h}, Y), {", ".join(labels)})', ''
        of = {'R': ' distribution E', 'Y': distribution}

        def values(declared):
            return ', '.join(f'{n}[{", ".join(d)}]{of.get(n, "")}' for n, d in declared.items())

        dims = [d for d in ('N', 'B', 'S', 'E') + FEATURES if d in self.used]
        body = '\n'.join(self.statements)
        functions = [f for f in ('act(z)', 'act2(z)', 'ell(a, y)') if f.split('(')[0] + '(' in body + loss]
        lines = [f'network {self.name}', f'dims {", ".join(dims)}', f'input {values(self.inputs)}',
                 f'param {values(self.params)}']
        if functions:
            lines.append('function ' + ', '.join(functions))
        return '\n'.join(lines + ['forward', body, f'loss {loss}']) + '\n'


def make(name, seed):
    return Builder(name, seed).text()
