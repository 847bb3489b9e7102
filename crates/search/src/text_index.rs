//! The committed texts, ready for scoring: postings in terms of the table's entries.

use std::io;
use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, Searcher, TantivyDocument};

use crate::error::SearchError;
use crate::schema::{RECORD, TextField, TextSchema};
use crate::table::{EntryNumber, NO_ENTRY, Table};
use crate::weights::{K1, length_weight};

/// An entry in which a word occurs, and how often.
pub(crate) type Posting = (EntryNumber, u32);

/// One commit of the text index, matched with one table.
///
/// Scores are worked out here rather than by Tantivy's queries: counts and lengths are taken over the entries that are
/// there, not over deleted ones, so that equal catalogues give equal scores however their indexes came about.
pub(crate) struct TextIndex {
    searcher: Searcher,
    segments: Vec<Segment>,
    fields: [FieldLengths; TextField::COUNT],
    /// Where each entry's document is.
    addresses: Vec<Option<DocAddress>>,
    entries: u32,
    schema: TextSchema,
}

impl std::fmt::Debug for TextIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextIndex").field("entries", &self.entries).finish_non_exhaustive()
    }
}

struct Segment {
    /// By field.
    inverted: Vec<Arc<InvertedIndexReader>>,
    /// Entry of each document, [`NO_ENTRY`] where deleted.
    entries: Vec<EntryNumber>,
}

/// Length of a field in every entry.
#[derive(Debug, Default)]
struct FieldLengths {
    /// Tantivy's one-byte code of the length, by entry.
    codes: Vec<u8>,
    /// BM25's length part by code.
    parts: Vec<f32>,
}

impl TextIndex {
    /// Matches a commit with the table of the same state. Documents without entry are passed over, and entries without
    /// document are an error: then index and catalogue have come apart.
    pub(crate) fn new(searcher: Searcher, schema: &TextSchema, table: &Table) -> Result<Self, SearchError> {
        let mut addresses: Vec<Option<DocAddress>> = vec![None; table.entries.len()];
        let mut codes: [Vec<u8>; TextField::COUNT] = std::array::from_fn(|_| vec![0; table.entries.len()]);
        let mut segments = Vec::new();
        for (ordinal, reader) in (0..).zip(searcher.segment_readers()) {
            let records = reader.fast_fields().i64(RECORD)?;
            let mut entries = vec![NO_ENTRY; reader.max_doc() as usize];
            for doc in reader.doc_ids_alive() {
                let number = records.first(doc).and_then(|record| table.number_of_record(record));
                let (Some(number), Some(slot)) = (number, entries.get_mut(doc as usize)) else { continue };
                *slot = number;
                if let Some(address) = addresses.get_mut(number as usize) {
                    *address = Some(DocAddress::new(ordinal, doc));
                }
            }
            let mut inverted = Vec::new();
            for field in TextField::ALL {
                inverted.push(reader.inverted_index(schema.text(field))?);
                let norms = reader.get_fieldnorms_reader(schema.text(field))?;
                let Some(codes) = codes.get_mut(field.index()) else { continue };
                for (doc, &number) in (0..).zip(&entries) {
                    if let Some(code) = codes.get_mut(number as usize) {
                        *code = norms.fieldnorm_id(doc);
                    }
                }
            }
            segments.push(Segment { inverted, entries });
        }
        if let Some(missing) = addresses.iter().position(Option::is_none) {
            let code =
                table.entries.get(missing).map(|entry| entry.data.code.to_string()).unwrap_or_default();
            return Err(SearchError::Damaged(format!("the text of {code} is missing")));
        }
        let mut fields: [FieldLengths; TextField::COUNT] = Default::default();
        for ((field, lengths), codes) in TextField::ALL.into_iter().zip(&mut fields).zip(codes) {
            *lengths = FieldLengths::new(field, codes);
        }
        let entries = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        Ok(Self { searcher, segments, fields, addresses, entries, schema: schema.clone() })
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.addresses.len()
    }

    /// Collects the entries in which a term occurs. Each occurs once.
    pub(crate) fn postings(&self, field: TextField, term: &str, found: &mut Vec<Posting>) -> io::Result<()> {
        found.clear();
        for segment in &self.segments {
            let Some(inverted) = segment.inverted.get(field.index()) else { continue };
            let Some(info) = inverted.terms().get(term)? else { continue };
            let mut block =
                inverted.read_block_postings_from_terminfo(&info, IndexRecordOption::WithFreqs)?;
            while block.block_len() > 0 {
                let pairs = block.docs().iter().zip(block.freqs());
                found.extend(pairs.filter_map(|(&doc, &count)| {
                    let entry = *segment.entries.get(doc as usize)?;
                    (entry != NO_ENTRY).then_some((entry, count))
                }));
                block.advance();
            }
        }
        Ok(())
    }

    /// Whether a word stands in any text.
    pub(crate) fn knows(&self, folded: &str) -> io::Result<bool> {
        for segment in &self.segments {
            for field in TextField::ALL.into_iter().filter(|field| !field.is_exact()) {
                let Some(inverted) = segment.inverted.get(field.index()) else { continue };
                if inverted.terms().get(folded)?.is_some() {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// The words of a field that begin with some letters, the most frequent first.
    pub(crate) fn words_beginning(
        &self,
        field: TextField,
        prefix: &str,
        most: usize,
    ) -> io::Result<Vec<String>> {
        let mut found: std::collections::BTreeMap<String, u32> = std::collections::BTreeMap::new();
        for segment in &self.segments {
            let Some(inverted) = segment.inverted.get(field.index()) else { continue };
            let mut terms = inverted.terms().range().ge(prefix).into_stream()?;
            while let Some((term, info)) = terms.next() {
                let Some(term) = std::str::from_utf8(term).ok().filter(|term| term.starts_with(prefix))
                else {
                    break;
                };
                *found.entry(term.to_owned()).or_default() += info.doc_freq;
            }
        }
        let mut words: Vec<(String, u32)> = found.into_iter().collect();
        words.sort_by(|(a, often_a), (b, often_b)| often_b.cmp(often_a).then_with(|| a.cmp(b)));
        Ok(words.into_iter().take(most).map(|(word, _)| word).collect())
    }

    /// Weight of a word by its rarity: BM25's inverse document frequency.
    pub(crate) fn rarity(&self, entries_with_word: usize) -> f32 {
        let (all, with) = (self.entries as f32, entries_with_word as f32);
        (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
    }

    /// BM25 of one posting without the rarity.
    pub(crate) fn saturation(&self, field: TextField, (entry, count): Posting) -> f32 {
        let length = self.fields.get(field.index()).map_or(K1, |lengths| lengths.part(entry));
        let count = count as f32;
        count * (K1 + 1.0) / (count + length)
    }

    /// The body of an entry as written.
    pub(crate) fn body(&self, entry: EntryNumber) -> Result<Option<String>, SearchError> {
        let Some(address) = self.addresses.get(entry as usize).copied().flatten() else { return Ok(None) };
        let document: TantivyDocument = self.searcher.doc(address)?;
        Ok(document.get_first(self.schema.body_text).and_then(|value| value.as_str()).map(str::to_owned))
    }
}

impl FieldLengths {
    fn new(field: TextField, codes: Vec<u8>) -> Self {
        let length_of = |code: u8| tantivy::fieldnorm::FieldNormReader::id_to_fieldnorm(code);
        let sum: u64 = codes.iter().map(|&code| u64::from(length_of(code))).sum();
        let average = (sum as f32 / codes.len().max(1) as f32).max(1.0);
        let weight = length_weight(field);
        let parts = (0..=u8::MAX)
            .map(|code| K1 * (1.0 - weight + weight * length_of(code) as f32 / average))
            .collect();
        Self { codes, parts }
    }

    fn part(&self, entry: EntryNumber) -> f32 {
        let code = self.codes.get(entry as usize).copied().unwrap_or_default();
        self.parts.get(usize::from(code)).copied().unwrap_or(K1)
    }
}
