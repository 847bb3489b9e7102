//! Fields and agencies that files name in words.

use std::collections::HashMap;

use crate::change_set::Comparison;
use crate::code::Slug;
use crate::command::Command;
use crate::reference::{Agency, Field};
use crate::store::db::StorageError;
use crate::store::whole;

/// The coded lists, and what files add to them. A name that differs from a stored one only in capitals, spaces or the
/// place of a tone mark is the same entry and keeps the stored spelling.
pub(super) struct Lists {
    fields: HashMap<Slug, String>,
    agencies: HashMap<Slug, String>,
    new: Vec<Command>,
}

impl Lists {
    /// The lists stored in the state that is compared with.
    pub(super) async fn load(comparison: &Comparison) -> Result<Self, StorageError> {
        let db = comparison.connection();
        let fields = whole::fields(db).await?.into_iter().map(|field| (field.slug, field.name));
        let agencies = whole::agencies(db).await?.into_iter().map(|agency| (agency.slug, agency.name));
        Ok(Self { fields: fields.collect(), agencies: agencies.collect(), new: Vec::new() })
    }

    /// Key of a field.
    pub(super) fn field(&mut self, name: &str) -> Slug {
        let (slug, is_new) = entry(&mut self.fields, name);
        if is_new {
            self.new.push(Command::Field(Field { slug: slug.clone(), name: name.to_owned() }));
        }
        slug
    }

    /// Key of an agency.
    pub(super) fn agency(&mut self, name: &str) -> Slug {
        let (slug, is_new) = entry(&mut self.agencies, name);
        if is_new {
            self.new.push(Command::Agency(Agency { slug: slug.clone(), name: name.to_owned() }));
        }
        slug
    }

    /// The entries named since the last call.
    pub(super) fn take_new(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.new)
    }
}

/// Finds the entry of a name, or makes one; names that only look alike without their marks get keys of their own.
fn entry(list: &mut HashMap<Slug, String>, name: &str) -> (Slug, bool) {
    let slug = Slug::of_name(name);
    match list.get(&slug) {
        None => {
            list.insert(slug.clone(), name.to_owned());
            (slug, true)
        }
        Some(stored) if alike(stored, name) => (slug, false),
        Some(_) => {
            let own = format!("{}-{}", slug.as_str(), crate::text::short_hash(&comparable(name)));
            let Ok(own) = Slug::try_from(own) else { return (slug, false) };
            let is_new = !list.contains_key(&own);
            if is_new {
                list.insert(own.clone(), name.to_owned());
            }
            (own, is_new)
        }
    }
}

fn alike(one: &str, other: &str) -> bool {
    one == other || comparable(one) == comparable(other)
}

/// Lower case, single spaces, no punctuation at the end, tone marks counted by syllable and not by letter.
fn comparable(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    const TONES: [char; 5] = ['\u{300}', '\u{301}', '\u{303}', '\u{309}', '\u{323}'];
    let lower = name.to_lowercase();
    let syllables = lower.split(|c: char| !c.is_alphanumeric()).filter(|syllable| !syllable.is_empty());
    let settled = syllables.map(|syllable| {
        let (tones, letters): (String, String) = syllable.nfd().partition(|c| TONES.contains(c));
        letters + &tones
    });
    settled.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_share_an_entry_and_other_names_do_not() {
        let mut list = HashMap::new();
        let (slug, is_new) = entry(&mut list, "Ủy ban nhân dân cấp xã");
        assert!(is_new);
        assert_eq!(entry(&mut list, "Uỷ ban Nhân dân  cấp xã."), (slug, false));
        let (tax, _) = entry(&mut list, "Thuế");
        let (rent, is_new) = entry(&mut list, "Thuê");
        assert!(is_new && tax != rent);
        assert_eq!(entry(&mut list, "thuê"), (rent, false));
    }
}
