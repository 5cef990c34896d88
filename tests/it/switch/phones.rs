//! Desk phones on every switch: registering, taking a registration back, a
//! registration that runs out, the list after connecting; how a phone is told to
//! answer by itself, and asked to.
//!
//! The real one runs when `TRUNKLINE_REAL_SWITCH=1`, as in the contract.

use super::rig::{
    Desk, PASSWORD, PHONE_SECRET, PHONES, Phone, Switch, free_port, real_switch_wanted, serve_http,
};
use secrecy::SecretString;
use std::path::Path;
use std::time::Duration;
use tokio::sync::mpsc;
use trunkline::base::ids::{AgentId, LegId};
use trunkline::base::phone::Dialable;
use trunkline::floor::effect::SwitchCommand;
use trunkline::floor::input::{Input, LegChange};
use trunkline::floor::make::Make;
use trunkline::floor::phone::{PhoneNews, Registration};
use trunkline::sim::server::{SimConfig, SimHandle, start};
use trunkline::sim::world::WorldConfig;
use uuid::Uuid;

/// A registration of 20 s runs out after the switch's grace of 60 s, and is
/// swept within half a minute.
const EXPIRY_PATIENCE: Duration = Duration::from_secs(150);
const PHONE: &str = "1001";

enum Telephones {
    Real(Box<Phone>),
    Simulated(SimHandle),
}

impl Telephones {
    async fn order(&mut self, order: &str) {
        match self {
            Telephones::Real(phone) => phone.order(&format!("{PHONE} {order}")).await,
            Telephones::Simulated(switch) => match order {
                "register" => switch.set_registered(PHONE, true),
                "unregister" => switch.set_registered(PHONE, false),
                "vanish" => switch.expire(PHONE),
                other => panic!("{other}"),
            },
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulated_switch_tells_of_its_phones() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = WorldConfig::default();
    world.phones.known = Some(PHONES.iter().map(|phone| (*phone).to_owned()).collect());
    let simulator = start(SimConfig::new(SecretString::from(PASSWORD), world)).await.unwrap();
    let port = simulator.addr.port();
    examine(port, folder.path(), Telephones::Simulated(simulator)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_switch_tells_of_its_phones() {
    if !real_switch_wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (records, _posted) = mpsc::unbounded_channel();
    let http_port = serve_http(&[], records).await;
    let (port, phone_port, trunk_port) = (free_port(), free_port(), free_port());
    let switch = Switch::start(folder.path(), http_port, port, phone_port, trunk_port).await;
    let phones = PHONES.iter().flat_map(|phone| ["--phone".into(), format!("{phone}:{PHONE_SECRET}:700")]);
    let mut arguments: Vec<String> = phones.collect();
    arguments.extend(["--expires".into(), "20".into()]);
    let mut desk = Phone::start(phone_port, &arguments);
    for _ in PHONES {
        desk.wait_for("registered").await;
    }
    examine(port, &switch.work.clone(), Telephones::Real(Box::new(desk))).await;
}

async fn examine(port: u16, work: &Path, mut phones: Telephones) {
    let mut desk = Desk::start(port, work);
    let listed = listed(&mut desk, PHONES.len()).await;
    let extensions: Vec<&str> = listed.iter().map(|phone| phone.extension.as_str()).collect();
    assert_eq!(extensions, PHONES, "the list comes with the connection");
    assert!(listed.iter().all(|phone| phone.user_agent.is_some() && phone.address.is_some()), "{listed:?}");
    asked_to_answer(&mut desk, &mut phones).await;
    if let Telephones::Real(phone) = &mut phones {
        a_phone_without_the_event_rings_on(&mut desk, phone).await;
        a_phone_dials_nobody_by_itself(phone).await;
    }

    let extension = Dialable::new(PHONE).unwrap();
    phones.order("unregister").await;
    let gone = |expired| PhoneNews::Unregistered { extension: extension.clone(), expired };
    assert_eq!(of_phone(&mut desk, Duration::from_secs(20)).await, gone(false));
    let leg = ring(&desk);
    let LegChange::HungUp(end) = desk.change(leg).await else { panic!("no such phone") };
    assert_eq!(end.cause, "USER_NOT_REGISTERED");

    phones.order("register").await;
    let PhoneNews::Registered(back) = of_phone(&mut desk, Duration::from_secs(20)).await else {
        panic!("registered again")
    };
    let before = listed.into_iter().find(|phone| phone.extension.as_str() == PHONE).unwrap();
    assert_eq!((back.user_agent, back.address), (before.user_agent, before.address));

    phones.order("vanish").await;
    loop {
        match of_phone(&mut desk, EXPIRY_PATIENCE).await {
            // It may have renewed its registration just before.
            PhoneNews::Registered(_) => {}
            news => {
                assert_eq!(news, gone(true));
                break;
            }
        }
    }
    desk.shutdown.cancel();
}

/// The first list that has so many phones, once the switch takes orders: the
/// list comes before that.
async fn listed(desk: &mut Desk, count: usize) -> Vec<Registration> {
    let (mut up, mut whole) = (false, None);
    loop {
        match desk.any().await {
            Input::SwitchUp { .. } => up = true,
            Input::Phone(PhoneNews::Listed(list)) if list.len() == count => whole = Some(list),
            _ => {}
        }
        if up && let Some(mut list) = whole.take() {
            list.sort_by(|a, b| a.extension.cmp(&b.extension));
            return list;
        }
    }
}

/// The next news of this one phone, lists left out.
async fn of_phone(desk: &mut Desk, patience: Duration) -> PhoneNews {
    let next = async {
        loop {
            match desk.any_at_last().await {
                Input::Phone(PhoneNews::Listed(_)) => {}
                Input::Phone(news) => {
                    let (PhoneNews::Registered(Registration { extension, .. })
                    | PhoneNews::Unregistered { extension, .. }) = &news
                    else {
                        continue;
                    };
                    if extension.as_str() == PHONE {
                        return news;
                    }
                }
                other => desk.aside.push(other),
            }
        }
    };
    tokio::time::timeout(patience, next).await.expect("news of the phone")
}

fn ring(desk: &Desk) -> LegId {
    ring_as(desk, Make::Other)
}

fn ring_as(desk: &Desk, make: Make) -> LegId {
    let leg = LegId(Uuid::new_v4());
    let command = SwitchCommand::RingAgent {
        agent: AgentId(1),
        leg,
        extension: Dialable::new(PHONE).unwrap(),
        caller_id: Dialable::new("02112345678").unwrap(),
        nailed: true,
        call: None,
        ring_seconds: 20,
        make,
    };
    desk.handle.send(command).unwrap();
    leg
}

/// Each make's headers arrive so that a phone understands them, and a phone that
/// rings answers when it is asked to.
async fn asked_to_answer(desk: &mut Desk, phones: &mut Telephones) {
    for make in [Make::Yealink, Make::Grandstream, Make::Fanvil, Make::Snom, Make::Poly, Make::Other] {
        if let Telephones::Real(phone) = phones {
            phone.order(&format!("{PHONE} answer-after never")).await;
        }
        let leg = ring_as(desk, make);
        if let Telephones::Real(phone) = phones {
            let ringing = phone.said("ringing").await;
            assert_eq!(ringing["auto_answer"], true, "{make:?}: {ringing}");
        }
        loop {
            if let LegChange::Ringing { .. } = desk.change(leg).await {
                break;
            }
        }
        desk.handle.send(SwitchCommand::AnswerPhone { leg }).unwrap();
        desk.expect(leg, &[LegChange::Answered, LegChange::Parked]).await;
        let cause = trunkline::floor::effect::HangUpCause::NormalClearing;
        desk.handle.send(SwitchCommand::HangUp { leg, cause }).unwrap();
        assert_eq!(desk.end(leg).await.cause, "NORMAL_CLEARING");
        if let Telephones::Real(phone) = phones {
            phone.said("ended").await;
        }
    }
}

/// The switch takes the order to ask it, whatever the phone makes of it: that it
/// did not answer shows by the answer that does not come.
async fn a_phone_without_the_event_rings_on(desk: &mut Desk, phone: &mut Phone) {
    phone.order(&format!("{PHONE} deaf on")).await;
    let leg = ring(desk);
    loop {
        if let LegChange::Ringing { .. } = desk.change(leg).await {
            break;
        }
    }
    desk.handle.send(SwitchCommand::AnswerPhone { leg }).unwrap();
    assert_eq!(phone.said("event_refused").await["wanted"], "talk");
    let cause = trunkline::floor::effect::HangUpCause::OriginatorCancel;
    desk.handle.send(SwitchCommand::HangUp { leg, cause }).unwrap();
    // Neither an answer nor a refusal came before.
    match desk.next().await {
        Input::Switch(event) => assert!(matches!(event.what, LegChange::HungUp(_)), "{event:?}"),
        other => panic!("{other:?}"),
    }
    phone.said("ended").await;
    phone.order(&format!("{PHONE} deaf off")).await;
}

/// Calls begin in Trunkline: a phone that dials is refused at once, not kept
/// waiting.
async fn a_phone_dials_nobody_by_itself(phone: &mut Phone) {
    for number in ["1002", "13800138000"] {
        phone.order(&format!("{PHONE} dial {number}")).await;
        assert_eq!(phone.said("ended").await["status"], 403, "{number}");
    }
}
