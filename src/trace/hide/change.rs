//! What is written of a call whose values are hidden.

use anyhow::Result;

use super::super::event::Event;
use super::super::item::Item;
use super::fate::Fate;
use super::ranks::utf8;
use super::walk::Seen;
use super::{Passed, Secrets, Writer};

/// How a call is changed.
pub(super) struct Change<'secrets> {
    pub(super) secrets: &'secrets Secrets,
    pub(super) passed: Passed,
    /// Where the tail begins in what is written of an SQL, once that is written.
    pub(super) tail: Option<usize>,
}

impl Change<'_> {
    /// Writes arguments and results.
    pub(super) fn call(
        &mut self,
        seen: Option<&Seen<'_, '_>>,
        event: &Event<'_>,
        encoder: &mut Writer,
    ) -> Result<()> {
        let mut fates = Vec::new();
        if let Some(seen) = seen {
            seen.each(&mut |_, fate| fates.push(fate));
        }
        let mut fates = fates.into_iter();
        let (arguments, results) = match event {
            Event::Call { arguments, results, .. } => (Some(arguments), Some(results)),
            Event::Begin { arguments, .. } => (Some(arguments), None),
            Event::End { results } => (None, Some(results)),
            _ => (None, None),
        };
        for items in [arguments, results].into_iter().flatten() {
            encoder.array(items.len() as u64)?;
            for item in items {
                self.write(item, fates.next().unwrap_or(Fate::IsHidden), encoder)?;
            }
        }
        Ok(())
    }

    fn write(&mut self, item: &Item<'_>, fate: Fate, encoder: &mut Writer) -> Result<()> {
        match fate {
            Fate::IsSql
                if !self.passed.is_no_sql
                    && let Some(sql) = self.sql(item) =>
            {
                encoder.str(&sql)?;
            }
            Fate::IsTail => match self.tail {
                Some(tail) => drop(encoder.u64(tail as u64)?),
                None => drop(encoder.null()?),
            },
            fate => self.item(item, fate).write(encoder)?,
        }
        Ok(())
    }

    /// SQL without its literals: what SQLite read of it, and what it did not read.
    fn sql(&mut self, item: &Item<'_>) -> Option<String> {
        let (read, rest) = match (item, self.passed.tail) {
            (Item::Text(sql), tail) => {
                let (read, rest) = sql.split_at_checked(tail.unwrap_or(sql.len())).unwrap_or((sql, ""));
                (read.to_owned(), rest.to_owned())
            }
            (Item::Utf16(sql), tail) => {
                let (read, rest) = sql.split_at_checked(tail.unwrap_or(sql.len())).unwrap_or((sql, &[]));
                (utf8(read), utf8(rest))
            }
            _ => return None,
        };
        let [mut text, rest] = [read, rest].map(|part| self.secrets.names.without_literals(&part));
        if !rest.is_empty() {
            text.push(';');
        }
        self.tail = self.passed.tail.map(|_| text.len());
        if !rest.is_empty() {
            text.push(' ');
            text.push_str(&rest);
        }
        Some(text)
    }

    /// What remains of an item.
    pub(super) fn item<'a>(&self, item: &Item<'a>, fate: Fate) -> Item<'a> {
        match (fate, item) {
            (Fate::Stays, _) | (Fate::MayName | Fate::IsAnswer, Item::Integer(_) | Item::Real(_)) => {
                item.clone()
            }
            (Fate::MayName | Fate::IsAnswer, Item::Text(text)) if self.secrets.names.knows(text) => {
                item.clone()
            }
            (Fate::MayName, Item::List(items)) => {
                Item::List(items.iter().map(|item| self.item(item, fate)).collect())
            }
            (Fate::IsAnswer, Item::List(items)) => {
                Item::List(items.iter().map(|item| self.failure(item)).collect())
            }
            _ => self.secrets.ranks.hidden(item.clone()),
        }
    }

    /// Codes stay, and messages do not: they may name values.
    fn failure<'a>(&self, item: &Item<'a>) -> Item<'a> {
        match item {
            Item::Integer(_) => item.clone(),
            Item::List(items) => Item::List(items.iter().map(|item| self.failure(item)).collect()),
            _ => self.secrets.ranks.hidden(item.clone()),
        }
    }
}
