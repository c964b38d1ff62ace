#!/usr/bin/env python3
"""Learns the table by which the extractor chooses blocks (src/extract/model.txt).

  train_extract.py DUMP --shared ../shared/extraction [--cv] [--out src/extract/model.txt]

DUMP holds one JSON line a page, {"id": "corpus/page", "blocks": [{"t": text, "k": kind, "f": [numbers]}]}: the
blocks of `extract::explain` over the development pages. Blocks are labelled by aligning them with the gold text
(wcxb, aeb, fundus) or by the snippets that must or must not be in it (trafeval). `--cv` reports figures of
five-fold cross-validation in which all pages of a site are in one fold. Everything is seeded: the same dump gives
the same table. Needs numpy and lightgbm; the extractor itself needs neither.
"""
import argparse, bisect, collections, json, os, re, statistics, sys
from urllib.parse import urlsplit
import numpy as np

SEED = 20251124
PARAMS = dict(objective='binary', learning_rate=0.1, num_leaves=31, min_data_in_leaf=40, feature_fraction=0.5,
              bagging_fraction=0.8, bagging_freq=1, lambda_l2=2.0, max_bin=127, verbosity=-1, seed=SEED,
              deterministic=True, force_row_wise=True, num_threads=2)
TREES = 100


def site(corpus, row):
    """The key that keeps pages of one site together."""
    if row.get('site'):
        return row['site']
    host = (urlsplit(row.get('url') or '').hostname or row['id']).removeprefix('www.')
    parts = host.split('.')
    return '.'.join(parts[-3:] if len(parts) > 2 and len(parts[-2]) <= 3 else parts[-2:])


def align(blocks, gold, score):
    """Share of each block that stands in the gold text in its place, and whether that is sure."""
    words = score.words(gold)
    places = collections.defaultdict(list)
    for n in (1, 2, 3, 4):
        for i in range(len(words) - n + 1):
            places[tuple(words[i:i + n])].append(i)
    gold_paragraphs = collections.Counter(score.paragraphs(gold))
    candidates, covers = [], []
    for index, block in enumerate(blocks):
        w = score.words(block['t'])
        n = min(4, len(w))
        if not n:
            covers.append(0.0)
            continue
        grams = [tuple(w[i:i + n]) for i in range(len(w) - n + 1)]
        cover = sum(g in places for g in grams) / len(grams)
        covers.append(cover)
        if cover < 0.4:
            continue
        first = next(g for g in grams if g in places)
        exact = all(p in gold_paragraphs for p in score.paragraphs(block['t']))
        weight = len(w) * cover * (1.0 if n == 4 or exact else 0.3) + (2.0 if exact else 0.0)
        for place in sorted(places[first][:6], reverse=True):
            candidates.append((index, place, weight))
    # The heaviest chain in which both the block and its place in the gold text rise.
    best = [(0.0, -1)] * (len(words) + 2)
    back, chosen = [], None

    def query(place):
        result = (0.0, -1)
        while place > 0:
            result = max(result, best[place]); place -= place & -place
        return result
    top = (0.0, -1)
    for number, (index, place, weight) in enumerate(candidates):
        value, previous = query(place)
        back.append(previous)
        entry = (value + weight, number)
        at = place + 1
        while at < len(best):
            best[at] = max(best[at], entry); at += at & -at
        top = max(top, entry)
    inside, number = set(), top[1]
    while number >= 0:
        inside.add(candidates[number][0]); number = back[number]
    taken = {score.fold(blocks[i]['t']) for i in inside}
    labels = []
    for index, (block, cover) in enumerate(zip(blocks, covers)):
        n = len(score.words(block['t']))
        if index in inside:
            labels.append((1.0 if cover >= 0.5 else 0.0, 1.0 if cover > 0.8 else 0.3))
        elif cover >= 0.8 and n >= 6 and score.fold(block['t']) not in taken:
            labels.append((1.0, 0.5))
        else:
            labels.append((0.0, 1.0 if cover < 0.5 or n < 4 or score.fold(block['t']) in taken else 0.3))
    return labels


def snippets(blocks, row, score):
    """Labels by the snippets alone; weight 0 where they say nothing."""
    wanted = [score.fold(s).lower() for s in row.get('with') or []]
    unwanted = [score.fold(s).lower() for s in row.get('without') or []]
    labels = []
    for block in blocks:
        low = score.fold(block['t']).lower()
        if any(s in low for s in wanted):
            labels.append((1.0, 1.0))
        elif any(s in low for s in unwanted):
            labels.append((0.0, 1.0))
        else:
            labels.append((0.0, 0.0))
    return labels


def load(dump, shared):
    sys.path.insert(0, shared)
    import score
    pages, rows = [], {}
    for corpus in ('aeb', 'fundus', 'wcxb', 'trafeval'):
        for row in score.load(corpus, 'dev', shared):
            rows[corpus + '/' + row['id']] = row
    for line in open(dump, encoding='utf-8'):
        page = json.loads(line)
        corpus = page['id'].split('/')[0]
        row = rows[page['id']]
        blocks = page['blocks']
        labels = align(blocks, row['text'], score) if row.get('text') else snippets(blocks, row, score)
        n_words = np.array([len(score.words(b['t'])) for b in blocks], dtype=np.float32)
        pages.append(dict(id=page['id'], corpus=corpus, row=row, site=site(corpus, row),
                          texts=[b['t'] for b in blocks], kinds=[b['k'] for b in blocks],
                          x=np.array([b['f'] for b in blocks], dtype=np.float32).reshape(len(blocks), len(blocks[0]['f']) if blocks else 0),
                          y=np.array([l[0] for l in labels], dtype=np.float32),
                          w=np.array([l[1] for l in labels], dtype=np.float32), n=n_words))
    return pages, score


def weights(page):
    """Words count, but a heading matters too; each page counts about the same."""
    w = page['w'] * (1.0 + np.minimum(page['n'], 80) / 8.0)
    if page['corpus'] == 'trafeval':
        return w * 0.5
    return w * (30.0 / max(30.0, len(w))) ** 0.5


def train(pages, trees=TREES, params=PARAMS):
    import lightgbm
    x = np.concatenate([p['x'] for p in pages if len(p['y'])]); y = np.concatenate([p['y'] for p in pages if len(p['y'])])
    w = np.concatenate([weights(p) for p in pages if len(p['y'])])
    keep = w > 0
    data = lightgbm.Dataset(x[keep], y[keep], weight=w[keep], free_raw_data=True)
    return lightgbm.train(params, data, num_boost_round=trees)


def folds(pages, n=5):
    """Fold of each site, by a seeded shuffle."""
    sites = sorted({p['site'] for p in pages})
    np.random.RandomState(SEED).shuffle(sites)
    return {s: i % n for i, s in enumerate(sites)}


def text_of(page, kept):
    out, last_row = [], False
    for text, kind, k in zip(page['texts'], page['kinds'], kept):
        if k:
            out.append(('- ' if kind == 'item' else '') + text)
    return '\n\n'.join(out)


def evaluate(pages, score, choose):
    by_corpus = collections.defaultdict(lambda: ([], {}))
    for p in pages:
        rows, pred = by_corpus[p['corpus']]
        rows.append(p['row']); pred[p['row']['id']] = {'text': text_of(p, choose(p))}
    return [(c, score.measure(*by_corpus[c])) for c in ('aeb', 'fundus', 'wcxb', 'trafeval') if c in by_corpus]


def cross_validate(pages, **how):
    fold = folds(pages)
    for i in range(5):
        model = train([p for p in pages if fold[p['site']] != i], **how)
        for p in pages:
            if fold[p['site']] == i:
                p['p'] = model.predict(p['x']) if len(p['y']) else np.zeros(0)


def export(model, path, n_features):
    """One line a tree: nodes in preorder, `f t` for a split (left when the number is <= t), `= v` for a leaf."""
    dumped = model.dump_model()
    lines = [f"feedmill-blocks 1 {n_features} {len(dumped['tree_info'])}"]

    def walk(node, out):
        if 'leaf_value' in node:
            out.append(f"={node['leaf_value']:.4g}")
        else:
            assert node['decision_type'] == '<='
            out.append(f"{node['split_feature']}:{float(np.float32(node['threshold'])):.9g}")
            walk(node['left_child'], out); walk(node['right_child'], out)
    for tree in dumped['tree_info']:
        out = []
        walk(tree['tree_structure'], out)
        lines.append(' '.join(out))
    open(path, 'w').write('\n'.join(lines) + '\n')


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('dump'); a.add_argument('--shared', default='../shared/extraction'); a.add_argument('--cv', action='store_true')
    a.add_argument('--out'); a.add_argument('--trees', type=int, default=TREES); a.add_argument('--threshold', type=float, default=0.5)
    o = a.parse_args()
    pages, score = load(o.dump, o.shared)
    if o.cv:
        print('labels of the gold'); score.table(evaluate(pages, score, lambda p: p['y'] > 0.5))
        cross_validate(pages, trees=o.trees)
        for t in (0.3, 0.4, 0.5, 0.6):
            print('threshold', t); score.table(evaluate(pages, score, lambda p: p['p'] > t))
    if o.out:
        export(train(pages, trees=o.trees), o.out, max(p['x'].shape[1] for p in pages))


if __name__ == '__main__':
    main()
