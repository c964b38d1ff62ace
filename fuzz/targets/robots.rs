//! robots.txt.
#![no_main]

use feedmill::http::Robots;
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|input: (&str, &[u8])| {
    let (path, bytes) = input;
    let robots = Robots::parse(bytes);
    let Ok(mut url) = Url::parse("https://site.example/") else {
        return;
    };
    url.set_path(path);
    for agent in ["feedmill", "other"] {
        let _ = robots.allows(agent, &url);
        let _ = robots.crawl_delay(agent);
    }
    url.set_path("/robots.txt");
    assert!(robots.allows("feedmill", &url), "robots.txt itself is free");
});
