//! Checks on written pages: balanced tags, unique ids, links to parts that exist, nothing inline, one main heading.

/// Elements without an end tag.
const VOID: [&str; 6] = ["meta", "link", "input", "br", "hr", "img"];

/// Everything wrong with a page.
pub(crate) fn faults(html: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut open: Vec<&str> = Vec::new();
    let mut ids: Vec<&str> = Vec::new();
    let mut targets: Vec<&str> = Vec::new();
    let mut headings = 0;
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let Some(end) = rest[start..].find('>') else {
            faults.push("a tag does not end".to_owned());
            break;
        };
        let tag = &rest[start + 1..start + end];
        rest = &rest[start + end + 1..];
        if tag.starts_with('!') {
            continue;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                faults.push(format!("</{name}> closes something else"));
            }
            continue;
        }
        let name = tag.split([' ', '\n', '/']).next().unwrap_or_default();
        if name == "h1" {
            headings += 1;
        }
        for (attribute, value) in attributes(tag) {
            match attribute {
                "id" if ids.contains(&value) => faults.push(format!("the id {value} is there twice")),
                "id" => ids.push(value),
                "href" => targets.extend(value.strip_prefix('#')),
                "for" | "aria-labelledby" => targets.push(value),
                "style" => faults.push(format!("inline style in <{tag}>")),
                _ if attribute.starts_with("on") => faults.push(format!("inline script in <{tag}>")),
                _ => {}
            }
            if matches!(attribute, "href" | "src") && value.starts_with("//") {
                faults.push(format!("another host in <{tag}>"));
            }
            if attribute == "src" && value.starts_with("http") {
                faults.push(format!("another host in <{tag}>"));
            }
        }
        if name == "script" && !tag.contains("src=") {
            faults.push("inline script".to_owned());
        }
        if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    if !open.is_empty() {
        faults.push(format!("never closed: {open:?}"));
    }
    for target in targets {
        if !ids.contains(&target) {
            faults.push(format!("nothing has the id {target}"));
        }
    }
    if headings != 1 {
        faults.push(format!("{headings} main headings"));
    }
    for word in ["null", "None", "Some(", "undefined", "&#38;amp"] {
        if html.contains(word) {
            faults.push(format!("the page says {word:?}"));
        }
    }
    faults
}

fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = tag;
    while let Some(equals) = rest.find("=\"") {
        let name = rest[..equals].rsplit([' ', '\n']).next().unwrap_or_default();
        let value = &rest[equals + 2..];
        let Some(end) = value.find('"') else { break };
        found.push((name, &value[..end]));
        rest = &value[end + 1..];
    }
    found
}

#[test]
fn the_check_finds_faults() {
    let good = "<!doctype html><html><body><h1 id=\"a\">x</h1><a href=\"#a\">y</a><br></body></html>";
    assert_eq!(faults(good), Vec::<String>::new());
    for bad in [
        "<h1>x</h1><p>",
        "<h1>x</h1><p></b></p>",
        "<h1>x</h1><h1>y</h1>",
        "<h1>x</h1><a href=\"#b\">y</a>",
        "<h1 id=\"a\">x</h1><p id=\"a\"></p>",
        "<h1 style=\"color:red\">x</h1>",
        "<h1>null</h1>",
        "<h1>x</h1><script>1</script>",
    ] {
        assert_ne!(faults(bad), Vec::<String>::new(), "{bad}");
    }
}
