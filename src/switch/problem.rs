//! Why the switch cannot be used, in words for people.

use crate::switch::link::LinkConfig;

/// Why the switch cannot be used. The address is named where it can be the fault.
#[derive(Debug, Clone, thiserror::Error)]
pub(super) enum Problem {
    #[error("cannot connect to the switch at {0}: {1}. Is FreeSWITCH running with its Event Socket there?")]
    CannotConnect(String, String),
    #[error("the switch at {0} does not accept the Event Socket password")]
    WrongPassword(String),
    #[error(
        "the switch at {0} does not let this host connect: its access list for the Event Socket refuses us"
    )]
    RefusedByAccessList(String),
    #[error("what answers at {0} is no usable Event Socket: {1}")]
    Unusable(String, String),
    #[error("the connection to the switch broke: {0}")]
    Broken(String),
    #[error("the switch has been silent for {0} s")]
    Silent(u64),
    #[error("the switch at {0} does not answer")]
    Stalled(String),
    #[error("the switch at {0} is starting: waiting until its SIP profiles run ({1})")]
    Starting(String, String),
    #[error(
        "the switch at {0} takes no calls: after {2} s these SIP profiles still do not run: {1}. \
         Look for them in its log (freeswitch.log): is mod_sofia loaded, is the profile's file in sip_profiles, \
         is its port free?"
    )]
    ProfileMissing(String, String, u64),
}

/// Where the switch should be.
pub(super) fn address(config: &LinkConfig) -> String {
    format!("{}:{}", config.host, config.port)
}
