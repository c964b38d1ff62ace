use super::*;

#[track_caller]
fn check(raw: &str, want: Option<&str>) {
    let got = parse_date(raw).map(|date| date.format("%Y-%m-%dT%H:%M:%SZ").to_string());
    assert_eq!(got.as_deref(), want, "{raw}");
}

#[test]
fn rfc_822_and_its_decay() {
    const NOON: Option<&str> = Some("2002-10-02T13:00:00Z");
    for raw in [
        "Wed, 02 Oct 2002 13:00:00 GMT",
        "Wed, 02 Oct 2002 15:00:00 +0200",
        "Wed, 02 Oct 02 13:00:00 GMT",
        "Wed, 2 Oct 2002 13:00 UT",
        "Wed,02 Oct 2002 13:00:00",
        "2 Oct 2002 09:00:00 EDT",
        "Wed, 02 Oct 2002 15:00:00 CEST",
        "Wed, 02 Oct 2002 15:00:00 +02:00",
        "Wed, 02 Oct 2002 15:00:00 GMT+0200",
        "Wed, 02 Oct 2002 15:00:00 +0200 (CEST)",
        "Wed, 02-Oct-2002 13:00:00 GMT",
        "WEDNESDAY, 02 OCTOBER 2002 13:00:00 gmt",
        "Wed, 02 Oct 2002 01:00:00 PM GMT",
        "Wed, Oct 02 2002 13:00:00 GMT",
        "Wed Oct  2 13:00:00 2002",
        "Wed Oct  2 13:00:00 UTC 2002",
        "Wed Oct 02 15:00:00 +0200 2002",
        "October 2, 2002 1:00 PM",
        "October 2nd, 2002 at 1:00 pm",
        "\"Wed, 02 Oct 2002 13:00:00 GMT\"",
    ] {
        check(raw, NOON);
    }
    check("Sat, 02 Oct 99 13:00:00 GMT", Some("1999-10-02T13:00:00Z"));
    check(
        "Wed, 02 Oct 2002 24:00:00 GMT",
        Some("2002-10-03T00:00:00Z"),
    );
    check(
        "Sat, 31 Dec 2016 23:59:60 GMT",
        Some("2016-12-31T23:59:59Z"),
    );
}

#[test]
fn iso_8601_in_its_profiles() {
    for raw in [
        "2002-10-02T13:00:00Z",
        "2002-10-02T15:00:00+02:00",
        "2002-10-02T15:00:00+0200",
        "2002-10-02T13:00:00.123Z",
        "2002-10-02T13:00:00,5Z",
        "2002-10-02 13:00:00",
        "2002-10-02 15:00:00 +0200",
        "2002-10-02 13:00:00 UTC",
        "2002-10-02T13:00Z",
        "20021002T130000Z",
        "20021002130000",
        "2002/10/02 13:00:00",
        "2002-275T13:00:00Z",
    ] {
        check(raw, Some("2002-10-02T13:00:00Z"));
    }
    check("2002-10-02", Some("2002-10-02T00:00:00Z"));
    check("2002-10", Some("2002-10-01T00:00:00Z"));
    check("2002", Some("2002-01-01T00:00:00Z"));
    check("-02-10", Some("2002-10-01T00:00:00Z"));
}

#[test]
fn other_languages_and_orders() {
    check(
        "Mi, 02 Okt 2002 15:00:00 +0200",
        Some("2002-10-02T13:00:00Z"),
    );
    check(
        "Sa, 02 Mär 2002 14:00:00 +0100",
        Some("2002-03-02T13:00:00Z"),
    );
    check(
        "sam., 02 févr. 2002 14:00:00 +0100",
        Some("2002-02-02T13:00:00Z"),
    );
    check(
        "mar, 05 dic 2017 10:00:00 GMT",
        Some("2017-12-05T10:00:00Z"),
    );
    check(
        "mer, 02 ott 2002 15:00:00 +0200",
        Some("2002-10-02T13:00:00Z"),
    );
    check(
        "śr., 02 paź 2002 15:00:00 +0200",
        Some("2002-10-02T13:00:00Z"),
    );
    check("Ср, 02 окт 2002 13:00:00 GMT", Some("2002-10-02T13:00:00Z"));
    check(
        "Κυρ, 11 Ιούλ 2004 12:00:00 EST",
        Some("2004-07-11T17:00:00Z"),
    );
    check("2. Mai 2020, 14:30 Uhr", Some("2020-05-02T14:30:00Z"));
    check(
        "2004년 05월 28일 오후 01:31:15",
        Some("2004-05-28T13:31:15Z"),
    );
    check("2004年5月28日 13時31分", Some("2004-05-28T13:31:00Z"));
    check("25.10.2002 13:00", Some("2002-10-25T13:00:00Z"));
    check("25/10/2002 13:00:00", Some("2002-10-25T13:00:00Z"));
    check("10/25/2002", Some("2002-10-25T00:00:00Z"));
}

#[test]
fn numbers_alone() {
    check("1033563600", Some("2002-10-02T13:00:00Z"));
    check("1033563600123", Some("2002-10-02T13:00:00Z"));
    check("1033563600.25", Some("2002-10-02T13:00:00Z"));
    check("20021002", Some("2002-10-02T00:00:00Z"));
    check("7", None);
}

#[test]
fn nonsense_is_no_date() {
    for raw in [
        "",
        "today",
        "Wed, 02 Oct 2002 33:00:00 GMT",
        "2002-13-45",
        "31 Feb 2020",
        "version 2003",
        "99999999999999999999999",
        "0000-00-00 00:00:00",
        "::::",
        "Volume 12",
    ] {
        check(raw, None);
    }
}

#[test]
fn a_missing_year_is_the_last_that_fits() {
    let now = parse_date("2026-01-10").unwrap();
    let year = |raw: &str| parse_date_at(raw, now).map(|date| date.year());
    assert_eq!(year("24 Dec 13:00"), Some(2025));
    assert_eq!(year("9 Jan 13:00"), Some(2026));
    assert_eq!(year("13:00"), None);
}

#[test]
fn plausible_dates_lie_between_1990_and_the_day_after_tomorrow() {
    let now = parse_date("2026-01-10").unwrap();
    for (raw, want) in [
        ("1989-12-31", false),
        ("1990-01-01", true),
        ("2026-01-12", true),
        ("2026-01-13", false),
    ] {
        assert_eq!(plausible(parse_date(raw).unwrap(), now), want, "{raw}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_date_or_none(raw: String) {
        parse_date(&raw);
    }
    #[test]
    fn date_like_text_is_a_date_or_none(raw in "[0-9TZ:+ ./-]{0,30}") {
        parse_date(&raw);
    }
}
