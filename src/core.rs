//! The pure core: what the floor decides, and the world it is tried in.
//!
//! In: nothing of the rooms above (they see these four as their own). Out:
//! `base`, `ear`, `floor` and `sim`. A crate of its own, so that it is compiled with
//! optimisation, as whole days are replayed with it, while the rooms around it
//! compile fast.

pub mod base;
pub mod ear;
pub mod floor;
pub mod sim;

/// The floor answers each event with a handful of short-lived messages; with
/// this allocator a day is replayed in four fifths of the time. Here, because
/// what stands between the allocator and the code is then optimised too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
