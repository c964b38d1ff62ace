//! Pages of our own writing and the text a person would take from each.
//!
//! `tests/golden/pages/NAME.html` with `NAME.expected.txt`; `UPDATE_GOLDEN=1` writes the second anew,
//! for a person to look through.

use std::{fs, path::Path};

use feedmill::extract::{ExtractLimits, Page, extract};

fn text_of(html: &str) -> String {
    let page = Page {
        html,
        url: None,
        witness: None,
        now: chrono::DateTime::UNIX_EPOCH,
    };
    match extract(&page, &ExtractLimits::default()) {
        Ok(article) => format!("{}\n", article.text.as_str()),
        Err(error) => format!("error: {error}\n"),
    }
}

#[test]
fn pages_give_the_text_a_person_would_take() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pages");
    let mut names: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    let is_update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut n_pages = 0;
    let mut wrong = Vec::new();
    for path in &names {
        let name = path.file_name().unwrap().to_string_lossy();
        if let Some(stem) = name.strip_suffix(".expected.txt") {
            let page = folder.join(format!("{stem}.html"));
            assert!(page.exists(), "{name} has no page");
            continue;
        }
        let stem = name
            .strip_suffix(".html")
            .expect("a page or an expected text");
        n_pages += 1;
        let got = text_of(&fs::read_to_string(path).unwrap());
        let expected = folder.join(format!("{stem}.expected.txt"));
        if is_update {
            fs::write(&expected, &got).unwrap();
        } else if fs::read_to_string(&expected).unwrap_or_default() != got {
            wrong.push(format!("--- {stem}\n{got}"));
        }
    }
    assert!(n_pages >= 12, "{n_pages} pages");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
