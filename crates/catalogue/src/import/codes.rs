//! Procedures that rows refer to by a code with an agency suffix.

use std::collections::HashSet;

use crate::change_set::Comparison;
use crate::code::ProcedureCode;
use crate::command::Command;
use crate::log_key::LogKey;
use crate::store::db::StorageError;
use crate::store::whole;

/// The codes of the procedures, stored before the run or written in it.
#[derive(Debug, Default)]
pub(super) struct Codes {
    known: HashSet<ProcedureCode>,
    rebased: u64,
    example: Option<ProcedureCode>,
}

impl Codes {
    /// The codes stored in the state that is compared with.
    pub(super) async fn load(comparison: &Comparison) -> Result<Self, StorageError> {
        let known = whole::procedure_codes(comparison.connection()).await?.into_iter().collect();
        Ok(Self { known, ..Self::default() })
    }

    /// Notes procedures that this run wrote.
    pub(super) fn extend(&mut self, codes: impl IntoIterator<Item = ProcedureCode>) {
        self.known.extend(codes);
    }

    /// Takes an availability of `1.001193.H42` for one of `1.001193` where only the latter is a procedure.
    pub(super) fn settle(&mut self, command: &mut Command) {
        let procedure = match command {
            Command::Availability(record) => &mut record.procedure,
            Command::Withdraw { key: LogKey::Availability { procedure, .. } } => procedure,
            _ => return,
        };
        if procedure.suffix().is_none() || self.known.contains(procedure) {
            return;
        }
        let Ok(base) = procedure.base().parse::<ProcedureCode>() else { return };
        if self.known.contains(&base) {
            self.rebased += 1;
            let suffixed = std::mem::replace(procedure, base);
            self.example.get_or_insert(suffixed);
        }
    }

    /// What to say of the rows settled since the last call.
    pub(super) fn take_notice(&mut self) -> Option<String> {
        let example = self.example.take()?;
        let rebased = std::mem::take(&mut self.rebased);
        let base = example.base();
        Some(format!(
            "{rebased} dòng có mã thủ tục kèm hậu tố của cơ quan, đã ghi cho thủ tục có mã gốc \
             (ví dụ {example} ghi cho {base})"
        ))
    }
}
