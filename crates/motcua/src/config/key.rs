//! Every key of the configuration: its names, and what it means. The reference page is made from this table.

/// One key.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key {
    /// Section and name, as in the file: `server.listen`.
    pub(super) path: &'static str,
    /// Environment variable.
    pub(super) environment: &'static str,
    /// What kind of value it takes.
    pub(super) kind: Kind,
    /// What it means.
    pub(super) meaning: &'static str,
}

/// Kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text, also paths, addresses and dates.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Flag,
}

const fn text(path: &'static str, environment: &'static str, meaning: &'static str) -> Key {
    Key { path, environment, kind: Kind::Text, meaning }
}

const fn number(path: &'static str, environment: &'static str, meaning: &'static str) -> Key {
    Key { path, environment, kind: Kind::Number, meaning }
}

const fn flag(path: &'static str, environment: &'static str, meaning: &'static str) -> Key {
    Key { path, environment, kind: Kind::Flag, meaning }
}

/// Every key, in the order of the sections.
pub(super) const KEYS: [Key; 35] = [
    text("server.listen", "MOTCUA_LISTEN", "Address and port to listen on. Port 0 takes a free one."),
    number(
        "server.max_connections",
        "MOTCUA_MAX_CONNECTIONS",
        "Connections open at the same time; further ones wait in the system's queue.",
    ),
    number(
        "server.header_timeout_seconds",
        "MOTCUA_HEADER_TIMEOUT_SECONDS",
        "How long a client may take to send the head of a request, 1 to 60.",
    ),
    number(
        "server.idle_timeout_seconds",
        "MOTCUA_IDLE_TIMEOUT_SECONDS",
        "How long a connection may stay open between two requests, 1 to 3600.",
    ),
    number(
        "server.write_timeout_seconds",
        "MOTCUA_WRITE_TIMEOUT_SECONDS",
        "How long a client may take no byte of an answer that waits for it, 1 to 600.",
    ),
    number(
        "server.max_header_bytes",
        "MOTCUA_MAX_HEADER_BYTES",
        "Size of a request's head, 8192 to 1048576.",
    ),
    number("server.max_headers", "MOTCUA_MAX_HEADERS", "Number of a request's header lines, 16 to 1000."),
    number(
        "server.stop_delay_seconds",
        "MOTCUA_STOP_DELAY_SECONDS",
        "How long to go on serving after a stop signal while /readyz already says 503, for a load balancer to notice; 0 to 60.",
    ),
    number(
        "server.stop_timeout_seconds",
        "MOTCUA_STOP_TIMEOUT_SECONDS",
        "How long requests in flight may take to finish after that, 1 to 60.",
    ),
    text(
        "storage.data_dir",
        "MOTCUA_DATA_DIR",
        "The data folder: the search index and, without a database URL, the SQLite file. Made if absent.",
    ),
    text(
        "storage.database_url",
        "MOTCUA_DATABASE_URL",
        "A PostgreSQL database, `postgres://user:password@host/name`. Absent: SQLite in the data folder.",
    ),
    text(
        "storage.database_url_file",
        "MOTCUA_DATABASE_URL_FILE",
        "A file that holds the database URL, so that its password stands nowhere else.",
    ),
    text(
        "storage.reader_url",
        "MOTCUA_READER_URL",
        "Where `motcua serve` reads instead: a standby of that database. The index follows what the standby shows. Absent: reads go where writes go.",
    ),
    text(
        "storage.reader_url_file",
        "MOTCUA_READER_URL_FILE",
        "A file that holds the reader URL, so that its password stands nowhere else.",
    ),
    number(
        "storage.writer_connections",
        "MOTCUA_WRITER_CONNECTIONS",
        "Connections to PostgreSQL for writes at most, 2 to 1000.",
    ),
    number(
        "storage.reader_connections",
        "MOTCUA_READER_CONNECTIONS",
        "Connections to PostgreSQL for reads at most, 1 to 1000.",
    ),
    text("site.name", "MOTCUA_SITE_NAME", "Name of the site, in the head of every page."),
    text(
        "site.date",
        "MOTCUA_SITE_DATE",
        "The date shown when a reader names none: a day such as `2021-03-01`, or `today`. Absent: `today`, but `2021-03-01` where the data folder holds the bundled sample.",
    ),
    text(
        "site.base_url",
        "MOTCUA_BASE_URL",
        "The address under which readers reach the site, `https://dichvu.example.vn`, for absolute links. Absent: links are relative.",
    ),
    text(
        "search.lists_dir",
        "MOTCUA_SEARCH_LISTS_DIR",
        "Folder of the search's word lists, laid out as `search-index/`; watched, and read again when it changes. Absent: the lists in the binary.",
    ),
    flag(
        "search.count",
        "MOTCUA_SEARCH_COUNT",
        "Whether searches of the pages are counted by text and day, without anything about who searched, for `motcua search work`: `true` or `false`.",
    ),
    number("search.keep_days", "MOTCUA_SEARCH_KEEP_DAYS", "How many days these counts are kept, 1 to 3650."),
    number(
        "limits.request_timeout_seconds",
        "MOTCUA_REQUEST_TIMEOUT_SECONDS",
        "How long an answer may take before it is given up with 504, 1 to 300.",
    ),
    number(
        "limits.max_requests_in_flight",
        "MOTCUA_MAX_REQUESTS_IN_FLIGHT",
        "Requests worked on at the same time; further ones wait for their turn.",
    ),
    number(
        "limits.queue_timeout_milliseconds",
        "MOTCUA_QUEUE_TIMEOUT_MILLISECONDS",
        "How long a request waits for its turn before it is refused with 503, 1 to 60000.",
    ),
    number("limits.max_body_bytes", "MOTCUA_MAX_BODY_BYTES", "Size of a request's body, 1024 to 104857600."),
    number("limits.max_uri_bytes", "MOTCUA_MAX_URI_BYTES", "Length of path and query together, 256 to 8192."),
    number(
        "limits.ready_lag_seconds",
        "MOTCUA_READY_LAG_SECONDS",
        "How long the index may stay behind the database before /readyz says 503, 1 to 3600.",
    ),
    flag(
        "jobs.run",
        "MOTCUA_JOBS_RUN",
        "Whether this node does work that the site does by itself, such as publishing change sets on their day and forgetting old counts: `true` or `false`. At least one node should.",
    ),
    number(
        "jobs.lease_seconds",
        "MOTCUA_JOBS_LEASE_SECONDS",
        "How long after the death of the node that was at a job another takes over, 3 to 3600.",
    ),
    text("log.format", "MOTCUA_LOG_FORMAT", "`text` for people or `json` for machines."),
    text(
        "log.filter",
        "MOTCUA_LOG",
        "Which log lines are written: a level (`error`, `warn`, `info`, `debug`, `trace`), and further `module=level` pairs.",
    ),
    number(
        "statistics.indicator_points",
        "MOTCUA_INDICATOR_POINTS",
        "Points that QĐ 766/QĐ-TTg group 3.1 gives for full marks, 1 to 100. Absent: no points are shown, because sources differ on them.",
    ),
    number(
        "statistics.indicator_full_marks_percent",
        "MOTCUA_INDICATOR_FULL_MARKS_PERCENT",
        "Share of procedures offered online from which full marks are given, in percent, 1 to 100. The default is taken from secondary sources.",
    ),
    text(
        "statistics.indicator_source",
        "MOTCUA_INDICATOR_SOURCE",
        "Where these two numbers come from, shown beside the figure.",
    ),
];

/// Names that belong to the program's surroundings instead of the configuration: the place of the file, and the suite.
pub(super) fn is_foreign(variable: &str) -> bool {
    variable == super::load::FILE_VARIABLE || variable.starts_with("MOTCUA_TEST_")
}

/// The key with this path.
pub(super) fn by_path(path: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.path == path)
}

/// The one of some names that a mistyped name most likely meant.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|known| (distance(name, known), known))
        .filter(|(far, _)| *far <= 1 + name.len() / 4)
        .min()
        .map(|best| best.1)
}

/// Number of single-letter edits between two names.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.bytes().enumerate() {
        let mut previous = i;
        let mut first = i + 1;
        for (slot, right) in row.iter_mut().skip(1).zip(b.bytes()) {
            let cost = previous + usize::from(left != right);
            previous = *slot;
            first = cost.min(first + 1).min(*slot + 1);
            *slot = first;
        }
        if let Some(slot) = row.first_mut() {
            *slot = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_distance_counts_single_letters() {
        assert_eq!(distance("listen", "listen"), 0);
        assert_eq!(distance("lisen", "listen"), 1);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(nearest("MOTCUA_LISTN", KEYS.iter().map(|key| key.environment)), Some("MOTCUA_LISTEN"));
        assert_eq!(nearest("colour", KEYS.iter().map(|key| key.path)), None);
    }
}
