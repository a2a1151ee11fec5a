//! A page in a headless Chromium, and everything that it complained about or asked for.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Network};
use headless_chrome::{Browser, LaunchOptions, Tab};
use libtest_mimic::Failed;
use serde_json::Value;

/// How long the page may take to show what is expected.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why there is no browser; `None` where there is one.
pub(crate) fn missing() -> Option<String> {
    headless_chrome::browser::default_executable()
        .err()
        .map(|error| format!("{error}; on Debian: apt-get install chromium"))
}

/// How the system wants its pages.
pub(crate) enum Theme {
    Light,
    Dark,
}

/// One Chromium for all tests, started by the first that needs it, ended with the last clone of this.
#[derive(Clone, Default)]
pub(crate) struct Chromium(Arc<Mutex<Option<Browser>>>);

impl Chromium {
    fn browser(&self) -> Result<Browser, Failed> {
        let mut running = self.0.lock().unwrap();
        let options = LaunchOptions {
            // A sandbox needs rights that containers do not give. The page is our own.
            sandbox: false,
            window_size: Some((1440, 900)),
            idle_browser_timeout: Duration::from_secs(300),
            ..LaunchOptions::default()
        };
        let browser = running.take().map_or_else(|| Browser::new(options), Ok)?;
        Ok(running.insert(browser).clone())
    }
}

/// A tab that knows nothing of the others.
pub(crate) struct Browsing {
    tab: Arc<Tab>,
    /// Errors and warnings of the console, and what was asked for beside the page itself.
    complaints: Arc<Mutex<Vec<String>>>,
}

impl Browsing {
    /// Opens an empty tab.
    pub(crate) fn start(chromium: &Chromium) -> Result<Self, Failed> {
        let tab = chromium.browser()?.new_context()?.new_tab()?;
        tab.set_default_timeout(PATIENCE);
        let complaints = Arc::new(Mutex::new(Vec::new()));
        tab.enable_log()?.enable_runtime()?;
        tab.call_method(Network::Enable {
            max_total_buffer_size: None,
            max_resource_buffer_size: None,
            max_post_data_size: None,
            report_direct_socket_traffic: None,
            enable_durable_messages: None,
        })?;
        let heard = complaints.clone();
        tab.add_event_listener(Arc::new(move |event: &Event| {
            heard.lock().unwrap().extend(complaint(event));
        }))?;
        Ok(Self { tab, complaints })
    }

    /// Opens a page from disk.
    pub(crate) fn open(&self, file: &Path, hash: &str) -> Result<(), Failed> {
        self.tab.navigate_to(&format!("file://{}{hash}", file.display()))?.wait_until_navigated()?;
        self.expect_true("document.getElementById('legend').childElementCount > 0")
    }

    /// Runs JavaScript. (The page's policy is about what is in the page.)
    pub(crate) fn run(&self, script: &str) -> Result<(), Failed> {
        self.value(script).map(drop)
    }

    fn value(&self, script: &str) -> Result<String, Failed> {
        let value = self.tab.evaluate(script, false)?.value;
        Ok(match value {
            Some(Value::String(text)) => text,
            Some(value) => value.to_string(),
            None => "nothing".to_owned(),
        })
    }

    /// Waits until an expression has a value, shown as text.
    pub(crate) fn expect(&self, expression: &str, expected: &str) -> Result<(), Failed> {
        let started = Instant::now();
        loop {
            let actual = self.value(expression)?;
            if actual == expected {
                return Ok(());
            }
            if started.elapsed() > PATIENCE {
                return Err(format!("{expression}\n  expected  {expected}\n  actual    {actual}").into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until an expression is true.
    pub(crate) fn expect_true(&self, expression: &str) -> Result<(), Failed> {
        self.expect(&format!("Boolean({expression})"), "true")
    }

    /// Clicks with the mouse where an element is.
    pub(crate) fn click(&self, element: &str) -> Result<(), Failed> {
        let place = format!(
            "(() => {{ const r = {element}.getBoundingClientRect(); return `${{r.x + r.width / 2}} ${{r.y + r.height / 2}}` }})()"
        );
        let place = self.value(&place)?;
        let (x, y) = place.split_once(' ').ok_or_else(|| format!("{element} has no place: {place}"))?;
        let point = headless_chrome::browser::tab::point::Point { x: x.parse()?, y: y.parse()? };
        self.tab.click_point(point)?;
        Ok(())
    }

    /// Chooses of a list, as a user does.
    pub(crate) fn choose(&self, id: &str, value: &str) -> Result<(), Failed> {
        self.run(&format!(
            "(() => {{ const list = document.getElementById('{id}'); list.value = '{value}'; \
             list.dispatchEvent(new Event('change')); }})()"
        ))
    }

    /// Presses a key.
    pub(crate) fn press(&self, key: &str) -> Result<(), Failed> {
        self.tab.press_key(key)?;
        Ok(())
    }

    /// Types into what has the keyboard.
    pub(crate) fn type_text(&self, text: &str) -> Result<(), Failed> {
        self.tab.type_str(text)?;
        Ok(())
    }

    /// Sets the system's wish.
    pub(crate) fn theme(&self, theme: Theme) -> Result<(), Failed> {
        let value = match theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        let feature =
            Emulation::MediaFeature { name: "prefers-color-scheme".to_owned(), value: value.to_owned() };
        self.tab.call_method(Emulation::SetEmulatedMedia { media: None, features: Some(vec![feature]) })?;
        Ok(())
    }

    /// Sets the size of the window in CSS pixels.
    pub(crate) fn size(&self, width: u32, height: u32) -> Result<(), Failed> {
        self.tab.call_method(Emulation::SetDeviceMetricsOverride {
            width,
            height,
            device_scale_factor: 2.0,
            mobile: true,
            scale: None,
            screen_width: None,
            screen_height: None,
            position_x: None,
            position_y: None,
            dont_set_visible_size: None,
            screen_orientation: None,
            viewport: None,
            display_feature: None,
            device_posture: None,
        })?;
        Ok(())
    }

    /// Fails if the page complained about anything, or asked anybody for anything.
    pub(crate) fn quiet(&self) -> Result<(), Failed> {
        let complaints = self.complaints.lock().unwrap();
        if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
    }
}

/// What an event says that a good page gives no reason for.
fn complaint(event: &Event) -> Option<String> {
    match event {
        Event::LogEntryAdded(event) => Some(format!("console: {}", event.params.entry.text)),
        Event::RuntimeExceptionThrown(event) => {
            let details = &event.params.exception_details;
            let description = details.exception.as_ref().and_then(|exception| exception.description.clone());
            Some(format!("exception: {}", description.unwrap_or_else(|| details.text.clone())))
        }
        Event::RuntimeConsoleAPICalled(event) => Some(format!("console: {:?}", event.params.args)),
        Event::NetworkRequestWillBeSent(event) => {
            let address = &event.params.request.url;
            let is_page = address.starts_with("file:") && address.contains(".html");
            (!is_page && !address.starts_with("data:")).then(|| format!("asked for {address}"))
        }
        _ => None,
    }
}
