//! What the rows of a file say.

use std::collections::HashMap;

use super::FileKind;
use crate::log_key::LogKey;
use crate::refusal::Refusal;

/// What a row of a file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RowMeaning {
    /// This is the record (toàn bộ bản ghi).
    #[default]
    Whole,
    /// So it is from its first day on (kể từ ngày): the period that holds then ends on the eve.
    FromDay,
    /// This record was a mistake (ghi nhầm): it is taken out.
    Mistake,
}

impl RowMeaning {
    /// Every meaning.
    pub const ALL: [Self; 3] = [Self::Whole, Self::FromDay, Self::Mistake];

    /// The name used on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::FromDay => "from-day",
            Self::Mistake => "mistake",
        }
    }

    /// Why rows of a kind of file cannot have this meaning.
    pub(super) fn refuses(self, kind: FileKind) -> Option<String> {
        let has_periods = matches!(kind, FileKind::Units | FileKind::Procedures | FileKind::Availability);
        (self == Self::FromDay && !has_periods).then(|| {
            "--as from-day chỉ dùng cho đơn vị hành chính, thủ tục và bảng cung cấp dịch vụ".to_owned()
        })
    }
}

/// The rows that shorten records which others may refer to, or take some out, by the keys of the records.
#[derive(Default)]
pub(super) struct Loosening(HashMap<LogKey, Line>);

/// A row: the file counted from 0, and the line.
pub(super) type Line = (usize, u64);

impl Loosening {
    /// Notes a row.
    pub(super) fn add(&mut self, key: LogKey, line: Line) {
        self.0.insert(key, line);
    }

    /// The rows that made records miss what they refer to, with the reason for each.
    pub(super) fn lines(&self, needed: Vec<(LogKey, Refusal)>) -> Vec<(LogKey, Option<Line>, Refusal)> {
        let line = |(key, refusal)| (self.0.get(&key).copied(), key, refusal);
        needed.into_iter().map(line).map(|(line, key, refusal)| (key, line, refusal)).collect()
    }
}
