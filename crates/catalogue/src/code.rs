//! Identifiers: procedure codes, unit codes, centre ids, slugs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An identifier that does not have the form asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{value:?} is not a {what}: {expected}")]
pub struct InvalidId {
    /// What it should have been, in English ("procedure code").
    pub what: &'static str,
    /// The value as given.
    pub value: String,
    /// The form that is accepted.
    pub expected: &'static str,
}

/// Code of an administrative procedure (mã thủ tục hành chính), as published: `1.001193`.
///
/// A code is a digit, a dot and six digits; a province's own edition carries an agency suffix after it:
/// `1.012753.H19`, `1.010708.000.00.00.H56`. The national list also prints codes that do not have this form
/// (` 1.014325`, `1.0133611`, `1.014955-Xoa`, `2.009182739`). They are taken exactly as they are, marked as
/// [irregular](Self::is_regular) and never repaired: ` 1.014325` is another procedure than `1.014325`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProcedureCode(String);

const CODE_FORM: &str = "a code such as 1.001193, at most 40 printable characters";

impl ProcedureCode {
    /// The code as published.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The national code without the agency suffix: `1.012753` of `1.012753.H19`. Irregular codes are their own base.
    #[must_use]
    pub fn base(&self) -> &str {
        match self.0.get(..8) {
            Some(base) if is_national_form(base) && self.0[8..].starts_with('.') => base,
            _ => &self.0,
        }
    }

    /// The agency suffix: `H19` of `1.012753.H19`.
    #[must_use]
    pub fn suffix(&self) -> Option<&str> {
        let base = self.base();
        self.0[base.len()..].strip_prefix('.')
    }

    /// Whether the code has the form of the national list.
    #[must_use]
    pub fn is_regular(&self) -> bool {
        is_national_form(self.base())
    }
}

fn is_national_form(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 8
        && bytes[0].is_ascii_digit()
        && bytes[1] == b'.'
        && bytes[2..].iter().all(u8::is_ascii_digit)
}

impl TryFrom<String> for ProcedureCode {
    type Error = InvalidId;

    fn try_from(value: String) -> Result<Self, InvalidId> {
        let sound = !value.trim().is_empty()
            && value.len() <= 40
            && value.chars().all(|c| !c.is_control() && c != '/' && c != '?' && c != '#')
            && value.chars().any(|c| c.is_ascii_digit());
        if !sound {
            return Err(InvalidId { what: "procedure code", value, expected: CODE_FORM });
        }
        Ok(Self(value))
    }
}

/// Defines the traits that every textual identifier shares.
macro_rules! textual_id {
    ($name:ident) => {
        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(value: &str) -> Result<Self, InvalidId> {
                Self::try_from(value.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

textual_id!(ProcedureCode);

/// Code of an administrative unit (mã đơn vị hành chính): two digits for a province, three for a former district,
/// five for a commune (QĐ 19/2025/QĐ-TTg and its predecessors). A code may be used again by another unit after a
/// merger, so a unit is named by code **and** date.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UnitCode(String);

impl UnitCode {
    /// The code, with its leading zeros.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tier that the code's length tells.
    #[must_use]
    pub fn tier(&self) -> crate::Tier {
        match self.0.len() {
            2 => crate::Tier::Province,
            3 => crate::Tier::District,
            _ => crate::Tier::Commune,
        }
    }
}

impl TryFrom<String> for UnitCode {
    type Error = InvalidId;

    fn try_from(value: String) -> Result<Self, InvalidId> {
        if !matches!(value.len(), 2 | 3 | 5) || !value.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidId {
                what: "unit code",
                value,
                expected: "two digits (province), three (district) or five (commune), with leading zeros",
            });
        }
        Ok(Self(value))
    }
}

textual_id!(UnitCode);

/// Id of a service centre (trung tâm, bộ phận một cửa): lower-case ASCII letters, digits and hyphens, such as
/// `p42`, `d436`, `c18073` or `c18073-2025`. It never changes and is never used again.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CentreId(String);

impl CentreId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CentreId {
    type Error = InvalidId;

    fn try_from(value: String) -> Result<Self, InvalidId> {
        if !is_slug(&value, 40) {
            return Err(InvalidId { what: "centre id", value, expected: SLUG_FORM });
        }
        Ok(Self(value))
    }
}

textual_id!(CentreId);

/// Key of an entry of a coded list (field, agency, event): lower-case ASCII letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

const SLUG_FORM: &str = "lower-case letters a to z, digits and single hyphens, not at the ends";

impl Slug {
    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Makes the slug of a Vietnamese name: `Hộ tịch` gives `ho-tich`, đ gives d. Long names are cut at a hyphen
    /// and end in a short hash of the whole, so that two names never share a slug because they were cut.
    #[must_use]
    pub fn of_name(name: &str) -> Self {
        const LONGEST: usize = 80;
        let mut slug = String::new();
        for c in crate::text::fold(name).chars() {
            if c.is_ascii_alphanumeric() {
                slug.push(c);
            } else if !slug.ends_with('-') && !slug.is_empty() {
                slug.push('-');
            }
        }
        let slug = slug.trim_end_matches('-');
        if slug.is_empty() {
            return Self(format!("x-{}", crate::text::short_hash(name)));
        }
        if slug.len() <= LONGEST {
            return Self(slug.to_owned());
        }
        let cut = slug[..LONGEST - 9].rfind('-').unwrap_or(LONGEST - 9);
        Self(format!("{}-{}", &slug[..cut], crate::text::short_hash(name)))
    }
}

impl TryFrom<String> for Slug {
    type Error = InvalidId;

    fn try_from(value: String) -> Result<Self, InvalidId> {
        if !is_slug(&value, 100) {
            return Err(InvalidId { what: "key", value, expected: SLUG_FORM });
        }
        Ok(Self(value))
    }
}

textual_id!(Slug);

fn is_slug(value: &str, longest: usize) -> bool {
    !value.is_empty()
        && value.len() <= longest
        && !value.starts_with('-')
        && !value.ends_with('-')
        && !value.contains("--")
        && value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixed_codes_match_on_their_base() {
        let code: ProcedureCode = "1.010708.000.00.00.H56".parse().expect("a code");
        assert_eq!((code.base(), code.suffix()), ("1.010708", Some("000.00.00.H56")));
        let plain: ProcedureCode = "1.001193".parse().expect("a code");
        assert_eq!((plain.base(), plain.suffix(), plain.is_regular()), ("1.001193", None, true));
    }

    #[test]
    fn irregular_codes_stay_as_published() {
        for published in [" 1.014325", "1.0133611", "2.009182739", "1.014955-Xoa"] {
            let code: ProcedureCode = published.parse().expect("taken as it is");
            assert_eq!(code.as_str(), published);
            assert_eq!(code.base(), published);
            assert!(!code.is_regular(), "{published}");
        }
        assert!("".parse::<ProcedureCode>().is_err());
        assert!("a/b1".parse::<ProcedureCode>().is_err());
    }

    #[test]
    fn slugs_of_names_fold_vietnamese_letters() {
        assert_eq!(Slug::of_name("Đất đai").as_str(), "dat-dai");
        assert_eq!(Slug::of_name("Giáo dục và Đào tạo (khác)").as_str(), "giao-duc-va-dao-tao-khac");
        let long = "Lĩnh vực ".repeat(30);
        assert!(Slug::try_from(Slug::of_name(&long).to_string()).is_ok());
        assert!(Slug::try_from(Slug::of_name("???").to_string()).is_ok());
    }

    #[test]
    fn unit_codes_keep_their_zeros() {
        assert!("1".parse::<UnitCode>().is_err());
        assert_eq!("00001".parse::<UnitCode>().expect("a code").tier(), crate::Tier::Commune);
        assert_eq!("01".parse::<UnitCode>().expect("a code").tier(), crate::Tier::Province);
    }
}
