//! What our pages share: `base.css` and `theme.js`, which each page includes in its own, and the policy.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

/// What the browser may do: run this script, use this style, show pictures that are in the page. Nothing else.
pub(crate) fn policy(script: &str, style: &str) -> String {
    // Line ends as the browser reads them.
    let hash = |text: &str| BASE64.encode(Sha256::digest(text.replace("\r\n", "\n")));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; \
         form-action 'none'",
        hash(script),
        hash(style),
    )
}
