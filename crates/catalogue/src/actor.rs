//! Who writes, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::code::InvalidId;

/// Who writes. What the log publishes of it is the program or the office, never a person: the log can never be redacted.
/// The member of staff stands in the [`Run`](crate::Run) alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A program that works by itself.
    Program(OfficeName),
    /// Somebody who acts for an office.
    Staff {
        /// The office.
        office: OfficeName,
        /// The account of the member of staff; absent where an operator at a terminal acts for the office.
        staff: Option<StaffId>,
    },
}

impl Actor {
    /// A program.
    #[must_use]
    pub fn program(name: &'static str) -> Self {
        Self::Program(OfficeName(name.to_owned()))
    }

    /// What is published: the name of the program or of the office.
    #[must_use]
    pub fn public_name(&self) -> &str {
        match self {
            Self::Program(name) | Self::Staff { office: name, .. } => name.as_str(),
        }
    }

    /// Whether a program or an office acted.
    #[must_use]
    pub fn kind(&self) -> ActorKind {
        match self {
            Self::Program(_) => ActorKind::Program,
            Self::Staff { .. } => ActorKind::Office,
        }
    }

    /// The member of staff, for the run.
    #[must_use]
    pub fn staff(&self) -> Option<&StaffId> {
        match self {
            Self::Program(_) => None,
            Self::Staff { staff, .. } => staff.as_ref(),
        }
    }
}

/// Whether a program or an office acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A program.
    Program,
    /// An office.
    Office,
}

impl ActorKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Program, Self::Office];

    /// The code used in the log and in answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::Office => "office",
        }
    }
}

/// Public name of an office or of a program, up to 200 characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfficeName(String);

impl OfficeName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for OfficeName {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        checked(text, "name of an office", "up to 200 printable characters", 200).map(Self)
    }
}

impl From<OfficeName> for String {
    fn from(name: OfficeName) -> Self {
        name.0
    }
}

impl fmt::Display for OfficeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Account of a member of staff: a number or word that says nothing about the person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct StaffId(String);

impl StaffId {
    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for StaffId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        checked(text, "account", "up to 64 printable characters", 64).map(Self)
    }
}

impl From<StaffId> for String {
    fn from(id: StaffId) -> Self {
        id.0
    }
}

fn checked(
    text: String,
    what: &'static str,
    expected: &'static str,
    longest: usize,
) -> Result<String, InvalidId> {
    let length = text.chars().count();
    let is_plain = !text.chars().any(char::is_control) && text.trim() == text;
    if (1..=longest).contains(&length) && is_plain {
        Ok(text)
    } else {
        Err(InvalidId { what, value: text, expected })
    }
}

/// Why something is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reason {
    /// What everybody may read; it stands in the log for ever.
    pub public: Option<String>,
    /// A note for colleagues; it stands in the run, and never in the log.
    pub note: Option<String>,
}

impl Reason {
    /// None given.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// A public reason.
    #[must_use]
    pub fn public(text: impl Into<String>) -> Self {
        Self { public: Some(text.into()), note: None }
    }
}

impl From<Option<&str>> for Reason {
    fn from(public: Option<&str>) -> Self {
        Self { public: public.map(str::to_owned), note: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_never_stands_in_what_is_published() {
        let office: OfficeName = "Văn phòng UBND xã Thạch Hà".to_owned().try_into().expect("a name");
        let staff: StaffId = "s-17".to_owned().try_into().expect("an id");
        let actor = Actor::Staff { office, staff: Some(staff) };
        assert_eq!((actor.public_name(), actor.kind()), ("Văn phòng UBND xã Thạch Hà", ActorKind::Office));
        assert_eq!(Actor::program("import").public_name(), "import");
        for bad in ["", " x", "a\nb", &"x".repeat(201)] {
            assert!(OfficeName::try_from(bad.to_owned()).is_err(), "{bad:?}");
        }
    }
}
