//! Which words of a query each text has, and where.

use std::io;

use super::plan::{Plan, Slot};
use crate::analysis::push_exact;
use crate::knowledge::Weights;
use crate::language::Language;
use crate::schema::TextField;
use crate::table::EntryNumber;
use crate::text_index::TextIndex;

/// The slots that a text has, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Bits {
    /// In the title or an alias.
    pub(crate) name: u64,
    /// In the title, but with other diacritics.
    pub(crate) contradicted: u64,
    /// In the names of fields, results and keywords.
    pub(crate) near: u64,
    /// In the body.
    pub(crate) body: u64,
}

impl Bits {
    /// A place for these bits in a table of a power of two.
    pub(crate) fn place(self, size: usize) -> usize {
        let mut hash = 0_u64;
        for part in [self.name, self.contradicted, self.near, self.body] {
            hash = (hash.rotate_left(5) ^ part).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
        (hash >> 40) as usize & (size - 1)
    }

    /// How much a slot counts by where it was found.
    pub(crate) fn credit(self, slot: u64, weights: &Weights) -> f32 {
        if self.name & slot != 0 {
            return 1.0;
        }
        let mut credit = 0.0_f32;
        if self.contradicted & slot != 0 {
            credit = weights.contradicted;
        }
        if self.near & slot != 0 {
            credit = credit.max(weights.near);
        }
        if self.body & slot != 0 {
            credit = credit.max(weights.body);
        }
        credit
    }
}

/// The bits of every text.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    bits: Vec<Bits>,
    /// Whether bodies have been looked at.
    pub(crate) has_bodies: bool,
    entries: Vec<EntryNumber>,
}

impl Evidence {
    pub(crate) fn bits(&self, entry: EntryNumber) -> Option<Bits> {
        self.bits.get(entry as usize).copied()
    }

    /// Looks up names, fields and results.
    pub(crate) fn collect(&mut self, plan: &Plan, text: &TextIndex, language: &Language) -> io::Result<()> {
        self.bits.clear();
        self.bits.resize(text.len(), Bits::default());
        self.has_bodies = false;
        for (number, slot) in plan.slots.iter().enumerate() {
            let bit = 1 << number;
            let exact = slot.exact.map(|_| {
                let mut exact = String::new();
                push_exact(&slot.word.word.shown, &mut exact);
                exact
            });
            for term in terms(slot, language) {
                if exact.is_some() {
                    self.set(text, TextField::NameFolded, term, |bits| bits.contradicted |= bit)?;
                } else {
                    self.set(text, TextField::NameFolded, term, |bits| bits.name |= bit)?;
                }
                self.set(text, TextField::FieldFolded, term, |bits| bits.near |= bit)?;
                self.set(text, TextField::ResultFolded, term, |bits| bits.near |= bit)?;
            }
            if let Some(exact) = &exact {
                self.set(text, TextField::NameExact, exact, |bits| bits.name |= bit)?;
            }
            for &word in &slot.ids {
                for &entry in language.titles.with_alias_word(word) {
                    if let Some(bits) = self.bits.get_mut(entry as usize) {
                        if slot.exact.is_some() {
                            bits.contradicted |= bit;
                        } else {
                            bits.name |= bit;
                        }
                    }
                }
            }
            for &entry in slot.exact.map_or(&[][..], |exact| language.titles.with_alias_exact(exact)) {
                if let Some(bits) = self.bits.get_mut(entry as usize) {
                    bits.name |= bit;
                }
            }
        }
        Ok(())
    }

    /// Looks up bodies.
    pub(crate) fn collect_bodies(&mut self, plan: &Plan, text: &TextIndex) -> io::Result<()> {
        self.has_bodies = true;
        for (number, slot) in plan.slots.iter().enumerate() {
            let bit = 1 << number;
            self.set(text, TextField::BodyFolded, &slot.word.word.folded, |bits| bits.body |= bit)?;
        }
        Ok(())
    }

    fn set(
        &mut self,
        text: &TextIndex,
        field: TextField,
        term: &str,
        set: impl Fn(&mut Bits),
    ) -> io::Result<()> {
        let mut entries = std::mem::take(&mut self.entries);
        text.entries_with(field, term, &mut entries)?;
        for &entry in &entries {
            if let Some(bits) = self.bits.get_mut(entry as usize) {
                set(bits);
            }
        }
        self.entries = entries;
        Ok(())
    }
}

/// The terms of the index that a slot stands for.
fn terms<'a>(slot: &'a Slot, language: &'a Language) -> impl Iterator<Item = &'a str> {
    let own = slot.word.word.folded.as_str();
    let more = slot.ids.iter().map(|&id| language.lexicon.text(id)).filter(move |text| *text != own);
    std::iter::once(own).chain(more)
}
