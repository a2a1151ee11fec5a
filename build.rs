//! Hands the target triple to the compilation of builds, and rebuilds the test matrix when a file is added.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=contracts");
    println!("cargo::rerun-if-changed=sqlite-builds");
    for name in ["TARGET", "HOST"] {
        println!("cargo::rustc-env=SQLITE_CONTRACTS_{name}={}", std::env::var(name).unwrap_or_default());
    }
}
