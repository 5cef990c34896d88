//! The switch's questions about phones and gateways (mod_xml_curl), and the
//! answers.
//!
//! In: the form fields of the request; phones and gateways from the store. Out:
//! what is asked, and XML. Pure: the HTTP handler asks the store in between.

/// What the switch wants to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DirectoryRequest {
    /// A phone registers or calls and has to prove its password, or a phone is
    /// to be called and the switch wants to know how. One answer serves both.
    Phone {
        /// The phone's extension, as claimed.
        extension: String,
    },
    /// The gateways of the carriers' profile.
    Gateways,
    /// The carriers' addresses, for the access list.
    CarrierAddresses,
    /// Anything else: nothing of ours.
    Other,
}

/// A desk phone.
#[derive(Debug, Clone)]
pub struct DeskPhone {
    /// Its number, which is its SIP user name as well.
    pub extension: String,
    /// Its SIP password.
    pub secret: String,
}

/// A trunk to a carrier.
#[derive(Debug, Clone)]
pub struct GatewaySettings {
    /// Its name in dial strings.
    pub name: String,
    /// The carrier's host, with `:port` unless it is 5060.
    pub proxy: String,
    /// The account at the carrier; `None` when it knows us by our address.
    pub username: Option<String>,
    /// The account's password.
    pub secret: Option<String>,
    /// Whether to register with the carrier; needs an account.
    pub register: bool,
}

/// The profile of the carriers, in freeswitch-conf/sip_profiles/external.xml.
const CARRIERS_PROFILE: &str = "external";

/// Calls the phone where it registered last; see
/// freeswitch-conf/sip_profiles/internal.xml.
const DIAL_STRING: &str = "{^^:sip_invite_domain=${dialed_domain}:presence_id=${dialed_user}@${dialed_domain}}\
    ${sofia_contact(internal/${dialed_user}@${dialed_domain})}";

impl DirectoryRequest {
    /// Reads the form fields of a request for the domain `domain`. Of a name
    /// that comes twice the first counts: the switch puts its own fields in
    /// front of those that a phone can choose.
    pub fn from_form(fields: &[(String, String)], domain: &str) -> Self {
        let field = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        if field("section") != Some("directory")
            || field("tag_name") != Some("domain")
            || field("key_value") != Some(domain)
        {
            return Self::Other;
        }
        match (field("purpose"), field("action"), field("user")) {
            (Some("gateways"), _, _) if field("profile") == Some(CARRIERS_PROFILE) => Self::Gateways,
            (Some("network-list"), _, _) => Self::CarrierAddresses,
            (Some(_), _, _) => Self::Other,
            (None, Some("sip_auth" | "user_call"), Some(user)) if !user.is_empty() => {
                Self::Phone { extension: user.to_owned() }
            }
            _ => Self::Other,
        }
    }
}

/// The answer for a phone. A phone without a secret is not found: it could
/// otherwise be taken over by anybody who knows its number.
pub fn phone_answer(domain: &str, phone: &DeskPhone) -> String {
    if phone.secret.is_empty() || phone.extension.is_empty() {
        return not_found();
    }
    let params = param("password", &phone.secret) + &param("dial-string", DIAL_STRING);
    let variables = r#"<variable name="user_context" value="desk"/>"#;
    in_domain(
        domain,
        &format!(
            r#"<user id="{}"><params>{params}</params><variables>{variables}</variables></user>"#,
            escape(&phone.extension)
        ),
    )
}

/// The answer for the carriers' profile.
pub fn gateways_answer(domain: &str, gateways: &[GatewaySettings]) -> String {
    let all: String = gateways.iter().map(gateway).collect();
    in_domain(domain, &format!(r#"<user id="gateways"><gateways>{all}</gateways></user>"#))
}

/// The answer for the access list: the carriers that are given by address.
/// (Hosts given by name cannot be looked up here.)
pub fn carrier_addresses_answer(domain: &str, gateways: &[GatewaySettings]) -> String {
    let users: String = gateways
        .iter()
        .filter_map(|gateway| Some((gateway, address(&gateway.proxy)?)))
        .map(|(gateway, ip)| {
            let bits = if ip.is_ipv4() { 32 } else { 128 };
            format!(r#"<user id="{}" cidr="{ip}/{bits}"/>"#, escape(&gateway.name))
        })
        .collect();
    in_domain(domain, &users)
}

/// The answer to everything else.
pub fn not_found() -> String {
    document(r#"<section name="result"><result status="not found"/></section>"#)
}

fn gateway(gateway: &GatewaySettings) -> String {
    let mut params = param("proxy", &gateway.proxy);
    let account = gateway.username.as_deref().zip(gateway.secret.as_deref());
    let account = account.filter(|(username, secret)| !username.is_empty() && !secret.is_empty());
    if let Some((username, secret)) = account {
        params += &(param("username", username) + &param("password", secret));
    }
    // The switch skips a gateway that is to register without an account.
    let register = gateway.register && account.is_some();
    params += &param("register", if register { "true" } else { "false" });
    // The carrier shows the customer the caller from the From header.
    params += &param("caller-id-in-from", "true");
    format!(r#"<gateway name="{}">{params}</gateway>"#, escape(&gateway.name))
}

fn address(proxy: &str) -> Option<std::net::IpAddr> {
    let with_port = || proxy.parse::<std::net::SocketAddr>().ok().map(|a| a.ip());
    proxy.parse().ok().or_else(with_port)
}

fn in_domain(domain: &str, inner: &str) -> String {
    document(&format!(
        r#"<section name="directory"><domain name="{}">{inner}</domain></section>"#,
        escape(domain)
    ))
}

fn document(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<document type=\"freeswitch/xml\">{inner}</document>\n"
    )
}

fn param(name: &str, value: &str) -> String {
    format!(r#"<param name="{name}" value="{}"/>"#, escape(value))
}

/// A text as the value of an XML attribute. `$` is escaped too, because the
/// switch runs its pre-processor over the answer, which would expand `$${…}`;
/// control characters, which XML cannot hold, are left out.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '$' => out.push_str("&#36;"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(pairs: &[(&str, &str)]) -> DirectoryRequest {
        let fields: Vec<_> = pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        DirectoryRequest::from_form(&fields, "trunkline")
    }

    const DOMAIN: [(&str, &str); 4] =
        [("section", "directory"), ("tag_name", "domain"), ("key_name", "name"), ("key_value", "trunkline")];

    fn ask_in_domain(pairs: &[(&str, &str)]) -> DirectoryRequest {
        ask(&[&DOMAIN[..], pairs].concat())
    }

    #[test]
    fn the_questions_of_the_switch() {
        let phone = || DirectoryRequest::Phone { extension: "1001".into() };
        assert_eq!(ask_in_domain(&[("action", "sip_auth"), ("user", "1001")]), phone());
        assert_eq!(ask_in_domain(&[("action", "user_call"), ("user", "1001")]), phone());
        assert_eq!(
            ask_in_domain(&[("purpose", "gateways"), ("profile", "external")]),
            DirectoryRequest::Gateways
        );
        assert_eq!(ask_in_domain(&[("purpose", "network-list")]), DirectoryRequest::CarrierAddresses);
    }

    #[test]
    fn everything_else_is_none_of_ours() {
        for pairs in [
            &[("purpose", "gateways"), ("profile", "internal")][..],
            &[("action", "reverse-auth-lookup"), ("user", "1001")],
            &[("action", "sip_auth"), ("user", "")],
            &[("action", "sip_auth")],
            &[("user", "1001")],
            &[],
        ] {
            assert_eq!(ask_in_domain(pairs), DirectoryRequest::Other, "{pairs:?}");
        }
        let elsewhere = [("section", "directory"), ("tag_name", "domain"), ("key_value", "192.0.2.1")];
        assert_eq!(
            ask(&[&elsewhere[..], &[("action", "sip_auth"), ("user", "1001")]].concat()),
            DirectoryRequest::Other
        );
    }

    #[test]
    fn a_phone_cannot_overwrite_the_switchs_own_fields() {
        let twice = [("action", "sip_auth"), ("user", "1001"), ("user", "1002"), ("section", "dialplan")];
        assert_eq!(ask_in_domain(&twice), DirectoryRequest::Phone { extension: "1001".into() });
    }

    #[test]
    fn a_phone_is_answered_with_its_secret_and_how_to_call_it() {
        let phone = DeskPhone { extension: "1001".into(), secret: "a<b>&\"'$${x}\n".into() };
        let expect = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<document type=\"freeswitch/xml\">\
            <section name=\"directory\"><domain name=\"trunkline\"><user id=\"1001\"><params>\
            <param name=\"password\" value=\"a&lt;b&gt;&amp;&quot;&apos;&#36;&#36;{x}\"/>\
            <param name=\"dial-string\" value=\"{^^:sip_invite_domain=&#36;{dialed_domain}:presence_id=&#36;{dialed_user}@&#36;{dialed_domain}}&#36;{sofia_contact(internal/&#36;{dialed_user}@&#36;{dialed_domain})}\"/>\
            </params><variables><variable name=\"user_context\" value=\"desk\"/></variables></user>\
            </domain></section></document>\n";
        assert_eq!(phone_answer("trunkline", &phone), expect);
    }

    #[test]
    fn a_phone_without_a_secret_does_not_exist() {
        let phone = DeskPhone { extension: "1001".into(), secret: String::new() };
        assert_eq!(phone_answer("trunkline", &phone), not_found());
    }

    #[test]
    fn gateways_with_and_without_an_account() {
        let registered = GatewaySettings {
            name: "carrier".into(),
            proxy: "sip.example.net:5070".into(),
            username: Some("u&1".into()),
            secret: Some("s".into()),
            register: true,
        };
        let by_address = GatewaySettings {
            name: "by-address".into(),
            proxy: "192.0.2.7:5080".into(),
            username: None,
            secret: None,
            register: false,
        };
        let answer = gateways_answer("trunkline", &[registered.clone(), by_address.clone()]);
        for part in [
            "<user id=\"gateways\"><gateways><gateway name=\"carrier\"><param name=\"proxy\" value=\"sip.example.net:5070\"/>\
             <param name=\"username\" value=\"u&amp;1\"/><param name=\"password\" value=\"s\"/>\
             <param name=\"register\" value=\"true\"/>",
            "<gateway name=\"by-address\"><param name=\"proxy\" value=\"192.0.2.7:5080\"/>\
             <param name=\"register\" value=\"false\"/>",
        ] {
            assert!(answer.contains(part), "{part}\nin {answer}");
        }
        let no_account =
            GatewaySettings { register: true, username: Some(String::new()), ..by_address.clone() };
        let answer = gateways_answer("trunkline", &[no_account]);
        assert!(
            answer.contains("name=\"register\" value=\"false\"") && !answer.contains("username"),
            "{answer}"
        );
        let addresses = carrier_addresses_answer("trunkline", &[registered, by_address]);
        assert!(
            addresses.contains("<user id=\"by-address\" cidr=\"192.0.2.7/32\"/></domain>"),
            "{addresses}"
        );
        assert!(!addresses.contains("carrier\""), "{addresses}");
    }
}
