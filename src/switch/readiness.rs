//! Whether the switch can take calls yet.
//!
//! In: the answer to `sofia status`. Out: the SIP profiles that do not run.
//! Pure; the session asks. The Event Socket opens while FreeSWITCH still loads
//! its modules: until SIP is there every originate fails with
//! CHAN_NOT_IMPLEMENTED.

/// The profiles of our configuration (freeswitch-conf/sip_profiles): phones and
/// carriers.
pub const PROFILES: [&str; 2] = ["internal", "external"];

/// Those of [`PROFILES`] that do not run. An answer that is no list, such as
/// that of a switch without its SIP module, names none, so none runs.
pub fn missing(answer: &str) -> Vec<&'static str> {
    PROFILES.into_iter().filter(|profile| !answer.lines().any(|line| is_running(line, profile))).collect()
}

/// A line has the columns Name, Type, Data and State, between tabs and filled
/// up with spaces. Gateways and aliases have lines too.
fn is_running(line: &str, profile: &str) -> bool {
    let mut columns = line.split('\t').map(str::trim);
    columns.next() == Some(profile)
        && columns.next() == Some("profile")
        && columns.nth(1).is_some_and(|state| state.split(' ').next() == Some("RUNNING"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // FreeSWITCH 1.10.12, word for word.
    const BOTH: &str = "                     Name\t   Type\t                                      Data\tState
=================================================================================================
                 external\tprofile\t             sip:mod_sofia@127.0.0.1:58999\tRUNNING (0)
      external::carrier_a\tgateway\t              sip:trunkline@10.1.2.3:5060\tNOREG
                 internal\tprofile\t             sip:mod_sofia@127.0.0.1:38439\tRUNNING (0)
=================================================================================================
2 profiles 0 aliases
";

    #[test]
    fn both_profiles_run() {
        assert_eq!(missing(BOTH), Vec::<&str>::new());
        assert_eq!(missing(&BOTH.replace("RUNNING (0)", "RUNNING (12) (TLS)")), Vec::<&str>::new());
    }

    #[test]
    fn a_profile_that_is_not_listed_or_down_is_missing() {
        let stopped = BOTH.lines().filter(|line| !line.contains("external\t")).collect::<Vec<_>>().join("\n");
        assert!(stopped.contains("external::carrier_a"));
        assert_eq!(missing(&stopped), ["external"]);
        assert_eq!(missing(&BOTH.replacen("RUNNING", "DOWN", 1)), ["external"]);
        // An alias of that name is no profile.
        let alias = BOTH.replace("internal\tprofile\t", "internal\t  alias\t");
        assert_eq!(missing(&alias), ["internal"]);
    }

    #[test]
    fn an_answer_without_a_list_names_none() {
        assert_eq!(missing("-ERR sofia Command not found!\n"), PROFILES);
        assert_eq!(missing(""), PROFILES);
        assert_eq!(missing("internal external RUNNING"), PROFILES);
    }
}
