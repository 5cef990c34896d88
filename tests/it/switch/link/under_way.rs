//! Several commands under way at once, and what becomes of them.

use super::*;
use trunkline::floor::make::Make;

#[tokio::test]
async fn no_command_waits_for_the_answer_to_another_and_events_are_read_meanwhile() {
    let (mut link, _server, mut conn) = connected(|_| {}).await;
    link.handle.send(hang_up(1)).unwrap();
    link.handle.send(dial(2, "gw")).unwrap();
    link.handle.send(SwitchCommand::Check { leg: leg(3) }).unwrap();
    link.handle.send(hang_up(4)).unwrap();
    assert_eq!(command(&mut conn).await, format!("api uuid_kill {} NORMAL_CLEARING", leg(1)));
    assert!(command(&mut conn).await.starts_with("bgapi originate"));
    assert_eq!(command(&mut conn).await, format!("api uuid_exists {}", leg(3)));
    assert_eq!(command(&mut conn).await, format!("api uuid_kill {} NORMAL_CLEARING", leg(4)));
    event(&mut conn, "CHANNEL_ANSWER", &[unique(9)]).await;
    assert_eq!(link.next().await, change(9, LegChange::Answered));
    // Each answer is that of its own command.
    conn.reply_api("-ERR No such channel!\n").await.unwrap();
    conn.reply_bgapi("00000000-0000-0000-0000-0000000000bb").await.unwrap();
    conn.reply_api("false").await.unwrap();
    conn.reply_api("+OK\n").await.unwrap();
    // Sent after the answers, so told after them.
    event(&mut conn, "CHANNEL_ANSWER", &[unique(8)]).await;
    let (failed, name, reason) = link.failed().await;
    assert_eq!((failed, name, reason.as_str()), (leg(1), CommandName::HangUp, "-ERR No such channel!"));
    let (failed, name, _) = link.failed().await;
    assert_eq!((failed, name), (leg(3), CommandName::Exists));
    assert_eq!(link.next().await, change(8, LegChange::Answered));
}

#[tokio::test]
async fn what_needs_the_step_before_it_waits_for_that_one_alone() {
    let (mut link, _server, mut conn) = connected(|_| {}).await;
    let room = |legs: [u128; 3]| SwitchCommand::JoinRoom { call: call(9), legs: legs.map(leg).to_vec() };
    let keep =
        |n| format!("api uuid_setvar_multi {} park_after_bridge=true;hangup_after_bridge=false", leg(n));
    let go = |n| format!("api uuid_transfer {} conference:{}@trunkline inline", leg(n), call(9));
    link.handle.send(room([1, 2, 3])).unwrap();
    link.handle.send(hang_up(7)).unwrap();
    // The settings and the first step at once; the next command does not wait.
    for expect in [keep(2), keep(3), go(1), format!("api uuid_kill {} NORMAL_CLEARING", leg(7))] {
        assert_eq!(command(&mut conn).await, expect);
    }
    // A leg that is gone cannot be set, and is none the worse for it.
    conn.reply_api("-ERR No such channel!\n").await.unwrap();
    for _ in 0..3 {
        conn.reply_api("+OK\n").await.unwrap();
    }
    assert_eq!(command(&mut conn).await, go(2));
    conn.reply_api("-ERR No such channel!\n").await.unwrap();
    let (failed, name, _) = link.failed().await;
    assert_eq!((failed, name), (leg(1), CommandName::Move));
    // Not the third: what it was to join has failed.
    link.handle.send(hang_up(8)).unwrap();
    assert_eq!(command(&mut conn).await, format!("api uuid_kill {} NORMAL_CLEARING", leg(8)));
}

/// The record of the customer's leg tells whose leg the other was, when no event
/// could.
#[tokio::test]
async fn a_leg_that_is_joined_with_an_agents_is_told_so() {
    let (mut link, _server, mut conn) = connected(|_| {}).await;
    let ring = SwitchCommand::RingAgent {
        agent: AgentId(7),
        leg: leg(2),
        extension: Dialable::new("1001").unwrap(),
        caller_id: Dialable::new("1001").unwrap(),
        nailed: true,
        call: None,
        ring_seconds: 20,
        make: Make::Other,
    };
    let bridge = SwitchCommand::Bridge { first: leg(1), second: leg(2), stays: None };
    link.handle.send(ring).unwrap();
    link.handle.send(bridge.clone()).unwrap();
    assert!(command(&mut conn).await.starts_with("bgapi originate"));
    assert_eq!(command(&mut conn).await, format!("api uuid_setvar {} tl_with_agent 7", leg(1)));
    assert_eq!(command(&mut conn).await, format!("api uuid_bridge {} {}", leg(1), leg(2)));
    conn.reply_bgapi("00000000-0000-0000-0000-0000000000bb").await.unwrap();
    for _ in 0..2 {
        conn.reply_api("+OK\n").await.unwrap();
    }
    // Nobody's any more.
    event(&mut conn, "CHANNEL_HANGUP_COMPLETE", &[unique(2), ("Hangup-Cause", "NORMAL_CLEARING".into())])
        .await;
    assert_eq!(link.next().await, change(2, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING"))));
    link.handle.send(bridge).unwrap();
    assert_eq!(command(&mut conn).await, format!("api uuid_bridge {} {}", leg(1), leg(2)));
}

/// The parking would overrun it: the switch says that a leg is answered first.
#[tokio::test]
async fn an_originated_leg_is_joined_when_it_is_parked() {
    let (mut link, _server, mut conn) = connected(|_| {}).await;
    let bridge = |n| SwitchCommand::Bridge { first: leg(n), second: leg(9), stays: None };
    let joined = |n| format!("api uuid_bridge {} {}", leg(n), leg(9));
    let exists = |n| format!("api uuid_exists {}", leg(n));
    for n in [1, 2, 3] {
        link.handle.send(dial(n, "gw")).unwrap();
        assert!(command(&mut conn).await.starts_with("bgapi originate"));
        conn.reply_bgapi("00000000-0000-0000-0000-0000000000bb").await.unwrap();
        event(&mut conn, "CHANNEL_ANSWER", &[unique(n)]).await;
        assert_eq!(link.next().await, change(n, LegChange::Answered));
        link.handle.send(bridge(n)).unwrap();
        link.handle.send(SwitchCommand::Check { leg: leg(n) }).unwrap();
        assert_eq!(command(&mut conn).await, exists(n), "nothing else waits");
        conn.reply_api("true").await.unwrap();
        match n {
            1 => event(&mut conn, "CHANNEL_PARK", &[unique(n)]).await,
            2 => job_result(&mut conn, n, &format!("+OK {}\n", leg(n))).await,
            // Nothing is heard of it.
            _ => {}
        }
        assert_eq!(command(&mut conn).await, joined(n));
        conn.reply_api("+OK\n").await.unwrap();
        if n == 1 {
            assert_eq!(link.next().await, change(n, LegChange::Parked));
            // From now on at once.
            link.handle.send(bridge(n)).unwrap();
            link.handle.send(SwitchCommand::Check { leg: leg(n) }).unwrap();
            for expect in [joined(n), exists(n)] {
                assert_eq!(command(&mut conn).await, expect);
            }
            conn.reply_api("+OK\n").await.unwrap();
            conn.reply_api("true").await.unwrap();
        }
    }
}

/// Their news is over by then: a hold of long ago would take a call apart.
#[tokio::test]
async fn events_from_before_the_list_are_told_before_it() {
    let (mut link, _server, mut conn) = connected(|config| {
        config.command_timeout = PATIENCE;
        config.stall_after = Duration::from_millis(100);
    })
    .await;
    link.handle.send(hang_up(1)).unwrap();
    command(&mut conn).await;
    assert!(link.down().await.contains("does not answer"));
    conn.reply_api("+OK\n").await.unwrap();
    assert_eq!(command(&mut conn).await, "api show channels as json");
    for _ in 0..50 {
        event(&mut conn, "CHANNEL_PARK", &[unique(2)]).await;
    }
    conn.reply_api(&format!("{{\"rows\":[{{\"uuid\":\"{}\"}}]}}", leg(2))).await.unwrap();
    assert_eq!(command(&mut conn).await, format!("api uuid_dump {} json", leg(2)));
    event(&mut conn, "CHANNEL_ANSWER", &[unique(2)]).await;
    conn.reply_api("{}").await.unwrap();
    assert_eq!(command(&mut conn).await, "api global_getvar core_uuid");
    conn.reply_api("core-1").await.unwrap();
    list_no_phones(&mut conn).await;
    for _ in 0..50 {
        assert_eq!(link.next().await, change(2, LegChange::Parked));
    }
    assert!(matches!(link.next().await, Input::SwitchUp { .. }));
    assert_eq!(link.next().await, change(2, LegChange::Answered));
}

/// A program that is gone had asked for it.
#[tokio::test]
async fn a_leg_of_ours_that_nobody_here_asked_for_is_listed() {
    let (mut link, _server, mut conn) = connected(|_| {}).await;
    // Not one of our own, and not somebody else's.
    link.handle.send(dial(1, "gw")).unwrap();
    command(&mut conn).await;
    conn.reply_bgapi("00000000-0000-0000-0000-0000000000bb").await.unwrap();
    let customer = [("variable_tl_role", "customer".into()), ("variable_tl_call", call(1).to_string())];
    event(&mut conn, "CHANNEL_CREATE", &[[unique(1)].as_slice(), &customer].concat()).await;
    event(&mut conn, "CHANNEL_CREATE", &[unique(3)]).await;
    assert_eq!(link.next().await, change(1, LegChange::Created));
    assert_eq!(link.next().await, change(3, LegChange::Created));
    link.handle.send(hang_up(3)).unwrap();
    assert!(command(&mut conn).await.starts_with("api uuid_kill"));
    conn.reply_api("+OK\n").await.unwrap();
    let agent = [unique(2), ("variable_tl_role", "agent".into()), ("variable_tl_agent", "7".into())];
    event(&mut conn, "CHANNEL_CREATE", &agent).await;
    assert_eq!(link.next().await, change(2, LegChange::Created));
    assert_eq!(command(&mut conn).await, "api show channels as json");
    conn.reply_api("{\"row_count\": 0}\n").await.unwrap();
    assert_eq!(command(&mut conn).await, "api global_getvar core_uuid");
    conn.reply_api("core-1").await.unwrap();
    list_no_phones(&mut conn).await;
    assert!(matches!(link.next().await, Input::SwitchUp { .. }));
}

/// The list lags behind: a leg that it did not hold is missed within seconds.
#[tokio::test]
async fn a_leg_that_the_list_did_not_have_yet_is_found_soon() {
    let (mut link, _server, mut conn) = connected(|config| config.list_lag = Duration::from_millis(50)).await;
    for _ in 0..2 {
        assert_eq!(command(&mut conn).await, "api show channels as json");
        conn.reply_api(&format!("{{\"rows\":[{{\"uuid\":\"{}\"}}]}}", leg(2))).await.unwrap();
        list_no_phones(&mut conn).await;
    }
    assert_eq!(command(&mut conn).await, "api show channels as json");
    conn.reply_api(&format!("{{\"rows\":[{{\"uuid\":\"{}\"}}]}}", leg(2))).await.unwrap();
    assert_eq!(command(&mut conn).await, format!("api uuid_dump {} json", leg(2)));
    conn.reply_api("{}").await.unwrap();
    assert_eq!(command(&mut conn).await, "api global_getvar core_uuid");
    conn.reply_api("core-1").await.unwrap();
    list_no_phones(&mut conn).await;
    let channels = vec![ChannelSnapshot::new(leg(2), None, false, None)];
    assert_eq!(link.next().await, Input::SwitchUp { core: "core-1".into(), channels });
}

#[tokio::test]
async fn what_is_under_way_when_the_connection_breaks_fails_once_the_floor_knows_of_it() {
    let (mut link, server, mut conn) = connected(|_| {}).await;
    link.handle.send(hang_up(1)).unwrap();
    link.handle.send(dial(2, "gw")).unwrap();
    link.handle.send(SwitchCommand::Check { leg: leg(3) }).unwrap();
    for _ in 0..3 {
        command(&mut conn).await;
    }
    drop(conn);
    let reason = link.down().await;
    assert!(reason.contains("broke"), "{reason}");
    let (failed, name, reason) = link.failed().await;
    assert_eq!((failed, name), (leg(1), CommandName::HangUp));
    assert!(reason.contains("broke"), "{reason}");
    // Of the other two nobody knows: the list tells.
    let mut conn = soon(server.accept()).await.unwrap();
    come_up(&mut conn, "core-1").await;
    assert_eq!(link.next().await, Input::SwitchUp { core: "core-1".into(), channels: vec![] });
}

#[tokio::test]
async fn a_switch_that_takes_long_to_answer_counts_as_away_until_it_does() {
    let (mut link, _server, mut conn) = connected(|config| {
        config.command_timeout = PATIENCE;
        config.stall_after = Duration::from_millis(100);
    })
    .await;
    link.handle.send(hang_up(1)).unwrap();
    link.handle.send(dial(2, "gw")).unwrap();
    for _ in 0..2 {
        command(&mut conn).await;
    }
    let reason = link.down().await;
    assert!(reason.contains("does not answer"), "{reason}");
    // What happened meanwhile is told all the same, and no command has failed.
    event(&mut conn, "CHANNEL_ANSWER", &[unique(9)]).await;
    assert_eq!(link.next().await, change(9, LegChange::Answered));
    conn.reply_api("+OK\n").await.unwrap();
    conn.reply_bgapi("00000000-0000-0000-0000-0000000000bb").await.unwrap();
    // Everything anew, and after it what had been asked for before the list was.
    link.handle.send(hang_up(3)).unwrap();
    assert_eq!(command(&mut conn).await, format!("api uuid_kill {} NORMAL_CLEARING", leg(3)));
    conn.reply_api("-ERR No such channel!\n").await.unwrap();
    assert_eq!(command(&mut conn).await, "api show channels as json");
    conn.reply_api("{\"row_count\": 0}\n").await.unwrap();
    assert_eq!(command(&mut conn).await, "api global_getvar core_uuid");
    conn.reply_api("core-1").await.unwrap();
    list_no_phones(&mut conn).await;
    assert_eq!(link.failed().await.0, leg(3));
    let Input::SwitchUp { channels, .. } = link.next().await else { panic!("resync") };
    let legs: Vec<_> = channels.iter().map(|channel| channel.leg).collect();
    assert_eq!(legs, [leg(2)], "its originate is under way");
}

/// The other side of a half-open connection is gone and nobody says so.
#[tokio::test]
async fn a_silent_switch_that_does_not_answer_is_given_up_and_is_asked_for_nothing_more() {
    let (mut link, server, mut conn) = connected(|config| {
        config.command_timeout = Duration::from_millis(200);
        config.try_for = Duration::from_millis(500);
    })
    .await;
    for n in 1..=5 {
        link.handle.send(hang_up(n)).unwrap();
    }
    for n in 1..=5 {
        assert_eq!(command(&mut conn).await, format!("api uuid_kill {} NORMAL_CLEARING", leg(n)));
    }
    for n in 1..=5 {
        assert_eq!(link.failed().await.0, leg(n));
    }
    assert_eq!(command(&mut conn).await, "api global_getvar core_uuid");
    link.handle.send(hang_up(6)).unwrap();
    let reason = link.down().await;
    assert!(reason.contains("silent"), "{reason}");
    let (failed, _, reason) = link.failed().await;
    assert_eq!((failed, reason.as_str()), (leg(6), "not connected to the switch"));
    soon(server.accept()).await.unwrap();
}
