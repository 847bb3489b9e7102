//! The sections of the configuration, with defaults that run on a laptop.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use motcua_catalogue::PostgresOptions;
use motcua_catalogue::figures::IndicatorRules;
use motcua_http::{Limits, SiteDate};
use serde::{Deserialize, Serialize};

use super::DatabaseUrl;

/// What matters to an operator, and one line per request, which the HTTP layer writes at level debug.
const DEFAULT_FILTER: &str = "info,motcua_http::guard=debug,tantivy=warn,sqlx=warn,sea_orm_migration=warn";

/// Everything that can be configured.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// The listener and its connections.
    pub(crate) server: ServerSection,
    /// Where data is kept.
    pub(crate) storage: StorageSection,
    /// What the site shows.
    pub(crate) site: SiteSection,
    /// How searches understand words.
    pub(crate) search: SearchSection,
    /// What one request may cost.
    pub(crate) limits: LimitsSection,
    /// Work that a node does by itself.
    pub(crate) jobs: JobsSection,
    /// Logs.
    pub(crate) log: LogSection,
    /// How figures are judged.
    pub(crate) statistics: StatisticsSection,
}

/// The listener and its connections.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ServerSection {
    pub(crate) listen: SocketAddr,
    pub(crate) max_connections: u32,
    pub(crate) header_timeout_seconds: u32,
    pub(crate) idle_timeout_seconds: u32,
    pub(crate) write_timeout_seconds: u32,
    pub(crate) max_header_bytes: u32,
    pub(crate) max_headers: u32,
    pub(crate) stop_delay_seconds: u32,
    pub(crate) stop_timeout_seconds: u32,
}

impl Default for ServerSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            max_connections: 1024,
            header_timeout_seconds: 8,
            idle_timeout_seconds: 60,
            write_timeout_seconds: 15,
            max_header_bytes: 16 * 1024,
            max_headers: 64,
            stop_delay_seconds: 0,
            stop_timeout_seconds: 8,
        }
    }
}

/// Where data is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StorageSection {
    pub(crate) data_dir: PathBuf,
    pub(crate) database_url: Option<DatabaseUrl>,
    pub(crate) database_url_file: Option<PathBuf>,
    pub(crate) reader_url: Option<DatabaseUrl>,
    pub(crate) reader_url_file: Option<PathBuf>,
    pub(crate) writer_connections: u32,
    pub(crate) reader_connections: u32,
}

impl Default for StorageSection {
    fn default() -> Self {
        let usual = PostgresOptions::at("");
        Self {
            data_dir: PathBuf::from("./data"),
            database_url: None,
            database_url_file: None,
            reader_url: None,
            reader_url_file: None,
            writer_connections: usual.writer_connections,
            reader_connections: usual.reader_connections,
        }
    }
}

/// What the site shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SiteSection {
    pub(crate) name: String,
    pub(crate) date: Option<SiteDate>,
    pub(crate) base_url: Option<String>,
}

impl Default for SiteSection {
    fn default() -> Self {
        Self { name: "Một Cửa".to_owned(), date: None, base_url: None }
    }
}

/// How searches understand words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SearchSection {
    pub(crate) lists_dir: Option<PathBuf>,
    pub(crate) count: bool,
    pub(crate) keep_days: u32,
}

impl Default for SearchSection {
    fn default() -> Self {
        Self { lists_dir: None, count: true, keep_days: 90 }
    }
}

/// What one request may cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LimitsSection {
    pub(crate) request_timeout_seconds: u32,
    pub(crate) max_requests_in_flight: u32,
    pub(crate) queue_timeout_milliseconds: u32,
    pub(crate) max_body_bytes: u32,
    pub(crate) max_uri_bytes: u32,
    pub(crate) ready_lag_seconds: u32,
}

impl Default for LimitsSection {
    fn default() -> Self {
        Self {
            request_timeout_seconds: 10,
            max_requests_in_flight: 512,
            queue_timeout_milliseconds: 500,
            max_body_bytes: 64 * 1024,
            max_uri_bytes: 4 * 1024,
            ready_lag_seconds: 30,
        }
    }
}

/// Work that a node does by itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct JobsSection {
    pub(crate) run: bool,
    pub(crate) lease_seconds: u32,
}

impl Default for JobsSection {
    fn default() -> Self {
        Self { run: true, lease_seconds: 30 }
    }
}

impl Config {
    /// The limits as the HTTP layer takes them.
    pub(crate) fn http_limits(&self) -> Limits {
        Limits {
            uri_bytes: self.limits.max_uri_bytes as usize,
            header_bytes: self.server.max_header_bytes as usize,
            body_bytes: u64::from(self.limits.max_body_bytes),
            request_time: seconds(self.limits.request_timeout_seconds),
            concurrent_requests: self.limits.max_requests_in_flight as usize,
            queue_time: Duration::from_millis(u64::from(self.limits.queue_timeout_milliseconds)),
            ..Limits::default()
        }
    }
}

/// How figures are judged: QĐ 766/QĐ-TTg, group 3.1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct StatisticsSection {
    pub(crate) indicator_points: Option<u32>,
    pub(crate) indicator_full_marks_percent: u32,
    pub(crate) indicator_source: String,
}

impl Default for StatisticsSection {
    fn default() -> Self {
        let rules = IndicatorRules::default();
        Self {
            indicator_points: rules.points,
            indicator_full_marks_percent: rules.full_marks_percent,
            indicator_source: rules.source,
        }
    }
}

impl Config {
    /// The rules of the official figure.
    pub(crate) fn indicator_rules(&self) -> IndicatorRules {
        IndicatorRules {
            points: self.statistics.indicator_points,
            full_marks_percent: self.statistics.indicator_full_marks_percent,
            source: self.statistics.indicator_source.clone(),
        }
    }
}

/// Logs, written to standard error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LogSection {
    pub(crate) format: LogFormat,
    pub(crate) filter: String,
}

impl Default for LogSection {
    fn default() -> Self {
        Self { format: LogFormat::Text, filter: DEFAULT_FILTER.to_owned() }
    }
}

/// How a log line is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line, for machines.
    Json,
}

/// Whole seconds of the configuration as a duration.
pub(crate) fn seconds(count: u32) -> Duration {
    Duration::from_secs(u64::from(count))
}
