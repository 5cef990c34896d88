//! Reads the repository's files as text, for the rules in this folder's mod.rs.
//!
//! In: a folder. Out: [`Source`]s with their comments and literals blanked, so
//! that a rule about code is not fooled by a word in a comment. Not a parser:
//! it knows just enough of Rust's lexis for that.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One Rust file of `src`.
pub struct Source {
    /// Relative to the repository's root, with forward slashes.
    pub path: String,
    /// As it is on disk.
    pub text: String,
    /// The text with comments, strings and characters blanked; same lines.
    pub code: String,
    /// The same without `#[cfg(test)]` items; empty for a file that is one.
    pub shipped: String,
}

/// The repository's root.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` (relative to the root), sorted; what tools leave
/// behind is left out. Empty when there is no such folder.
pub fn files_below(folder: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut waiting = vec![root().join(folder)];
    while let Some(path) = waiting.pop() {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if ["node_modules", "dist", "target", "data", "__pycache__"].contains(&&*name)
            && !path.ends_with("tests/data")
        {
            continue;
        }
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("the folder can be read");
            waiting.extend(entries.map(|entry| entry.expect("the entry can be read").path()));
        } else if path.is_file() {
            found.insert(relative(&path));
        }
    }
    found.into_iter().collect()
}

/// The Rust files of `src`.
pub fn sources() -> Vec<Source> {
    let mut sources: Vec<Source> = files_below("src")
        .into_iter()
        .filter(|path| path.ends_with(".rs"))
        .map(|path| {
            let text = fs::read_to_string(root().join(&path)).expect("sources are UTF-8");
            let code = blank_comments_and_literals(&text);
            let shipped = blank_test_items(&code);
            Source { path, text, code, shipped }
        })
        .collect();
    let test_only: BTreeSet<PathBuf> = sources.iter().flat_map(test_modules).collect();
    for source in &mut sources {
        if Path::new(&source.path).ancestors().any(|path| test_only.contains(&path.with_extension(""))) {
            source.shipped.clear();
        }
    }
    sources
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// Files (without extension) declared as `#[cfg(test)] mod name;` in `source`,
/// perhaps with a `#[path = "…"]` in between.
fn test_modules(source: &Source) -> Vec<PathBuf> {
    let path = Path::new(&source.path);
    let beside = path.parent().unwrap_or(path);
    let folder = match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") => beside.to_path_buf(),
        _ => path.with_extension(""),
    };
    let mut found = Vec::new();
    for (start, attribute) in source.code.match_indices(CFG_TEST) {
        let start = start + attribute.len();
        let Some(length) = source.code[start..].find([';', '{']) else { continue };
        let (code, text) = (&source.code[start..start + length], &source.text[start..start + length]);
        let Some((_, name)) =
            code.rsplit_once("mod ").filter(|_| source.code[start + length..].starts_with(';'))
        else {
            continue;
        };
        match text.split_once("#[path = \"").and_then(|(_, rest)| rest.split_once('"')) {
            Some((file, _)) => found.push(beside.join(file).with_extension("")),
            None => found.push(folder.join(name.trim())),
        }
    }
    found
}

const CFG_TEST: &str = "#[cfg(test)]";

/// Blanks each item behind a `#[cfg(test)]`, up to its `;` or closing brace.
fn blank_test_items(code: &str) -> String {
    let mut kept = code.to_string();
    while let Some(start) = kept.find(CFG_TEST) {
        let mut depth = 0;
        let mut end = kept.len();
        for (at, c) in kept[start + CFG_TEST.len()..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 && (c == ';' || c == '}') {
                end = start + CFG_TEST.len() + at + 1;
                break;
            }
        }
        kept.replace_range(start..end, &blank(&kept[start..end]));
    }
    kept
}

/// Spaces for everything but line ends, byte for byte, so that a place in the
/// blanked text is the same place in the text.
fn blank(text: &str) -> String {
    text.chars().map(|c| if c == '\n' { "\n".to_owned() } else { " ".repeat(c.len_utf8()) }).collect()
}

/// Blanks comments (nested ones too), strings (raw ones too) and characters.
fn blank_comments_and_literals(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_or_comment_end(&chars, at);
        if end > at {
            code.push_str(&blank(&String::from_iter(&chars[at..end])));
            at = end;
        } else {
            code.push(chars[at]);
            at += 1;
        }
    }
    code
}

/// Where the comment or literal that starts at `at` ends; `at` if none does.
fn literal_or_comment_end(chars: &[char], at: usize) -> usize {
    let next = |offset: usize| chars.get(at + offset).copied().unwrap_or('\n');
    let word_before = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match chars[at] {
        '/' if next(1) == '/' => find(chars, at, |rest| rest[0] == '\n', 0),
        '/' if next(1) == '*' => block_comment_end(chars, at),
        '"' => string_end(chars, at),
        'r' if !word_before && (next(1) == '"' || next(1) == '#') => raw_string_end(chars, at),
        // A character, not a lifetime: 'x' or an escape.
        '\'' if next(1) == '\\' => find(chars, at + 3, |rest| rest[0] == '\'', 1),
        '\'' if next(2) == '\'' => at + 3,
        _ => at,
    }
}

fn find(chars: &[char], from: usize, is_end: impl Fn(&[char]) -> bool, and: usize) -> usize {
    (from..chars.len()).find(|&at| is_end(&chars[at..])).map_or(chars.len(), |at| (at + and).min(chars.len()))
}

fn block_comment_end(chars: &[char], at: usize) -> usize {
    let mut depth = 0;
    let mut at = at;
    while at < chars.len() {
        if chars[at..].starts_with(&['/', '*']) {
            depth += 1;
            at += 2;
        } else if chars[at..].starts_with(&['*', '/']) {
            depth -= 1;
            at += 2;
        } else {
            at += 1;
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], at: usize) -> usize {
    let mut at = at + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// `r"…"`, `r#"…"#` and so on; a raw identifier such as `r#type` is no string.
fn raw_string_end(chars: &[char], at: usize) -> usize {
    let hashes = chars[at + 1..].iter().take_while(|&&c| c == '#').count();
    if chars.get(at + 1 + hashes) != Some(&'"') {
        return at;
    }
    let mut closing = vec!['"'];
    closing.extend(std::iter::repeat_n('#', hashes));
    find(chars, at + 2 + hashes, |rest| rest.starts_with(&closing), closing.len())
}

#[test]
fn comments_and_literals_are_blanked_and_code_is_kept() {
    let code = blank_comments_and_literals(concat!(
        "a /* b /* c */ d */ e // f\n",
        "\"g\\\" h\" i r#\"j \" k\"# l '\\'' m 'n' o<'p> r#type\n",
    ));
    assert_eq!(code.split_whitespace().collect::<Vec<_>>(), ["a", "e", "i", "l", "m", "o<'p>", "r#type"]);
    assert_eq!(code.lines().count(), 2);
    assert_eq!(blank_comments_and_literals("\"话术\" a").find('a'), Some(9), "the same place in bytes");
}

#[test]
fn modules_for_tests_are_found() {
    let text = "#[cfg(test)]\nmod tests;\n#[cfg(test)]\n#[path = \"odd_tests.rs\"]\nmod more;\n#[cfg(test)]\nmod here { }";
    let code = blank_comments_and_literals(text);
    let source = Source { path: "src/floor/call.rs".into(), text: text.into(), shipped: code.clone(), code };
    let found = test_modules(&source);
    assert_eq!(found, [Path::new("src/floor/call/tests"), Path::new("src/floor/odd_tests")]);
}

#[test]
fn test_items_are_not_shipped() {
    let shipped = blank_test_items(
        "fn a() {}\n#[cfg(test)]\nmod tests { fn b() { c(); } }\n#[cfg(test)] use d;\nfn e() {}",
    );
    assert_eq!(shipped.split_whitespace().collect::<Vec<_>>(), ["fn", "a()", "{}", "fn", "e()", "{}"]);
}
