//! Handles of one kind by their names.

use std::collections::BTreeMap;

use super::named;
use crate::worker::ffi::Call;

/// What the names of one kind stand for. A name that is given again forgets its first handle, as a careless
/// program would; it is kept aside to be freed when the run ends.
pub(super) struct Named<T> {
    known: BTreeMap<String, T>,
    /// With the names that they had.
    forgotten: Vec<(String, T)>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { known: BTreeMap::new(), forgotten: Vec::new() }
    }
}

impl<T> Named<T> {
    /// The handle of this name, or the outcome that says there is none.
    pub(super) fn get(&self, name: &str) -> Call<&T> {
        named(self.known.get(name), name)
    }

    /// The same, taken out: its name stands for nothing from now on.
    pub(super) fn take(&mut self, name: &str) -> Call<T> {
        named(self.known.remove(name), name)
    }

    /// Gives a handle its name.
    pub(super) fn keep(&mut self, name: &str, handle: T) {
        let before = self.known.insert(name.to_owned(), handle);
        self.forgotten.extend(before.map(|before| (name.to_owned(), before)));
    }

    /// The name of the first handle that is meant, or the one that it had.
    pub(super) fn name_of(&self, is_meant: impl Fn(&T) -> bool) -> Option<String> {
        if let Some((name, _)) = self.known.iter().find(|(_, handle)| is_meant(handle)) {
            return Some(name.clone());
        }
        let (name, _) = self.forgotten.iter().find(|(_, handle)| is_meant(handle))?;
        Some(format!("{name} (its name was given again)"))
    }

    /// Every handle, forgotten or not.
    pub(super) fn into_all(self) -> impl Iterator<Item = T> {
        self.known.into_values().chain(self.forgotten.into_iter().map(|(_, handle)| handle))
    }
}
