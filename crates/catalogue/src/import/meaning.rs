//! What the rows of a file say.

use std::collections::HashMap;

use super::FileKind;
use super::refusal::Origin;
use super::report::FileReport;
use crate::change_set::Conflict;
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

/// The records that rows name to be taken out, and where they were named.
#[derive(Default)]
pub(super) struct Named(HashMap<LogKey, (usize, Origin)>);

impl Named {
    /// Notes a record; `file` counts the reports.
    pub(super) fn add(&mut self, key: LogKey, file: usize, origin: Origin) {
        self.0.insert(key, (file, origin));
    }

    /// Refuses the rows whose records turned out to be needed by others when they were to be taken out; tells whether there
    /// are any.
    pub(super) fn refuse(&mut self, conflicts: &[Conflict], reports: &mut [FileReport]) -> bool {
        let mut is_any = false;
        for Conflict { kind, key, refusal, .. } in conflicts {
            let Refusal::Needed { .. } = refusal else { continue };
            let named = LogKey::parse(*kind, key).ok().and_then(|key| self.0.remove(&key));
            let Some((file, origin)) = named else { continue };
            let Some(report) = reports.get_mut(file) else { continue };
            is_any = true;
            report.withdrawn = report.withdrawn.saturating_sub(1);
            report.refuse(vec![origin.refused(refusal)]);
        }
        is_any
    }
}
