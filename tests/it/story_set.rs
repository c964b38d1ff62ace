//! The labelled set of stories (tests/stories), and what is made of it by rule.

use std::{fs, path::Path};

/// One article of the set with the story that it tells.
#[derive(Debug, Clone)]
pub(crate) struct Labelled {
    pub(crate) story: String,
    /// How it was made: `base`, `wire`, `template` …
    pub(crate) kind: String,
    /// The site that has it.
    pub(crate) site: String,
    pub(crate) title: String,
    pub(crate) text: String,
}

/// Everything: what is written by hand and what is made of it.
pub(crate) fn whole_set() -> Vec<Labelled> {
    let mut set = Vec::new();
    for file in ["english", "german", "romance", "eastern", "more"] {
        set.extend(blocks(file).iter().map(by_hand));
    }
    let bases: Vec<Labelled> = set.iter().filter(|a| a.kind == "base").cloned().collect();
    for (n, base) in bases.iter().enumerate() {
        set.extend(derived(n, base, &bases));
    }
    for block in blocks("tickers") {
        set.extend(ticker(&block));
    }
    for block in blocks("templates") {
        set.extend(filled_in(&block));
    }
    set
}

/// A piece of a file: the words of its `# ` line, its title, the lines below.
struct Block {
    head: Vec<String>,
    title: String,
    lines: Vec<String>,
}

fn blocks(file: &str) -> Vec<Block> {
    let path = Path::new("tests/stories").join(format!("{file}.txt"));
    let text = fs::read_to_string(&path).unwrap();
    let mut blocks: Vec<Block> = Vec::new();
    for line in text.lines() {
        if let Some(head) = line.strip_prefix("# ") {
            blocks.push(Block {
                head: head.split(' ').map(str::to_owned).collect(),
                title: String::new(),
                lines: Vec::new(),
            });
            continue;
        }
        let block = blocks.last_mut().unwrap();
        if block.title.is_empty() {
            line.clone_into(&mut block.title);
        } else {
            block.lines.push(line.to_owned());
        }
    }
    blocks
}

fn by_hand(block: &Block) -> Labelled {
    let [story, _language, kind, site] = block.head.as_slice() else {
        panic!("{:?}", block.head)
    };
    Labelled {
        story: story.clone(),
        kind: kind.clone(),
        site: site.clone(),
        title: block.title.clone(),
        text: block.lines.join("\n"),
    }
}

/// Each report once more or twice, edited by rule; which rules are its turn goes by its number.
fn derived(n: usize, base: &Labelled, bases: &[Labelled]) -> Vec<Labelled> {
    let paragraphs: Vec<&str> = base.text.split("\n\n").collect();
    let mut reversed = paragraphs.clone();
    reversed.reverse();
    let other: Vec<&str> = bases[(n + 7) % bases.len()].text.split("\n\n").collect();
    let made = |kind: &str, text: String| Labelled {
        kind: kind.to_owned(),
        site: format!("{kind}-{}", n % 5),
        title: format!("{} ({kind})", base.title),
        text,
        ..base.clone()
    };
    let mut all = vec![match n % 3 {
        0 => made(
            "excerpt",
            paragraphs[..paragraphs.len().min(3)].join("\n\n"),
        ),
        1 => made("cut", without_every_third_sentence(&base.text)),
        _ => made("reordered", reversed.join("\n\n")),
    }];
    if n.is_multiple_of(2) {
        all.push(made("house", in_house_style(&base.text)));
    }
    // A piece of another sort with the whole report within: the rest of it stands nowhere else.
    if n % 4 == 1 {
        let frame = format!(
            "In our review of the week: {}.\n\n{}\n\nAsked by readers of {}, we print it in full. {}",
            base.title,
            base.text,
            other[0].chars().take(20).collect::<String>(),
            REVIEW
        );
        all.push(made("longer", frame));
    }
    all
}

const REVIEW: &str = "Our editors chose it from about forty reports, because it shows how much may \
    hang on small decisions. Write to us if you have seen something of the kind where you live, and \
    say whether we may print your name. The best letter wins a bicycle lamp and a year's subscription, \
    the second best a jar of honey from the hives on our roof, which stood empty until May.";

fn without_every_third_sentence(text: &str) -> String {
    let paragraphs = text.split("\n\n").map(|paragraph| {
        let sentences: Vec<&str> = paragraph.split_inclusive(['.', '。', '?']).collect();
        let kept = sentences.iter().enumerate().filter(|(n, _)| n % 3 != 2);
        kept.map(|(_, sentence)| *sentence).collect::<String>()
    });
    paragraphs.collect::<Vec<_>>().join("\n\n")
}

fn in_house_style(text: &str) -> String {
    let mut text = text.to_owned();
    for (from, to) in HOUSE {
        text = text.replace(from, to);
    }
    text
}

/// What one house writes so and another otherwise.
const HOUSE: &[(&str, &str)] = &[
    (" percent", " per cent"),
    (" about ", " around "),
    (" said", " stated"),
    ("metres", "meters"),
    (" ten ", " 10 "),
    (" three ", " 3 "),
    (" Prozent", " %"),
    (" rund ", " etwa "),
    (" sagte ", " erklärte "),
    ("«", "\""),
    ("»", "\""),
    (" por ciento", "%"),
    (" unas ", " alrededor de "),
    (" dijo ", " afirmó "),
    (" a dit ", " a déclaré "),
    (" environ ", " près de "),
    (" процента", "%"),
    ("ё", "е"),
    (" около ", " порядка "),
    ("およそ", "約"),
    ("という。", "とのことだ。"),
    ("“", "「"),
    ("”", "」"),
];

/// A ticker as it stands after its second, third … entry: the newest first.
fn ticker(block: &Block) -> Vec<Labelled> {
    let [story, _language, site] = block.head.as_slice() else {
        panic!("{:?}", block.head)
    };
    let (entries, head): (Vec<&String>, Vec<&String>) =
        block.lines.iter().partition(|line| line.starts_with("+ "));
    let versions = (2..=entries.len()).map(|n| {
        let newest = entries[n - 1][2..].split([',', ' ', '、']).next().unwrap();
        let head: Vec<String> = head.iter().map(|l| l.replace("{time}", newest)).collect();
        let mut parts: Vec<&str> = head.iter().map(String::as_str).collect();
        parts.extend(entries[..n].iter().rev().map(|entry| &entry[2..]));
        Labelled {
            story: story.clone(),
            kind: "ticker".to_owned(),
            site: site.clone(),
            title: format!("{} ({n})", block.title),
            text: parts.join("\n\n"),
        }
    });
    versions.collect()
}

/// Articles of one form, each about something else.
fn filled_in(block: &Block) -> Vec<Labelled> {
    let [form, _language, site] = block.head.as_slice() else {
        panic!("{:?}", block.head)
    };
    let (rows, lines): (Vec<&String>, Vec<&String>) =
        block.lines.iter().partition(|line| line.starts_with("= "));
    let body: Vec<&str> = lines.iter().map(|line| line.as_str()).collect();
    let body = body.join("\n");
    let filled = rows.iter().enumerate().map(|(n, row)| {
        let (mut title, mut text) = (block.title.clone(), body.clone());
        for (place, value) in row[2..].split(" | ").enumerate() {
            let blank = format!("{{{place}}}");
            title = title.replace(&blank, value);
            text = text.replace(&blank, value);
        }
        assert!(!text.contains('{'), "{row} leaves a blank of {form}");
        Labelled {
            story: format!("{form}-{n}"),
            kind: "template".to_owned(),
            site: site.clone(),
            title,
            text,
        }
    });
    filled.collect()
}
