//! The makes of desk phones, by what they call themselves, and what each can
//! be asked to do.
//!
//! In: the User-Agent of a registration. Out: a [`Make`]; which headers have it
//! answer by itself is written in `switch/encode.rs`. Pure.
//!
//! | make | answers by itself on | a setting of the phone | the `talk` event |
//! |---|---|---|---|
//! | Yealink | Alert-Info `info=alert-autoanswer` or `answer-after=0`, Call-Info `answer-after=0` | intercom is allowed as shipped | yes |
//! | Grandstream | Call-Info `answer-after=0` | "Allow Auto Answer by Call-Info", off as shipped | not known |
//! | Fanvil | not documented: both headers are sent | – | not known |
//! | Snom | Alert-Info `info=alert-autoanswer;delay=0` | `answer_after_policy`, off as shipped | yes |
//! | Poly | Alert-Info equal to `voIpProt.SIP.alertInfo.x.value` of class `autoAnswer` | that pair; the value to be `info=alert-autoanswer` | yes |
//!
//! Sources. Yealink: support.yealink.com faqInfo 546; Administrator's Guide for
//! SIP-T2/T4/T5 Series, "Auto Answer" under distinctive ring tones, and
//! "Incoming Intercom". Grandstream: GXP21xx and GXP16xx Administration Guides,
//! "Allow Auto Answer by Call-Info". Snom: service.snom.com "Intercom - Paging
//! feature" and `answer_after_policy`. Poly: Administrator's Guide, ring classes
//! (`se.rt.autoAnswer`) and `voIpProt.SIP.alertInfo`. The `talk` event package:
//! the Allow-Events header of the phones' own messages (Yealink SIP-T28P, T38G
//! `talk,hold,conference,refer,check-sync`; snom360 `talk, hold, refer,
//! call-info`; Poly VVX 500 and 450 `conference,talk,hold`). Where neither is
//! known, the phone is not asked, unless the user's settings say that it can be.

/// A make of desk phones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Make {
    /// Yealink SIP-T…
    Yealink,
    /// Grandstream GXP…, GRP…
    Grandstream,
    /// Fanvil X…
    Fanvil,
    /// Snom D…
    Snom,
    /// Poly, formerly Polycom: VVX…, Edge E…
    Poly,
    /// Any other, or not known.
    Other,
}

/// What each calls itself, in lower case: the first words of its User-Agent.
/// Poly's newer phones begin with their model's family.
const NAMES: [(&str, Make); 8] = [
    ("yealink", Make::Yealink),
    ("grandstream", Make::Grandstream),
    ("fanvil", Make::Fanvil),
    ("snom", Make::Snom),
    ("polycom", Make::Poly),
    ("polyedge", Make::Poly),
    ("poly/", Make::Poly),
    ("poly ", Make::Poly),
];

impl Make {
    /// The make that calls itself so.
    pub fn of(user_agent: Option<&str>) -> Self {
        let name = user_agent.unwrap_or_default().trim_start().to_ascii_lowercase();
        NAMES.iter().find(|(begins, _)| name.starts_with(begins)).map_or(Make::Other, |(_, make)| *make)
    }

    /// Whether it answers when it is sent NOTIFY with `Event: talk`.
    pub fn answers_on_request(self) -> bool {
        match self {
            Make::Yealink | Make::Snom | Make::Poly => true,
            Make::Grandstream | Make::Fanvil | Make::Other => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_are_known_by_what_phones_call_themselves() {
        for (user_agent, make) in [
            ("Yealink SIP-T46U 108.86.0.20", Make::Yealink),
            ("Grandstream GXP2140 1.0.9.14", Make::Grandstream),
            ("Fanvil X303 2.12.18.9 0c383e000000", Make::Fanvil),
            ("snom360/7.3.30", Make::Snom),
            ("snomD785/10.1.159.12", Make::Snom),
            ("PolycomVVX-VVX_450-UA/6.4.3.5018", Make::Poly),
            ("PolyEdge-Edge_E450-UA/8.1.0", Make::Poly),
            ("desk_phone", Make::Other),
            ("Polyphony 1.0", Make::Other),
            ("a softphone for Yealink", Make::Other),
            ("", Make::Other),
        ] {
            assert_eq!(Make::of(Some(user_agent)), make, "{user_agent}");
        }
        assert_eq!(Make::of(None), Make::Other);
    }

    #[test]
    fn only_phones_that_announce_the_event_are_asked_to_answer() {
        let can: Vec<Make> =
            [Make::Yealink, Make::Grandstream, Make::Fanvil, Make::Snom, Make::Poly, Make::Other]
                .into_iter()
                .filter(|make| make.answers_on_request())
                .collect();
        assert_eq!(can, [Make::Yealink, Make::Snom, Make::Poly]);
    }
}
