//! What the engine knows of words: rules, aliases, weights. All of it is data in `search-index/`, read anew whenever an
//! editor changes it.

mod contradictions;
mod files;
mod fold;
mod lint;
mod phrase;
mod read;
mod rules;
mod weights;

use std::collections::{HashMap, HashSet};

use motcua_catalogue::{ProcedureCode, UnitCode};

pub use files::KnowledgeFiles;
pub(crate) use files::KnowledgeStamp;
pub(crate) use fold::{Word, words_of};
pub(crate) use lint::CatalogueNames;
pub use lint::{Finding, Severity};
pub(crate) use phrase::{Phrase, PhraseKind, PhraseMatch, Phrases, stands_at};
pub use read::{KnowledgeError, KnowledgeFault};
pub(crate) use read::{bet_key, shown};
pub(crate) use weights::Weights;

/// Everything that the files say.
#[derive(Debug)]
pub struct Knowledge {
    /// Checksum of the files.
    pub(crate) digest: u32,
    pub(crate) weights: Weights,
    pub(crate) phrases: Phrases,
    /// Words of questions and forms, by their exact and by their folded form.
    pub(crate) weak: HashSet<String>,
    pub(crate) weak_folded: HashSet<String>,
    /// Longer wordings of questions, such as "ở đâu".
    pub(crate) weak_phrases: Vec<Vec<Word>>,
    pub(crate) actions: Vec<Action>,
    pub(crate) tier_words: Vec<TierWords>,
    pub(crate) aliases: Vec<Alias>,
    /// By their folded words.
    pub(crate) best_bets: HashMap<String, Vec<BestBet>>,
    /// How much a procedure is asked for, as a class from 1 to 3.
    pub(crate) demand: HashMap<ProcedureCode, u8>,
    pub(crate) provinces: Vec<Province>,
    /// Folded words of English phrases; never taken for misspelt Vietnamese.
    pub(crate) english: HashSet<String>,
}

/// What a procedure does to a paper: issue, reissue, extend, …
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) name: String,
    /// The plain action that is meant when none is named.
    pub(crate) is_plain: bool,
    /// Actions of one family are easily taken for each other.
    pub(crate) family: String,
    pub(crate) says: Vec<Vec<Word>>,
}

/// Words that name a tier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TierWords {
    pub(crate) tier: motcua_catalogue::Tier,
    pub(crate) says: Vec<Vec<Word>>,
}

/// The intended first results of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BestBet {
    pub(crate) query: Vec<Word>,
    pub(crate) codes: Vec<ProcedureCode>,
    pub(crate) at: RulePlace,
}

/// A name that citizens give to a procedure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alias {
    pub(crate) code: ProcedureCode,
    pub(crate) text: String,
    pub(crate) english: bool,
    pub(crate) at: RulePlace,
}

/// A province by its present or former names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Province {
    /// Its code in 2020.
    pub(crate) code: UnitCode,
    /// Code of the province of today that it belongs to.
    pub(crate) now: UnitCode,
    pub(crate) names: Vec<Vec<Word>>,
    /// Wordings in which the name means something else.
    pub(crate) not: Vec<Vec<Word>>,
}

/// Where a rule stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct RulePlace {
    pub(crate) file: std::sync::Arc<str>,
    pub(crate) line: u32,
}

impl std::fmt::Display for RulePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Knowledge {
    /// What stands first for a text that says nothing else.
    pub(crate) fn best_bet(&self, query: &[Word]) -> Option<&BestBet> {
        let bets = self.best_bets.get(&bet_key(query))?;
        bets.iter().find(|bet| query.iter().zip(&bet.query).all(|(typed, wanted)| typed.may_be(wanted)))
    }

    /// What the binary carries.
    pub fn embedded() -> Result<Self, KnowledgeError> {
        KnowledgeFiles::embedded().read()
    }
}
