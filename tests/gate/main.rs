//! What a gate says, on made-up contracts, builds and policies: nothing is run.

mod asked;
mod compare;
mod formats;
mod locks;
mod made_up;
mod plans;
mod policies;
