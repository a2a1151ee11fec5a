//! The matrix: every contract on every build, judged, recorded and shown.
