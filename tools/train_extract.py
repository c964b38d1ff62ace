#!/usr/bin/env python3
"""Learns the table by which the extractor chooses blocks (src/extract/model.txt).

  train_extract.py --binary target/release/feedmill --shared ../shared/extraction [--cv] [--out src/extract/model.txt]

The binary cuts the development pages into blocks and describes them (`extract --jsonl --explain`). Blocks are
labelled by aligning them with the gold text (wcxb, aeb, fundus) or by the snippets that must or must not be in it
(trafeval). `--cv` reports figures of five-fold cross-validation in which all pages of a site are in one fold: the
binary reads each page with the table learned from the other folds (`extract --table`), so that the figures are those
of the whole extractor on sites it has not seen. Everything is seeded: the same binary gives the same table. Needs
numpy and lightgbm; the extractor itself needs neither.
"""
import argparse, collections, gzip, json, os, re, subprocess, sys, tempfile, unicodedata
from urllib.parse import urlsplit
import numpy as np

SEED = 20251124
PARAMS = dict(objective='binary', learning_rate=0.1, num_leaves=31, min_data_in_leaf=40, feature_fraction=0.7,
              bagging_fraction=0.8, bagging_freq=1, lambda_l2=2.0, max_bin=127, extra_trees=True, verbosity=-1, seed=SEED,
              deterministic=True, force_row_wise=True, num_threads=2)
TREES = 250
BAGS = 3


def site(corpus, row):
    """The key that keeps pages of one site together."""
    if row.get('site'):
        return row['site']
    host = (urlsplit(row.get('url') or '').hostname or row['id']).removeprefix('www.')
    parts = host.split('.')
    return '.'.join(parts[-3:] if len(parts) > 2 and len(parts[-2]) <= 3 else parts[-2:])


def align(blocks, gold, score):
    """Share of each block that stands in the gold text in its place, and whether that is sure."""
    gold = re.sub('[\u00ad\u200b\ufeff]', '', unicodedata.normalize('NFC', gold))
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


def ask(binary, jobs, *options):
    """The binary's answer to each job, in order."""
    lines = ''.join(json.dumps(job) + '\n' for job in jobs)
    answer = subprocess.run([binary, 'extract', '--jsonl', *options], input=lines.encode(), stdout=subprocess.PIPE,
                            check=True)
    return [json.loads(line) for line in answer.stdout.decode().splitlines()]


def load(binary, shared, folder):
    """The development pages with their blocks, features and labels; unpacked into the folder."""
    sys.path.insert(0, shared)
    import score
    rows, jobs = {}, []
    for corpus in ('aeb', 'fundus', 'wcxb', 'trafeval'):
        for row in score.load(corpus, 'dev', shared):
            key = corpus + '/' + row['id']
            path = os.path.join(folder, re.sub(r'\W', '_', key) + '.html')
            with gzip.open(os.path.join(shared, corpus, 'pages', row['id'] + '.html.gz')) as packed:
                open(path, 'wb').write(packed.read())
            rows[key] = row
            jobs.append({'id': key, 'path': path, 'url': row.get('url') or ''})
    pages = []
    for job, page in zip(jobs, ask(binary, jobs, '--explain')):
        row, blocks = rows[page['id']], page['blocks']
        labels = align(blocks, row['text'], score) if row.get('text') else snippets(blocks, row, score)
        corpus = page['id'].split('/')[0]
        pages.append(dict(job=job, corpus=corpus, row=row, site=site(corpus, row),
                          x=np.array([b['f'] for b in blocks], dtype=np.float32).reshape(len(blocks), len(blocks[0]['f']) if blocks else 0),
                          y=np.array([l[0] for l in labels], dtype=np.float32),
                          w=np.array([l[1] for l in labels], dtype=np.float32),
                          n=np.array([len(score.words(b['t'])) for b in blocks], dtype=np.float32)))
    return pages, score


def weights(page):
    """Words count, but a heading matters too. Figures are means over pages, so a word of a short article weighs more
    than one of a long article; not in full proportion, or a few headings of short pages would outweigh all else."""
    w = page['w'] * (1.0 + np.minimum(page['n'], 80) / 4.0)
    if page['corpus'] == 'trafeval':
        return w * 0.7
    return w * (300.0 / max(60.0, float((page['n'] * (page['y'] > 0.5)).sum()))) ** 0.5


def train(pages, trees=TREES, params=PARAMS, bags=BAGS):
    """Models that differ by their seed alone; the table holds the mean of them, which errs less than each."""
    import lightgbm
    x = np.concatenate([p['x'] for p in pages if len(p['y'])]); y = np.concatenate([p['y'] for p in pages if len(p['y'])])
    w = np.concatenate([weights(p) for p in pages if len(p['y'])])
    keep = w > 0
    return [lightgbm.train(dict(params, seed=params['seed'] + 1000 * bag), lightgbm.Dataset(x[keep], y[keep], weight=w[keep]),
                           num_boost_round=trees) for bag in range(bags)]


def folds(pages, n=5):
    """Fold of each site, by a seeded shuffle."""
    sites = sorted({p['site'] for p in pages})
    np.random.RandomState(SEED).shuffle(sites)
    return {s: i % n for i, s in enumerate(sites)}


def cross_validate(pages, binary, folder, score, trees):
    """What the binary answers for each page with a table that was learned from the pages of other sites."""
    fold, answers = folds(pages), collections.defaultdict(dict)
    table = os.path.join(folder, 'table.txt')
    for i in range(5):
        export(train([p for p in pages if fold[p['site']] != i], trees), table)
        held_back = [p for p in pages if fold[p['site']] == i]
        for page, answer in zip(held_back, ask(binary, [p['job'] for p in held_back], '--table', table)):
            answers[page['corpus']][page['row']['id']] = answer
    rows = collections.defaultdict(list)
    for p in pages:
        rows[p['corpus']].append(p['row'])
    score.table([(corpus, score.measure(rows[corpus], answers[corpus])) for corpus in rows])


def export(models, path):
    """One line a tree: nodes in preorder, `f:t` for a split (left when the number is <= t), `=v` for a leaf. The trees
    of a model stand together: the second and third are asked only where the first leaves a doubt."""
    dumps = [model.dump_model()['tree_info'] for model in models]
    lines = [f"feedmill-blocks 1 {models[0].num_feature()} {sum(map(len, dumps))} {len(models)}"]

    def walk(node, out):
        if 'leaf_value' in node:
            out.append(f"={node['leaf_value']:.3g}")
        else:
            assert node['decision_type'] == '<='
            out.append(f"{node['split_feature']}:{float(np.float32(node['threshold'])):.9g}")
            walk(node['left_child'], out); walk(node['right_child'], out)
    for tree in (tree for dump in dumps for tree in dump):
        out = []
        walk(tree['tree_structure'], out)
        lines.append(' '.join(out))
    open(path, 'w').write('\n'.join(lines) + '\n')


def main():
    a = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    a.add_argument('--binary', default='target/release/feedmill'); a.add_argument('--shared', default='../shared/extraction')
    a.add_argument('--cv', action='store_true'); a.add_argument('--out'); a.add_argument('--trees', type=int, default=TREES)
    o = a.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pages, score = load(o.binary, o.shared, folder)
        if o.cv:
            cross_validate(pages, o.binary, folder, score, o.trees)
        if o.out:
            export(train(pages, o.trees), o.out)


if __name__ == '__main__':
    main()
