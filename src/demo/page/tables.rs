//! A page of the nineties that was never redone: nested layout tables, `<font>`, paragraphs that
//! are apart by `<br><br>` only, French spacing as `&nbsp;`, no metadata. Served in windows-1252.

use maud::{Markup, html};

use super::{Scene, prose};
use crate::demo::story::Block;

const DOCTYPE: &str = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01 Transitional//EN\">\n";

pub(super) fn page(scene: Scene<'_>) -> String {
    let Scene { place, story, .. } = scene;
    let html = html! {
        html {
            head {
                meta http-equiv="Content-Type" content="text/html; charset=windows-1252";
                title { (place.outlet.name) " - " (story.title) }
            }
            body bgcolor="#ffffff" link="#000080" {
                table width="780" border="0" cellpadding="0" cellspacing="0" align="center" {
                    tr { td colspan="3" bgcolor="#000080" { (banner(scene)) } }
                    tr valign="top" {
                        td width="140" bgcolor="#eeeeee" { (menu(scene)) }
                        td width="480" { (article(scene)) }
                        td width="160" bgcolor="#eeeeee" { (teasers(scene)) }
                    }
                    tr { td colspan="3" align="center" { font size="1" { (scene.words.footer) } } }
                }
            }
        }
    };
    format!("{DOCTYPE}{}", french_spaces(&html.into_string()))
}

fn banner(scene: Scene<'_>) -> Markup {
    html! { font size="6" color="#ffffff" face="Times" { b { (scene.place.outlet.name) } } }
}

fn menu(scene: Scene<'_>) -> Markup {
    html! {
        @for item in scene.words.menu {
            font size="2" face="Arial" { a href="/" { (item) } } br;
        }
    }
}

fn article(scene: Scene<'_>) -> Markup {
    let Scene {
        place,
        story,
        words,
        ..
    } = scene;
    html! {
        table width="100%" cellpadding="8" {
            tr { td {
                font size="5" face="Arial" color="#000080" { b { (story.title) } } br;
                font size="1" face="Arial" {
                    (words.published) " " (place.published(story).format("%d/%m/%Y, %Hh%M")) " - "
                    (words.by) " " (story.authors.join(", "))
                }
                br; br;
                font size="3" face="Times" {
                    @for block in &story.blocks { (paragraph(scene, block)) br; br; }
                }
                font size="1" face="Arial" {
                    @for button in words.share { "[" a href="#" { (button) } "] " }
                }
            } }
        }
    }
}

fn paragraph(scene: Scene<'_>, block: &Block) -> Markup {
    html! {
        @match block {
            Block::Paragraph(text) => (prose::inline(scene.place, text)),
            Block::Heading(text) => b { (text) },
            Block::List(items) => @for item in items { "- " (item) br; },
            Block::Figure { caption, .. } => font size="1" { i { (caption) } },
        }
    }
}

fn teasers(scene: Scene<'_>) -> Markup {
    html! {
        font size="2" face="Arial" { b { (scene.words.related) } } br;
        @for other in scene.others.iter().take(4) {
            font size="2" face="Arial" { a href=(scene.place.path(other)) { (other.title) } }
            br;
            font size="1" face="Arial" { (other.summary_or_lead()) }
            br; br;
        }
    }
}

/// French typography: no line may break before `: ; ? ! »` nor after `«`.
fn french_spaces(html: &str) -> String {
    let mut spaced = html.replace("« ", "«&nbsp;");
    for mark in [":", ";", "?", "!", "»"] {
        spaced = spaced.replace(&format!(" {mark}"), &format!("&nbsp;{mark}"));
    }
    spaced
}
