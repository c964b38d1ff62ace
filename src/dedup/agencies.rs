//! The news agencies whose marks are known.

/// An agency and how it signs.
#[derive(Debug)]
pub(super) struct Agency {
    /// Short name, by which downstream knows it.
    pub(super) name: &'static str,
    /// Abbreviations and names as they stand between brackets in a dateline or alone in a last line;
    /// case counts, since `tt` and `ap` are words and syllables.
    pub(super) signs: &'static [&'static str],
    /// Names as they stand among the authors, beside the signs.
    pub(super) names: &'static [&'static str],
    /// Its datelines do without a dash: `New Delhi, Nov 3 (PTI) The government`.
    pub(super) has_bare_dateline: bool,
}

const fn agency(
    name: &'static str,
    signs: &'static [&'static str],
    names: &'static [&'static str],
) -> Agency {
    Agency {
        name,
        signs,
        names,
        has_bare_dateline: false,
    }
}

const fn bare(
    name: &'static str,
    signs: &'static [&'static str],
    names: &'static [&'static str],
) -> Agency {
    Agency {
        has_bare_dateline: true,
        ..agency(name, signs, names)
    }
}

pub(super) const AGENCIES: &[Agency] = &[
    agency("AP", &["AP"], &["The Associated Press", "Associated Press"]),
    agency(
        "Reuters",
        &["Reuters", "REUTERS", "ロイター", "Рейтер"],
        &["Thomson Reuters"],
    ),
    agency(
        "AFP",
        &["AFP"],
        &["Agence France-Presse", "Agence France Presse", "AFP News"],
    ),
    bare(
        "dpa",
        &["dpa", "DPA"],
        &[
            "Deutsche Presse-Agentur",
            "Deutsche Presse Agentur",
            "dpa-infocom",
        ],
    ),
    agency("ANSA", &["ANSA"], &["Redazione ANSA", "Agenzia ANSA"]),
    agency(
        "EFE",
        &["EFE", "EFEAGRO", "EFEverde"],
        &["Agencia EFE", "EFE Noticias"],
    ),
    agency("TASS", &["TASS", "ТАСС"], &["ИТАР-ТАСС"]),
    agency(
        "Interfax",
        &[
            "Interfax",
            "INTERFAX",
            "Интерфакс",
            "ИНТЕРФАКС",
            "INTERFAX.RU",
            "Interfax.ru",
        ],
        &[],
    ),
    agency(
        "Xinhua",
        &["Xinhua", "XINHUA", "新华社", "新华网", "新華社"],
        &["Xinhua News Agency"],
    ),
    agency(
        "Kyodo",
        &["Kyodo", "KYODO", "共同", "共同通信"],
        &["Kyodo News", "共同通信社"],
    ),
    agency(
        "Jiji",
        &["Jiji", "Jiji Press", "JIJI", "時事", "時事通信"],
        &["時事通信社"],
    ),
    bare("PTI", &["PTI"], &["Press Trust of India"]),
    bare("ANI", &["ANI"], &["Asian News International"]),
    bare("APA", &["APA"], &["Austria Presse Agentur", "APA-OTS"]),
    bare(
        "Keystone-SDA",
        &[
            "Keystone-SDA",
            "KEYSTONE-SDA",
            "keystone-sda",
            "SDA",
            "sda",
            "ATS",
            "ats",
            "awp",
        ],
        &["Schweizerische Depeschenagentur", "Keystone-ATS"],
    ),
    bare("Belga", &["Belga", "BELGA", "belga"], &["Agence Belga"]),
    agency(
        "ANP",
        &["ANP"],
        &["ANP Nieuws", "Algemeen Nederlands Persbureau"],
    ),
    bare("NTB", &["NTB", "ntb", "©NTB"], &["Norsk Telegrambyrå"]),
    agency(
        "TT",
        &["TT"],
        &["TT Nyhetsbyrån", "Tidningarnas Telegrambyrå"],
    ),
    agency(
        "Ritzau",
        &["Ritzau", "ritzau", "RITZAU", "RB"],
        &["Ritzaus Bureau"],
    ),
    agency(
        "STT",
        &["STT", "STT–Lehtikuva", "STT-Lehtikuva"],
        &["Suomen Tietotoimisto"],
    ),
    agency("PAP", &["PAP"], &["Polska Agencja Prasowa"]),
    agency(
        "CTK",
        &["ČTK", "CTK", "ctk", "čtk"],
        &["Česká tisková kancelář"],
    ),
    agency("MTI", &["MTI"], &["Magyar Távirati Iroda"]),
    agency("Agerpres", &["AGERPRES", "Agerpres"], &[]),
    agency(
        "Anadolu",
        &["AA"],
        &["Anadolu Agency", "Anadolu Ajansı", "Anadolu"],
    ),
    agency("IRNA", &["IRNA"], &["Islamic Republic News Agency"]),
    bare(
        "Yonhap",
        &["Yonhap", "연합뉴스"],
        &["Yonhap News", "Yonhap News Agency"],
    ),
    agency("Bernama", &["Bernama", "BERNAMA"], &[]),
    agency(
        "Antara",
        &["ANTARA", "Antara"],
        &["ANTARA News", "Antara News"],
    ),
    agency("AAP", &["AAP"], &["Australian Associated Press"]),
    agency(
        "PA Media",
        &["PA", "PA Media"],
        &["Press Association", "PA News Agency"],
    ),
    agency(
        "CP",
        &["CP"],
        &[
            "The Canadian Press",
            "Canadian Press",
            "La Presse Canadienne",
        ],
    ),
    agency(
        "Europa Press",
        &["EUROPA PRESS", "Europa Press", "EP"],
        &["EuropaPress"],
    ),
    agency(
        "Lusa",
        &["Lusa", "LUSA"],
        &["Agência Lusa", "Lusa - Agência de Notícias"],
    ),
    agency("UPI", &["UPI"], &["United Press International"]),
    bare("KNA", &["KNA"], &["Katholische Nachrichten-Agentur"]),
    bare("epd", &["epd", "EPD"], &["Evangelischer Pressedienst"]),
    bare("SID", &["SID", "sid"], &["Sport-Informations-Dienst"]),
];

/// Sentences with which an agency closes a text, by what they hold; all parts of a row.
pub(super) const CLOSINGS: &[(&[&str], &str)] = &[
    (
        &["This report by The Canadian Press was first published"],
        "CP",
    ),
    (
        &["Associated Press writer", "contributed to this report"],
        "AP",
    ),
    (&["AP writer", "contributed to this report"], "AP"),
    // The sign-off of its desk; others name their writers without an editor.
    (&["Reporting by ", "diting by "], "Reuters"),
];
