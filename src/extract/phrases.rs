//! Phrases that mark the furniture of a page, in the languages we know.
//!
//! They are evidence, not verdicts: the model weighs them with everything else.

use std::sync::OnceLock;

/// What a short block says by its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phrase {
    /// Nothing known.
    None = 0,
    /// Read more, related, also on this site.
    ReadMore = 1,
    /// Newsletter, subscribe, sign in, paywall.
    Signup = 2,
    /// Share, follow, print.
    Share = 3,
    /// Advertisement.
    Ad = 4,
    /// Photo credit or caption.
    Photo = 5,
    /// Comments.
    Comment = 6,
    /// Copyright and rights reserved.
    Rights = 7,
    /// Published, updated, minutes to read.
    Dateline = 8,
    /// Byline or a note about the author.
    Byline = 9,
    /// Cookies and scripts.
    Consent = 10,
    /// Tags, filed under.
    Tags = 11,
    /// Correction, source, disclaimer, contact.
    Note = 12,
}

/// Starts of blocks, folded to lower case.
const STARTS: &[(&str, Phrase)] = &[
    ("read more", Phrase::ReadMore),
    ("read also", Phrase::ReadMore),
    ("read next", Phrase::ReadMore),
    ("also read", Phrase::ReadMore),
    ("read:", Phrase::ReadMore),
    ("related", Phrase::ReadMore),
    ("see also", Phrase::ReadMore),
    ("more:", Phrase::ReadMore),
    ("more from", Phrase::ReadMore),
    ("more on", Phrase::ReadMore),
    ("recommended", Phrase::ReadMore),
    ("you may also", Phrase::ReadMore),
    ("you might also", Phrase::ReadMore),
    ("must read", Phrase::ReadMore),
    ("most read", Phrase::ReadMore),
    ("most popular", Phrase::ReadMore),
    ("trending", Phrase::ReadMore),
    ("latest", Phrase::ReadMore),
    ("watch:", Phrase::ReadMore),
    ("watch more", Phrase::ReadMore),
    ("up next", Phrase::ReadMore),
    ("click here", Phrase::ReadMore),
    ("continue reading", Phrase::ReadMore),
    ("what to read", Phrase::ReadMore),
    ("lesen sie", Phrase::ReadMore),
    ("lies auch", Phrase::ReadMore),
    ("mehr zum", Phrase::ReadMore),
    ("mehr dazu", Phrase::ReadMore),
    ("auch interessant", Phrase::ReadMore),
    ("weiterlesen", Phrase::ReadMore),
    ("weitere ", Phrase::ReadMore),
    ("mehr aus", Phrase::ReadMore),
    ("zum thema", Phrase::ReadMore),
    ("siehe auch", Phrase::ReadMore),
    ("das könnte", Phrase::ReadMore),
    ("lire aussi", Phrase::ReadMore),
    ("à lire", Phrase::ReadMore),
    ("a lire", Phrase::ReadMore),
    ("lire la suite", Phrase::ReadMore),
    ("voir aussi", Phrase::ReadMore),
    ("sur le même", Phrase::ReadMore),
    ("lea también", Phrase::ReadMore),
    ("lee también", Phrase::ReadMore),
    ("leer más", Phrase::ReadMore),
    ("te puede interesar", Phrase::ReadMore),
    ("ver más", Phrase::ReadMore),
    ("más información", Phrase::ReadMore),
    ("noticias relacionadas", Phrase::ReadMore),
    ("leggi anche", Phrase::ReadMore),
    ("leggi di più", Phrase::ReadMore),
    ("potrebbe interessarti", Phrase::ReadMore),
    ("leia também", Phrase::ReadMore),
    ("leia mais", Phrase::ReadMore),
    ("veja também", Phrase::ReadMore),
    ("saiba mais", Phrase::ReadMore),
    ("lees ook", Phrase::ReadMore),
    ("lees meer", Phrase::ReadMore),
    ("czytaj", Phrase::ReadMore),
    ("zobacz", Phrase::ReadMore),
    ("przeczytaj", Phrase::ReadMore),
    ("les også", Phrase::ReadMore),
    ("läs också", Phrase::ReadMore),
    ("läs mer", Phrase::ReadMore),
    ("læs også", Phrase::ReadMore),
    ("les mer", Phrase::ReadMore),
    ("lue myös", Phrase::ReadMore),
    ("читайте", Phrase::ReadMore),
    ("смотрите", Phrase::ReadMore),
    ("читать", Phrase::ReadMore),
    ("ayrıca", Phrase::ReadMore),
    ("ilgili haber", Phrase::ReadMore),
    ("baca juga", Phrase::ReadMore),
    ("číst", Phrase::ReadMore),
    ("čtěte", Phrase::ReadMore),
    ("přečtěte", Phrase::ReadMore),
    ("olvasta", Phrase::ReadMore),
    ("citeşte", Phrase::ReadMore),
    ("citește", Phrase::ReadMore),
    ("相关", Phrase::ReadMore),
    ("関連", Phrase::ReadMore),
    ("あわせて", Phrase::ReadMore),
    ("关联", Phrase::ReadMore),
    ("추천", Phrase::ReadMore),
    ("관련", Phrase::ReadMore),
    ("اقرأ", Phrase::ReadMore),
    ("إقرأ", Phrase::ReadMore),
    ("यह भी", Phrase::ReadMore),
    ("ये भी", Phrase::ReadMore),
    ("xem thêm", Phrase::ReadMore),
    ("इसे भी", Phrase::ReadMore),
    ("newsletter", Phrase::Signup),
    ("sign up", Phrase::Signup),
    ("subscribe", Phrase::Signup),
    ("sign in", Phrase::Signup),
    ("log in", Phrase::Signup),
    ("register", Phrase::Signup),
    ("join ", Phrase::Signup),
    ("get the", Phrase::Signup),
    ("get our", Phrase::Signup),
    ("already a", Phrase::Signup),
    ("this article is for", Phrase::Signup),
    ("to continue", Phrase::Signup),
    ("support ", Phrase::Signup),
    ("donate", Phrase::Signup),
    ("download", Phrase::Signup),
    ("enter your", Phrase::Signup),
    ("thank you for", Phrase::Signup),
    ("thanks for", Phrase::Signup),
    ("jetzt ", Phrase::Signup),
    ("abonnieren", Phrase::Signup),
    ("melden sie", Phrase::Signup),
    ("abonnez", Phrase::Signup),
    ("inscrivez", Phrase::Signup),
    ("suscríb", Phrase::Signup),
    ("regístr", Phrase::Signup),
    ("iscriviti", Phrase::Signup),
    ("abbonati", Phrase::Signup),
    ("assine", Phrase::Signup),
    ("meld je", Phrase::Signup),
    ("подпис", Phrase::Signup),
    ("abonner", Phrase::Signup),
    ("bli abonnent", Phrase::Signup),
    ("zaloguj", Phrase::Signup),
    ("subskrybuj", Phrase::Signup),
    ("share", Phrase::Share),
    ("follow", Phrase::Share),
    ("tweet", Phrase::Share),
    ("print", Phrase::Share),
    ("email", Phrase::Share),
    ("e-mail", Phrase::Share),
    ("facebook", Phrase::Share),
    ("twitter", Phrase::Share),
    ("whatsapp", Phrase::Share),
    ("linkedin", Phrase::Share),
    ("copy link", Phrase::Share),
    ("like us", Phrase::Share),
    ("teilen", Phrase::Share),
    ("drucken", Phrase::Share),
    ("folgen", Phrase::Share),
    ("partager", Phrase::Share),
    ("suivez", Phrase::Share),
    ("compart", Phrase::Share),
    ("síguenos", Phrase::Share),
    ("condividi", Phrase::Share),
    ("seguici", Phrase::Share),
    ("siga", Phrase::Share),
    ("delen", Phrase::Share),
    ("udostępnij", Phrase::Share),
    ("del ", Phrase::Share),
    ("jaa", Phrase::Share),
    ("поделиться", Phrase::Share),
    ("paylaş", Phrase::Share),
    ("find us", Phrase::Share),
    ("send ", Phrase::Share),
    ("save", Phrase::Share),
    ("google news", Phrase::Share),
    ("advertisement", Phrase::Ad),
    ("anzeige", Phrase::Ad),
    ("werbung", Phrase::Ad),
    ("publicité", Phrase::Ad),
    ("publicidad", Phrase::Ad),
    ("pubblicità", Phrase::Ad),
    ("publicidade", Phrase::Ad),
    ("advertentie", Phrase::Ad),
    ("reklam", Phrase::Ad),
    ("annonse", Phrase::Ad),
    ("annons", Phrase::Ad),
    ("annonce", Phrase::Ad),
    ("mainos", Phrase::Ad),
    ("реклама", Phrase::Ad),
    ("sponsored", Phrase::Ad),
    ("story continues", Phrase::Ad),
    ("article continues", Phrase::Ad),
    ("skip ad", Phrase::Ad),
    ("advertising", Phrase::Ad),
    ("continue reading the main", Phrase::Ad),
    ("photo", Phrase::Photo),
    ("image:", Phrase::Photo),
    ("image credit", Phrase::Photo),
    ("picture:", Phrase::Photo),
    ("credit", Phrase::Photo),
    ("foto", Phrase::Photo),
    ("bild:", Phrase::Photo),
    ("bildquelle", Phrase::Photo),
    ("crédit", Phrase::Photo),
    ("immagine", Phrase::Photo),
    ("imagen", Phrase::Photo),
    ("video:", Phrase::Photo),
    ("illustration", Phrase::Photo),
    ("getty", Phrase::Photo),
    ("file photo", Phrase::Photo),
    ("фото", Phrase::Photo),
    ("fotoğraf", Phrase::Photo),
    ("kuva", Phrase::Photo),
    ("zdjęcie", Phrase::Photo),
    ("fot.", Phrase::Photo),
    ("caption", Phrase::Photo),
    ("featured image", Phrase::Photo),
    ("quelle:", Phrase::Photo),
    ("zdroj:", Phrase::Photo),
    ("comment", Phrase::Comment),
    ("leave a", Phrase::Comment),
    ("post a comment", Phrase::Comment),
    ("kommentar", Phrase::Comment),
    ("reply", Phrase::Comment),
    ("antworten", Phrase::Comment),
    ("commentaire", Phrase::Comment),
    ("comentari", Phrase::Comment),
    ("coment", Phrase::Comment),
    ("commenta", Phrase::Comment),
    ("reacties", Phrase::Comment),
    ("komentarz", Phrase::Comment),
    ("комментар", Phrase::Comment),
    ("your email address will", Phrase::Comment),
    ("join the conversation", Phrase::Comment),
    ("report abuse", Phrase::Comment),
    ("diskussion", Phrase::Comment),
    ("one comment", Phrase::Comment),
    ("©", Phrase::Rights),
    ("copyright", Phrase::Rights),
    ("all rights", Phrase::Rights),
    ("(c)", Phrase::Rights),
    ("alle rechte", Phrase::Rights),
    ("tous droits", Phrase::Rights),
    ("todos los derechos", Phrase::Rights),
    ("tutti i diritti", Phrase::Rights),
    ("todos os direitos", Phrase::Rights),
    ("wszelkie prawa", Phrase::Rights),
    ("published", Phrase::Dateline),
    ("updated", Phrase::Dateline),
    ("posted", Phrase::Dateline),
    ("last updated", Phrase::Dateline),
    ("first published", Phrase::Dateline),
    ("last modified", Phrase::Dateline),
    ("veröffentlicht", Phrase::Dateline),
    ("aktualisiert", Phrase::Dateline),
    ("stand:", Phrase::Dateline),
    ("publié", Phrase::Dateline),
    ("mis à jour", Phrase::Dateline),
    ("publicado", Phrase::Dateline),
    ("actualizado", Phrase::Dateline),
    ("pubblicato", Phrase::Dateline),
    ("aggiornato", Phrase::Dateline),
    ("atualizado", Phrase::Dateline),
    ("opublikowano", Phrase::Dateline),
    ("publisert", Phrase::Dateline),
    ("oppdatert", Phrase::Dateline),
    ("publicerad", Phrase::Dateline),
    ("uppdaterad", Phrase::Dateline),
    ("erstellt", Phrase::Dateline),
    ("julkaistu", Phrase::Dateline),
    ("güncelleme", Phrase::Dateline),
    ("by ", Phrase::Byline),
    ("von ", Phrase::Byline),
    ("por ", Phrase::Byline),
    ("par ", Phrase::Byline),
    ("di ", Phrase::Byline),
    ("door ", Phrase::Byline),
    ("av ", Phrase::Byline),
    ("af ", Phrase::Byline),
    ("written by", Phrase::Byline),
    ("about the author", Phrase::Byline),
    ("author", Phrase::Byline),
    ("autor", Phrase::Byline),
    ("reporting by", Phrase::Byline),
    ("editing by", Phrase::Byline),
    ("contact ", Phrase::Byline),
    ("follow him", Phrase::Byline),
    ("über den autor", Phrase::Byline),
    ("view all posts", Phrase::Byline),
    ("redaktion", Phrase::Byline),
    ("автор", Phrase::Byline),
    ("tekst:", Phrase::Byline),
    ("we use cookies", Phrase::Consent),
    ("this site uses", Phrase::Consent),
    ("this website uses", Phrase::Consent),
    ("cookie", Phrase::Consent),
    ("by clicking", Phrase::Consent),
    ("accept", Phrase::Consent),
    ("please enable", Phrase::Consent),
    ("enable javascript", Phrase::Consent),
    ("wir verwenden", Phrase::Consent),
    ("diese website", Phrase::Consent),
    ("um diesen", Phrase::Consent),
    ("an dieser stelle", Phrase::Consent),
    ("your browser", Phrase::Consent),
    ("ihr browser", Phrase::Consent),
    ("javascript", Phrase::Consent),
    ("skip to", Phrase::Consent),
    ("zum inhalt", Phrase::Consent),
    ("this content is", Phrase::Consent),
    ("empfohlener", Phrase::Consent),
    ("externer inhalt", Phrase::Consent),
    ("tags", Phrase::Tags),
    ("tag:", Phrase::Tags),
    ("topics", Phrase::Tags),
    ("filed under", Phrase::Tags),
    ("published under", Phrase::Tags),
    ("categor", Phrase::Tags),
    ("themen", Phrase::Tags),
    ("schlagw", Phrase::Tags),
    ("kategori", Phrase::Tags),
    ("mots-clés", Phrase::Tags),
    ("etiquetas", Phrase::Tags),
    ("temas", Phrase::Tags),
    ("tagged", Phrase::Tags),
    ("keywords", Phrase::Tags),
    ("stichwort", Phrase::Tags),
    ("posted in", Phrase::Tags),
    ("argomenti", Phrase::Tags),
    ("теги", Phrase::Tags),
    ("tagi", Phrase::Tags),
    ("emner", Phrase::Tags),
    ("correction", Phrase::Note),
    ("clarification", Phrase::Note),
    ("editor's note", Phrase::Note),
    ("editor’s note", Phrase::Note),
    ("source:", Phrase::Note),
    ("sources:", Phrase::Note),
    ("disclaimer", Phrase::Note),
    ("disclosure", Phrase::Note),
    ("this story has been", Phrase::Note),
    ("this article was", Phrase::Note),
    ("this article has been", Phrase::Note),
    ("this story was", Phrase::Note),
    ("for more information", Phrase::Note),
    ("have a", Phrase::Note),
    ("got a", Phrase::Note),
    ("do you have", Phrase::Note),
    ("if you have", Phrase::Note),
    ("hinweis", Phrase::Note),
    ("note:", Phrase::Note),
    ("ap ", Phrase::Note),
    ("associated press", Phrase::Note),
    ("the views expressed", Phrase::Note),
    ("the opinions", Phrase::Note),
    ("originally published", Phrase::Note),
];

/// Words anywhere in a block of moderate length.
const PARTS: &[(&str, Phrase)] = &[
    ("newsletter", Phrase::Signup),
    ("subscri", Phrase::Signup),
    ("abonn", Phrase::Signup),
    ("inbox", Phrase::Signup),
    ("sign up", Phrase::Signup),
    ("all rights reserved", Phrase::Rights),
    ("cookie", Phrase::Consent),
    ("may not be published, broadcast", Phrase::Rights),
    ("privacy policy", Phrase::Consent),
    ("terms of", Phrase::Consent),
    ("datenschutz", Phrase::Consent),
    ("getty images", Phrase::Photo),
    ("follow us", Phrase::Share),
    ("on twitter", Phrase::Share),
    ("on facebook", Phrase::Share),
    ("whatsapp", Phrase::Share),
    ("telegram", Phrase::Share),
    ("google news", Phrase::Share),
    ("min read", Phrase::Dateline),
    ("minute read", Phrase::Dateline),
    ("min. lesezeit", Phrase::Dateline),
    ("javascript", Phrase::Consent),
    ("click here", Phrase::ReadMore),
    ("@", Phrase::Byline),
    ("affiliate", Phrase::Ad),
    ("commission", Phrase::Ad),
];

/// Longest block that is looked at, in bytes.
const MAX_BYTES: usize = 400;

/// A list by the first byte of its phrases, so that a place in the text is compared with few.
struct Index(Vec<Vec<(&'static str, Phrase)>>);

impl Index {
    fn new(list: &[(&'static str, Phrase)]) -> Self {
        let mut buckets = vec![Vec::new(); 256];
        for &(phrase, kind) in list {
            let first = phrase.bytes().next().map_or(0, usize::from);
            if let Some(bucket) = buckets.get_mut(first) {
                bucket.push((phrase, kind));
            }
        }
        Self(buckets)
    }

    fn find(&self, text: &str) -> Option<Phrase> {
        let bucket = self.0.get(usize::from(text.bytes().next()?))?;
        bucket
            .iter()
            .find(|(phrase, _)| text.starts_with(phrase))
            .map(|(_, kind)| *kind)
    }
}

/// What a block says by its first words, and by words anywhere in it.
pub(super) fn phrases_of(text: &str) -> (Phrase, Phrase) {
    static LISTS: OnceLock<(Index, Index)> = OnceLock::new();
    if text.len() > MAX_BYTES {
        return (Phrase::None, Phrase::None);
    }
    let (starts, parts) = LISTS.get_or_init(|| (Index::new(STARTS), Index::new(PARTS)));
    let lower = text.to_lowercase();
    let start = lower.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©' && c != '(');
    let inside = word_starts(&lower).find_map(|rest| parts.find(rest));
    (
        starts.find(start).unwrap_or(Phrase::None),
        inside.unwrap_or(Phrase::None),
    )
}

/// The text from each word on; an `@` counts as a word.
fn word_starts(text: &str) -> impl Iterator<Item = &str> {
    let mut is_in_word = false;
    text.char_indices().filter_map(move |(at, c)| {
        let was_in_word = std::mem::replace(&mut is_in_word, c.is_alphanumeric());
        let starts = c == '@' || (is_in_word && !was_in_word);
        starts.then(|| text.get(at..)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: (Phrase, Phrase)) {
        assert_eq!(phrases_of(text), want, "{text}");
    }

    #[test]
    fn furniture_is_known_by_its_words() {
        check("» Read more: The bridge", (Phrase::ReadMore, Phrase::None));
        check("Lesen Sie auch", (Phrase::ReadMore, Phrase::None));
        check("Get our newsletter", (Phrase::Signup, Phrase::Signup));
        check("© 2026 The Paper", (Phrase::Rights, Phrase::None));
        check("Write to x@example.org", (Phrase::None, Phrase::Byline));
        check("The river rose by a metre.", (Phrase::None, Phrase::None));
    }
}
