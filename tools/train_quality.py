#!/usr/bin/env python3
"""Learns the weights by which the extractor says how far its own text can be trusted (src/extract/quality.rs).

  train_quality.py --binary target/release/feedmill --shared ../shared/extraction

Each development page is read with a block table learned from other sites (as `train_extract.py --cv` does), so that
the scores are those of pages not seen before. What they show of the page (`extract --explain` gives it) is fitted by ridge regression to the word
F1 against the gold, as -log(1 - F1 + 0.01). Prints the weights, and the rank correlation when pages of the same
sites are held back here too. Needs numpy and lightgbm.
"""
import argparse, os, tempfile
import numpy as np
import train_extract as blocks

FLOOR = 0.01
RIDGE = 5.0
# In the order of quality.rs, where they are explained.
WITNESSES = ['doubtful', 'missed', 'weakest', 'first', 'before', 'behind', 'scatter']


def rank(values):
    """Ranks, the mean one for equal values."""
    order = np.argsort(values, kind='stable'); ranks = np.empty(len(values)); ranks[order] = np.arange(len(values))
    _, back, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.bincount(back, ranks) / counts)[back]


def rank_correlation(one, other):
    """Spearman's."""
    return float(np.corrcoef(rank(np.asarray(one)), rank(np.asarray(other)))[0, 1])


def fit(x, y):
    mean, spread = x.mean(0), x.std(0)
    z = np.c_[(x - mean) / spread, np.ones(len(x))]
    ridge = RIDGE * np.eye(z.shape[1]); ridge[-1, -1] = 0.0
    w = np.linalg.solve(z.T @ z + ridge, z.T @ y)
    return np.append(w[:-1] / spread, w[-1] - (w[:-1] * mean / spread).sum())


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--binary', default='target/release/feedmill'); a.add_argument('--shared', default='../shared/extraction')
    o = a.parse_args()
    x, f1, corpus, folds_of, said = [], [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        pages, score = blocks.load(o.binary, o.shared, folder)
        fold, table = blocks.folds(pages), os.path.join(folder, 'table.txt')
        for i in range(5):
            blocks.export(blocks.train([p for p in pages if fold[p['site']] != i]), table)
            held_back = [p for p in pages if fold[p['site']] == i and p['row'].get('text')]
            jobs = [p['job'] for p in held_back]
            for page, answer in zip(held_back, blocks.ask(o.binary, jobs, '--explain', '--table', table)):
                if not answer.get('text') or not answer['witnesses']:
                    continue
                x.append(answer['witnesses']); folds_of.append(i); corpus.append(page['corpus']); said.append(answer['quality'])
                f1.append(score.multiset_prf(score.words(answer['text']), score.words(page['row']['text']))[2])
    x, f1, folds_of, corpus = np.array(x), np.array(f1), np.array(folds_of), np.array(corpus)
    y, guess = -np.log(1.0 - f1 + FLOOR), np.zeros(len(f1))
    for i in range(5):
        w = fit(x[folds_of != i], y[folds_of != i])
        guess[folds_of == i] = x[folds_of == i] @ w[:-1] + w[-1]
    for name, weight in zip(WITNESSES + ['constant'], fit(x, y)):
        print(f'{name:9} {weight:8.4f}')
    for name, values in (('held back', guess), ('as the binary says', np.array(said))):
        parts = ', '.join(f'{c} {rank_correlation(values[corpus == c], f1[corpus == c]):.3f}' for c in ('aeb', 'fundus', 'wcxb'))
        print(f'rank correlation {name}: {rank_correlation(values, f1):.3f} ({parts}); {len(f1)} pages')


if __name__ == '__main__':
    main()
