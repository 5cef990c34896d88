//! Tests of the world's rules that no recorded trace shows: park after a
//! bridge, patience, legs that die at awkward moments, and repeatability.

use crate::base::clock::Moment;
use crate::base::ids::LegId;
use crate::sim::apps::App;
use crate::sim::customer::{CustomerShares, Customers};
use crate::sim::event::{EventKind, WorldEvent};
use crate::sim::leg::{LegState, Target};
use crate::sim::phone::Phones;
use crate::sim::world::{Originate, Reply, Trunk, World, WorldCommand, WorldConfig};
use std::collections::BTreeMap;
use uuid::Uuid;

const START: Moment = Moment(1_795_419_968_730);

fn leg(n: u128) -> LegId {
    LegId(Uuid::from_u128(n))
}

fn scripted() -> World {
    World::new(WorldConfig { customers: Customers::Scripted, ..WorldConfig::default() })
}

fn to_customer(n: u128, number: &str) -> Originate {
    Originate {
        leg: leg(n),
        target: Target::Customer { gateway: "carrier_a".into(), number: number.into() },
        caller_id: "02112345678".into(),
        ring_seconds: 8,
        apps: vec![App::new("park", "")],
        variables: BTreeMap::new(),
        job: Some(Uuid::from_u128(n + 1000)),
    }
}

fn to_phone(n: u128, variables: &[(&str, &str)]) -> Originate {
    Originate {
        target: Target::Phone { extension: "1001".into() },
        variables: variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        ..to_customer(n, "")
    }
}

/// Names of the events of one leg, and of its job, with the cause of each end.
fn story(events: &[WorldEvent], of: LegId) -> Vec<String> {
    let mine = events.iter().filter_map(|event| match (&event.kind, &event.leg) {
        (EventKind::Job { leg, failure, .. }, _) if *leg == of => {
            Some(format!("JOB {}", failure.unwrap_or("ok")))
        }
        (EventKind::Hangup, Some(leg)) if leg.id() == of => {
            Some(format!("HANGUP {}", leg.ending.map_or("", |ending| ending.cause)))
        }
        (kind, Some(leg)) if leg.id() == of => Some(kind.name().replace("CHANNEL_", "")),
        _ => None,
    });
    mine.collect()
}

/// A customer (leg 1) and an agent (leg 2) in conversation, 4 s after START.
fn conversation(agent_variables: &[(&str, &str)]) -> World {
    let mut world = scripted();
    world.command(START, WorldCommand::Originate(to_phone(2, agent_variables)));
    world.command(START, WorldCommand::Originate(to_customer(1, "13800138000")));
    world.advance(START + 3_000);
    let bridge = WorldCommand::Bridge { first: leg(1), second: leg(2) };
    assert_eq!(world.command(START + 3_000, bridge), Reply::Ok);
    world.advance(START + 4_000);
    assert_eq!(world.leg(leg(1)).and_then(|l| l.bridged_to()), Some(leg(2)));
    world
}

#[test]
fn a_leg_that_is_parked_while_it_rings_is_so_before_its_answer_and_gives_up_by_itself() {
    let dial = |number: &str| Originate {
        variables: BTreeMap::from([("return_ring_ready".to_owned(), "true".to_owned())]),
        ..to_customer(1, number)
    };
    let mut world = scripted();
    world.command(START, WorldCommand::Originate(dial("13800138000")));
    let events = world.advance(START + 4_000);
    assert_eq!(
        story(&events, leg(1)),
        ["OUTGOING", "CREATE", "ORIGINATE", "PROGRESS", "JOB ok", "EXECUTE", "PARK", "ANSWER"]
    );
    assert_eq!(world.leg(leg(1)).map(|l| l.state), Some(LegState::Parked { by_application: true }));

    for (number, end) in [("13800138099", "HANGUP NO_ANSWER"), ("13800138086", "HANGUP USER_BUSY")] {
        let mut world = scripted();
        world.command(START, WorldCommand::Originate(dial(number)));
        let story = story(&world.advance(START + 20_000), leg(1));
        assert!(story.contains(&end.to_owned()), "{story:?}");
        assert_eq!(story.iter().filter(|each| each.starts_with("JOB")).count(), 1, "{story:?}");
    }
}

#[test]
fn a_nailed_phone_parks_when_the_customer_hangs_up() {
    let mut world = conversation(&[("park_after_bridge", "true"), ("hangup_after_bridge", "false")]);
    assert!(world.far_end_hangs_up(START + 5_000, leg(1)));
    let events = world.advance(START + 6_000);
    assert_eq!(story(&events, leg(1)), ["HANGUP NORMAL_CLEARING", "UNBRIDGE", "HANGUP_COMPLETE", "DESTROY"]);
    assert_eq!(story(&events, leg(2)), ["PARK"]);
    let agent = world.leg(leg(2)).map(|l| l.state);
    assert_eq!(agent, Some(LegState::Parked { by_application: false }));
}

#[test]
fn without_that_variable_the_phone_is_hung_up_too() {
    let mut world = conversation(&[]);
    assert!(world.far_end_hangs_up(START + 5_000, leg(1)));
    let events = world.advance(START + 6_000);
    assert_eq!(story(&events, leg(2)), ["HANGUP NORMAL_CLEARING", "HANGUP_COMPLETE", "DESTROY"]);
    assert!(world.legs().is_empty());
}

#[test]
fn a_leg_that_dies_before_the_bridge_stands_leaves_the_other_where_its_variables_say() {
    for (variables, expected) in [
        (&[("park_after_bridge", "true")][..], vec!["UNPARK", "EXECUTE_COMPLETE", "PARK"]),
        (&[][..], vec!["UNPARK", "EXECUTE_COMPLETE", "HANGUP NORMAL_CLEARING", "HANGUP_COMPLETE", "DESTROY"]),
    ] {
        let mut world = scripted();
        world.command(START, WorldCommand::Originate(to_phone(2, variables)));
        world.command(START, WorldCommand::Originate(to_customer(1, "13800138000")));
        world.advance(START + 3_000);
        world.command(START + 3_000, WorldCommand::Bridge { first: leg(1), second: leg(2) });
        assert!(world.far_end_hangs_up(START + 3_002, leg(1)));
        let events = world.advance(START + 4_000);
        assert_eq!(story(&events, leg(2)), expected);
        assert!(!story(&events, leg(1)).contains(&"BRIDGE".to_owned()));
    }
}

#[test]
fn a_bridge_takes_25_to_62_ms_and_is_told_of_the_first_leg_alone() {
    for seed in 0..40 {
        let mut world =
            World::new(WorldConfig { seed, customers: Customers::Scripted, ..WorldConfig::default() });
        world.command(START, WorldCommand::Originate(to_phone(2, &[])));
        world.command(START, WorldCommand::Originate(to_customer(1, "13800138000")));
        world.advance(START + 3_000);
        world.command(START + 3_000, WorldCommand::Bridge { first: leg(1), second: leg(2) });
        let events = world.advance(START + 4_000);
        let bridges: Vec<_> = events.iter().filter(|e| matches!(e.kind, EventKind::Bridge { .. })).collect();
        assert_eq!(bridges.len(), 1);
        let after = bridges[0].at.since_ms(START + 3_000);
        assert!((25..=65).contains(&after), "{after} ms");
        assert_eq!(bridges[0].leg.as_ref().map(|l| l.id()), Some(leg(1)));
    }
}

#[test]
fn a_customer_who_is_not_spoken_to_hangs_up_and_one_who_is_does_not() {
    let shares = CustomerShares {
        answer_permille: 1000,
        ring_median_ms: 5_000,
        patience_ms: (4_000, 4_000),
        stays_permille: 1000,
        ..CustomerShares::default()
    };
    let config = WorldConfig { customers: Customers::Drawn(shares), ..WorldConfig::default() };
    let mut world = World::new(config);
    world.command(START, WorldCommand::Originate(to_phone(2, &[])));
    for n in [1, 3] {
        let patient = Originate { ring_seconds: 60, ..to_customer(n, "1") };
        world.command(START, WorldCommand::Originate(patient));
    }
    // Advance to the answer of leg 1, then bridge it within its patience.
    let mut now = START;
    while world.leg(leg(1)).is_some_and(|l| !matches!(l.state, LegState::Parked { .. })) {
        now = world.next_at().expect("something is planned");
        world.advance(now);
    }
    world.command(now, WorldCommand::Bridge { first: leg(1), second: leg(2) });
    let events = world.advance(now + 600_000);
    assert!(world.leg(leg(1)).is_some(), "in conversation");
    assert_eq!(story(&events, leg(3)).iter().filter(|s| *s == "HANGUP NORMAL_CLEARING").count(), 1);
}

#[test]
fn an_originate_that_fails_before_there_is_a_leg_is_told_by_its_job_alone() {
    let phones = Phones { unregistered: ["1001".to_owned()].into(), ..Phones::default() };
    let trunk = Trunk { gateways: Some(["carrier_a".to_owned()].into()), ..Trunk::default() };
    let mut world = World::new(WorldConfig { phones, trunk, ..WorldConfig::default() });
    world.command(START, WorldCommand::Originate(to_phone(2, &[])));
    let elsewhere = Target::Customer { gateway: "other".into(), number: "1".into() };
    world.command(START, WorldCommand::Originate(Originate { target: elsewhere, ..to_customer(1, "1") }));
    let events = world.advance(START + 1_000);
    assert_eq!(story(&events, leg(2)), ["JOB USER_NOT_REGISTERED"]);
    assert_eq!(story(&events, leg(1)), ["JOB INVALID_GATEWAY"]);
}

#[test]
fn commands_for_legs_that_are_gone_are_refused() {
    let mut world = scripted();
    let gone = leg(9);
    assert_eq!(
        world.command(START, WorldCommand::Kill { leg: gone, cause: "NORMAL_CLEARING" }),
        Reply::NoSuchLeg
    );
    let bridge = WorldCommand::Bridge { first: gone, second: leg(8) };
    assert_eq!(world.command(START, bridge), Reply::NoSuchLeg);
    // As the real switch answers.
    assert_eq!(world.command(START, WorldCommand::Hold { leg: gone, on: true }), Reply::Ok);
    // A leg that rings cannot be bridged, although the switch says +OK.
    world.command(START, WorldCommand::Originate(to_customer(1, "13800138000")));
    world.command(START, WorldCommand::Originate(to_phone(2, &[])));
    world.advance(START + 700);
    let early = WorldCommand::Bridge { first: leg(1), second: leg(2) };
    assert_eq!(world.command(START + 700, early), Reply::Ok);
    let events = world.advance(START + 5_000);
    assert!(!story(&events, leg(1)).contains(&"BRIDGE".to_owned()));
}

#[test]
fn every_leg_is_destroyed_once_and_the_same_seed_tells_the_same_story() {
    let run = |seed: u64| {
        let mut world = World::new(WorldConfig { seed, ..WorldConfig::default() });
        for n in 0..200 {
            let now = START + n * 50;
            world.command(now, WorldCommand::Originate(to_customer(n as u128 + 1, "13800138000")));
        }
        let events = world.advance(START + 3_600_000);
        assert!(world.legs().is_empty());
        events.iter().map(|e| (e.at, e.kind.clone(), e.leg.as_ref().map(|l| l.id()))).collect::<Vec<_>>()
    };
    let first = run(11);
    let destroyed = first.iter().filter(|(_, kind, _)| *kind == EventKind::Destroy).count();
    assert_eq!(destroyed, 200);
    assert_eq!(first, run(11));
    assert_ne!(first, run(12));
}

fn music(n: u128) -> WorldCommand {
    WorldCommand::Transfer { leg: leg(n), apps: vec![App::new("endless_playback", "${hold_music}")] }
}

#[test]
fn keys_are_told_where_they_are_asked_for_and_left_lying_in_mere_music() {
    let mut world = conversation(NAILED);
    let press = |world: &mut World, at: i64, key: char| {
        world.command(START + at, WorldCommand::TakeKeys { leg: leg(1), keys: key.into() });
        let events = world.advance(START + at + 500);
        story(&events, leg(1)).join(" ")
    };
    world.command(START + 5_000, music(1));
    world.advance(START + 6_000);
    assert_eq!(press(&mut world, 6_000, '7'), "");
    let ask = App::new("play_and_get_digits", "1 1 10000 1000 D moh silence_stream://1 tl_key 7");
    let apps = vec![ask, App::new("endless_playback", "moh")];
    world.command(START + 7_000, WorldCommand::Transfer { leg: leg(1), apps });
    world.advance(START + 8_000);
    assert_eq!(press(&mut world, 8_000, '4'), "DTMF PLAYBACK_STOP PLAYBACK_START");
    let told = press(&mut world, 9_000, '7');
    assert_eq!(told, "DTMF PLAYBACK_STOP EXECUTE_COMPLETE EXECUTE PLAYBACK_START");
    assert_eq!(press(&mut world, 10_000, '7'), "", "asked no more");
}

const NAILED: &[(&str, &str)] = &[("park_after_bridge", "true")];

#[test]
fn who_is_sent_to_music_leaves_the_other_parked_or_hung_up() {
    let mut world = conversation(NAILED);
    world.command(START + 5_000, music(1));
    let events = world.advance(START + 6_000);
    assert_eq!(story(&events, leg(1)), ["UNBRIDGE", "EXECUTE", "PLAYBACK_START"]);
    assert_eq!(story(&events, leg(2)), ["PARK"]);
    assert_eq!(world.leg(leg(1)).map(|l| l.state), Some(LegState::Music));
    // And back.
    world.command(START + 6_000, WorldCommand::Bridge { first: leg(1), second: leg(2) });
    let events = world.advance(START + 7_000);
    assert_eq!(story(&events, leg(1)), ["PLAYBACK_STOP", "EXECUTE_COMPLETE", "EXECUTE", "BRIDGE"]);
    assert_eq!(story(&events, leg(2)), ["UNPARK", "EXECUTE"]);

    let mut world = conversation(&[]);
    world.command(START + 5_000, music(1));
    let events = world.advance(START + 6_000);
    assert_eq!(story(&events, leg(2)), ["HANGUP NORMAL_CLEARING", "HANGUP_COMPLETE", "DESTROY"]);
    assert_eq!(world.leg(leg(1)).map(|l| l.state), Some(LegState::Music));
}

#[test]
fn of_the_second_leg_s_leaving_is_told_after_it_has_gone() {
    let mut world = conversation(NAILED);
    for (name, value) in [("park_after_bridge", "true"), ("hangup_after_bridge", "false")] {
        let (name, value) = (name.to_owned(), value.to_owned());
        world.command(START + 4_500, WorldCommand::SetVariable { leg: leg(1), name, value });
    }
    world.command(START + 5_000, music(2));
    let events = world.advance(START + 6_000);
    assert_eq!(story(&events, leg(2)), ["EXECUTE", "PLAYBACK_START"]);
    assert_eq!(story(&events, leg(1)), ["UNBRIDGE", "PARK"]);
    let order: Vec<_> = events.iter().map(|event| event.kind.name()).collect();
    let at = |name: &str| order.iter().position(|n| *n == name);
    assert!(at("PLAYBACK_START") < at("CHANNEL_UNBRIDGE"), "{order:?}");
}

#[test]
fn two_who_talk_and_are_bridged_again_are_neither_parked_nor_hung_up() {
    let mut world = conversation(&[]);
    world.command(START + 5_000, WorldCommand::Bridge { first: leg(1), second: leg(2) });
    let events = world.advance(START + 6_000);
    assert_eq!(story(&events, leg(1)), ["UNBRIDGE", "EXECUTE", "BRIDGE"]);
    assert_eq!(story(&events, leg(2)), ["EXECUTE"]);
}

#[test]
fn the_last_order_counts_and_a_leg_may_be_left_waiting_for_the_other() {
    let mut world = conversation(NAILED);
    world.command(START + 5_000, music(1));
    world.command(START + 5_001, WorldCommand::Bridge { first: leg(1), second: leg(2) });
    let events = world.advance(START + 6_000);
    assert!(!story(&events, leg(1)).contains(&"PLAYBACK_START".to_owned()));
    assert_eq!(world.leg(leg(1)).and_then(|l| l.bridged_to()), Some(leg(2)));

    // The second leg is sent elsewhere before the bridge stands.
    let park = vec![App::new("park", "")];
    world.command(START + 6_000, music(1));
    world.advance(START + 6_500);
    world.command(START + 6_500, WorldCommand::Bridge { first: leg(1), second: leg(2) });
    world.command(START + 6_501, WorldCommand::Transfer { leg: leg(2), apps: park });
    world.advance(START + 7_000);
    let customer = world.leg(leg(1)).expect("up");
    assert_eq!((customer.state, customer.bond()), (LegState::Stranded, Some(leg(2))));
    assert!(matches!(world.leg(leg(2)).map(|l| l.state), Some(LegState::Parked { .. })));
    // Another bridge ends both; a transfer would have helped.
    world.command(START + 7_000, WorldCommand::Bridge { first: leg(1), second: leg(2) });
    let events = world.advance(START + 8_000);
    for n in [1, 2] {
        let of_leg = story(&events, leg(n));
        assert!(of_leg.contains(&"HANGUP DESTINATION_OUT_OF_ORDER".to_owned()), "{of_leg:?}");
    }
}

#[test]
fn a_room_holds_legs_until_they_leave_it() {
    let mut world = conversation(NAILED);
    let (name, value) = ("park_after_bridge".to_owned(), "true".to_owned());
    world.command(START + 4_500, WorldCommand::SetVariable { leg: leg(1), name, value });
    let room = || vec![App::new("conference", "room@trunkline")];
    for n in [1, 2] {
        world.command(START + 5_000, WorldCommand::Transfer { leg: leg(n), apps: room() });
    }
    let events = world.advance(START + 6_000);
    let joined = |e: &&WorldEvent| e.kind == EventKind::JoinedRoom { room: "room".into() };
    assert_eq!(events.iter().filter(joined).count(), 2);
    assert!(world.far_end_hangs_up(START + 6_000, leg(1)));
    let events = world.advance(START + 7_000);
    assert_eq!(
        story(&events, leg(1)),
        ["HANGUP NORMAL_CLEARING", "CUSTOM", "EXECUTE_COMPLETE", "HANGUP_COMPLETE", "DESTROY"]
    );
    assert_eq!(world.leg(leg(2)).map(|l| l.state), Some(LegState::InRoom));
}

#[test]
fn silence_is_told_when_it_begins_and_when_it_ends() {
    let mut world = conversation(NAILED);
    let mute = |on| WorldCommand::Mute { leg: leg(2), on };
    for (at, on) in [(5_000, true), (5_100, true), (5_200, false), (5_300, false)] {
        assert_eq!(world.command(START + at, mute(on)), Reply::Ok);
    }
    assert_eq!(story(&world.advance(START + 6_000), leg(2)), ["MEDIA_BUG_START", "MEDIA_BUG_STOP"]);
}

/// As on the real switch: the leg stays on its music, a sound is laid over it once,
/// and one that is over cannot be ended.
#[test]
fn a_sound_is_laid_over_music_and_a_bridge_is_ordered_meanwhile() {
    let mut world = conversation(NAILED);
    let sound = |file: &str, on| WorldCommand::Displace { leg: leg(1), file: file.to_owned(), on };
    world.command(START + 5_000, music(1));
    world.advance(START + 6_000);
    assert_eq!(world.command(START + 6_000, sound("/s/1.wav", true)), Reply::Ok);
    assert_eq!(world.command(START + 6_010, sound("/s/1.wav", true)), Reply::Failed, "already");
    let events = world.advance(START + 10_000);
    assert_eq!(story(&events, leg(1)), ["MEDIA_BUG_START", "MEDIA_BUG_STOP"]);
    assert_eq!(world.leg(leg(1)).map(|l| l.state), Some(LegState::Music));
    assert_eq!(world.command(START + 10_000, sound("/s/1.wav", false)), Reply::Failed, "over");
    assert_eq!(world.command(START + 10_000, sound("/s/2.wav", true)), Reply::Ok);
    world.command(START + 10_010, WorldCommand::Bridge { first: leg(1), second: leg(2) });
    assert_eq!(world.command(START + 10_012, sound("/s/2.wav", false)), Reply::Ok);
    let events = world.advance(START + 11_000);
    let wanted =
        ["MEDIA_BUG_START", "MEDIA_BUG_STOP", "PLAYBACK_STOP", "EXECUTE_COMPLETE", "EXECUTE", "BRIDGE"];
    assert_eq!(story(&events, leg(1)), wanted);
}
