//! What names, extensions and secrets may look like. Several of these travel
//! into the switch's configuration, so their alphabets are narrow.

use rand::RngExt;

/// Characters of a secret that we make for a phone.
const SECRET_CHARS: usize = 24;
/// The least characters of a phone's or trunk's secret.
pub const SECRET_CHARS_MIN: usize = 12;

/// A user name: a letter or digit, then letters, digits, dots, dashes and
/// underscores, in lower case.
pub fn is_username(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    (2..=64).contains(&text.len())
        && text.chars().all(inner)
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
}

/// The number of a desk phone: 2 to 10 digits.
pub fn is_extension(text: &str) -> bool {
    (2..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// A phone's secret: visible ASCII but quotes and angle brackets, so that it
/// can be typed on any phone.
pub fn is_phone_secret(text: &str) -> bool {
    (SECRET_CHARS_MIN..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>&\\`".contains(&b))
}

/// The name of a gateway, as it stands in dial strings.
pub fn is_gateway_name(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

/// A host or address with an optional port.
pub fn is_proxy(text: &str) -> bool {
    (1..=200).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]".contains(&b))
}

/// What a carrier may have given out as user name or secret: visible ASCII but
/// what would need escaping.
pub fn is_carrier_word(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic() && !b"\"'<>&\\`".contains(&b))
}

/// A new secret for a phone: 24 letters and digits that cannot be mistaken for
/// one another, 135 random bits.
pub fn new_phone_secret() -> String {
    const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut random = rand::rng();
    (0..SECRET_CHARS).map(|_| char::from(ALPHABET[random.random_range(0..ALPHABET.len())])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_could_break_out_are_refused() {
        assert!(is_username("zhang.wei") && is_username("a1"));
        for bad in ["a", "Zhang", ".wei", "zhang wei", "张伟", "a\nb"] {
            assert!(!is_username(bad), "{bad}");
        }
        assert!(is_gateway_name("carrier-1"));
        for bad in ["", "gw/1", "gw}1", "gw 1", "gw\n"] {
            assert!(!is_gateway_name(bad), "{bad}");
        }
        assert!(is_proxy("sip.example.com:5080") && is_proxy("[2001:db8::1]:5060"));
        assert!(!is_proxy("host;transport=tcp") && !is_proxy("a b"));
        assert!(is_extension("1001") && !is_extension("+1001") && !is_extension("1"));
    }

    #[test]
    fn a_made_secret_is_acceptable_and_new_every_time() {
        let (a, b) = (new_phone_secret(), new_phone_secret());
        assert!(is_phone_secret(&a) && is_phone_secret(&b));
        assert_ne!(a, b);
        assert!(!is_phone_secret("short") && !is_phone_secret("with<angle>brackets"));
    }
}
