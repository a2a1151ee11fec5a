//! Schedules: two or three actors in every order of turns with few interruptions.

mod order;
mod play;

use std::collections::BTreeMap;

use self::order::{Found, Order};
use self::play::{Played, Player};
use super::{Numbered, Outcome, Session, all_fine, files, restore};
use crate::contract::verb::Schedule;
use crate::worker::ffi::{Watching, mutex};

/// Runs the orders, those of few interruptions first. The outcome is what came of them, or the first in which something
/// was not as expected.
pub(super) fn run(session: &mut Session, schedule: &Schedule, after: &[Numbered<'_>]) -> Outcome {
    if let Some(what) = schedule.needs_mutexes()
        && !mutex::are_installed()
    {
        return Outcome::Refused(format!("`config: mutex` has to come before {what}"));
    }
    let tried = files().and_then(|files| {
        let mut trying =
            Trying { session, player: Player::new(schedule), after, files, came: BTreeMap::new(), runs: 0 };
        let is_all = if schedule.run.is_empty() {
            trying.every_order(schedule)?
        } else {
            trying.once(&Order::Given(schedule.run.clone()))?;
            true
        };
        restore(&trying.files)?;
        let remark = (!is_all).then(|| format!("only the first {} orders", trying.runs));
        Ok(Outcome::Tally { runs: trying.runs, came: trying.came.into_iter().collect(), remark })
    });
    tried.unwrap_or_else(|stopped| stopped)
}

struct Trying<'a> {
    session: &'a mut Session,
    player: Player,
    after: &'a [Numbered<'a>],
    files: super::Files,
    came: BTreeMap<String, i64>,
    runs: i64,
}

impl Trying<'_> {
    /// Returns whether these were all orders.
    fn every_order(&mut self, schedule: &Schedule) -> Result<bool, Outcome> {
        let most = i64::try_from(schedule.at_most).unwrap_or(i64::MAX);
        let mut orders = Order::without_interruptions(self.player.actors());
        for interruptions in 0..=schedule.switches {
            let mut next = Vec::new();
            for order in orders {
                if self.runs >= most {
                    return Ok(false);
                }
                let found = self.once(&order)?;
                if interruptions < schedule.switches {
                    next.push((order, found));
                }
            }
            // One more than may still be run, so that it shows when there are too many.
            let left = usize::try_from(most - self.runs).unwrap_or(usize::MAX).saturating_add(1);
            let more =
                next.into_iter().flat_map(|(order, found)| order.interrupted(&found, schedule.hold_back));
            orders = more.take(left).collect();
            // However many switches there may be, the actors make only so many calls.
            if orders.is_empty() {
                break;
            }
        }
        Ok(true)
    }

    /// Runs one order from the files that were there.
    fn once(&mut self, order: &Order) -> Result<Found, Outcome> {
        restore(&self.files)?;
        (self.session.progress)(format!("the order {order}"));
        let played = {
            let _watching = Watching::all();
            self.player.play(self.session, order)?
        };
        self.runs += 1;
        let Played { turns, came, broken, found } = played;
        let at = || format!("the order [{turns}]");
        if let Some(broken) = broken {
            return Err(broken.at(at()));
        }
        *self.came.entry(came).or_default() += 1;
        let after = self.after;
        self.session.apart(|session| all_fine(session, after, || format!("{}, afterwards", at())))?;
        Ok(found)
    }
}
