//! YAML that old readers understand as well.

/// Quotes plain values that YAML 1.1 reads as a day, a time or a truth value, and YAML 1.2 as the text that they are.
/// Half of the tools for OpenAPI still read 1.1.
pub(super) fn unambiguous(yaml: &str) -> String {
    let mut quoted = String::with_capacity(yaml.len() + 1024);
    let mut block: Option<usize> = None;
    for line in yaml.lines() {
        let indent = line.len() - line.trim_start().len();
        if block.is_some_and(|outer| indent > outer || line.trim().is_empty()) {
            quoted.push_str(line);
        } else {
            block = line.ends_with(['|', '-', '>']).then_some(indent).filter(|_| is_block_head(line));
            let start =
                line.rfind(": ").map(|place| place + 2).or_else(|| line.find("- ").map(|place| place + 2));
            match start.map(|start| line.split_at(start)) {
                Some((before, value)) if is_ambiguous(value) => {
                    quoted.push_str(before);
                    quoted.push('\'');
                    quoted.push_str(value);
                    quoted.push('\'');
                }
                _ => quoted.push_str(line),
            }
        }
        quoted.push('\n');
    }
    quoted
}

fn is_block_head(line: &str) -> bool {
    let head = line.rsplit(' ').next().unwrap_or_default();
    matches!(head, "|" | "|-" | "|+" | ">" | ">-" | ">+")
}

fn is_ambiguous(value: &str) -> bool {
    let is_word = matches!(value, "yes" | "no" | "on" | "off" | "y" | "n" | "Yes" | "No" | "On" | "Off");
    let digits = |text: Option<&str>| text.is_some_and(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let bytes = value.as_bytes();
    let is_day = digits(value.get(..4)) && bytes.get(4) == Some(&b'-') && digits(value.get(5..7));
    let is_time = matches!(value.split_once(':'), Some((hours, minutes))
        if !hours.is_empty() && digits(Some(hours)) && digits(Some(minutes)));
    is_word || is_day || is_time
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_values_that_old_readers_mistake_are_quoted() {
        let yaml = "a: 2021-03-01\nb: 07:30\nc:\n- yes\n- unknown\nd: |-\n  day: 2021-03-01\n\n  - no\ne: 2021\nf: '42'\n\
                    g: 2021-03-01T00:00:00Z\nh: true\n";
        let expected = "a: '2021-03-01'\nb: '07:30'\nc:\n- 'yes'\n- unknown\nd: |-\n  day: 2021-03-01\n\n  - no\ne: 2021\n\
                        f: '42'\ng: '2021-03-01T00:00:00Z'\nh: true\n";
        assert_eq!(unambiguous(yaml), expected);
    }
}
