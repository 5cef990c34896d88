//! The `trunkline` command: reads the command line and hands over to the
//! library. A failure is one line on standard error that says what to do, and
//! an exit code that is not zero.

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use trunkline::announcements::{files, trial};
use trunkline::app::{self, ServeOptions};
use trunkline::config::Overrides;
use trunkline::sim::day::{self, DayOptions};
use trunkline::sim::scenario::{self, Policy, Scenario};

#[derive(Parser)]
#[command(name = "trunkline", version, about = "A control plane for call centres on FreeSWITCH")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server: console, API, dialler.
    Serve {
        #[command(flatten)]
        place: Place,
        /// Where the console and the API listen.
        #[arg(long)]
        listen: Option<SocketAddr>,
        /// Run a built-in switch simulator with demo agents and a demo campaign.
        #[arg(long, conflicts_with = "freeswitch")]
        demo: bool,
        /// The Event Socket of a FreeSWITCH: HOST or HOST:PORT. Its password is
        /// read from TRUNKLINE_ESL_PASSWORD.
        #[arg(long)]
        freeswitch: Option<String>,
    },
    /// Bring the database's schema up to date and stop.
    Migrate {
        #[command(flatten)]
        place: Place,
    },
    /// Run the built-in switch simulator alone, on loopback, until it is
    /// stopped. Its Event Socket password is read from TRUNKLINE_ESL_PASSWORD.
    Simulator {
        /// The port of its Event Socket; 0: any that is free.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// The same seed makes the same customers.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Customers act by the last two digits of the number called: 86 busy,
        /// 03 rejects, 04 does not exist, 80 cannot be reached, 53 fails, 99
        /// does not answer, 20 to 29 hang up by themselves, others stay.
        #[arg(long)]
        scripted: bool,
        /// Where Trunkline is, e.g. http://127.0.0.1:8080: call records are
        /// posted there with the secret in TRUNKLINE_SWITCH_SECRET, and left in
        /// the folder TRUNKLINE_SPOOL_DIR when it does not take them.
        #[arg(long)]
        records_to: Option<String>,
        /// Customers also do what each line of the standard input says:
        /// "call CALLED [NUMBER]", "press NUMBER KEY" or "hang-up NUMBER".
        #[arg(long)]
        orders: bool,
    },
    /// Replay a day of a call centre in virtual time, with faults; or, with
    /// --scenario, measure the pacing in a described world.
    Simulate {
        /// A file in the format pacing-scenario/1; or grid:AGENTS:PERCENT[:CAP] (of
        /// answered calls), or stress:step, :lunch, :trunk or :talk. The options
        /// of a day are not for it.
        #[arg(long, conflicts_with_all = ["agents", "hours", "seed", "drop_cap", "no_faults"])]
        scenario: Option<String>,
        /// Who paces the scenario: predictive, progressive, ratio:R (calls for each
        /// free agent) or vicidial-tapered.
        #[arg(long, default_value = "predictive", requires = "scenario")]
        policy: Policy,
        /// So many shifts of the scenario: with its seed, and the numbers after it.
        #[arg(long, default_value_t = 1, requires = "scenario", value_parser = clap::value_parser!(u64).range(1..=10_000))]
        seeds: u64,
        /// Print what becomes of the scenario's first leads, and simulate nothing.
        #[arg(long, requires = "scenario", conflicts_with_all = ["policy", "seeds"])]
        leads: Option<usize>,
        /// Agents on shift.
        #[arg(long, default_value_t = 20)]
        agents: u32,
        /// Hours of the shift.
        #[arg(long, default_value_t = 8)]
        hours: u32,
        /// The same seed replays the same day.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Cap on dropped calls, per mille of calls answered.
        #[arg(long, default_value_t = 30)]
        drop_cap: u32,
        /// Without lost events, cut connections and restarts.
        #[arg(long)]
        no_faults: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print what the ear hears in WAV files (16 bits, 8 or 16 kHz), or how often
    /// it is right about recorded announcements over damaged lines.
    Hear {
        /// The reference clips: CARRIER/MEANING/NAME.wav below this folder.
        #[arg(long, required_unless_present = "trial", conflicts_with = "trial")]
        reference: Option<PathBuf>,
        /// The files to listen to.
        #[arg(required_unless_present = "trial", conflicts_with = "trial")]
        files: Vec<PathBuf>,
        /// A folder of reference, known and other sounds (see tests/ear/clips.mjs):
        /// plays all of them over every line and prints the table.
        #[arg(long)]
        trial: Option<PathBuf>,
        /// So many plays of each sound over each line.
        #[arg(long, default_value_t = 1, requires = "trial", value_parser = clap::value_parser!(u64).range(1..=1_000))]
        times: u64,
        /// The same seed makes the same damage.
        #[arg(long, default_value_t = 1, requires = "trial")]
        seed: u64,
    },
    /// Print the OpenAPI document of the API.
    Openapi,
    /// Print the configuration that would be used, secrets masked.
    CheckConfig {
        #[command(flatten)]
        place: Place,
    },
}

/// Where data and configuration are.
#[derive(Args)]
struct Place {
    /// The data folder: database, recordings, uploads, secrets.
    #[arg(long, default_value = "data", env = "TRUNKLINE_DATA")]
    data: PathBuf,
    /// The configuration file; by default trunkline.toml in the data folder.
    #[arg(long)]
    config: Option<PathBuf>,
    /// sqlite://PATH or postgres://USER:PASSWORD@HOST/NAME.
    #[arg(long, env = "TRUNKLINE_DATABASE")]
    database: Option<String>,
}

impl Place {
    fn overrides(&self) -> Overrides {
        Overrides { file: self.config.clone(), database: self.database.clone(), ..Overrides::default() }
    }
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("trunkline: {}", one_line(&format!("{error:#}")));
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve { place, listen, demo, freeswitch } => {
            let overrides = Overrides { listen, freeswitch, ..place.overrides() };
            runtime()?.block_on(async {
                let server = app::start(ServeOptions { data: place.data, overrides, demo }).await?;
                println!("{}", server.announcement());
                server.run_until_signal().await
            })?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Migrate { place } => {
            let overrides = place.overrides();
            runtime()?.block_on(app::migrate(&place.data, &overrides))?;
            println!("the database is up to date");
            Ok(ExitCode::SUCCESS)
        }
        Command::Simulator { port, seed, scripted, records_to, orders } => {
            runtime()?.block_on(app::run_simulator(port, seed, scripted, records_to.as_deref(), orders))?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Simulate { scenario: Some(name), leads: Some(count), .. } => {
            for lead in read_scenario(&name)?.leads().take(count) {
                println!("{}", serde_json::to_string(&lead)?);
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Simulate { scenario: Some(name), policy, seeds, json, .. } => {
            simulate_scenario(&read_scenario(&name)?, policy, seeds, json)
        }
        Command::Simulate { agents, hours, seed, drop_cap, no_faults, json, .. } => {
            let options = DayOptions {
                faults: !no_faults,
                drop_cap_permille: drop_cap,
                ..DayOptions::new(agents, hours, seed)
            };
            let summary = day::run(&options);
            if json {
                println!("{}", serde_json::to_string_pretty(&summary)?);
            } else {
                println!(
                    "{} calls, {} answered, {} dropped ({:.1} per mille), {:.0} talk minutes, occupancy {:.1} %, \
                     {} invariant violations",
                    summary.calls,
                    summary.answered,
                    summary.dropped,
                    summary.drop_permille,
                    summary.talk_minutes,
                    summary.occupancy_percent,
                    summary.invariant_violations
                );
                for broken in &summary.violations {
                    println!("  {broken}");
                }
            }
            Ok(if summary.invariant_violations == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Command::Hear { trial: Some(folder), times, seed, .. } => {
            println!("{}", trial::run(&folder, times, seed)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Hear { reference, files: heard, .. } => {
            let clips = files::clips_in(&reference.unwrap_or_default())?;
            let hearing = trial::hearing(files::library(&clips)?);
            for file in heard {
                let verdicts = hearing.ear().listen(&files::samples(&file)?);
                verdicts.iter().for_each(|verdict| println!("{}: {verdict}", file.display()));
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Openapi => {
            print!("{}", trunkline::http::openapi_json());
            Ok(ExitCode::SUCCESS)
        }
        Command::CheckConfig { place } => {
            let overrides = place.overrides();
            println!("{}", app::describe_config(&place.data, &overrides)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// A scenario by its name in the grid, or from a file.
fn read_scenario(name: &str) -> anyhow::Result<Scenario> {
    match scenario::grid::named(name) {
        Some(scenario) => Ok(scenario?),
        None => {
            let text = std::fs::read_to_string(name).with_context(|| format!("cannot read {name}"))?;
            Scenario::read(&text).with_context(|| format!("{name} is no scenario"))
        }
    }
}

/// One line for each shift of a scenario.
fn simulate_scenario(
    scenario: &Scenario,
    policy: Policy,
    seeds: u64,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for n in 0..seeds {
        let outcome = scenario::run(scenario, policy, scenario.seed.wrapping_add(n));
        if json {
            println!("{}", serde_json::to_string(&outcome)?);
        } else {
            println!("{outcome}");
        }
        for broken in &outcome.violations {
            eprintln!("  {broken}");
            code = ExitCode::FAILURE;
        }
    }
    Ok(code)
}

/// Some libraries draw pictures of several lines; a service's log wants one.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
