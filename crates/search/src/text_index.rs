//! The committed texts, ready for searching: postings in terms of the table's entries.

use std::io;
use std::sync::Arc;

use tantivy::index::InvertedIndexReader;
use tantivy::schema::{IndexRecordOption, Value};
use tantivy::{DocAddress, Searcher, TantivyDocument};

use crate::error::SearchError;
use crate::schema::{RECORD, TextField, TextSchema};
use crate::table::{EntryNumber, NO_ENTRY, Table};

/// One commit of the text index, matched with one table.
///
/// Which texts have a word comes from here; how much that says is worked out by the ranking from the names that are
/// there, not from deleted ones, so that equal catalogues give equal scores however their indexes came about.
pub(crate) struct TextIndex {
    searcher: Searcher,
    segments: Vec<Segment>,
    /// Where each entry's document is.
    addresses: Vec<Option<DocAddress>>,
    schema: TextSchema,
}

impl std::fmt::Debug for TextIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TextIndex").field("entries", &self.addresses.len()).finish_non_exhaustive()
    }
}

struct Segment {
    /// By field.
    inverted: Vec<Arc<InvertedIndexReader>>,
    /// Entry of each document, [`NO_ENTRY`] where deleted.
    entries: Vec<EntryNumber>,
}

impl TextIndex {
    /// Matches a commit with the table of the same state. Documents without entry are passed over, and entries without
    /// document are an error: then index and catalogue have come apart.
    pub(crate) fn new(searcher: Searcher, schema: &TextSchema, table: &Table) -> Result<Self, SearchError> {
        let mut addresses: Vec<Option<DocAddress>> = vec![None; table.entries.len()];
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
            }
            segments.push(Segment { inverted, entries });
        }
        if let Some(missing) = addresses.iter().position(Option::is_none) {
            let code =
                table.entries.get(missing).map(|entry| entry.data.code.to_string()).unwrap_or_default();
            return Err(SearchError::Damaged(format!("the text of {code} is missing")));
        }
        Ok(Self { searcher, segments, addresses, schema: schema.clone() })
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.addresses.len()
    }

    /// Collects the entries in which a term occurs, each once.
    pub(crate) fn entries_with(
        &self,
        field: TextField,
        term: &str,
        found: &mut Vec<EntryNumber>,
    ) -> io::Result<()> {
        found.clear();
        for segment in &self.segments {
            let Some(inverted) = segment.inverted.get(field.index()) else { continue };
            let Some(info) = inverted.terms().get(term)? else { continue };
            let mut block = inverted.read_block_postings_from_terminfo(&info, IndexRecordOption::Basic)?;
            while block.block_len() > 0 {
                let entries =
                    block.docs().iter().filter_map(|&doc| segment.entries.get(doc as usize).copied());
                found.extend(entries.filter(|&entry| entry != NO_ENTRY));
                block.advance();
            }
        }
        Ok(())
    }

    /// The body of an entry as written.
    pub(crate) fn body(&self, entry: EntryNumber) -> Result<Option<String>, SearchError> {
        let Some(address) = self.addresses.get(entry as usize).copied().flatten() else { return Ok(None) };
        let document: TantivyDocument = self.searcher.doc(address)?;
        Ok(document.get_first(self.schema.body_text).and_then(|value| value.as_str()).map(str::to_owned))
    }
}
