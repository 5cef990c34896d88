//! The simulated registrar of desk phones, in the words of FreeSWITCH 1.10.12.
//!
//! In: the world's phones, and events of them. Out: the headers of `sofia::…`
//! events, the XML of `sofia xmlstatus profile internal reg`.

use crate::base::clock::Moment;
use crate::sim::event::EventKind;
use crate::sim::headers::Headers;
use crate::sim::phone::SimPhone;
use crate::sim::world::World;

/// How long a registration lasts that is not renewed, in seconds.
const EXPIRES: i64 = 120;

/// The headers of an event of a phone, after the preamble.
pub fn of_event(kind: &EventKind, phone: &SimPhone, at: Moment) -> Headers {
    let mut headers = Headers::new();
    let mut put = |name: &str, value: &str| headers.push((name.to_owned(), value.to_owned()));
    let (user, port) = (phone.extension.as_str(), phone.port.to_string());
    put("Event-Subclass", kind.subclass().unwrap_or_default());
    put("profile-name", "internal");
    if matches!(kind, EventKind::Expired(_)) {
        // Told from the registrar's row, and so in other words.
        put("call-id", &call_id(phone));
        put("user", user);
        put("username", user);
        put("host", "trunkline");
        put("contact", &contact(phone));
        put("expires", &(at.0 / 1000).to_string());
        put("user-agent", phone.user_agent);
        put("realm", "trunkline");
        put("network-ip", &phone.ip);
        put("network-port", &port);
        return headers;
    }
    let registered = matches!(kind, EventKind::Registered(_));
    put("from-user", user);
    put("from-host", "trunkline");
    put("contact", &contact(phone));
    put("call-id", &call_id(phone));
    put("rpid", "unknown");
    if registered {
        put("presence-hosts", "n/a");
        put("status", "Registered(UDP)");
        put("to-user", user);
        put("to-host", "trunkline");
    }
    put("expires", &if registered { EXPIRES } else { 0 }.to_string());
    put("network-ip", &phone.ip);
    put("network-port", &port);
    put("username", user);
    put("realm", "trunkline");
    put("user-agent", phone.user_agent);
    put("user_name", user);
    put("domain_name", "trunkline");
    put("user_context", "desk");
    headers
}

/// The answer to `sofia xmlstatus profile internal reg`.
pub fn list(world: &World, now: Moment) -> String {
    let until = now + EXPIRES * 1_000;
    let row = |phone: &SimPhone| {
        let (user, agent) = (&phone.extension, phone.user_agent);
        format!(
            "    <registration>\n        <call-id>{}</call-id>\n        <user>{user}@trunkline</user>\n        \
             <contact>&quot;&quot; &lt;sip:{user}@{}:{}&gt;</contact>\n        <agent>{agent}</agent>\n        \
             <status>Registered(UDP)(unknown) exp({}) expsecs({EXPIRES})</status>\n        \
             <ping-status>Reachable</ping-status>\n        <ping-time>1.00</ping-time>\n        \
             <host>simulator</host>\n        <network-ip>{}</network-ip>\n        \
             <network-port>{}</network-port>\n        <sip-auth-user>{user}</sip-auth-user>\n        \
             <sip-auth-realm>trunkline</sip-auth-realm>\n        \
             <mwi-account>{user}@trunkline</mwi-account>\n    </registration>\n",
            call_id(phone),
            phone.ip,
            phone.port,
            until.to_utc().format("%Y-%m-%d %H:%M:%S"),
            phone.ip,
            phone.port,
        )
    };
    let rows: String = world.registered_phones().iter().map(row).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<profile>\n  <registrations>\n{rows}  \
         </registrations>\n</profile>\n"
    )
}

fn call_id(phone: &SimPhone) -> String {
    format!("registration-{}", phone.extension)
}

fn contact(phone: &SimPhone) -> String {
    format!("\"\" <sip:{}@{}:{}>", phone.extension, phone.ip, phone.port)
}
