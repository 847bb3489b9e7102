//! Keys of records in the change log, as a type that prints and parses.

use std::fmt;

use chrono::NaiveDate;

use crate::centre_figure::Month;
use crate::change::EntityKind;
use crate::code::{CentreId, InvalidId, ProcedureCode, Slug, UnitCode};

/// What a record is found by in the change log. A period is found by its first day; one without a known first day by a
/// hyphen in its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum LogKey {
    /// A field: `ho-tich`.
    Field(Slug),
    /// An agency: `ubnd-cap-xa`.
    Agency(Slug),
    /// An event: `sinh-con`.
    Event(Slug),
    /// A period of a unit: `18073@2025-07-01`.
    Unit {
        /// Code of the unit.
        code: UnitCode,
        /// First day.
        from: Option<NaiveDate>,
    },
    /// A succession: `18070>18073@2025-07-01`, or `18070>-@2025-07-01` where no successor is known.
    Succession {
        /// Unit that ended.
        predecessor: UnitCode,
        /// Unit that took over.
        successor: Option<UnitCode>,
        /// The day.
        on: NaiveDate,
    },
    /// A centre: `c18073-2025`.
    Centre(CentreId),
    /// A period of a procedure: `1.001193@-`.
    Procedure {
        /// Code as published.
        code: ProcedureCode,
        /// First day.
        from: Option<NaiveDate>,
    },
    /// A decision: `UBND tỉnh Hà Tĩnh: 3005/QĐ-UBND`.
    Decision {
        /// Who issued it.
        issuer: String,
        /// Its number.
        number: String,
    },
    /// An availability: `1.001193/c18073-2025@2025-07-01`, of a case `1.001193#1.001193.01/c18073-2025@2025-07-01`.
    Availability {
        /// Code of the procedure.
        procedure: ProcedureCode,
        /// Code of the case.
        case: Option<String>,
        /// The centre.
        centre: CentreId,
        /// First day.
        from: Option<NaiveDate>,
    },
    /// A fact about the site: `shows_sample`.
    Site(String),
    /// Figures of a centre in a month: `c18073-2025@2026-03`.
    CentreFigure {
        /// The centre.
        centre: CentreId,
        /// The month.
        month: Month,
    },
    /// A piece of work, by its number.
    Work(String),
}

/// Parts the code of a case from that of its procedure.
const CASE: char = '#';

/// Parts a centre from its procedure.
const CENTRE: char = '/';

/// Parts the first day from the rest.
const DAY: char = '@';

/// Whether a code of a case can stand in a key.
pub(crate) fn is_case_code(text: &str) -> bool {
    !text.is_empty()
        && text.chars().count() <= 64
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, CASE | CENTRE | DAY))
}

impl LogKey {
    /// Kind of the record.
    #[must_use]
    pub fn kind(&self) -> EntityKind {
        match self {
            Self::Field(_) => EntityKind::Field,
            Self::Agency(_) => EntityKind::Agency,
            Self::Event(_) => EntityKind::Event,
            Self::Unit { .. } => EntityKind::Unit,
            Self::Succession { .. } => EntityKind::Succession,
            Self::Centre(_) => EntityKind::Centre,
            Self::Procedure { .. } => EntityKind::Procedure,
            Self::Decision { .. } => EntityKind::Decision,
            Self::Availability { .. } => EntityKind::Availability,
            Self::Site(_) => EntityKind::Site,
            Self::CentreFigure { .. } => EntityKind::CentreFigure,
            Self::Work(_) => EntityKind::Work,
        }
    }

    /// Reads the key of a record of some kind.
    pub fn parse(kind: EntityKind, text: &str) -> Result<Self, InvalidId> {
        let invalid =
            || InvalidId { what: "key in the change log", value: text.to_owned(), expected: form_of(kind) };
        let dated = || -> Result<(&str, Option<NaiveDate>), InvalidId> {
            let (head, day) = text.rsplit_once(DAY).ok_or_else(invalid)?;
            let day = if day == "-" { None } else { Some(day.parse().map_err(|_| invalid())?) };
            Ok((head, day))
        };
        Ok(match kind {
            EntityKind::Field => Self::Field(text.parse()?),
            EntityKind::Agency => Self::Agency(text.parse()?),
            EntityKind::Event => Self::Event(text.parse()?),
            EntityKind::Centre => Self::Centre(text.parse()?),
            EntityKind::Site => Self::Site(text.to_owned()),
            EntityKind::Work => Self::Work(text.to_owned()),
            EntityKind::Unit => {
                let (code, from) = dated()?;
                Self::Unit { code: code.parse()?, from }
            }
            EntityKind::Procedure => {
                let (code, from) = dated()?;
                Self::Procedure { code: code.parse()?, from }
            }
            EntityKind::Succession => {
                let (pair, on) = dated()?;
                let (predecessor, successor) = pair.split_once('>').ok_or_else(invalid)?;
                let successor = if successor == "-" { None } else { Some(successor.parse()?) };
                Self::Succession { predecessor: predecessor.parse()?, successor, on: on.ok_or_else(invalid)? }
            }
            EntityKind::Decision => {
                let (issuer, number) = text.rsplit_once(": ").ok_or_else(invalid)?;
                Self::Decision { issuer: issuer.to_owned(), number: number.to_owned() }
            }
            EntityKind::CentreFigure => {
                let (centre, month) = text.rsplit_once(DAY).ok_or_else(invalid)?;
                Self::CentreFigure { centre: centre.parse()?, month: month.parse()? }
            }
            EntityKind::Availability => {
                let (head, from) = dated()?;
                let (procedure, centre) = head.rsplit_once(CENTRE).ok_or_else(invalid)?;
                let (procedure, case) = match procedure.rsplit_once(CASE) {
                    Some((procedure, case)) => (procedure, Some(case.to_owned())),
                    None => (procedure, None),
                };
                Self::Availability { procedure: procedure.parse()?, case, centre: centre.parse()?, from }
            }
        })
    }
}

impl fmt::Display for LogKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |from: &Option<NaiveDate>| from.map_or_else(|| "-".to_owned(), |day| day.to_string());
        match self {
            Self::Field(slug) | Self::Agency(slug) | Self::Event(slug) => write!(f, "{slug}"),
            Self::Unit { code, from } => write!(f, "{code}{DAY}{}", day(from)),
            Self::Succession { predecessor, successor, on } => {
                let successor = successor.as_ref().map_or("-", UnitCode::as_str);
                write!(f, "{predecessor}>{successor}{DAY}{on}")
            }
            Self::Centre(id) => write!(f, "{id}"),
            Self::Procedure { code, from } => write!(f, "{code}{DAY}{}", day(from)),
            Self::Decision { issuer, number } => write!(f, "{issuer}: {number}"),
            Self::Availability { procedure, case, centre, from } => {
                write!(f, "{procedure}")?;
                if let Some(case) = case {
                    write!(f, "{CASE}{case}")?;
                }
                write!(f, "{CENTRE}{centre}{DAY}{}", day(from))
            }
            Self::Site(key) | Self::Work(key) => f.write_str(key),
            Self::CentreFigure { centre, month } => write!(f, "{centre}{DAY}{month}"),
        }
    }
}

fn form_of(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Unit => "code and first day, such as 18073@2025-07-01",
        EntityKind::Succession => "predecessor, successor and day, such as 18070>18073@2025-07-01",
        EntityKind::Procedure => "code and first day, such as 1.001193@-",
        EntityKind::Decision => "issuer and number, such as UBND tỉnh Hà Tĩnh: 3005/QĐ-UBND",
        EntityKind::Availability => {
            "procedure, centre and first day, such as 1.001193/c18073-2025@2025-07-01; #CASE after the procedure"
        }
        EntityKind::CentreFigure => "centre and month, such as c18073-2025@2026-03",
        EntityKind::Centre => "the centre's id, such as c18073-2025",
        EntityKind::Field | EntityKind::Agency | EntityKind::Event => "a slug such as ho-tich",
        EntityKind::Site | EntityKind::Work => "a name or number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_kind_read_back() {
        let keys = [
            (EntityKind::Field, "ho-tich"),
            (EntityKind::Agency, "ubnd-cap-xa"),
            (EntityKind::Event, "sinh-con"),
            (EntityKind::Unit, "18073@2025-07-01"),
            (EntityKind::Unit, "42@-"),
            (EntityKind::Succession, "18070>18073@2025-07-01"),
            (EntityKind::Succession, "18070>-@2025-07-01"),
            (EntityKind::Centre, "c18073-2025"),
            (EntityKind::Procedure, "1.001193@-"),
            (EntityKind::Procedure, "1.010708.000.00.00.H56@2021-01-01"),
            (EntityKind::Decision, "UBND tỉnh: Hà Tĩnh: 3005/QĐ-UBND"),
            (EntityKind::Availability, "1.001193/c18070@2021-01-01"),
            (EntityKind::Availability, "1.001193#1.001193.01/c18070@-"),
            (EntityKind::Site, "shows_sample"),
            (EntityKind::CentreFigure, "p42@2021-03"),
            (EntityKind::Work, "2025-07-01-1.0000001"),
        ];
        for (kind, text) in keys {
            let key = LogKey::parse(kind, text).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!((key.kind(), key.to_string().as_str()), (kind, text));
        }
        let kinds: std::collections::HashSet<EntityKind> = keys.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(kinds.len(), EntityKind::ALL.len(), "a kind is missing above");
    }

    #[test]
    fn what_is_no_key_is_refused_with_the_form_that_is_wanted() {
        for (kind, text) in [
            (EntityKind::Unit, "18073"),
            (EntityKind::Unit, "18073@2025-02-30"),
            (EntityKind::Succession, "18070@2025-07-01"),
            (EntityKind::Availability, "1.001193@2021-01-01"),
            (EntityKind::CentreFigure, "p42@2021-13"),
            (EntityKind::Decision, "3005"),
        ] {
            assert!(LogKey::parse(kind, text).is_err(), "{text}");
        }
        assert!(
            is_case_code("1.001193.01") && !is_case_code("a@b") && !is_case_code("") && !is_case_code("a b")
        );
    }
}
