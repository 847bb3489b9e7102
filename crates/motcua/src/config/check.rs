//! Values that are well-formed and still make no sense.

use std::ops::RangeInclusive;

use super::Config;

/// A key with an impossible value, and what to do.
pub(super) struct Objection {
    pub(super) path: &'static str,
    pub(super) cause: String,
    pub(super) remedy: String,
}

/// Everything in a configuration that makes no sense.
pub(super) fn objections(config: &Config) -> Vec<Objection> {
    let mut found = Vec::new();
    let (server, limits, search) = (&config.server, &config.limits, &config.search);
    let statistics = &config.statistics;
    let ranges: [(&'static str, u32, RangeInclusive<u32>); 20] = [
        ("server.max_connections", server.max_connections, 1..=100_000),
        ("server.header_timeout_seconds", server.header_timeout_seconds, 1..=60),
        ("server.idle_timeout_seconds", server.idle_timeout_seconds, 1..=3600),
        ("server.write_timeout_seconds", server.write_timeout_seconds, 1..=600),
        ("server.max_header_bytes", server.max_header_bytes, 8 * 1024..=1024 * 1024),
        ("server.max_headers", server.max_headers, 16..=1000),
        ("server.stop_delay_seconds", server.stop_delay_seconds, 0..=60),
        ("server.stop_timeout_seconds", server.stop_timeout_seconds, 1..=60),
        ("storage.writer_connections", config.storage.writer_connections, 2..=1000),
        ("storage.reader_connections", config.storage.reader_connections, 1..=1000),
        ("jobs.lease_seconds", config.jobs.lease_seconds, 3..=3600),
        ("search.keep_days", search.keep_days, 1..=3650),
        ("limits.request_timeout_seconds", limits.request_timeout_seconds, 1..=300),
        ("limits.max_requests_in_flight", limits.max_requests_in_flight, 1..=100_000),
        ("limits.max_body_bytes", limits.max_body_bytes, 1024..=100 * 1024 * 1024),
        ("limits.queue_timeout_milliseconds", limits.queue_timeout_milliseconds, 1..=60_000),
        ("limits.max_uri_bytes", limits.max_uri_bytes, 256..=8 * 1024),
        ("limits.ready_lag_seconds", limits.ready_lag_seconds, 1..=3600),
        ("statistics.indicator_points", statistics.indicator_points.unwrap_or(1), 1..=100),
        ("statistics.indicator_full_marks_percent", statistics.indicator_full_marks_percent, 1..=100),
    ];
    for (path, value, range) in ranges {
        if !range.contains(&value) {
            let cause = format!("`{path}` is {value}");
            let remedy = format!("give a number from {} to {}", range.start(), range.end());
            found.push(Objection { path, cause, remedy });
        }
    }
    if server.idle_timeout_seconds < server.header_timeout_seconds {
        found.push(Objection {
            path: "server.idle_timeout_seconds",
            cause: format!(
                "`server.idle_timeout_seconds` is shorter than the {} s for a head",
                server.header_timeout_seconds
            ),
            remedy: "make it at least as long as `server.header_timeout_seconds`".to_owned(),
        });
    }
    if config.site.name.trim().is_empty() {
        found.push(Objection {
            path: "site.name",
            cause: "`site.name` is empty".to_owned(),
            remedy: "name the site, such as Một Cửa Hà Tĩnh".to_owned(),
        });
    }
    if config.statistics.indicator_source.trim().is_empty() {
        found.push(Objection {
            path: "statistics.indicator_source",
            cause: "`statistics.indicator_source` is empty".to_owned(),
            remedy: "name the document from which the points and the share were taken".to_owned(),
        });
    }
    if config.storage.data_dir.as_os_str().is_empty() {
        found.push(Objection {
            path: "storage.data_dir",
            cause: "`storage.data_dir` is empty".to_owned(),
            remedy: "name a folder".to_owned(),
        });
    }
    if config.storage.database_url.is_some() && config.storage.database_url_file.is_some() {
        found.push(Objection {
            path: "storage.database_url_file",
            cause: "`storage.database_url` and `storage.database_url_file` are both given".to_owned(),
            remedy: "keep one of them".to_owned(),
        });
    }
    if config.storage.reader_url.is_some() && config.storage.reader_url_file.is_some() {
        found.push(Objection {
            path: "storage.reader_url_file",
            cause: "`storage.reader_url` and `storage.reader_url_file` are both given".to_owned(),
            remedy: "keep one of them".to_owned(),
        });
    }
    let reads_elsewhere = config.storage.reader_url.is_some() || config.storage.reader_url_file.is_some();
    let writes_to_postgres =
        config.storage.database_url.is_some() || config.storage.database_url_file.is_some();
    if reads_elsewhere && !writes_to_postgres {
        found.push(Objection {
            path: if config.storage.reader_url.is_some() {
                "storage.reader_url"
            } else {
                "storage.reader_url_file"
            },
            cause: "an address for readers is given, and none for writes".to_owned(),
            remedy: "set `storage.database_url` too, or take the address for readers away".to_owned(),
        });
    }
    if let Some(url) = &config.site.base_url
        && !is_base_url(url)
    {
        found.push(Objection {
            path: "site.base_url",
            cause: format!("`site.base_url` is {url:?}"),
            remedy: "give scheme and host alone, such as https://dichvu.example.vn".to_owned(),
        });
    }
    if let Err(error) = config.log.filter.parse::<tracing_subscriber::EnvFilter>() {
        found.push(Objection {
            path: "log.filter",
            cause: format!("`log.filter` is no filter: {error}"),
            remedy: "give a level such as info, and further module=level pairs".to_owned(),
        });
    }
    found
}

/// Whether a text is `http(s)://host[:port]` and nothing more.
fn is_base_url(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    host.is_some_and(|host| {
        !host.is_empty()
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_make_sense() {
        assert!(objections(&Config::default()).is_empty());
    }

    #[test]
    fn nonsense_is_named_by_its_key() {
        let mut config = Config::default();
        config.server.max_connections = 0;
        config.server.idle_timeout_seconds = 2;
        config.site.base_url = Some("https://a.vn/path".to_owned());
        config.log.filter = "=x=y".to_owned();
        config.storage.reader_url_file = Some("reader".into());
        let paths: Vec<_> = objections(&config).iter().map(|objection| objection.path).collect();
        assert_eq!(
            paths,
            [
                "server.max_connections",
                "server.idle_timeout_seconds",
                "storage.reader_url_file",
                "site.base_url",
                "log.filter"
            ]
        );
    }
}
