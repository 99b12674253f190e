"""Random schemes of networks: what the prover says of them, beside brute force. See tests/fuzz/networks."""
import collections
import glob
import os
import random
import re
import subprocess
import sys
import tempfile
import time

from network_judge import Truth, ask, judge
from network_language import read_network, read_scheme, show_scheme
from network_make import make as make_network
from network_rewrite import changed_at_random, mutated, needed, rewritten, shard, with_noise, with_partial_results
from network_truth import Misfit

BATCH = 40


class Maker:
    """Random schemes of the built-in networks, and of random ones."""

    def __init__(self, shardproof, top):
        self.shardproof, self.truth, self.rules, self.shipped = shardproof, {}, {}, []
        for file in sorted(glob.glob(os.path.join(top, 'cases/networks/*.network'))):
            with open(file) as f:
                network = read_network(f.read())
            self.truth[network['name']] = Truth(network)
            self.rules[network['name']] = self.rule(network['name'])
        for file in sorted(glob.glob(os.path.join(top, 'cases/networks/schemes/*.scheme'))):
            with open(file) as f:
                text = re.sub('#.*', '', f.read())
            for block in re.split(r'(?m)^(?=scheme )', text)[1:]:
                self.shipped.append(read_scheme(block))

    def rule(self, network):
        text = subprocess.run([self.shardproof, 'networks', network, '--rule'], capture_output=True, text=True,
                              check=True).stdout
        return read_scheme(re.sub(r" distribution \w+'*", '', text))

    def random_network(self, seed):
        text = make_network(f'r{seed}', seed)
        with tempfile.NamedTemporaryFile('w', suffix='.network') as f:
            f.write(text)
            f.flush()
            rule = self.rule(f.name)
        network = read_network(text)
        self.truth[network['name']] = Truth(network)
        return {**rule, 'network': text}

    def make(self, seed):
        r = random.Random(seed)
        history = []
        if r.random() < 0.2:
            scheme = r.choice(self.shipped)
            history.append(scheme['name'])
        else:
            rule = self.random_network(seed // 2) if r.random() < 0.5 else self.rules[r.choice(list(self.rules))]
            mesh = ['tp'] if r.random() < 0.6 else ['dp', 'tp']
            scheme = shard(r, self.truth[rule['of']].network, rule, mesh)
            if 'network' in rule:
                scheme['network'] = rule['network']
        network = self.truth[scheme['of']].network
        results = r.sample(scheme['results'], min(len(scheme['results']), r.randint(1, 5)))
        scheme = needed(scheme, [dict(x) for x in results])
        scheme = {**scheme, 'name': f's{seed}', 'forward': list(scheme['forward']),
                  'backward': list(scheme['backward'])}
        only = None
        if r.random() < 0.4:
            scheme = with_noise(r, network, scheme)
            only = 'second'
        for change, times in ((rewritten, r.choice((0, 1, 2, 4, 6))), (mutated, r.choice((0, 0, 0, 1, 1, 2)))):
            for _ in range(times):
                done = changed_at_random(r, network, scheme, change, only)
                if done:
                    scheme = done[0]
                    history.append(f'{change.__name__} {done[1]}')
        scheme = with_partial_results(r, needed(scheme, scheme['results']))
        if not scheme['tensors']:  # a scheme declares something
            return self.make(seed + 7919 * 104729)
        return scheme, history


def report(kind, scheme, history, result, words):
    print(f'{kind}: {scheme["name"]}, {result}: {words}')
    print('  made by: ' + '; '.join(history))
    print(scheme.get('network', '') + show_scheme(scheme), flush=True)


def main():
    build, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    verbose = '--verbose' in sys.argv
    shardproof = os.path.join(build, 'shardproof')
    top = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
    maker = Maker(shardproof, top)
    tally, programs = collections.Counter(), collections.Counter()
    bad, start = 0, time.time()
    for first in range(0, count, BATCH):
        made = [maker.make(seed * 1000000 + k) for k in range(first, min(first + BATCH, count))]
        reports = ask(shardproof, [scheme for scheme, _ in made])
        for scheme, history in made:
            truth = maker.truth[scheme['of']]
            try:
                verdicts = judge(truth, scheme, reports[scheme['name']], 12)
            except Misfit:
                verdicts = [('MISFIT', '', 'brute force has no layout for it')]
            kinds = {kind for kind, _, _ in verdicts}
            programs['refuted' if 'refuted' in kinds else 'open' if 'open' in kinds else 'proved'] += 1
            for kind, result, words in verdicts:
                tally[kind] += 1
                if kind.isupper():
                    bad += 1
                    report(kind, scheme, history, result, words)
                elif verbose and kind in ('missed', 'unproved'):
                    report(kind, scheme, history, result, words)
    right = tally['proved'] + tally['unproved']
    print(f'{count} programs in {time.time() - start:.0f} s: {programs["proved"]} proved, '
          f'{programs["refuted"]} refuted, {programs["open"]} open')
    print(f'{tally["proved"]} results proved, {tally["refuted"]} refuted; open: {tally["unproved"]} that brute force '
          f'finds right ({100 * tally["unproved"] / max(1, right):.1f} % of the right ones), {tally["missed"]} wrong')
    print(f'{bad} wrong verdicts' + ''.join(f', {n} {kind}' for kind, n in sorted(tally.items()) if kind.isupper()))
    sys.exit(1 if bad else 0)


if __name__ == '__main__':
    main()
