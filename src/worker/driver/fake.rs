//! A driver of a test: one that records what it is asked, and shows what it takes to add a driver.

use super::calls::calls;
use super::process::Process;
use super::{Driver, Outcome};
use crate::contract::verb::{Exec, Open, table};
use crate::outcome::sqlite_names::BUSY;
use crate::worker::ffi::{Call, Library};

/// A driver without a library, for which only the first connection may write.
#[derive(Default)]
pub(super) struct Fake {
    connections: Vec<String>,
}

table!(calls! ($) Fake);

impl sections::Connections for Fake {
    fn open(&mut self, open: &Open) -> Call<Outcome> {
        self.connections.push(open.db.to_string());
        Ok(Outcome::OK)
    }
}

impl sections::Sql for Fake {
    fn exec(&mut self, exec: &Exec) -> Call<Outcome> {
        let is_first = self.connections.first().is_some_and(|db| *db == *exec.db);
        Ok(if is_first { Outcome::OK } else { Outcome::from_code(BUSY) })
    }
}

impl Process for Fake {
    fn library(&self) -> Call<&'static Library> {
        Err(Outcome::Refused("there is no library".to_owned()))
    }
}

impl Driver for Fake {
    fn end(self: Box<Self>) {}
}

#[cfg(test)]
mod tests {
    use super::super::calls::Calls;
    use super::*;
    use crate::contract::Contract;
    use crate::contract::verb::Verb;
    use crate::diagnostic::{Diagnostics, SourceText};

    fn contract(steps: &str) -> Result<Contract, Diagnostics> {
        let yaml = format!("{{title: a, why: b, cases: [{{name: one, driver: fake, steps: [{steps}]}}]}}");
        Contract::read("fake", &SourceText::new("fake.yaml".to_owned(), yaml))
    }

    #[test]
    fn a_contract_runs_with_two_verbs() {
        let contract = contract(
            "{open: a.db}, {open: {path: a.db, db: other}}, {exec: SELECT 1, expect: OK}, \
             {exec: {sql: SELECT 1, db: other}, expect: BUSY}, {memory_used: }",
        )
        .unwrap();
        let mut fake = Fake::default();
        for placed in &contract.cases[0].runs[0].steps {
            let Verb::Call(call) = &placed.step.verb else { unreachable!("each step is a call") };
            let outcome = fake.call(call).unwrap_or_else(|instead| instead);
            let is_kept = placed.step.is_kept_by(&outcome);
            assert_eq!(is_kept, placed.step.verb.name() != "memory_used", "{outcome}");
        }
    }

    #[test]
    fn what_the_driver_does_not_have_is_a_mistake() {
        let mistakes = contract("{open: a.db}, {changes: }").unwrap_err().render(false);
        assert!(mistakes.contains("the driver `fake` has no verb `changes`"), "{mistakes}");
    }
}
