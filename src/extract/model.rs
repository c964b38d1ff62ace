//! The learned table: boosted trees over the features of a block.
//!
//! `tools/train_extract.py` makes it from the development parts of the extraction corpora; NOTICE
//! names the sources. Read once by our own code.

use std::sync::OnceLock;

use super::features::N_FEATURES;

/// The table as the training script writes it: a header, then a line a tree, nodes in preorder,
/// `feature:threshold` for a split and `=value` for a leaf.
const TABLE: &str = include_str!("model.txt");

static MODEL: OnceLock<Model> = OnceLock::new();

/// Chooses blocks by another table than the built-in one from now on, for whoever learns a new one.
/// False when it is no table for the features of this version, or pages were read already.
pub fn use_table(table: &str) -> bool {
    let model = Model::read(table);
    !model.trees.is_empty() && MODEL.set(model).is_ok()
}

/// A node; the left child follows at once.
#[derive(Debug, Clone, Copy)]
struct Node {
    /// Feature that is compared; [`LEAF`] for a leaf.
    feature: u16,
    /// Index of the right child.
    right: u16,
    /// Left when the feature is at most this; the value of a leaf.
    value: f32,
}

const LEAF: u16 = u16::MAX;

/// Boosted trees in several models that differ by the seed of their learning. The sum of a model's trees
/// is the log of the odds; the mean of the models errs less than each.
#[derive(Debug)]
pub(super) struct Model {
    trees: Vec<Vec<Node>>,
    /// Trees of each model, which stand behind each other.
    n_model: usize,
}

impl Model {
    /// The model in use: the built-in one, unless another was set.
    pub(super) fn in_use() -> &'static Self {
        MODEL.get_or_init(|| Self::read(TABLE))
    }

    /// Reads a table; what is not well-formed is left out, which the unit test would show.
    fn read(table: &str) -> Self {
        let mut lines = table.lines();
        let mut header = lines.next().unwrap_or_default().split(' ').skip(2);
        let mut number = || header.next()?.parse::<usize>().ok();
        let (n_features, n_trees, n_models) = (number(), number(), number());
        let n_model = n_trees.unwrap_or(0) / n_models.unwrap_or(1).max(1);
        if n_features != Some(N_FEATURES) || n_model == 0 {
            return Self {
                trees: Vec::new(),
                n_model: 1,
            };
        }
        Self {
            trees: lines.filter_map(read_tree).collect(),
            n_model,
        }
    }

    /// How likely a block with these features belongs to the article, 0..=1.
    ///
    /// Most blocks are plainly of the article or far from it, which a few trees of the first model tell:
    /// the others are not asked then.
    pub(super) fn score(&self, row: &[f32]) -> f32 {
        let mut models = self.trees.chunks(self.n_model);
        let mut sum = 0.0_f32;
        for (n_asked, tree) in models.next().into_iter().flatten().enumerate() {
            let is_plain = (n_asked >= ASKED_AT_LEAST && sum < HOPELESS)
                || (n_asked >= 2 * ASKED_AT_LEAST && sum > SURE);
            if is_plain {
                return chance(sum);
            }
            sum += value_of(tree, row);
        }
        if sum.abs() > DOUBT {
            return chance(sum);
        }
        let mut n_models = 1.0;
        for model in models {
            n_models += 1.0;
            sum += model.iter().map(|tree| value_of(tree, row)).sum::<f32>();
        }
        chance(sum / n_models)
    }
}

fn chance(log_odds: f32) -> f32 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// Of blocks that stand below [`HOPELESS`] after so many trees or later, one in 1,200 would have come
/// to a quarter in the end and one in 12,000 been kept (221,582 blocks, of pages held back in
/// training, by a table of one model).
const ASKED_AT_LEAST: usize = 20;
const HOPELESS: f32 = -2.5;
/// Of 52,739 blocks that stood above this after twice as many trees, all would have been kept in the end.
const SURE: f32 = 3.0;

/// A first model that says less than this either way leaves a doubt.
const DOUBT: f32 = 1.5;

fn value_of(tree: &[Node], row: &[f32]) -> f32 {
    let mut at = 0;
    while let Some(node) = tree.get(at) {
        if node.feature == LEAF {
            return node.value;
        }
        let feature = row.get(usize::from(node.feature)).copied().unwrap_or(0.0);
        at = if feature <= node.value {
            at + 1
        } else {
            usize::from(node.right)
        };
    }
    0.0
}

fn read_tree(line: &str) -> Option<Vec<Node>> {
    let mut nodes: Vec<Node> = Vec::new();
    // Splits whose left side is being read.
    let mut open: Vec<usize> = Vec::new();
    for word in line.split(' ') {
        if let Some(value) = word.strip_prefix('=') {
            nodes.push(Node {
                feature: LEAF,
                right: 0,
                value: value.parse().ok()?,
            });
            // A leaf ends the left side of the innermost split that has no right side yet.
            if let Some(split) = open.pop() {
                let right = u16::try_from(nodes.len()).ok()?;
                nodes.get_mut(split)?.right = right;
            }
        } else {
            let (feature, threshold) = word.split_once(':')?;
            open.push(nodes.len());
            nodes.push(Node {
                feature: feature.parse().ok()?,
                right: 0,
                value: threshold.parse().ok()?,
            });
        }
    }
    let n_leaves = nodes.iter().filter(|node| node.feature == LEAF).count();
    (open.is_empty() && n_leaves * 2 == nodes.len() + 1).then_some(nodes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_is_read_whole() {
        let n_trees = Model::in_use().trees.len();
        assert_eq!(n_trees, TABLE.lines().count() - 1);
        assert!(n_trees > 0);
    }

    #[test]
    fn a_tree_goes_left_at_the_threshold() {
        let tree = read_tree("0:1 1:2 =1 =2 =3").unwrap();
        for (row, want) in [([1.0, 2.0], 1.0), ([1.0, 3.0], 2.0), ([1.5, 0.0], 3.0)] {
            assert!((value_of(&tree, &row) - want).abs() < 1e-6, "{row:?}");
        }
    }

    #[test]
    fn models_are_averaged_where_the_first_leaves_a_doubt() {
        let model = |sure: usize| {
            let doubt = "=0.5\n".repeat(2 * ASKED_AT_LEAST - sure);
            let first = "=9\n".repeat(sure) + &doubt + "=0\n";
            let n = 2 * ASKED_AT_LEAST + 1;
            let second = "=-1\n".repeat(n);
            let header = format!("feedmill-blocks 1 {N_FEATURES} {} 2\n", 2 * n);
            Model::read(&(header + &first + &second))
        };
        let score = |model: Model| model.score(&[0.0; N_FEATURES]);
        // Sure of it after the first model: the second is not asked.
        assert!(score(model(20)) > 0.99);
        assert!(score(Model::read("feedmill-blocks 1 0 1 1\n=9")) <= 0.5);
        let header = format!("feedmill-blocks 1 {N_FEATURES} 2 2\n=1\n=-2\n");
        let mean = score(Model::read(&header));
        assert!((mean - chance(-0.5)).abs() < 1e-6, "{mean}");
    }

    #[test]
    fn broken_tables_give_no_trees() {
        assert!(read_tree("0:1 =1").is_none());
        assert!(read_tree("x").is_none());
        assert!(Model::read("").trees.is_empty());
    }
}
