//! What is in a trace: calls with their values, databases, and what is hidden.

use std::process::Command;

use sqlite_contracts::trace::{Event, HiddenType, Item, Summary, Trace};

use crate::recorded::room;
use crate::said::said;
use crate::{calls, record, trace_of};

#[test]
fn values_have_their_types_and_bytes() {
    let Some(room) = room() else { return };
    let trace = trace_of(room.path(), "blob");
    let bytes = format!("{:?}", Item::Blob(&[0, 1, 2, 255]));
    assert_eq!(calls(&trace, "sqlite3_blob_read")[0].1, format!("[Integer(0), {bytes}]"));
    assert!(calls(&trace, "sqlite3_blob_write")[0].0.contains(&bytes));

    let trace = trace_of(room.path(), "large");
    let read = calls(&trace, "sqlite3_column_text");
    assert_eq!(read.len(), 3);
    assert!(
        read.iter().all(|(_, result)| result == &read[0].1 && result.contains("length: 3000000")),
        "{read:?}"
    );
    let bound = calls(&trace, "sqlite3_bind_text");
    assert!(bound.iter().all(|(arguments, _)| arguments.len() > 3_000_000));

    let trace = trace_of(room.path(), "function");
    assert_eq!(calls(&trace, "sqlite3_value_int")[0].1, "[Integer(2)]");
    assert!(calls(&trace, "sqlite3_result_int")[0].0.ends_with("Integer(42)]"));
    assert_eq!(calls(&trace, "function()").len(), 1);
    assert_eq!(Summary::of(&trace).unwrap().functions.into_iter().collect::<Vec<_>>(), ["add_forty"]);
}

#[test]
fn a_database_is_kept_as_it_was_before_the_first_change() {
    let Some(room) = room() else { return };
    let file = room.path().join("kept.db");
    let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('create table t(a)'); \
                  c.execute(\"insert into t values('old')\"); c.commit()";
    let made = Command::new("python3").args(["-c", script]).arg(&file).output();
    if !made.is_ok_and(|output| output.status.success()) {
        return eprintln!("skipped: there is no python3 with sqlite3, which makes the database");
    }
    let before = std::fs::read(&file).unwrap();
    let trace = trace_of(room.path(), "change");
    assert_ne!(std::fs::read(&file).unwrap(), before);
    let mut kept = Vec::new();
    trace.extract(&trace.about().files[0].name, &mut kept).unwrap();
    assert_eq!(kept, before);
    let summary = Summary::of(&trace).unwrap();
    assert_eq!(summary.databases[0].bytes, Some(before.len() as u64));
    assert_eq!(summary.errors[0].what, "no such column: no_such");
}

#[test]
fn hidden_values_keep_equality_and_order() {
    let Some(room) = room() else { return };
    let output = record(room.path(), &["--hash-values", "-o", "a.trace", "--", "./program", "values"]);
    assert!(output.status.success(), "{}", said(&output));
    let trace = Trace::open(&room.path().join("a.trace")).unwrap();
    assert!(trace.about().is_hidden);
    let mut ranks = Vec::new();
    let mut everything = String::new();
    let visit = &mut |event: Event<'_>| {
        everything.push_str(&format!("{event:?}\n"));
        if let Event::Call { arguments, .. } = &event
            && let Some(Item::Hidden { kind, length, rank }) = arguments.get(2)
        {
            ranks.push((*kind, *length, *rank));
        }
        Ok(())
    };
    trace.each(0, visit).unwrap();
    assert!(!everything.contains("secret"), "{everything}");
    assert!(everything.contains("insert into t values(?)"), "{everything}");
    let [b, real, a, integer, b_again, real_again] = ranks[..] else { panic!("{ranks:?}") };
    assert_eq!((b, real), (b_again, real_again));
    assert_eq!((b.0, a.1, real.0, integer.0), (HiddenType::Text, 8, HiddenType::Real, HiddenType::Integer));
    assert!(integer.2 < real.2 && real.2 < a.2 && a.2 < b.2, "{ranks:?}");
}

#[test]
fn no_literal_comes_out_of_a_trace_of_hidden_values() {
    let Some(room) = room() else { return };
    let output = record(room.path(), &["--hash-values", "-o", "a.trace", "--", "./program", "secrets"]);
    assert!(output.status.success(), "{}", said(&output));
    let trace = Trace::open(&room.path().join("a.trace")).unwrap();
    let mut everything = format!("{:?}\n", trace.about());
    let visit = &mut |event: Event<'_>| {
        everything.push_str(&format!("{event:?}\n"));
        Ok(())
    };
    trace.each(0, visit).unwrap();
    let shown = serde_json::to_string(&Summary::of(&trace).unwrap()).unwrap();
    for line in everything.lines().chain([shown.as_str()]) {
        assert!(!line.contains("secret"), "{line}");
    }
    // The same run without the option has each of them.
    let plain = record(room.path(), &["-o", "b.trace", "--", "./program", "secrets"]);
    assert!(plain.status.success(), "{}", said(&plain));
    let mut plain = String::new();
    let visit = &mut |event: Event<'_>| {
        plain.push_str(&format!("{event:?}\n"));
        Ok(())
    };
    Trace::open(&room.path().join("b.trace")).unwrap().each(0, visit).unwrap();
    for number in 1..=21 {
        assert!(plain.contains(&format!("secret{number}")), "{number}");
    }

    let names: Vec<String> = calls(&trace, "sqlite3_column_name").into_iter().map(|(_, name)| name).collect();
    let hidden = names.iter().filter(|name| name.contains("Hidden { kind: Text, ")).count();
    assert!(hidden > 0 && names.contains(&"[Text(\"known\")]".to_owned()), "{names:?}");
    let statements: Vec<String> =
        Summary::of(&trace).unwrap().statements.into_iter().map(|counted| counted.what).collect();
    for statement in [
        "select ? || known, known from kept",
        "select count(*) from kept",
        "create table kept(known, other default ?, third default ?)",
        "pragma application_id = ?",
        "attach ? as more",
    ] {
        assert!(statements.iter().any(|known| known == statement), "{statement}: {statements:#?}");
    }
    let authorized = calls(&trace, "authorizer()");
    assert!(
        authorized.iter().any(|(given, _)| given.contains("Text(\"application_id\"), Hidden")),
        "{authorized:?}"
    );
}

#[test]
fn pythons_functions_are_recorded_with_what_they_answer() {
    let room = tempfile::tempdir().unwrap();
    let script = "import sqlite3\nc = sqlite3.connect(':memory:')\n\
                  c.create_function('double', 1, lambda x: x * 2)\n\
                  c.create_collation('backwards', lambda a, b: (a < b) - (a > b))\n\
                  c.execute('select double(?)', (21,)).fetchall()\n\
                  print(c.execute(\"select 'a' as x union select 'b' order by x collate backwards\").fetchall())\n";
    std::fs::write(room.path().join("script.py"), script).unwrap();
    let output = record(room.path(), &["-o", "a.trace", "--", "python3", "script.py"]);
    if output.status.code() != Some(0) {
        return eprintln!("skipped: {}", said(&output));
    }
    assert_eq!(String::from_utf8_lossy(&output.stdout), "[('b',), ('a',)]\n");
    let trace = Trace::open(&room.path().join("a.trace")).unwrap();
    assert!(calls(&trace, "sqlite3_result_int64").iter().any(|(given, _)| given.ends_with("Integer(42)]")));
    let compared = calls(&trace, "collation()");
    assert!(!compared.is_empty());
    assert!(compared.iter().all(|(texts, _)| texts.contains("Text(\"a\")") && texts.contains("Text(\"b\")")));
}
