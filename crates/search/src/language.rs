//! Everything that reading a query and ranking names need besides the index: built with each change of the catalogue's
//! names, places or word lists.

use std::sync::Arc;

use crate::gazetteer::Gazetteer;
use crate::knowledge::Knowledge;
use crate::lexicon::Lexicon;
use crate::places::Places;
use crate::suggest::Suggestions;
use crate::table::Table;
use crate::titles::Titles;

/// See the module.
#[derive(Debug)]
pub(crate) struct Language {
    pub(crate) knowledge: Arc<Knowledge>,
    pub(crate) lexicon: Lexicon,
    pub(crate) titles: Titles,
    pub(crate) gazetteer: Gazetteer,
    pub(crate) suggestions: Suggestions,
}

impl Language {
    pub(crate) fn new(knowledge: Arc<Knowledge>, table: &Table, places: &Places) -> Self {
        let (titles, lexicon) = Titles::new(table, &knowledge);
        let gazetteer = Gazetteer::new(places, &knowledge);
        let suggestions = Suggestions::new(table, places, &titles, &knowledge);
        Self { knowledge, lexicon, titles, gazetteer, suggestions }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::days::Day;
    use crate::reading::Context;
    use crate::table::tests::table;

    /// The lists of the binary without rules and aliases, which would lead tests of one matter to another.
    pub(crate) fn plain_knowledge() -> Arc<Knowledge> {
        static PLAIN: std::sync::OnceLock<Arc<Knowledge>> = std::sync::OnceLock::new();
        let read = || {
            let mut files = crate::knowledge::KnowledgeFiles::embedded();
            files.texts.retain(|name, _| !name.contains('/'));
            Arc::new(files.read().expect("sound word lists"))
        };
        Arc::clone(PLAIN.get_or_init(read))
    }

    /// The language of some titles.
    pub(crate) fn language(titles: &[&str]) -> Language {
        Language::new(plain_knowledge(), &table(titles), &Places::default())
    }

    /// A context without codes and places.
    pub(crate) fn context(language: &Language) -> Context<'_> {
        static EMPTY: std::sync::OnceLock<(crate::codes::CodeIndex, Places)> = std::sync::OnceLock::new();
        let (codes, places) = EMPTY.get_or_init(Default::default);
        Context { language, codes, places, day: Day::MAX - 1 }
    }
}
