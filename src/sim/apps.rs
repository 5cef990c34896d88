//! Applications that a leg executes once it is answered, as an originate names
//! them, or a transfer sends it to: `&park()` or `'queue_dtmf:w2@500,eavesdrop:UUID' inline`.

/// One application with its argument.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct App {
    /// Its name, e.g. `park`.
    pub name: String,
    /// Its argument; empty when there is none.
    pub data: String,
}

impl App {
    /// An application of that name with that argument.
    pub fn new(name: &str, data: &str) -> Self {
        Self { name: name.to_owned(), data: data.to_owned() }
    }

    /// Reads `&name(data)`.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, data) = text.strip_prefix('&')?.split_once('(')?;
        Some(Self::new(name, data.strip_suffix(')')?))
    }

    /// Reads the inline dialplan: `name:data,name:data`, perhaps in quotes.
    pub fn parse_inline(text: &str) -> Vec<Self> {
        let plain = text.trim_matches('\'');
        let named = plain.split(',').filter(|part| !part.is_empty());
        named
            .map(|part| part.split_once(':').map_or_else(|| Self::new(part, ""), |(n, d)| Self::new(n, d)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_naming_an_application_are_read() {
        assert_eq!(App::parse("&park()"), Some(App::new("park", "")));
        assert_eq!(App::parse("&eavesdrop(abc)"), Some(App::new("eavesdrop", "abc")));
        assert_eq!(App::parse("1000"), None);
        assert_eq!(
            App::parse_inline("'queue_dtmf:w2@500,eavesdrop:abc'"),
            [App::new("queue_dtmf", "w2@500"), App::new("eavesdrop", "abc")]
        );
        assert_eq!(App::parse_inline("park:"), [App::new("park", "")]);
    }
}
