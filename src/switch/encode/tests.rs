//! Every command in the words of the switch, and what no command may hold.

use super::*;
use crate::floor::effect::HangUpCause;
use proptest::prelude::*;

fn leg(n: u128) -> LegId {
    LegId(Uuid::from_u128(n))
}

fn site() -> Site {
    Site { domain: "trunkline".into(), recordings_dir: "/var/lib/rec/".into() }
}

fn number(text: &str) -> Dialable {
    Dialable::new(text).unwrap()
}

fn dial(gateway: &str) -> SwitchCommand {
    SwitchCommand::DialCustomer {
        call: CallId(Uuid::from_u128(1)),
        leg: leg(2),
        gateway: gateway.into(),
        number: number("13800138000"),
        caller_id: number("02112345678"),
        ring_seconds: 30,
    }
}

fn ring(nailed: bool, call: Option<CallId>) -> SwitchCommand {
    SwitchCommand::RingAgent {
        agent: AgentId(7),
        leg: leg(3),
        extension: number("1001"),
        caller_id: number("13800138000"),
        nailed,
        call,
        ring_seconds: 20,
        make: Make::Other,
    }
}

#[test]
fn a_customer_is_dialled_over_a_gateway_and_parked_while_they_ring() {
    let lines = encode(&dial("carrier-1"), &site(), "").unwrap();
    let expect = "originate {origination_uuid=00000000-0000-0000-0000-000000000002,\
        origination_caller_id_number=02112345678,origination_caller_id_name=02112345678,\
        originate_timeout=31,return_ring_ready=true,\
        execute_on_originate='sched_hangup +31 NO_ANSWER',execute_on_answer=sched_cancel,tl_role=customer,\
        tl_call=00000000-0000-0000-0000-000000000001,hangup_after_bridge=true,\
        park_timeout=120:NORMAL_CLEARING,RECORD_STEREO=true}sofia/gateway/carrier-1/13800138000 &park()";
    assert_eq!(lines, vec![Line::Background(expect.into())]);
}

#[test]
fn a_message_is_taken_in_one_order_and_nothing_in_it_adds_another() {
    let take = |greeting: Option<&str>, file: &str| {
        let greeting = greeting.map(str::to_owned);
        let call = CallId(Uuid::from_u128(1));
        let command = SwitchCommand::TakeMessage { leg: leg(2), call, greeting, seconds_max: 120 };
        encode(&command, &site(), file)
    };
    let expect = "uuid_transfer 00000000-0000-0000-0000-000000000002 \
        set:tl_message=true,set:RECORD_STEREO=false,set:RECORD_READ_ONLY=true,playback:/sounds/a.wav,\
        playback:${voicemail_beep},record_session:/rec/m.wav,sleep:120000,hangup:NORMAL_CLEARING inline";
    assert_eq!(take(Some("/sounds/a.wav"), "/rec/m.wav"), Ok(vec![Line::Api(expect.into())]));
    assert!(take(Some("a.wav,park:"), "/rec/m.wav").is_err());
    assert!(take(None, "/rec/m m.wav").is_err());
}

#[test]
fn a_nailed_leg_outlives_its_calls_and_a_rung_one_does_not() {
    let text = |command: &SwitchCommand| match &encode(command, &site(), "").unwrap()[..] {
        [Line::Background(text)] => text.clone(),
        other => panic!("{other:?}"),
    };
    let nailed = text(&ring(true, None));
    assert!(nailed.ends_with("}user/1001@trunkline &park()"), "{nailed}");
    for part in ["tl_agent=7", "tl_nailed=true", "park_after_bridge=true", "hangup_after_bridge=false"] {
        assert!(nailed.contains(part), "{part} in {nailed}");
    }
    assert!(!nailed.contains("tl_call"));
    let rung = text(&ring(false, Some(CallId(Uuid::from_u128(9)))));
    for part in [
        "tl_nailed=false",
        "tl_call=00000000-0000-0000-0000-000000000009",
        "hangup_after_bridge=true",
        "sip_h_Call-Info=<sip:trunkline>;answer-after=0",
    ] {
        assert!(rung.contains(part), "{part} in {rung}");
    }
    assert!(!rung.contains("park_after_bridge"));
}

#[test]
fn every_make_is_told_in_its_own_way_to_answer_by_itself() {
    let headers = |make| {
        let mut command = ring(false, None);
        if let SwitchCommand::RingAgent { make: own, .. } = &mut command {
            *own = make;
        }
        let [text] = &texts(&command)[..] else { panic!("one line") };
        let all = text.split(['{', ',', '}']).filter(|part| part.starts_with("sip_h_"));
        all.collect::<Vec<_>>().join(" ")
    };
    let call_info = "sip_h_Call-Info=<sip:trunkline>;answer-after=0";
    let alert_info = "sip_h_Alert-Info=<sip:trunkline>;info=alert-autoanswer;delay=0";
    let both = format!("{call_info} {alert_info}");
    assert_eq!(headers(Make::Yealink), both);
    assert_eq!(headers(Make::Fanvil), both);
    assert_eq!(headers(Make::Other), both);
    assert_eq!(headers(Make::Grandstream), call_info);
    assert_eq!(headers(Make::Snom), alert_info);
    assert_eq!(headers(Make::Poly), "sip_h_Alert-Info=info=alert-autoanswer");
}

#[test]
fn the_short_commands() {
    let api = |command| encode(&command, &site(), "/rec/a.wav").unwrap();
    let (a, b) = (leg(1), leg(2));
    assert_eq!(
        api(SwitchCommand::Bridge { first: a, second: b, stays: None }),
        vec![Line::Api(format!("uuid_bridge {a} {b}"))]
    );
    assert_eq!(
        api(SwitchCommand::HangUp { leg: a, cause: HangUpCause::OriginatorCancel }),
        vec![Line::Api(format!("uuid_kill {a} ORIGINATOR_CANCEL"))]
    );
    assert_eq!(
        api(SwitchCommand::StartRecording { leg: a, call: CallId(b.0) }),
        vec![Line::Api(format!("uuid_record {a} start /rec/a.wav"))]
    );
    let voice = SwitchCommand::RecordVoice { leg: a, call: CallId(b.0), supervisor: AgentId(7) };
    assert_eq!(api(voice), vec![Line::Api(format!("uuid_record {a} start /rec/a.wav"))]);
    assert_eq!(
        api(SwitchCommand::StopRecording { leg: a }),
        vec![Line::Api(format!("uuid_record {a} stop all"))]
    );
    assert_eq!(api(SwitchCommand::Check { leg: a }), vec![Line::Api(format!("uuid_exists {a}"))]);
}

fn texts(command: &SwitchCommand) -> Vec<String> {
    let lines = encode(command, &site(), "").unwrap();
    lines
        .into_iter()
        .map(|line| match line {
            Line::Api(text) | Line::Setting(text) | Line::Background(text) => text,
        })
        .collect()
}

#[test]
fn a_leg_leaves_its_partner_parked() {
    let (a, b, c) = (leg(1), leg(2), leg(3));
    let keep = |leg| format!("uuid_setvar_multi {leg} park_after_bridge=true;hangup_after_bridge=false");
    let music = format!("uuid_transfer {a} endless_playback:${{hold_music}} inline");
    assert_eq!(texts(&SwitchCommand::PlayMusic { leg: a, partner: Some(b) }), [keep(b), music.clone()]);
    assert_eq!(texts(&SwitchCommand::PlayMusic { leg: a, partner: None }), [music]);
    let stay = format!("uuid_setvar_multi {a} park_timeout=");
    let park = format!("uuid_transfer {a} park: inline");
    assert_eq!(texts(&SwitchCommand::Park { leg: a, partner: Some(b) }), [keep(b), stay, park]);
    let call = CallId(Uuid::from_u128(9));
    let room = |leg| format!("uuid_transfer {leg} conference:{call}@trunkline inline");
    assert_eq!(
        texts(&SwitchCommand::JoinRoom { call, legs: vec![a, b, c] }),
        [keep(b), keep(c), room(a), room(b), room(c)]
    );
}

#[test]
fn what_hangs_on_the_audio_of_a_leg() {
    let a = leg(1);
    let one = |command| texts(&command).join("|");
    let mute = |on| one(SwitchCommand::Mute { leg: a, on });
    assert_eq!(mute(true), format!("uuid_audio {a} start read mute -4"));
    assert_eq!(mute(false), format!("uuid_audio {a} stop"));
    let keys = crate::floor::input::Keys::new("1*#A").unwrap();
    assert_eq!(one(SwitchCommand::SendKeys { leg: a, keys }), format!("uuid_send_dtmf {a} 1*#A"));
    let mask = |on| one(SwitchCommand::MaskRecording { leg: a, path: "/rec/a.wav".into(), on });
    assert_eq!(mask(true), format!("uuid_record {a} mask /rec/a.wav"));
    assert_eq!(mask(false), format!("uuid_record {a} unmask /rec/a.wav"));
    assert_eq!(one(SwitchCommand::AnswerPhone { leg: a }), format!("uuid_phone_event {a} talk"));
    let sound = || "/sounds/place/1.wav".to_owned();
    assert_eq!(
        one(SwitchCommand::Announce { leg: a, sound: sound() }),
        format!("uuid_displace {a} start /sounds/place/1.wav")
    );
    assert_eq!(
        one(SwitchCommand::EndAnnouncement { leg: a, sound: sound() }),
        format!("uuid_displace {a} stop /sounds/place/1.wav")
    );
    let path = "/rec/a b.wav".into();
    assert!(encode(&SwitchCommand::MaskRecording { leg: a, path, on: true }, &site(), "").is_err());
}

#[test]
fn a_caller_is_asked_for_a_key_while_the_music_plays() {
    let a = leg(1);
    let offer = |message: Option<&str>, music: Option<&str>| SwitchCommand::OfferKey {
        leg: a,
        message: message.map(str::to_owned),
        music: music.map(str::to_owned),
        key: '7',
    };
    let asks = |music: &str| {
        format!(
            "play_and_get_digits:1 1 10000 1000 D {music} silence_stream://1 tl_key 7,endless_playback:{music}"
        )
    };
    let own = asks("${hold_music}");
    assert_eq!(texts(&offer(None, None)), [format!("uuid_transfer {a} '{own}' inline")]);
    let both = format!("playback:/s/invite.wav,{}", asks("local_stream://moh"));
    let line = format!("uuid_transfer {a} '{both}' inline");
    assert_eq!(texts(&offer(Some("/s/invite.wav"), Some("local_stream://moh"))), [line]);
    for odd in ["a b.wav", "a.wav,hangup", "a'b"] {
        assert!(encode(&offer(Some(odd), None), &site(), "").is_err(), "{odd}");
        assert!(encode(&offer(None, Some(odd)), &site(), "").is_err(), "{odd}");
    }
}

#[test]
fn supervisors_listen_to_the_agents_leg() {
    let (ear, target) = (leg(1), leg(2));
    let monitor = |mode| {
        let (supervisor, extension) = (AgentId(7), number("1003"));
        let phone_keys = mode != MonitorMode::Listen;
        let (leg, make) = (ear, Make::Grandstream);
        texts(&SwitchCommand::Monitor {
            supervisor,
            leg,
            extension,
            target,
            mode,
            phone_keys,
            ring_seconds: 20,
            make,
        })
        .join("|")
    };
    let listen = monitor(MonitorMode::Listen);
    let end = format!("}}user/1003@trunkline 'eavesdrop:{target}' inline");
    assert!(listen.ends_with(&end), "{listen}");
    let label = "tl_role=monitor,tl_supervisor=7,RECORD_READ_ONLY=true";
    for part in [label, "answer-after=0", "originate_timeout=21"] {
        assert!(listen.contains(part), "{part} in {listen}");
    }
    assert!(listen.contains(",eavesdrop_enable_dtmf=false"), "{listen}");
    let whisper = monitor(MonitorMode::Whisper);
    assert!(!whisper.contains("eavesdrop_enable_dtmf"), "{whisper}");
    assert!(whisper.ends_with(&format!(" 'queue_dtmf:w2@300,eavesdrop:{target}' inline")), "{whisper}");
    let set = texts(&SwitchCommand::SetMonitorMode { leg: ear, mode: MonitorMode::Barge });
    assert_eq!(set, [format!("uuid_recv_dtmf {ear} 3@300")]);
    let moved = texts(&SwitchCommand::MoveMonitor { leg: ear, target, mode: MonitorMode::Listen });
    assert_eq!(moved, [format!("uuid_transfer {ear} eavesdrop:{target} inline")]);
    let call = CallId(Uuid::from_u128(9));
    let taken = texts(&SwitchCommand::LabelAgent { leg: ear, agent: AgentId(7), call });
    let label = format!("tl_role=agent;tl_agent=7;tl_nailed=false;tl_call={call};hangup_after_bridge=true");
    assert_eq!(taken, [format!("uuid_setvar_multi {ear} {label}")]);
}

#[test]
fn an_outside_party_is_dialled_as_a_customer_is() {
    let third = texts(&SwitchCommand::DialThird {
        call: CallId(Uuid::from_u128(1)),
        leg: leg(2),
        gateway: "carrier-1".into(),
        number: number("13900139000"),
        caller_id: number("02112345678"),
        ring_seconds: 30,
    });
    let expect = "originate {origination_uuid=00000000-0000-0000-0000-000000000002,\
        origination_caller_id_number=02112345678,origination_caller_id_name=02112345678,\
        originate_timeout=31,ignore_early_media=true,tl_role=third,\
        tl_call=00000000-0000-0000-0000-000000000001,tl_number=13900139000,hangup_after_bridge=true,\
        park_timeout=120:NORMAL_CLEARING}sofia/gateway/carrier-1/13900139000 &park()";
    assert_eq!(third, [expect]);
}

#[test]
fn recordings_lie_in_a_folder_per_day_under_a_name_nobody_guesses() {
    let call = CallId(Uuid::from_u128(1));
    let path = recording_path(&site(), call, Moment(1_795_419_968_730), Uuid::from_u128(0xabc));
    let expect = "/var/lib/rec/2026/11/23/00000000-0000-0000-0000-000000000001-\
        00000000000000000000000000000abc.wav";
    assert_eq!(path, expect);
    let path = voice_path(&site(), call, AgentId(7), Moment(1_795_419_968_730), Uuid::from_u128(0xabc));
    let expect = "/var/lib/rec/2026/11/23/00000000-0000-0000-0000-000000000001-\
        00000000000000000000000000000abc-7-1795419968730.wav";
    assert_eq!(path, expect);
}

#[test]
fn what_could_end_or_extend_a_command_is_refused() {
    for gateway in [
        "", "a\nb", "a\rb", "a\0b", "a b", "a,b=c", "a}", "{a", "a'", "a\"", "a\\", "${x}", "a[b]", "^^:a",
        "a&b", "中文",
    ] {
        let refused = encode(&dial(gateway), &site(), "").unwrap_err();
        assert_eq!((refused.what, refused.value.as_str()), ("gateway", gateway));
        assert!(forget_gateway(gateway).is_err(), "{gateway:?}");
    }
    let bad = Site { domain: "a b".into(), recordings_dir: "/x".into() };
    assert!(encode(&ring(true, None), &bad, "").is_err());
    let record = SwitchCommand::StartRecording { leg: leg(1), call: CallId(Uuid::nil()) };
    assert!(encode(&record, &site(), "/my recordings/a.wav").is_err());
}

proptest! {
    #[test]
    fn no_line_can_be_broken_out_of(gateway in any::<String>(), domain in any::<String>(),
                                    path in any::<String>(), digits in "[0-9]{1,20}", seconds in any::<u32>()) {
        let site = Site { domain, recordings_dir: path.clone() };
        let customer = SwitchCommand::DialCustomer {
            call: CallId(Uuid::nil()), leg: leg(1), gateway, number: number(&digits),
            caller_id: number(&digits), ring_seconds: seconds,
        };
        let record = SwitchCommand::StartRecording { leg: leg(1), call: CallId(Uuid::nil()) };
        for command in [customer, ring(true, None), record] {
            for line in encode(&command, &site, &path).unwrap_or_default() {
                let (Line::Api(text) | Line::Setting(text) | Line::Background(text)) = line;
                // Of all that is quoted, this alone is our own.
                let own = format!("'sched_hangup +{} NO_ANSWER'", seconds.saturating_add(1));
                let text = text.replace(&own, "own");
                prop_assert!(!text.contains(['\r', '\n', '\0', '\'', '"', '\\', '$', '[', ']']), "{text:?}");
                let braces = usize::from(text.starts_with("originate "));
                prop_assert_eq!(text.matches('{').count(), braces);
                prop_assert_eq!(text.matches('}').count(), braces);
                let words = text.split(' ').count();
                prop_assert!(words <= 4 && text.split(' ').all(|w| !w.is_empty()), "{text:?}");
            }
        }
    }

    #[test]
    fn the_door_lets_nothing_through_but_its_alphabet(value in any::<String>()) {
        let harmless = value.chars().all(|c| c.is_ascii_alphanumeric() || "+-_.:;=<>/@".contains(c));
        prop_assert_eq!(checked("value", &value).is_ok(), harmless && !value.is_empty());
    }
}
