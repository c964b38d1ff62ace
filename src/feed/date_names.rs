//! Names of months and zones as feeds write them.

/// Month names by their first letters, lower case and without diacritics; the longest that fits
/// wins. English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Ukrainian,
/// Czech, Scandinavian, Finnish, Hungarian, Turkish, Romanian, Greek, Indonesian, Catalan,
/// Bulgarian.
const MONTHS: &[(&str, u32)] = &[
    ("jan", 1),
    ("janv", 1),
    ("ene", 1),
    ("gen", 1),
    ("sty", 1),
    ("led", 1),
    ("tam", 1),
    ("oca", 1),
    ("ian", 1),
    ("янв", 1),
    ("січ", 1),
    ("яну", 1),
    ("ιαν", 1),
    ("feb", 2),
    ("fev", 2),
    ("lut", 2),
    ("uno", 2),
    ("hel", 2),
    ("sub", 2),
    ("фев", 2),
    ("лют", 2),
    ("φεβ", 2),
    ("mar", 3),
    ("mrz", 3),
    ("maerz", 3),
    ("mrt", 3),
    ("maa", 3),
    ("bre", 3),
    ("мар", 3),
    ("бер", 3),
    ("μαρ", 3),
    ("apr", 4),
    ("avr", 4),
    ("abr", 4),
    ("kwi", 4),
    ("dub", 4),
    ("huh", 4),
    ("nis", 4),
    ("апр", 4),
    ("кві", 4),
    ("απρ", 4),
    ("may", 5),
    ("mai", 5),
    ("mag", 5),
    ("mei", 5),
    ("maj", 5),
    ("kve", 5),
    ("tou", 5),
    ("маи", 5),
    ("мая", 5),
    ("тра", 5),
    ("μαι", 5),
    ("jun", 6),
    ("juin", 6),
    ("giu", 6),
    ("cze", 6),
    ("cerv", 6),
    ("cvn", 6),
    ("kes", 6),
    ("haz", 6),
    ("iun", 6),
    ("июн", 6),
    ("чер", 6),
    ("юни", 6),
    ("ιουν", 6),
    ("jul", 7),
    ("juil", 7),
    ("lug", 7),
    ("lip", 7),
    ("cervene", 7),
    ("cervenc", 7),
    ("cvc", 7),
    ("hei", 7),
    ("tem", 7),
    ("iul", 7),
    ("июл", 7),
    ("лип", 7),
    ("юли", 7),
    ("ιουλ", 7),
    ("aug", 8),
    ("aou", 8),
    ("ago", 8),
    ("sie", 8),
    ("srp", 8),
    ("elo", 8),
    ("agu", 8),
    ("agt", 8),
    ("авг", 8),
    ("сер", 8),
    ("αυγ", 8),
    ("sep", 9),
    ("set", 9),
    ("wrz", 9),
    ("zar", 9),
    ("syy", 9),
    ("eyl", 9),
    ("szept", 9),
    ("сен", 9),
    ("вер", 9),
    ("сеп", 9),
    ("σεπ", 9),
    ("oct", 10),
    ("okt", 10),
    ("ott", 10),
    ("out", 10),
    ("paz", 10),
    ("rij", 10),
    ("lok", 10),
    ("eki", 10),
    ("окт", 10),
    ("жов", 10),
    ("οκτ", 10),
    ("nov", 11),
    ("lis", 11),
    ("marras", 11),
    ("kas", 11),
    ("noi", 11),
    ("ноя", 11),
    ("лис", 11),
    ("ное", 11),
    ("νοε", 11),
    ("dec", 12),
    ("dez", 12),
    ("dic", 12),
    ("gru", 12),
    ("pro", 12),
    ("jou", 12),
    ("ara", 12),
    ("des", 12),
    ("дек", 12),
    ("гру", 12),
    ("δεκ", 12),
];

/// Names of the days of the week in the same languages: some begin like a month (`martes`,
/// `maandag`, `pazartesi`).
const WEEKDAYS: &[&str] = &[
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miercoles jueves viernes sabado domingo",
    "lunedi martedi mercoledi giovedi venerdi domenica",
    "segunda terca quarta quinta sexta feira",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "poniedziałek wtorek sroda czwartek piatek sobota niedziela",
    "понедельник вторник среда четверг пятница суббота воскресенье",
    "понеділок вівторок середа четвер пʼятниця субота неділя",
    "pondeli utery streda ctvrtek patek nedele",
    "mandag tirsdag onsdag torsdag fredag lørdag lordag søndag",
    "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai",
    "hetfo kedd szerda csutortok pentek szombat vasarnap",
    "pazartesi salı carsamba persembe cuma cumartesi pazar",
    "luni marti miercuri joi vineri sambata duminica",
    "δευτερα τριτη τεταρτη πεμπτη παρασκευη σαββατο κυριακη",
    "senin selasa rabu kamis jumat sabtu minggu",
    "dilluns dimarts dimecres dijous divendres dissabte diumenge",
    "понеделник сряда четвъртък петък събота неделя",
];

/// Short names of days that are short names of months as well: Tuesday in Spanish, French and
/// Italian, Sunday in Turkish, Saturday in Croatian.
const WEEKDAYS_TOO: &[&str] = &["mar", "paz", "sub"];

/// The month that a word (lower case, without diacritics) names.
pub(super) fn month(word: &str) -> Option<u32> {
    MONTHS
        .iter()
        .filter(|(start, _)| word.starts_with(start))
        .max_by_key(|(start, _)| start.len())
        .map(|&(_, month)| month)
}

/// Whether a word (lower case, without diacritics) is the name of a day of the week.
pub(super) fn is_weekday(word: &str) -> bool {
    let mut names = WEEKDAYS.iter().flat_map(|names| names.split(' '));
    names.any(|name| name == word)
}

/// Whether a word that names a month names a day of the week, too.
pub(super) fn is_weekday_too(word: &str) -> bool {
    WEEKDAYS_TOO.contains(&word)
}

/// Minutes east of Greenwich of a zone name in lower case.
///
/// The names of RFC 822 and those that feeds use beside them. Where two zones share a name the one
/// with more feeds wins: `cst` is American, `ist` Indian, `bst` British. Single letters other than
/// `z` mean nothing certain (RFC 5322, 4.3).
pub(super) fn zone(word: &str) -> Option<i32> {
    let hours_and_minutes = match word {
        "ut" | "utc" | "gmt" | "z" | "zulu" | "wet" | "uct" | "greenwich" => (0, 0),
        "bst" | "cet" | "mez" | "west" | "met" | "wat" => (1, 0),
        "cest" | "mesz" | "eet" | "sast" | "cat" | "mest" | "oez" => (2, 0),
        "eest" | "msk" | "мск" | "trt" | "eat" | "oesz" | "idt" | "fet" => (3, 0),
        "irst" => (3, 30),
        "msd" | "мсд" | "gst" | "samt" | "azt" => (4, 0),
        "irdt" | "aft" => (4, 30),
        "pkt" | "yekt" | "uzt" | "tjt" | "tmt" | "mvt" => (5, 0),
        "ist" => (5, 30),
        "npt" => (5, 45),
        "omst" | "almt" | "btt" | "kgt" | "bdt" => (6, 0),
        "mmt" => (6, 30),
        "ict" | "wib" | "krat" | "novt" => (7, 0),
        "hkt" | "sgt" | "awst" | "myt" | "pht" | "irkt" | "wita" | "bnt" | "ulat" => (8, 0),
        "jst" | "kst" | "wit" | "yakt" => (9, 0),
        "acst" => (9, 30),
        "aest" | "vlat" | "chst" | "pgt" => (10, 0),
        "acdt" => (10, 30),
        "aedt" | "magt" | "sakt" | "nct" => (11, 0),
        "nzst" | "pett" | "fjt" => (12, 0),
        "nzdt" => (13, 0),
        "cvt" | "azot" => (-1, 0),
        "nst" => (-3, -30),
        "ndt" => (-2, -30),
        "brst" => (-2, 0),
        "adt" | "art" | "brt" | "clst" | "uyt" | "gft" | "pyst" => (-3, 0),
        "edt" | "ast" | "at" | "clt" | "vet" | "pyt" | "gyt" => (-4, 0),
        "est" | "et" | "cdt" | "cot" | "pet" | "ect" => (-5, 0),
        "cst" | "ct" | "mdt" => (-6, 0),
        "mst" | "mt" | "pdt" => (-7, 0),
        "pst" | "pt" | "akdt" => (-8, 0),
        "akst" | "hdt" | "hadt" => (-9, 0),
        "hst" | "hast" => (-10, 0),
        "sst" => (-11, 0),
        _ => return None,
    };
    Some(hours_and_minutes.0 * 60 + hours_and_minutes.1)
}

/// Whether a word means the hours after noon (`true`) or before it.
pub(super) fn half_day(word: &str) -> Option<bool> {
    match word {
        "am" | "오전" | "上午" | "午前" | "πμ" => Some(false),
        "pm" | "오후" | "下午" | "午後" | "μμ" => Some(true),
        _ => None,
    }
}

/// What a unit after a number makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
}

/// The unit that a sign behind a number means in Chinese, Japanese and Korean.
pub(super) fn unit(sign: char) -> Option<Unit> {
    Some(match sign {
        '年' | '년' => Unit::Year,
        '月' | '월' => Unit::Month,
        '日' | '일' | '号' => Unit::Day,
        '時' | '时' | '시' | '點' | '点' => Unit::Hour,
        '分' | '분' => Unit::Minute,
        '秒' | '초' => Unit::Second,
        _ => return None,
    })
}
