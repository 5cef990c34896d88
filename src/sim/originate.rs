//! The text of an `originate` command, read as the switch reads it.
//!
//! In: `{a=1,b='x,y'}sofia/gateway/NAME/NUMBER &park() …`. Out: an
//! [`Originate`], or the switch's words for what is wrong.

use crate::base::ids::LegId;
use crate::sim::apps::App;
use crate::sim::leg::Target;
use crate::sim::world::Originate;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Said of an originate that cannot be read.
pub const USAGE: &str = "-USAGE: <call url> <exten>|&<application_name>(<app_args>) [<dialplan>] \
                         [<context>] [<cid_name>] [<cid_num>] [<timeout_sec>]\n";
/// Phones have short numbers, customers long ones: tells them apart in dial
/// strings that name neither a user nor a gateway.
const EXTENSION_DIGITS: usize = 5;
/// How long a leg rings when nothing is said of it, in seconds.
const RING_SECONDS: u32 = 60;
/// Longer than anything is simulated, in seconds.
const NEVER: u32 = 1_000_000;

/// Reads the arguments of `originate`. `fresh` becomes the leg's id when the
/// command names none.
pub fn parse(arguments: &str, fresh: Uuid, job: Uuid) -> Result<Originate, String> {
    let usage = || USAGE.to_owned();
    let (variables, rest) = take_variables(arguments.trim()).ok_or_else(usage)?;
    let words = split(rest);
    let mut words = words.iter().map(String::as_str);
    let (url, extension) = (words.next().ok_or_else(usage)?, words.next().ok_or_else(usage)?);
    let dialplan = words.next().filter(|word| *word != "undef");
    let _context = words.next();
    let _cid_name = words.next();
    let cid_number = words.next().filter(|word| *word != "undef");
    let timeout = words.next().and_then(|word| word.parse().ok());
    let apps = match (App::parse(extension), dialplan) {
        (Some(app), _) => vec![app],
        (None, Some("inline")) => App::parse_inline(extension),
        // The simulated dialplan is empty: a transfer into it ends the call.
        (None, _) => Vec::new(),
    };
    let named = |name: &str| variables.get(name).cloned();
    let leg = match named("origination_uuid") {
        Some(text) => text.parse().map_err(|_| "-ERR the simulator takes UUIDs only\n".to_owned())?,
        None => LegId(fresh),
    };
    // A leg that goes on while it rings is out of the originate's time by then.
    let ring_seconds = if variables.get("return_ring_ready").is_some_and(|value| value == "true") {
        named("execute_on_originate").as_deref().and_then(hang_up_after).unwrap_or(NEVER)
    } else {
        named("originate_timeout").and_then(|text| text.parse().ok()).or(timeout).unwrap_or(RING_SECONDS)
    };
    Ok(Originate {
        leg,
        target: target(url).ok_or_else(|| "-ERR CHAN_NOT_IMPLEMENTED\n".to_owned())?,
        caller_id: named("origination_caller_id_number")
            .or(cid_number.map(str::to_owned))
            .unwrap_or_else(|| "0000000000".to_owned()),
        ring_seconds,
        apps,
        variables,
        job: Some(job),
    })
}

/// The seconds in `sched_hangup +31 NO_ANSWER`.
fn hang_up_after(application: &str) -> Option<u32> {
    let mut words = application.strip_prefix("sched_hangup ")?.split(' ');
    let seconds = words.next()?.strip_prefix('+')?.parse().ok()?;
    (words.next() == Some("NO_ANSWER")).then_some(seconds)
}

/// Where a dial string leads.
fn target(url: &str) -> Option<Target> {
    let customer = |gateway: &str, number: &str| Target::Customer {
        gateway: gateway.to_owned(),
        number: number.to_owned(),
    };
    let mut parts = url.split('/');
    match (parts.next()?, parts.next()?, parts.next(), parts.next()) {
        ("user", user, None, None) => {
            let extension = user.split('@').next().filter(|extension| !extension.is_empty())?;
            Some(Target::Phone { extension: extension.to_owned() })
        }
        ("sofia", "gateway", Some(gateway), Some(number)) => Some(customer(gateway, number)),
        ("sofia", profile, Some(address), None) => {
            let number = address.split(['@', '%']).next()?;
            if number.len() <= EXTENSION_DIGITS {
                Some(Target::Phone { extension: number.to_owned() })
            } else {
                Some(customer(profile, number))
            }
        }
        _ => None,
    }
}

/// Takes `{a=1,b='x,y'}` off the front, more than one if there are; `None`
/// when a brace is not closed.
fn take_variables(text: &str) -> Option<(BTreeMap<String, String>, &str)> {
    let mut variables = BTreeMap::new();
    let mut rest = text;
    while let Some(inner) = rest.strip_prefix('{') {
        let end = unquoted(inner, '}').next()?;
        let mut from = 0;
        for comma in unquoted(&inner[..end], ',').chain([end]) {
            if let Some((name, value)) = inner[from..comma].split_once('=') {
                variables.insert(name.trim().to_owned(), value.trim_matches('\'').to_owned());
            }
            from = comma + 1;
        }
        rest = inner[end + 1..].trim_start();
    }
    Some((variables, rest))
}

/// The places of a character outside single quotes.
fn unquoted(text: &str, wanted: char) -> impl Iterator<Item = usize> {
    let mut quoted = false;
    text.char_indices().filter_map(move |(at, c)| {
        quoted ^= c == '\'';
        (!quoted && c == wanted).then_some(at)
    })
}

/// Words between spaces; single quotes hold words together.
fn split(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut from = 0;
    for space in unquoted(text, ' ').chain([text.len()]) {
        if space > from {
            words.push(text[from..space].to_owned());
        }
        from = space + 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEG: &str = "5810f08d-f42b-47d1-9579-cff31641b621";

    fn read(text: &str) -> Result<Originate, String> {
        parse(text, Uuid::from_u128(1), Uuid::from_u128(2))
    }

    #[test]
    fn a_customer_over_a_gateway() {
        let text = format!(
            "{{origination_uuid={LEG},origination_caller_id_number=02112345678,originate_timeout=8,\
             tl_note='a,b'}}sofia/gateway/carrier_a/13800138000 &park()"
        );
        let asked = read(&text).expect("readable");
        assert_eq!(asked.leg.to_string(), LEG);
        assert_eq!(
            asked.target,
            Target::Customer { gateway: "carrier_a".into(), number: "13800138000".into() }
        );
        assert_eq!((asked.caller_id.as_str(), asked.ring_seconds), ("02112345678", 8));
        assert_eq!(asked.variables.get("tl_note").map(String::as_str), Some("a,b"));
        assert_eq!(asked.apps, [App::new("park", "")]);
    }

    #[test]
    fn phones_are_users_or_short_numbers() {
        let phone = Target::Phone { extension: "1001".into() };
        for url in ["user/1001@trunkline", "user/1001", "sofia/external/1001@127.0.0.1:5092"] {
            assert_eq!(read(&format!("{url} &park()")).expect("readable").target, phone, "{url}");
        }
    }

    #[test]
    fn the_arguments_after_the_application_count() {
        let asked = read("user/1001 &park() undef undef undef 02160000000 30").expect("readable");
        assert_eq!((asked.caller_id.as_str(), asked.ring_seconds), ("02160000000", 30));
        let inline = read("user/1009 'queue_dtmf:w2@500,eavesdrop:x' inline").expect("readable");
        assert_eq!(inline.apps.len(), 2);
    }

    #[test]
    fn what_cannot_be_read_is_answered_in_the_switch_s_words() {
        for text in ["", "user/1001", "{a=1 user/1001 &park()"] {
            assert_eq!(read(text), Err(USAGE.to_owned()), "{text:?}");
        }
        assert_eq!(read("carrier-pigeon/1 &park()"), Err("-ERR CHAN_NOT_IMPLEMENTED\n".to_owned()));
    }
}
