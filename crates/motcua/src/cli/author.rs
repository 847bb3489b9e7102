//! Who a command writes for, and why: the same options wherever something is written.

use clap::Args;
use motcua_catalogue::{Actor, OfficeName, Permit, Reason};

/// Who it is done for.
#[derive(Debug, Args)]
pub(super) struct OfficeArgs {
    /// The office that this is done for, which everybody may read in the log; the program's own name where absent
    #[arg(long, value_name = "NAME", alias = "actor", value_parser = office)]
    office: Option<OfficeName>,
}

/// Options of every command that writes to the catalogue.
#[derive(Debug, Args)]
pub(super) struct AuthorArgs {
    #[command(flatten)]
    office: OfficeArgs,
    /// Why, for everybody; it stands in the log for ever
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// A note for colleagues, which is never published
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
}

fn office(text: &str) -> Result<OfficeName, String> {
    OfficeName::try_from(text.to_owned()).map_err(|error| error.to_string())
}

impl OfficeArgs {
    /// The permit of whoever runs the command: on the machine itself everything is allowed.
    pub(super) fn permit(&self, program: &'static str) -> Permit {
        match &self.office {
            Some(office) => Permit::operator(Actor::Staff { office: office.clone(), staff: None }),
            None => Permit::program(program),
        }
    }
}

impl AuthorArgs {
    /// The permit of whoever runs the command.
    pub(super) fn permit(&self, program: &'static str) -> Permit {
        self.office.permit(program)
    }

    /// The office, or the program.
    pub(super) fn name(&self, program: &'static str) -> String {
        self.office.office.as_ref().map_or(program, OfficeName::as_str).to_owned()
    }

    /// Why.
    pub(super) fn reason(&self) -> Reason {
        let said = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        Reason { public: said(&self.reason), note: said(&self.note) }
    }
}
