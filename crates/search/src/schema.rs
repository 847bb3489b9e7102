//! The text index: its fields, its analyser, and what tells one layout from another.

use tantivy::schema::{
    Field, INDEXED, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};

use crate::analysis::{self, ANALYSIS_VERSION, Words, words};

/// Raised whenever files on disk would be read wrongly by this code.
const LAYOUT_VERSION: u32 = 3;

const EXACT: &str = "vi_exact";
const FOLDED: &str = "vi_folded";

/// Searched parts of a document, in the order in which per-field data is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextField {
    /// The name with its diacritics.
    NameExact,
    /// The name without.
    NameFolded,
    /// Names of the fields of government.
    FieldFolded,
    /// Names of the papers one gets, and keywords.
    ResultFolded,
    /// Everything else.
    BodyFolded,
}

impl TextField {
    pub(crate) const ALL: [Self; 5] =
        [Self::NameExact, Self::NameFolded, Self::FieldFolded, Self::ResultFolded, Self::BodyFolded];

    pub(crate) const COUNT: usize = Self::ALL.len();

    pub(crate) fn index(self) -> usize {
        self as usize
    }

    /// Whether its words are kept with diacritics.
    pub(crate) fn is_exact(self) -> bool {
        self == Self::NameExact
    }

    fn name(self) -> &'static str {
        match self {
            Self::NameExact => "name_exact",
            Self::NameFolded => "name_folded",
            Self::FieldFolded => "field_folded",
            Self::ResultFolded => "result_folded",
            Self::BodyFolded => "body_folded",
        }
    }
}

/// The index's schema with the handles of its fields.
#[derive(Debug, Clone)]
pub(crate) struct TextSchema {
    pub(crate) schema: Schema,
    /// Row id of the dated text, by which documents are matched with the table in memory.
    pub(crate) record: Field,
    /// Id of the procedure, by which documents are replaced.
    pub(crate) procedure: Field,
    /// The body as written, for excerpts.
    pub(crate) body_text: Field,
    texts: [Field; TextField::COUNT],
}

/// Name under which the row id stands in the columns.
pub(crate) const RECORD: &str = "record";

impl TextSchema {
    pub(crate) fn new() -> Self {
        let mut builder = Schema::builder();
        let record = builder.add_i64_field(RECORD, NumericOptions::default().set_fast());
        let procedure = builder.add_i64_field("procedure", INDEXED);
        let texts = TextField::ALL.map(|field| {
            let indexing = TextFieldIndexing::default()
                .set_tokenizer(if field.is_exact() { EXACT } else { FOLDED })
                .set_index_option(IndexRecordOption::Basic)
                .set_fieldnorms(false);
            builder.add_text_field(field.name(), TextOptions::default().set_indexing_options(indexing))
        });
        let body_text = builder.add_text_field("body_text", STORED);
        Self { schema: builder.build(), record, procedure, body_text, texts }
    }

    pub(crate) fn text(&self, field: TextField) -> Field {
        let [name_exact, name_folded, field_folded, result_folded, body_folded] = self.texts;
        match field {
            TextField::NameExact => name_exact,
            TextField::NameFolded => name_folded,
            TextField::FieldFolded => field_folded,
            TextField::ResultFolded => result_folded,
            TextField::BodyFolded => body_folded,
        }
    }

    /// Name of the folder for indexes of this layout. Another layout gets another name, so neither reads the other's.
    pub(crate) fn layout_name(&self) -> String {
        let fields = serde_json::to_string(&self.schema).unwrap_or_default();
        format!("v{LAYOUT_VERSION}-{ANALYSIS_VERSION}-{:08x}", crc32fast::hash(fields.as_bytes()))
    }
}

/// The analysers by the names that the schema uses.
pub(crate) fn analysers() -> TokenizerManager {
    // Tantivy asks for its own default even for fields that are no text.
    let manager = TokenizerManager::default();
    manager.register(EXACT, TextAnalyzer::from(Syllables { exact: true, token: Token::default() }));
    manager.register(FOLDED, TextAnalyzer::from(Syllables { exact: false, token: Token::default() }));
    manager
}

/// Cuts NFC text into syllables for the index.
#[derive(Clone)]
struct Syllables {
    exact: bool,
    token: Token,
}

struct SyllableStream<'a> {
    exact: bool,
    text: &'a str,
    words: Words<'a>,
    token: &'a mut Token,
}

impl Tokenizer for Syllables {
    type TokenStream<'a> = SyllableStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> SyllableStream<'a> {
        self.token.reset();
        SyllableStream { exact: self.exact, text, words: words(text), token: &mut self.token }
    }
}

impl TokenStream for SyllableStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(range) = self.words.next() else { return false };
        self.token.text.clear();
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = range.start;
        self.token.offset_to = range.end;
        let word = self.text.get(range).unwrap_or_default();
        if self.exact {
            analysis::push_exact(word, &mut self.token.text);
        } else {
            analysis::push_folded(word, &mut self.token.text);
        }
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_sees_the_words_that_queries_see() {
        let analysers = analysers();
        let collect = |name: &str| {
            let mut analyser = analysers.get(name).expect("registered");
            let mut stream = analyser.token_stream("Cấp lại Giấy phép");
            let mut found = Vec::new();
            while let Some(token) = stream.next() {
                found.push((token.position, token.text.clone(), token.offset_from));
            }
            found
        };
        let expected = |words: [&str; 4]| -> Vec<(usize, String, usize)> {
            let starts = [0, 6, 12, 19];
            words
                .iter()
                .zip(starts)
                .enumerate()
                .map(|(place, (word, start))| (place, (*word).to_owned(), start))
                .collect()
        };
        assert_eq!(collect(FOLDED), expected(["cap", "lai", "giay", "phep"]));
        assert_eq!(
            collect(EXACT),
            expected(["câp\u{301}", "lai\u{323}", "giây\u{301}", "phep\u{301}"]),
            "the tone stands at the end"
        );
    }

    #[test]
    fn the_layout_has_a_stable_name() {
        assert_eq!(TextSchema::new().layout_name(), TextSchema::new().layout_name());
    }
}
