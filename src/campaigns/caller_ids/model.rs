//! The words of caller-ID pools.

use crate::floor::caller_ids::Region;
use crate::store::entity::{caller_id_numbers, caller_id_pools};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;

/// A number of a pool as people give it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoolNumberForm {
    /// 1 to 20 digits, with or without a +.
    pub number: String,
    /// For whom: customers of these cities and provinces, or whose numbers begin so.
    /// None: for everybody who is of no region that another number is for.
    #[serde(default)]
    pub regions: Vec<Region>,
    /// Whether it is in use.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Calls within an hour of the clock at most; 0: any number.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100000)]
    pub hour_max: i32,
    /// Calls a day at most; 0: any number.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100000)]
    pub day_max: i32,
}

fn yes() -> bool {
    true
}

/// A pool as people give it: not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolForm {
    /// One line, unique.
    pub name: String,
    /// Its numbers.
    pub numbers: Vec<PoolNumberForm>,
}

/// How often a number was shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Used {
    /// In this hour of the clock.
    pub hour: i64,
    /// Today.
    pub today: i64,
}

/// A pool with what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolEntry {
    /// The row.
    pub pool: caller_id_pools::Model,
    /// Its numbers.
    pub numbers: Vec<caller_id_numbers::Model>,
    /// Id and name of each campaign that uses it.
    pub campaigns: Vec<(i64, String)>,
    /// How often its numbers were shown.
    pub used: HashMap<String, Used>,
}

/// Why a pool that is right in itself cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoolRefused {
    /// Another pool has it.
    #[error("another pool has this name")]
    NameTaken,
}
