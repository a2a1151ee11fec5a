//! Sending doubles through statements, with each driver.

use super::Outcome;
use crate::contract::literal::Literal;
use crate::contract::verb::{ColumnAs, Doubles, Given, Lifetime, Parameter, PrepareVersion};
use crate::outcome::floats::{Drawn, Misses, draw};
use crate::outcome::value::Value;
use crate::worker::ffi::{Call, Connection, Library, RusqliteConnection, RusqliteStatement, Statement};

/// Through the C interface.
pub(super) fn by_capi(library: &Library, connection: &Connection, doubles: &Doubles) -> Call<Outcome> {
    run(&Capi { library, connection, read_as: doubles.read_as }, doubles)
}

/// Through rusqlite.
pub(super) fn by_rusqlite(connection: &RusqliteConnection, doubles: &Doubles) -> Call<Outcome> {
    run(connection, doubles)
}

/// What of a driver it takes to send a value through SQL.
trait Sender {
    type Statement;

    fn prepare(&self, sql: &str) -> Call<Self::Statement>;

    /// Runs the statement from its beginning, with the value as `?1` where it has parameters. Returns the first column
    /// of its first row.
    fn send(&self, statement: &mut Self::Statement, value: &Literal) -> Call<Option<Value>>;

    fn finalize(&self, statement: Self::Statement);
}

/// Draws the doubles, sends each one and judges what comes back. A statement that fails ends it: its error is the
/// outcome.
fn run<S: Sender>(sender: &S, doubles: &Doubles) -> Call<Outcome> {
    let drawn = draw(doubles.seed, doubles.class).take(usize::try_from(doubles.count).unwrap_or(usize::MAX));
    let mut misses = Misses::none();
    match doubles.given {
        Given::Literal => {
            for drawn in drawn {
                let written = doubles.through.iter().map(|sql| sql.replace("?1", &drawn.digits));
                let came = prepared(sender, written, |statements| send(sender, statements, &NOTHING))?;
                misses.judge(&drawn, came.as_ref(), doubles.ulps);
            }
        }
        Given::Real | Given::Text => prepared(sender, doubles.through.iter(), |statements| {
            for drawn in drawn {
                let came = send(sender, statements, &bound(&drawn, doubles.given))?;
                misses.judge(&drawn, came.as_ref(), doubles.ulps);
            }
            Ok(())
        })?,
    }
    Ok(Outcome::Misses(misses))
}

/// For statements that have no parameters.
const NOTHING: Literal = Literal::Value(Value::Null);

fn bound(drawn: &Drawn, given: Given) -> Literal {
    Literal::Value(match given {
        Given::Text => Value::text(&drawn.digits),
        Given::Real | Given::Literal => Value::Real(drawn.double),
    })
}

/// Prepares the statements for as long as they are used.
fn prepared<S: Sender, T>(
    sender: &S,
    through: impl Iterator<Item = impl AsRef<str>>,
    used: impl FnOnce(&mut [S::Statement]) -> Call<T>,
) -> Call<T> {
    let mut statements = Vec::new();
    let prepare = || -> Call<()> {
        for sql in through {
            statements.push(sender.prepare(sql.as_ref())?);
        }
        Ok(())
    };
    let outcome = prepare().and_then(|()| used(&mut statements));
    statements.into_iter().for_each(|statement| sender.finalize(statement));
    outcome
}

/// What the last statement returns.
fn send<S: Sender>(sender: &S, statements: &mut [S::Statement], value: &Literal) -> Call<Option<Value>> {
    let mut answer = None;
    for statement in statements {
        answer = sender.send(statement, value)?;
    }
    Ok(answer)
}

struct Capi<'a> {
    library: &'a Library,
    connection: &'a Connection,
    read_as: ColumnAs,
}

impl Sender for Capi<'_> {
    type Statement = Statement;

    fn prepare(&self, sql: &str) -> Call<Statement> {
        self.connection.prepare(self.library, sql, PrepareVersion::V2, 0)
    }

    fn send(&self, statement: &mut Statement, value: &Literal) -> Call<Option<Value>> {
        if statement.parameter_count(self.library)? != Value::Integer(0) {
            let bound = statement.bind(self.library, 1, value, Lifetime::Transient)?;
            if !bound.succeeded() {
                return Err(bound);
            }
        }
        let answer = match statement.step(self.library)? {
            Outcome::Row(_) => Some(statement.column(self.library, 0, self.read_as)?),
            Outcome::Code(_) => None,
            failed => return Err(failed),
        };
        statement.reset(self.library)?;
        Ok(answer)
    }

    fn finalize(&self, statement: Statement) {
        // Its outcome is that of the last step, which was judged.
        let _ = statement.finalize(self.library);
    }
}

impl Sender for RusqliteConnection {
    type Statement = RusqliteStatement;

    fn prepare(&self, sql: &str) -> Call<RusqliteStatement> {
        self.prepare(sql, false)
    }

    fn send(&self, statement: &mut RusqliteStatement, value: &Literal) -> Call<Option<Value>> {
        if statement.parameter_count() > 0 {
            statement.bind(&Parameter::Position(1), value)?;
        }
        let answer = match statement.step()? {
            Outcome::Row(row) => row.into_iter().next(),
            _ => None,
        };
        statement.reset();
        Ok(answer)
    }

    fn finalize(&self, statement: RusqliteStatement) {
        drop(statement);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// Returns what it is given, its statements counted; `fail` fails.
    #[derive(Default)]
    struct Echo {
        prepared: RefCell<Vec<String>>,
        finalized: Cell<usize>,
    }

    impl Sender for Echo {
        type Statement = String;

        fn prepare(&self, sql: &str) -> Call<String> {
            self.prepared.borrow_mut().push(sql.to_owned());
            Ok(sql.to_owned())
        }

        fn send(&self, statement: &mut String, value: &Literal) -> Call<Option<Value>> {
            match (statement.as_str(), value.to_value()) {
                ("fail", _) => Err(Outcome::from_code(1)),
                ("no row ?1", _) => Ok(None),
                ("single ?1", Value::Real(x)) => Ok(Some(Value::Real(f64::from(x as f32)))),
                (digits, Value::Null) => Ok(Some(Value::text(digits))),
                (_, value) => Ok(Some(value)),
            }
        }

        fn finalize(&self, _: String) {
            self.finalized.set(self.finalized.get() + 1);
        }
    }

    fn sent(echo: &Echo, yaml: &str) -> Call<Outcome> {
        run(echo, &serde_yaml::from_str(yaml).unwrap())
    }

    fn shown(yaml: &str) -> String {
        sent(&Echo::default(), yaml).unwrap().to_string()
    }

    #[test]
    fn what_comes_back_is_judged() {
        assert_eq!(shown("{through: '?1', class: any}"), "0 of 1000 missed");
        assert_eq!(shown("{through: '?1', class: halfway, given: text, count: 5}"), "0 of 5 missed");
        assert!(
            shown("{through: single ?1, class: decimal, count: 5}").starts_with("5 of 5 missed by up to ")
        );
        assert!(shown("{through: ['?1', no row ?1], class: any, count: 1}").ends_with(" → no row"));
    }

    #[test]
    fn a_literal_stands_in_the_sql_and_is_prepared_anew() {
        let echo = Echo::default();
        let outcome = sent(&echo, "{through: '?1', class: everyday, given: literal, count: 3}").unwrap();
        assert_eq!(outcome.to_string(), "0 of 3 missed");
        let digits: Vec<String> =
            draw(1, crate::contract::verb::DoubleClass::Everyday).take(3).map(|drawn| drawn.digits).collect();
        assert_eq!(*echo.prepared.borrow(), digits);
        assert_eq!(echo.finalized.get(), 3);
    }

    #[test]
    fn an_error_is_the_outcome_and_leaves_no_statement() {
        let echo = Echo::default();
        let outcome = sent(&echo, "{through: ['?1', fail], class: any}").unwrap_err();
        assert_eq!(outcome, Outcome::from_code(1));
        assert_eq!(echo.finalized.get(), 2);
    }
}
