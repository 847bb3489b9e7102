//! Procedures: lines of the national catalogue.

use super::json_faults;
use super::lists::Lists;
use super::row_refusal::RowRefusal;
use crate::code::{ProcedureCode, Slug};
use crate::command::Command;
use crate::period::Period;
use crate::portal::{Line, OneOrMany};
use crate::procedure::{AgencyRole, Procedure, ProcedureAgency};

/// A line as a command. Codes are taken exactly as they are published, even where they do not have the usual form
/// (` 1.014325`, `1.0133611`, `1.014955-Xoa`, `2.009182739`): they are marked as irregular and never repaired.
pub(super) fn command(text: &str, lists: &mut Lists) -> Result<Command, Vec<RowRefusal>> {
    let line = json_faults::read(text)?;
    let controls = json_faults::control_characters(text);
    if !controls.is_empty() {
        return Err(controls);
    }
    let mut refusals = Vec::new();
    let code = match ProcedureCode::try_from(line.code.clone()) {
        Ok(code) => Some(code),
        Err(_) => {
            refusals.push(RowRefusal::new(
                "code",
                &line.code,
                if line.code.is_empty() {
                    "thiếu mã thủ tục"
                } else {
                    "không phải mã thủ tục"
                },
                "dùng mã đã công bố, ví dụ 1.001193",
            ));
            None
        }
    };
    if line.name.trim().is_empty() {
        refusals.push(RowRefusal::new("name", "", "thiếu tên thủ tục", "điền tên thủ tục"));
    }
    if line.sector.trim().is_empty() {
        refusals.push(RowRefusal::new("sector", "", "thiếu lĩnh vực", "điền lĩnh vực"));
    }
    let period = Period::new(line.valid_from, line.valid_to);
    if let Err(error) = &period {
        let to = error.to.to_string();
        refusals.push(RowRefusal::new(
            "valid_to",
            to,
            "ngày hết hiệu lực không sau ngày bắt đầu",
            "sửa một trong hai ngày",
        ));
    }
    let (Some(code), Ok(period), true) = (code, period, refusals.is_empty()) else { return Err(refusals) };
    let name = line.name.clone();
    let fields = fields(&line, lists);
    let agencies = agencies(&line, lists);
    let parts = line.into_parts().map_err(|bad| {
        vec![RowRefusal::new(
            bad.key,
            bad.value,
            "không có trong danh mục",
            format!("dùng một trong: {}", bad.accepted),
        )]
    })?;
    Ok(Command::Procedure(Box::new(Procedure {
        code,
        period,
        name,
        fields,
        agencies,
        tiers: parts.tiers,
        tiers_inferred: parts.tiers_inferred,
        applicants: parts.applicants,
        scope: parts.scope,
        details: parts.details,
        source: parts.source,
    })))
}

/// The main field first, then the others, each once.
fn fields(line: &Line, lists: &mut Lists) -> Vec<Slug> {
    let mut fields: Vec<Slug> = Vec::new();
    for name in std::iter::once(&line.sector).chain(&line.sectors).filter(|name| !name.trim().is_empty()) {
        let slug = lists.field(name.trim());
        if !fields.contains(&slug) {
            fields.push(slug);
        }
    }
    fields
}

fn agencies(line: &Line, lists: &mut Lists) -> Vec<ProcedureAgency> {
    let delegated = line.delegated_agency.clone().map(OneOrMany::into_vec).unwrap_or_default();
    let roles = [
        (AgencyRole::Promulgating, line.promulgating_agency.iter().cloned().collect()),
        (AgencyRole::Implementing, line.agency.clone()),
        (AgencyRole::Deciding, line.deciding_agency.clone()),
        (AgencyRole::Coordinating, line.coordinating_agency.clone()),
        (AgencyRole::Delegated, delegated),
    ];
    let mut agencies: Vec<ProcedureAgency> = Vec::new();
    for (role, names) in roles {
        for name in names.iter().filter(|name| !name.trim().is_empty()) {
            let link = ProcedureAgency { role, agency: lists.agency(name.trim()) };
            if !agencies.contains(&link) {
                agencies.push(link);
            }
        }
    }
    agencies
}
