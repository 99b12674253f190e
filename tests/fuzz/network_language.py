"""Networks, schemes and cases as text: read, and written again. Knows the grammar only, not what it means.

An expression is a tuple (operation, operands, words): ('+', (a, b), ()), ('name', (), ('X',)),
('allreduce', (a,), ('tp', 'max')), ('count', (), ('N', 'dp')), ('loss', (a, b), ())."""
import re

TOKEN = re.compile(r"#[^\n]*|[A-Za-z_][A-Za-z0-9_-]*'*|\d+(?:\.\d+)?(?:[eE]-?\d+)?|\^T|[^\s]")
TAKES_WORDS = {'dot': 2, 'sum': 1, 'max': 1, 'rename': 1, 'softmax': 1, 'logsumexp': 1, 'allreduce': 1,
               'allgather': 1, 'reducescatter': 1, 'slice': 1, 'alltoall': 1, 'broadcast': 1, 'shift': 1, 'only': 1,
               'size': 0, 'count': 0}


class Reader:
    def __init__(self, text):
        self.token = [t for t in split(text) if not t.startswith('#')]
        self.at = 0

    def peek(self, ahead=0):
        return self.token[self.at + ahead] if self.at + ahead < len(self.token) else ''

    def next(self):
        self.at += 1
        return self.token[self.at - 1]

    def take(self, text):
        if self.peek() == text:
            self.at += 1
            return True
        return False

    def expect(self, text):
        if not self.take(text):
            raise SyntaxError(f'expected {text}, not {self.token[self.at - 3:self.at + 5]}')


def split(text):
    """Names may hold a minus sign only where they are names of networks and schemes."""
    out = []
    for t in TOKEN.findall(text):
        if '-' in t and not t.startswith('#') and re.match(r'[A-Za-z]', t) and \
                (not out or out[-1] not in ('scheme', 'network', 'of')):
            out += re.findall(r"[A-Za-z0-9_]+'*|-", t)
        else:
            out.append(t)
    return out


# ---- expressions ----

def binary(r, signs, below):
    left = below(r)
    while r.peek() in signs:
        left = (r.next(), (left, below(r)), ())
    return left


def expression(r):
    return binary(r, ('+', '-'), lambda r: binary(r, ('@', '*', '/'), unary))


def unary(r):
    if r.take('-'):
        return ('neg', (unary(r),), ())
    e = primary(r)
    while r.take('^T'):
        e = ('T', (e,), ())
    return e


def primary(r):
    if r.take('('):
        e = expression(r)
        r.expect(')')
        return e
    t = r.next()
    if t[0].isdigit():
        return ('num', (), (t,))
    if not r.take('('):
        return ('name', (), (t,))
    operands, words = [], []
    limit = TAKES_WORDS.get(t, 2)
    while not r.take(')'):
        if len(operands) < limit:
            operands.append(expression(r))
        else:
            word = ''
            while r.peek() not in (',', ')', '/'):
                word += r.next()
            words.append(word)
            if r.take('/'):
                words += axes(r)
        r.take(',')
    return (t, tuple(operands), tuple(words))


def axes(r):
    if not r.take('('):
        return [r.next()]
    out = []
    while not r.take(')'):
        out.append(r.next())
        r.take(',')
    return out


SIGN = {'+': 1, '-': 1, '@': 2, '*': 2, '/': 2}


def show(e, level=0):
    op, operands, words = e
    if op in ('num', 'name'):
        return words[0]
    if op in SIGN:
        text = f'{show(operands[0], SIGN[op])} {op} {show(operands[1], SIGN[op] + 1)}'
        return f'({text})' if SIGN[op] < level else text
    if op == 'neg':
        text = '-' + show(operands[0], 3)
        return f'({text})' if level > 0 else text
    if op == 'T':
        return show(operands[0], 4) + '^T'
    if op == 'count':
        return f'count({show_part((words[0], words[1:]))})'
    return f'{op}({", ".join([show(o) for o in operands] + list(words))})'


def show_part(part):
    label, split_over = part
    if not split_over:
        return label
    return f'{label}/{split_over[0]}' if len(split_over) == 1 else f'{label}/({",".join(split_over)})'


def show_value(name, parts):
    return f'{name}[{", ".join(show_part(p) for p in parts)}]'


# ---- networks and schemes ----

def parts(r):
    """[N/dp, D] as a list of (label, axes)"""
    out = []
    r.expect('[')
    while not r.take(']'):
        label = r.next()
        out.append((label, tuple(axes(r)) if r.take('/') else ()))
        r.take(',')
    return out


def declarations(r, into):
    while r.peek() in ('input', 'param'):
        kind = r.next()
        while True:
            name = r.next()
            tensor = {'name': name, 'kind': kind, 'parts': parts(r), 'distribution': None}
            if r.take('distribution'):
                tensor['distribution'] = r.next()
            into.append(tensor)
            if not r.take(','):
                break


def statements(r):
    out = []
    while r.peek(1) == '=':
        name = r.next()
        r.next()
        out.append((name, expression(r)))
    return out


def read_network(text):
    r = Reader(text)
    r.expect('network')
    n = {'name': r.next(), 'dims': [], 'tensors': [], 'functions': {}}
    r.expect('dims')
    n['dims'].append(r.next())
    while r.take(','):
        n['dims'].append(r.next())
    declarations(r, n['tensors'])
    if r.take('function'):
        while r.peek() != 'forward':
            name, variables = r.next(), 0
            r.expect('(')
            while not r.take(')'):
                variables += r.next() != ','
            if r.take('='):
                while not (r.peek() == ',' and r.peek(2) == '(') and r.peek() != 'forward':
                    r.next()
            n['functions'][name] = variables
            r.take(',')
    r.expect('forward')
    n['forward'] = statements(r)
    r.expect('loss')
    n['loss'] = expression(r)
    return n


def read_scheme(text):
    r = Reader(text)
    r.expect('scheme')
    s = {'name': r.next(), 'of': 'mlp', 'mesh': [], 'tensors': [], 'results': []}
    if r.take('of'):
        s['of'] = r.next()
    if r.take('mesh'):
        s['mesh'].append(r.next())
        while r.take(','):
            s['mesh'].append(r.next())
    declarations(r, s['tensors'])
    r.expect('forward')
    s['forward'] = statements(r)
    r.expect('backward')
    s['backward'] = statements(r)
    r.expect('result')
    while r.peek():
        result = {'name': r.next(), 'parts': parts(r), 'sum': None}
        if r.take('sum'):
            result['sum'] = r.next()
        s['results'].append(result)
        if not r.take(','):
            break
    return s


def show_scheme(s):
    lines = [f'scheme {s["name"]} of {s["of"]}']
    if s['mesh']:
        lines.append('mesh ' + ', '.join(s['mesh']))
    for kind in ('input', 'param'):
        of_kind = [show_value(t['name'], t['parts']) for t in s['tensors'] if t['kind'] == kind]
        if of_kind:
            lines.append(f'{kind} ' + ', '.join(of_kind))
    for half in ('forward', 'backward'):
        lines.append(half)
        lines += [f'  {name} = {show(e)}' for name, e in s[half]]
    results = [show_value(x['name'], x['parts']) + (f' sum {x["sum"]}' if x['sum'] else '') for x in s['results']]
    lines.append('result ' + ',\n       '.join(results))
    return '\n'.join(lines) + '\n'


# ---- the cases that show what is wrong ----

def read_case(text):
    """Sizes, mesh, splits (owners of indices, or sizes of parts), functions and data, as they are printed."""
    case = {'dims': {}, 'mesh': {}, 'split': {}, 'network': {}, 'data': {}, 'expect': []}
    for line in text.split('\n')[1:]:
        word, _, rest = line.strip().partition(' ')
        rest = rest.strip()
        if word in ('dims', 'mesh'):
            for item in rest.split(','):
                name, _, value = item.partition('=')
                case[word][name.strip()] = int(value)
        elif word == 'network':
            case['network'] = dict((a.strip(), b.strip()) for a, b in re.findall(r"(\w+(?:\([^)]*\))?) *= *([^,]+)",
                                                                                 rest))
        elif word == 'split':
            for label, value in re.findall(r"(\w+'*/(?:\([^)]*\)|\w+)) *= *(\[[^]]*\]|[^,\[]+)", rest):
                name, _, over = label.partition('/')
                over = tuple(over.strip('()').split(','))
                value = value.strip()
                case['split'][name, over] = ('owners', [int(v) for v in value.strip('[]').split(',')]) \
                    if value[0] == '[' else ('sizes', [int(v) for v in value.split('+')])
        elif word == 'expect':
            case['expect'] = [n.strip() for n in rest.partition(' ')[2].split(',')]
        elif rest.startswith('= ['):
            case['data'][word] = [v.strip() for v in re.split('[,;]', rest[3:-1])]
    return case
