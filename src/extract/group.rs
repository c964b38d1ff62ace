//! Class and id words by what they say of an element.

/// What a class or id word says of an element. The order is that of the features.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Group {
    /// The article's body.
    Body,
    /// The article or entry as a whole.
    Entry,
    /// A paragraph or the running text.
    Text,
    /// Comments and discussion.
    Comment,
    /// Share buttons and social networks.
    Share,
    /// Related, recommended, popular, latest pieces.
    Related,
    /// Teasers, cards, lists of pieces.
    Teaser,
    /// Navigation.
    Nav,
    /// Footer, copyright, legal matter.
    Footer,
    /// Cookie and consent notices, overlays.
    Consent,
    /// Advertising, sponsors, shops.
    Ad,
    /// Side columns, widgets, boxes.
    Side,
    /// Newsletters, subscriptions, paywalls.
    Signup,
    /// Authors.
    Author,
    /// Captions, credits, galleries, media.
    Caption,
    /// Dates and other data about the piece.
    Meta,
    /// Tags and categories.
    Tag,
    /// Headlines.
    Title,
    /// Deks, leads, summaries.
    Lead,
    /// Quotations and pull quotes.
    Quote,
    /// Not shown, or for print or other devices.
    Hidden,
    /// Fact boxes, corrections, notes.
    Note,
}

/// How many groups there are.
pub(super) const N_GROUPS: usize = 22;

/// Group of a class or id word (lower case).
pub(super) fn group_of(word: &str) -> Option<Group> {
    Some(match word {
        "articlebody" | "body" | "storybody" | "postbody" | "entrycontent" | "articlecontent"
        | "postcontent" | "content" | "contents" | "maincontent" | "bodytext" | "articletext"
        | "storytext" | "richtext" | "rte" | "wysiwyg" | "prose" | "markdown" | "copy"
        | "bodycopy" | "fulltext" | "contenu" | "contenido" | "cuerpo" | "inhalt" | "innhold"
        | "testo" | "texto" | "tekst" | "texte" | "conteudo" | "treść" | "tresc" => Group::Body,
        "article" | "artikel" | "articulo" | "artigo" | "articolo" | "entry" | "post" | "story"
        | "single" | "hentry" | "news" | "blog" | "page" | "detail" | "details" | "noticia"
        | "nota" | "main" | "primary" => Group::Entry,
        "paragraph" | "text" | "p" | "para" | "paragraphs" | "absatz" | "parrafo" | "paragraf"
        | "block" | "section" => Group::Text,
        "comment" | "comments" | "commentlist" | "disqus" | "discussion" | "reply" | "replies"
        | "respond" | "kommentar" | "kommentare" | "comentarios" | "commentaires" | "opinions"
        | "forum" | "thread" | "reacties" | "coral" | "livefyre" | "review" | "reviews"
        | "feedback" => Group::Comment,
        "share" | "sharing" | "social" | "facebook" | "twitter" | "whatsapp" | "linkedin"
        | "pinterest" | "addthis" | "addtoany" | "sharedaddy" | "jp" | "follow" | "socials"
        | "teilen" | "compartir" | "partage" | "sharebar" | "shares" | "sharethis" | "print"
        | "email" | "toolbar" | "tools" | "actions" | "buttons" => Group::Share,
        "related" | "recommended" | "recommendations" | "recommendation" | "recommend"
        | "popular" | "trending" | "latest" | "similar" | "more" | "mostread" | "most"
        | "readmore" | "readnext" | "next" | "previous" | "prev" | "outbrain" | "taboola"
        | "yarpp" | "crp" | "relatedposts" | "relacionadas" | "relacionados" | "verwandte"
        | "also" | "suggested" | "suggestions" | "onward" | "upnext" | "mehr" | "plus"
        | "zergnet" | "ligatus" | "weiterlesen" | "recirc" | "recirculation" | "inline"
        | "interstitial" | "backlinks" => Group::Related,
        "teaser" | "teasers" | "card" | "cards" | "list" | "listing" | "grid" | "feed" | "item"
        | "items" | "loop" | "carousel" | "slider" | "swiper" | "slick" | "archive" | "tile"
        | "tiles" | "stream" | "ticker" | "rail" | "headlines" | "thumb" | "thumbnail"
        | "thumbnails" | "promo" | "promos" | "excerpt" | "snippet" | "river" => Group::Teaser,
        "nav" | "navigation" | "menu" | "navbar" | "breadcrumb" | "breadcrumbs" | "pagination"
        | "pager" | "topbar" | "masthead" | "header" | "submenu" | "sitemap" | "toc" | "skip"
        | "tabs" | "tab" | "burger" | "search" | "language" | "lang" | "navi" | "paging"
        | "crumbs" | "jump" | "anchor" => Group::Nav,
        "footer" | "copyright" | "legal" | "imprint" | "impressum" | "disclaimer" | "colophon"
        | "bottom" | "foot" | "footnote" | "footnotes" | "references" | "terms" | "privacy"
        | "license" | "attribution" | "source" | "sources" => Group::Footer,
        "cookie" | "cookies" | "consent" | "gdpr" | "onetrust" | "modal" | "popup" | "overlay"
        | "dialog" | "banner" | "cmp" | "lightbox" | "alert" | "notice" | "notification"
        | "message" | "error" | "tooltip" | "toast" | "login" | "adblock" | "interstitials"
        | "gate" | "player" => Group::Consent,
        "ad" | "ads" | "advert" | "advertisement" | "adsbygoogle" | "sponsor" | "sponsored"
        | "anzeige" | "werbung" | "publicidad" | "reklama" | "advertorial" | "dfp" | "adslot"
        | "commercial" | "affiliate" | "shop" | "product" | "products" | "buy" | "price"
        | "cta" | "offer" | "deal" | "deals" | "brand" | "pub" | "widgetized" | "marketing" => {
            Group::Ad
        }
        "sidebar" | "aside" | "side" | "widget" | "widgets" | "secondary" | "complementary"
        | "box" | "module" | "panel" | "infobox" | "right" | "left" | "column" | "rightcolumn"
        | "leftcolumn" | "supplementary" | "extra" | "addon" | "callout" | "well" => Group::Side,
        "newsletter" | "subscribe" | "subscription" | "signup" | "paywall" | "premium"
        | "register" | "registration" | "regwall" | "piano" | "abo" | "mailchimp" | "optin"
        | "donate" | "donation" | "support" | "membership" | "member" | "form" | "suscripcion"
        | "contact" | "lead-gen" | "join" | "app" | "download" | "push" | "follow-us" => {
            Group::Signup
        }
        "author" | "authors" | "byline" | "bio" | "autor" | "auteur" | "writer" | "contributor"
        | "profile" | "avatar" | "vcard" | "authorbox" | "about" | "journalist" | "reporter"
        | "firma" | "credits" | "autore" | "kirjoittaja" | "staff" => Group::Author,
        "caption" | "captions" | "figcaption" | "figure" | "image" | "images" | "img" | "photo"
        | "photos" | "picture" | "gallery" | "galleries" | "media" | "video" | "videos"
        | "credit" | "copyrights" | "embed" | "bild" | "foto" | "fotos" | "bildunterschrift"
        | "legend" | "slideshow" | "audio" | "iframe" | "youtube" | "podcast" | "imagen"
        | "legende" | "hero" | "lede-art" | "tweet" | "instagram" | "illustration" => {
            Group::Caption
        }
        "date" | "time" | "timestamp" | "published" | "meta" | "metadata" | "info" | "datetime"
        | "dateline" | "datum" | "fecha" | "updated" | "modified" | "infos" | "stats" | "views"
        | "count" | "counter" | "pubdate" | "publish" | "postmeta" | "entrymeta" | "kicker"
        | "eyebrow" | "label" | "badge" | "overline" | "dachzeile" | "location" | "reading"
        | "readtime" => Group::Meta,
        "tag" | "tags" | "tagcloud" | "taglist" | "topic" | "topics" | "category"
        | "categories" | "cat" | "keyword" | "keywords" | "labels" | "etiquetas" | "themen"
        | "thema" | "hashtag" | "sections" | "channel" | "terms-list" | "posttags" | "tagged"
        | "filed" => Group::Tag,
        "title" | "headline" | "heading" | "titel" | "titulo" | "titre" | "titolo" | "h1"
        | "h2" | "h3" | "subtitle" | "subheadline" | "subhead" | "subheading" | "hed"
        | "headings" | "name" | "crosshead" | "zwischentitel" => Group::Title,
        "dek" | "lead" | "lede" | "summary" | "intro" | "introduction" | "standfirst" | "deck"
        | "abstract" | "vorspann" | "chapo" | "chapeau" | "description" | "teasertext"
        | "sumario" | "bajada" | "entradilla" | "occhiello" | "ingress" | "preamble"
        | "sommario" | "subline" | "perex" | "anons" | "leadtext" | "synopsis" | "desc"
        | "keypoints" | "highlights" | "takeaways" => Group::Lead,
        "quote" | "pullquote" | "blockquote" | "quotation" | "zitat" | "cita" | "citation"
        | "pull" => Group::Quote,
        "hidden" | "hide" | "invisible" | "noprint" | "mobile" | "desktop" | "collapsed"
        | "collapse" | "offscreen" | "printonly" | "visually" | "sr" | "screen" | "none"
        | "inactive" | "template" | "placeholder" | "lazy" => Group::Hidden,
        "factbox" | "fact" | "facts" | "correction" | "corrections" | "note" | "notes"
        | "sidenote" | "glossary" | "explainer" | "infografik" | "poll" | "quiz" | "survey"
        | "faq" | "table" | "chart" | "timeline" | "map" | "rating" | "recipe" | "ingredients"
        | "instructions" | "step" | "steps" => Group::Note,
        _ => return None,
    })
}

/// Calls `found` with the group of each word of a class or id value.
///
/// Words end at anything but a letter and where a small letter meets a capital; the whole run of
/// letters counts too (`articleBody` is `articlebody`, `article` and `body`).
pub(super) fn for_each_group(value: &str, mut found: impl FnMut(Group)) {
    let mut whole = WordBuffer::default();
    let mut part = WordBuffer::default();
    let mut last_is_lower = false;
    for byte in value.bytes().take(MAX_BYTES).chain(std::iter::once(b' ')) {
        let is_letter = byte.is_ascii_alphabetic() || byte >= 0x80;
        if !is_letter || (byte.is_ascii_uppercase() && last_is_lower) {
            let is_same = part.len == whole.len;
            if let Some(group) = part.take().as_str().and_then(group_of) {
                found(group);
            }
            if !is_letter {
                let word = whole.take();
                if !is_same && let Some(group) = word.as_str().and_then(group_of) {
                    found(group);
                }
            }
        }
        if is_letter {
            part.push(byte.to_ascii_lowercase());
            whole.push(byte.to_ascii_lowercase());
        }
        last_is_lower = byte.is_ascii_lowercase();
    }
}

/// Utility frameworks write classes of a thousand bytes; the words that say something come first.
const MAX_BYTES: usize = 160;

/// A word without an allocation; longer ones are in no list.
#[derive(Default, Clone, Copy)]
struct WordBuffer {
    bytes: [u8; 24],
    len: usize,
}

impl WordBuffer {
    fn push(&mut self, byte: u8) {
        if let Some(slot) = self.bytes.get_mut(self.len) {
            *slot = byte;
        }
        self.len += 1;
    }

    fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    fn as_str(&self) -> Option<&str> {
        let word = self.bytes.get(..self.len)?;
        std::str::from_utf8(word)
            .ok()
            .filter(|word| !word.is_empty())
    }
}
