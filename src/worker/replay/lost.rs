//! Handles that a trace has and a replay has not: why, so that calls about them are counted by the reason and not by what follows
//! from it.

use std::collections::HashMap;

use super::call::Call;
use crate::trace::Item;

/// Why each handle is not there, by process and number.
#[derive(Default)]
pub(super) struct Lost(HashMap<(u32, u64), &'static str>);

impl Lost {
    /// The call that would have made it had another outcome, which is a difference of its own.
    pub(super) const TO_ANOTHER_OUTCOME: &'static str = "about what another outcome did not make";

    /// What a call returned in the trace is not there.
    pub(super) fn add(&mut self, call: &Call<'_>, why: &'static str) {
        let handles = call.results.iter().filter_map(Item::handle);
        self.0.extend(handles.map(|number| ((call.process, number), why)));
    }

    /// Why something is not there that a call is about.
    pub(super) fn why(&self, call: &Call<'_>) -> Option<&'static str> {
        let mut handles = call.arguments.iter().filter_map(Item::handle);
        handles.find_map(|number| self.0.get(&(call.process, number)).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::worker::replay::call::Known;

    #[test]
    fn what_is_about_a_lost_handle_has_its_reason() {
        let function = Known::new("sqlite3_step".to_owned());
        let call = |process, arguments, results| Call {
            function: &function,
            process,
            place: 0,
            arguments,
            results,
            body: None,
        };
        let (none, db, statement, value) =
            ([Item::Null], [Item::Handle(1)], [Item::Integer(0), Item::Handle(2)], [Item::Handle(3)]);
        let mut lost = Lost::default();
        lost.add(&call(0, &db, &statement), "a reason");
        assert_eq!(lost.why(&call(0, &[Item::Handle(2)], &none)), Some("a reason"));
        assert_eq!(lost.why(&call(1, &[Item::Handle(2)], &none)), None);
        assert_eq!(lost.why(&call(0, &db, &none)), None);
        // What follows from it has it too.
        let reason = lost.why(&call(0, &statement, &value)).unwrap();
        lost.add(&call(0, &statement, &value), reason);
        assert_eq!(lost.why(&call(0, &value, &none)), Some("a reason"));
    }
}
