//! Desk phones at the registrar, as FreeSWITCH tells of them.
//!
//! In: the headers of its `sofia::…` events, and the answer to `sofia xmlstatus
//! profile internal reg` (`show registrations` has the same rows without the
//! phones' makes). Out: [`PhoneNews`] and [`Registration`]s. Pure.
//!
//! What a phone says of itself is for people's eyes and is cut to a line; an
//! extension that is no number is not ours.

use crate::base::limits;
use crate::base::phone::Dialable;
use crate::floor::phone::{PhoneNews, Registration};
use quick_xml::XmlVersion;
use quick_xml::events::Event;

/// A phone registered, or did again.
pub const REGISTER: &str = "sofia::register";
/// A phone took its registration back.
pub const UNREGISTER: &str = "sofia::unregister";
/// A registration ran out, or was taken away on the switch.
pub const EXPIRE: &str = "sofia::expire";
/// The profile of the desk phones (freeswitch-conf/sip_profiles/internal.xml).
const PROFILE: &str = "internal";
/// Asks for every registration.
pub const QUESTION: &str = "sofia xmlstatus profile internal reg";

/// An answer of the switch that is not what its version 1.10 says.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is no XML.
    #[error("the switch's list of registrations cannot be read: {0}")]
    Xml(#[from] quick_xml::Error),
    /// It is XML, and no list.
    #[error("the switch did not send a list of registrations")]
    NoList,
}

/// What an event means; `None` for other events, profiles and names.
pub fn news<'a>(subclass: &str, header: impl Fn(&str) -> Option<&'a str>) -> Option<PhoneNews> {
    if header("profile-name") != Some(PROFILE) {
        return None;
    }
    // An expiry names the phone otherwise.
    let extension = Dialable::new(header("from-user").or_else(|| header("user"))?).ok()?;
    match subclass {
        REGISTER => Some(PhoneNews::Registered(Registration {
            extension,
            user_agent: line(header("user-agent").unwrap_or_default()),
            address: address(
                header("network-ip").unwrap_or_default(),
                header("network-port").unwrap_or_default(),
            ),
        })),
        UNREGISTER => Some(PhoneNews::Unregistered { extension, expired: false }),
        EXPIRE => Some(PhoneNews::Unregistered { extension, expired: true }),
        _ => None,
    }
}

#[derive(Default)]
struct Row {
    user: String,
    agent: String,
    ip: String,
    port: String,
}

impl Row {
    fn field(&mut self, name: &str) -> Option<&mut String> {
        match name {
            "user" => Some(&mut self.user),
            "agent" => Some(&mut self.agent),
            "network-ip" => Some(&mut self.ip),
            "network-port" => Some(&mut self.port),
            _ => None,
        }
    }

    fn registration(&self) -> Option<Registration> {
        let (extension, _domain) = self.user.split_once('@')?;
        Some(Registration {
            extension: Dialable::new(extension).ok()?,
            user_agent: line(&self.agent),
            address: address(&self.ip, &self.port),
        })
    }
}

/// The rows of the list.
pub fn list(xml: &str) -> Result<Vec<Registration>, Unreadable> {
    let mut reader = quick_xml::Reader::from_str(xml.trim());
    let (mut found, mut row, mut path) = (Vec::new(), Row::default(), Vec::<String>::new());
    let mut listed = false;
    loop {
        match reader.read_event()? {
            Event::Start(tag) => {
                path.push(tag.name().as_ref().to_owned());
                listed |= path == ["profile", "registrations"];
                if path.len() == 3 {
                    row = Row::default();
                }
            }
            Event::End(_) => {
                if path.len() == 3 && found.len() < limits::DESK_PHONES {
                    found.extend(row.registration());
                }
                path.pop();
            }
            Event::Text(text) if path.len() == 4 => {
                let text = text.xml_content(XmlVersion::Implicit1_0);
                if let Some(field) = path.last().and_then(|name| row.field(name)) {
                    field.push_str(&text);
                }
            }
            Event::GeneralRef(entity) if path.len() == 4 => {
                let text = entity.xml_content(XmlVersion::Implicit1_0);
                let text = quick_xml::escape::resolve_predefined_entity(&text).unwrap_or_default();
                if let Some(field) = path.last().and_then(|name| row.field(name)) {
                    field.push_str(text);
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if listed { Ok(found) } else { Err(Unreadable::NoList) }
}

/// One line for people, or nothing.
fn line(text: &str) -> Option<String> {
    let clean: String = text.trim().chars().filter(|c| !c.is_control()).take(limits::LINE_CHARS).collect();
    (!clean.is_empty()).then_some(clean)
}

fn address(ip: &str, port: &str) -> Option<String> {
    let ip = line(ip)?;
    Some(line(port).map_or(ip.clone(), |port| format!("{ip}:{port}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    // FreeSWITCH 1.10.12, word for word, with a second phone whose name has a
    // character that XML escapes.
    const LIST: &str = r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<profile>
  <registrations>
    <registration>
        <call-id>124d8539001483ba</call-id>
        <user>1001@trunkline</user>
        <contact>&quot;&quot; &lt;sip:1001@127.0.0.1:35272&gt;</contact>
        <agent>Yealink SIP-T46U 108.86.0.20</agent>
        <status>Registered(UDP)(unknown) exp(2026-11-25 16:53:17) expsecs(75)</status>
        <ping-status>Reachable</ping-status>
        <ping-time>0.91</ping-time>
        <host>switch-1</host>
        <network-ip>127.0.0.1</network-ip>
        <network-port>35272</network-port>
        <sip-auth-user>1001</sip-auth-user>
        <sip-auth-realm>trunkline</sip-auth-realm>
        <mwi-account>1001@trunkline</mwi-account>
    </registration>
    <registration>
        <user>1002@trunkline</user>
        <agent>A &amp; B</agent>
        <network-ip>192.0.2.7</network-ip>
        <network-port>5060</network-port>
    </registration>
    <registration>
        <user>reception@trunkline</user>
        <agent>softphone</agent>
    </registration>
  </registrations>
</profile>
"#;

    fn phone(extension: &str, user_agent: &str, address: &str) -> Registration {
        Registration {
            extension: Dialable::new(extension).unwrap(),
            user_agent: Some(user_agent.into()),
            address: Some(address.into()),
        }
    }

    #[test]
    fn the_list_of_the_switch() {
        let expect = [
            phone("1001", "Yealink SIP-T46U 108.86.0.20", "127.0.0.1:35272"),
            phone("1002", "A & B", "192.0.2.7:5060"),
        ];
        assert_eq!(list(LIST).unwrap(), expect);
        let none = "<?xml version=\"1.0\"?>\n<profile>\n  <registrations>\n  </registrations>\n</profile>\n";
        assert_eq!(list(none).unwrap(), []);
    }

    #[test]
    fn what_is_no_list_names_no_phone_as_away() {
        for answer in
            ["", "-ERR sofia Command not found!", "Invalid Profile!", "<profile>", "<a></b>", "<profile/>"]
        {
            assert!(list(answer).is_err(), "{answer:?}");
        }
    }

    fn told(subclass: &str, headers: &[(&str, &'static str)]) -> Option<PhoneNews> {
        let headers: HashMap<&str, &'static str> = headers.iter().copied().collect();
        news(subclass, |name| headers.get(name).copied())
    }

    #[test]
    fn the_events_of_the_switch() {
        let at = [("profile-name", "internal"), ("network-ip", "127.0.0.1"), ("network-port", "35272")];
        let named = [("from-user", "1001"), ("user-agent", "Yealink\r\nSIP-T46U")];
        let registered = told(REGISTER, &[&at[..], &named[..]].concat());
        assert_eq!(
            registered,
            Some(PhoneNews::Registered(phone("1001", "YealinkSIP-T46U", "127.0.0.1:35272")))
        );
        let extension = || Dialable::new("1001").unwrap();
        let gone = |expired| Some(PhoneNews::Unregistered { extension: extension(), expired });
        assert_eq!(told(UNREGISTER, &[&at[..], &named[..]].concat()), gone(false));
        assert_eq!(told(EXPIRE, &[&at[..], &[("user", "1001")]].concat()), gone(true));
    }

    #[test]
    fn other_events_profiles_and_names_mean_nothing() {
        let of = |subclass, profile, user| told(subclass, &[("profile-name", profile), ("from-user", user)]);
        assert_eq!(of("sofia::pre_register", "internal", "1001"), None);
        assert_eq!(of(REGISTER, "external", "1001"), None);
        assert_eq!(of(REGISTER, "internal", "reception"), None);
        assert_eq!(told(REGISTER, &[("profile-name", "internal")]), None);
    }
}
