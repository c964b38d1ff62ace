//! Words of many languages that tell what a short line is: labels, joining words, junk.
//!
//! Every list is one text, its items between bars, all lower case.

use std::sync::LazyLock;

/// A list of words.
pub(super) type Words = LazyLock<Vec<&'static str>>;

fn items(text: &'static str) -> Vec<&'static str> {
    text.split('|').filter(|item| !item.is_empty()).collect()
}

/// Words that open a byline; the longer ones first, so that the whole label goes.
pub(super) static BYLINE_OPENERS: Words = LazyLock::new(|| {
    items(
        "this post was written by|this article was written by|about the author:|about the author|\
         posts by|view all posts by|see all posts by|more about|more from|recipe by|\
         contributors:|contributor:|presented by|written and reported by|\
         reporting and writing by|story and photos by|text and photos by|words and photos by|\
         article written by|medically reviewed by|guest post by|written by|words by|story by|\
         posted by|published by|reported by|contributed by|article by|post by|blog by|report by|\
         text by|created by|submitted by|content by|compiled by|review by|reviews by|\
         interview by|essay by|opinion by|analysis by|exclusive by|author:|authors:|author(s):|\
         authored by|author|authors|writer:|reporter:|by:|by|geschrieben von|veröffentlicht von|\
         verfasst von|ein artikel von|ein beitrag von|ein gastbeitrag von|eine analyse von|\
         ein kommentar von|ein interview von|eine reportage von|gastbeitrag von|interview von|\
         analyse von|kommentar von|artikel von|beitrag von|text von|aus der redaktion von|autor:|\
         autoren:|autorin:|autorinnen:|autor*in:|verfasser:|text:|bericht:|von:|von|écrit par|\
         rédigé par|publié par|posté par|propos recueillis par|article de|texte de|auteur :|\
         auteur:|auteurs :|auteurs:|par :|par|escrito por|publicado por|redactado por|\
         redacción de|texto de|texto:|escrito por:|autor|autora:|autores:|por:|por|scritto da|\
         pubblicato da|a cura di|articolo di|testo di|autore:|autori:|di|da|geschreven door|\
         geplaatst door|gepubliceerd door|auteur|door:|door|tekst:|skrivet av|publicerad av|\
         text av|av:|av|skrevet av|skrevet af|publisert av|journalist:|journalister:|tekst av|\
         tekst af|af:|af|kirjoittanut|kirjoittaja:|teksti:|toimittaja:|napisał|napisała|\
         opracowanie:|opracował:|opracowała:|autorzy:|tekst|oprac.|napsal|napsala|autoři:|\
         написал|написала|автор:|авторы:|автор|авторы|текст:|автори:|yazan:|yazar:|\
         haberi hazırlayan:|haber:|penulis:|oleh:|oleh|reporter|laporan:|editor:|tác giả:|bài:|\
         bởi|szerző:|írta:|de:|scris de|autor articol:|kirjutas|συντάκτης:|του|από|بقلم|كتب|كتبت|\
         الكاتب:|מאת|מאת:|작성자|글|文/|文：|作者：|作者:|記者|撰文：|लेखक:|द्वारा|tekijä:|autorius:|autors:|\
         autor(a):",
    )
});

/// Words between two names.
pub(super) static JOINERS: Words = LazyLock::new(|| {
    items(
        "and|und|et|y|e|och|og|en|ja|i|a|и|та|ve|dan|και|și|és|ir|un|with|mit|con|avec|&|+|và|com|\
         sowie|או",
    )
});

/// Names that are no names, folded to letters and digits.
pub(super) static JUNK_AUTHORS: Words = LazyLock::new(|| {
    items(
        "admin|administrator|adminadmin|siteadmin|wpadmin|webadmin|webmaster|web|root|user|guest|\
         guestauthor|guestpost|guestwriter|guestcontributor|staff|staffwriter|staffwriters|\
         staffreport|staffreports|staffreporter|staffreporters|editor|editors|editorial|\
         editorialteam|editorialstaff|editorialboard|theeditors|theeditor|editorinchief|webdesk|\
         webteam|onlinedesk|digitaldesk|newsdesk|newsroom|newsteam|newsstaff|contentteam|\
         contentwriter|marketing|marketingteam|author|authors|writer|byline|unknown|\
         unknownauthor|anonymous|anon|none|null|undefined|na|default|test|nobody|noauthor|\
         contributor|contributors|correspondent|ourcorrespondent|reporter|bloguser|blog|blogger|\
         blogteam|team|theteam|press|pressrelease|news|home|about|aboutus|contact|contactus|\
         seealso|readmore|viewprofile|viewallposts|moreposts|moreinfo|followus|share|publishedby|\
         postedby|writtenby|by|updated|published|search|subscribe|menu|redaktion|dieredaktion|\
         onlineredaktion|redaktionsteam|redakteur|redakteurin|newsredaktion|redaktionell|autor|\
         autorin|autoren|gast|gastautor|gastbeitrag|unbekannt|larédaction|laredaction|rédaction|\
         redaction|auteur|anonyme|inconnu|redacción|redaccion|autores|anónimo|desconocido|\
         redaçãoonline|redazione|laredazione|redazioneonline|autore|anonimo|redactie|deredactie|\
         onzeredactie|vanonzeredactie|webredactie|redacao|redação|daredação|redaktionen|\
         redaksjonen|redaktion1|redakce|redakcja|redakcia|redakcija|redaktor|редакция|редакція|\
         редактор|администратор|админ|автор|szerkesztőség|editör|haber|habermerkezi|redaksi|\
         toimitus|uredništvo|redacția|redactia|編集部|编辑部|편집부|기자|記者|编辑|佚名|作者|网络|本站|未知|المحرر|مدير|\
         הכתב|מערכת",
    )
});

/// Words that make a name part a role and not a name.
pub(super) static ROLES: Words = LazyLock::new(|| {
    items(
        "editor|reporter|correspondent|writer|journalist|columnist|contributor|producer|\
         photographer|columnista|editor-in-chief|manager|director|founder|ceo|specialist|\
         strategist|analyst|researcher|professor|consultant|staff|expert|officer|president|\
         intern|freelance|freelancer|head|chief|marketer|copywriter|redakteur|redakteurin|\
         redaktion|korrespondent|korrespondentin|reporterin|chefredakteur|volontär|volontärin|\
         journalistin|autor|autorin|journaliste|correspondant|correspondante|rédacteur|\
         rédactrice|envoyé|envoyée|redactor|redactora|periodista|corresponsal|giornalista|\
         inviato|corrispondente|redactrice|redacteur|verslaggever|correspondente|repórter|\
         jornalista|journalister|redaktør|redaktör|toimittaja|dziennikarz|dziennikarka|redaktor|\
         redaktorka|корреспондент|журналист|обозреватель|muhabir|editör|wartawan",
    )
});

/// Labels of a first publication.
pub(super) static PUBLISHED: Words = LazyLock::new(|| {
    items(
        "published|posted|first published|originally published|publication date|date published|\
         post date|uploaded|veröffentlicht|erschienen|publiziert|erstmals|publié|publie|\
         mis en ligne|posté|parution|publicado|publicada|publicación|publicado el|pubblicato|\
         pubblicata|data pubblicazione|publicado em|postado|gepubliceerd|geplaatst|\
         publicatiedatum|publicerad|publicerat|publisert|publiceret|udgivet|offentliggjort|\
         julkaistu|opublikowano|publikacja|data publikacji|dodano|publikováno|zveřejněno|vydáno|\
         publikované|uverejnené|objavljeno|objavljeno:|megjelent|közzétéve|publicat|paskelbta|\
         publicēts|avaldatud|опубликовано|дата публикации|опубліковано|размещено|публикация|\
         δημοσιεύτηκε|δημοσίευση|yayınlanma|yayın tarihi|giriş|eklenme|diterbitkan|terbit|\
         dipublikasikan|tayang|ngày đăng|đăng lúc|نشر|نُشر|تاريخ النشر|פורסם|公開|公開日|掲載|投稿日|配信|发布|\
         发布时间|发表于|發佈|发布于|入力|입력|등록|등록일|작성|प्रकाशित|প্রকাশিত|प्रकाशन",
    )
});

/// Labels of a date that are labels only when nothing else stands before it.
pub(super) static PUBLISHED_WEAK: Words = LazyLock::new(|| {
    items(
        "date|created|written|on|released|release date|filed|datum|vom|am|le|fecha|data|creado|\
         criado|issued|stand vom|skrevet|erstellt|publish|the|el|il|em|op|den|dne|от|in",
    )
});

/// Labels of a later change.
pub(super) static UPDATED: Words = LazyLock::new(|| {
    items(
        "updated|last updated|update|last update|modified|last modified|edited|last edited|\
         revised|reviewed|last reviewed|corrected|fact checked|fact-checked|aktualisiert|\
         zuletzt aktualisiert|geändert|letzte änderung|stand|stand:|überarbeitet|letztes update|\
         mis à jour|mise à jour|modifié|màj|actualisé|actualizado|actualizada|\
         última actualización|modificado|act.|aggiornato|aggiornamento|ultimo aggiornamento|\
         modificato|atualizado|atualizada|bijgewerkt|laatste update|aangepast|gewijzigd|\
         uppdaterad|uppdaterat|oppdatert|opdateret|sist oppdatert|päivitetty|muokattu|\
         aktualizacja|zaktualizowano|aktualizováno|aktualizované|upraveno|posljednja izmjena|\
         frissítve|frissült|actualizat|atnaujinta|atjaunots|uuendatud|обновлено|изменено|\
         оновлено|ενημερώθηκε|τελευταία ενημέρωση|güncelleme|güncellendi|son güncelleme|\
         diperbarui|cập nhật|تحديث|آخر تحديث|עודכן|更新|最終更新|更新日|수정|최종수정|अपडेट|अद्यतन|আপডেট",
    )
});

/// Labels of the line that lists an article's tags.
pub(super) static TAG_LABELS: Words = LazyLock::new(|| {
    items(
        "published under|filed under|posted in|filed in|tagged with|tagged as|tagged under|\
         tagged|tags|topics|related topics|in this story|categories|keywords|more on|more about|\
         read more about|explore more on these topics|schlagwörter|schlagworte|schlagwort|themen|\
         mehr zum thema|thema|stichwörter|kategorien|étiquettes|mots-clés|mots clés|sujets|\
         thèmes|sur le même sujet|etiquetas|temas|palabras clave|más sobre|archivado en|tópicos|\
         assuntos|tag|argomenti|temi|parole chiave|trefwoorden|onderwerpen|ämnen|taggar|\
         etiketter|emner|stikkord|emneord|asiasanat|avainsanat|tagi|tematy|słowa kluczowe|štítky|\
         témata|klíčová slova|címkék|etichete|žymos|märksõnad|теги|метки|темы|ключевые слова|\
         ετικέτες|etiketler|konular|topik|kata kunci|từ khóa|chủ đề|الوسوم|كلمات مفتاحية|תגיות|\
         タグ|キーワード|标签|關鍵字|关键词|태그|키워드|टैग",
    )
});

/// News agencies, folded: in capitals like a degree, but authors of their own.
pub(super) static AGENCIES: Words = LazyLock::new(|| {
    items(
        "afp|ap|apa|dpa|sda|awp|keystonesda|anp|ntb|tt|efe|ansa|agi|adnkronos|lusa|pap|čtk|ctk|\
         tasr|mti|sta|bns|elta|leta|tass|тасс|риа|aa|iha|dha|pti|ani|ians|upi|cp|pa|aap|rtr|\
         reuters|kna|epd|sid|agerpres|bta|hina|tanjug|bloomberg|belga|ritzau|stt|xinhua|kyodo|\
         jiji|yonhap|antara|bernama|ats|cnn|bbc",
    )
});
