//! Has the tests compiled again when a contract or a build is added.

fn main() {
    println!("cargo::rerun-if-changed=contracts");
    println!("cargo::rerun-if-changed=sqlite-builds");
}
