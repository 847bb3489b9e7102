//! Faulty lists.

use super::*;

fn faults(file: &str, text: &str) -> Vec<String> {
    let mut files = KnowledgeFiles::embedded();
    files.texts.retain(|name, _| !name.contains('/'));
    files.texts.insert(file.to_owned(), text.to_owned());
    match files.read() {
        Ok(_) => Vec::new(),
        Err(error) => error.faults().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn the_lists_of_the_binary_are_sound() {
    if let Err(error) = KnowledgeFiles::embedded().read() {
        panic!("{:#?}", error.faults());
    }
}

#[test]
fn every_fault_has_its_line_and_says_what_to_do() {
    let everyday = |rules: &str| faults("everyday/x.toml", &format!("# words\nrules = [\n{rules}\n]\n"));
    assert_eq!(everyday("{ say = [\"sổ đỏ\"], mean = [\"giấy chứng nhận\"] }"), [""; 0]);
    for (rules, says) in [
        (
            "{ say = [\"a\"], mean = [\"b\"] },\n{ say = [\"a\"], mean = [\"c\"] }",
            "x.toml:4: “a” already stands at",
        ),
        (
            "{ say = [\"a\"], mean = [\"b\"] },\n{ say = [\"b\"], mean = [\"c\"] },\n{ say = [\"c\"], mean = [\"a\"] }",
            "leads back to itself",
        ),
        ("{ say = [\"kí\"], mean = [\"ký\"] }", "x.toml:3: “kí” means itself"),
        ("{ say = [], mean = [\"b\"] }", "x.toml:3: say is empty"),
        ("{ say = [\"a\"], mean = [\"?\"] }", "has 0 words"),
        ("{ say = [\"a\"], means = [\"b\"] }", "unknown field `means`"),
        ("{ say = [\"đa\u{306}ng\"], mean = [\"b\"] }", "x.toml:3: the text is not Unicode NFC"),
    ] {
        let found = everyday(rules);
        assert!(found.iter().any(|fault| fault.contains(says)), "{rules}: {found:?}");
    }
    assert!(faults("others/x.toml", "")[0].contains("no list has this name"));
    assert!(
        faults("best-bets/x.toml", "rules = [{ query = [\"a\"], codes = [\"x y\"], why = \"\" }]").len() == 2
    );
    assert!(faults("weights.toml", "weak_word = { value = 0.1, why = \"\" }")[0].contains("weights.toml"));
}
