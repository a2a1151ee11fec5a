//! Memory that SQLite hands out and the caller frees.

use super::super::{Outcome, done};
use super::Capi;
use super::sections::HandedOut;
use crate::contract::verb::{DeserializeArguments, GetTable, Mprintf, SerializeArguments};
use crate::outcome::value::Value;
use crate::worker::ffi::{self, Call, Kept};

impl HandedOut for Capi {
    fn get_table(&mut self, get: &GetTable) -> Call<Outcome> {
        let kept = self.connection(&get.db)?.get_table(self.library, &get.sql)?;
        self.show(kept, get.keep.as_deref())
    }

    fn mprintf(&mut self, mprintf: &Mprintf) -> Call<Outcome> {
        let argument = mprintf.value.as_ref().map_or(Value::Null, |literal| literal.to_value());
        let kept = ffi::mprintf(self.library, &mprintf.format, &argument)?;
        self.show(kept, mprintf.keep.as_deref())
    }

    /// The outcome is the size alone: the bytes have SQLite's version inside, so they differ from build to build.
    fn serialize(&mut self, arguments: &SerializeArguments) -> Call<Outcome> {
        let connection = self.connection(&arguments.db)?;
        let size = if arguments.nocopy {
            connection.serialized_in_place(self.library, &arguments.database)?
        } else {
            let image = connection.serialize(self.library, &arguments.database)?;
            let size = image.as_ref().map(ffi::Serialized::size);
            if let Some(image) = image {
                self.keep_or_free(Kept::Serialized(image), arguments.keep.as_deref())?;
            }
            size
        };
        let size = size.and_then(|size| i64::try_from(size).ok());
        Ok(Outcome::Value(size.map_or(Value::Null, Value::Integer)))
    }

    fn deserialize(&mut self, arguments: &DeserializeArguments) -> Call<Outcome> {
        let DeserializeArguments { image: name, db, database, flags } = arguments;
        self.connection(db)?;
        let image = match self.kept.take(name)? {
            Kept::Serialized(image) => image,
            other => {
                self.kept.keep(name, other);
                return Err(Outcome::Refused(format!("`{name}` is no serialized database")));
            }
        };
        let (outcome, back) = self.connection(db)?.deserialize(self.library, database, image, flags)?;
        if let Some(image) = back {
            self.kept.keep(name, Kept::Serialized(image));
        }
        Ok(outcome)
    }

    fn value(&mut self, name: &String) -> Call<Outcome> {
        self.kept.get(name)?.read(self.library)
    }

    fn value_free(&mut self, name: &String) -> Call<Outcome> {
        if self.kept.get(name)?.is_lent() {
            return Err(Outcome::Refused(format!("a connection reads from `{name}`")));
        }
        self.kept.take(name)?.free(self.library).map(done)
    }
}
