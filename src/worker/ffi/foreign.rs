//! Where the library's functions are: its loader says so, or what [`copies`](crate::copies) wrote down beside it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::worker::foreign::Addresses;

/// A loaded library and where its functions are.
pub(super) struct Symbols {
    handle: libloading::Library,
    /// Those that it does not export, in this process.
    hidden: BTreeMap<String, usize>,
}

impl Symbols {
    /// Loads a library.
    ///
    /// # Safety
    /// The file may run its code in this process.
    ///
    /// # Errors
    /// When it cannot be loaded, or not where it has to be.
    pub(super) unsafe fn load(path: &Path) -> Result<Self, String> {
        match Addresses::beside(path).map_err(|error| error.to_string())? {
            // SAFETY: as the caller says.
            Some(addresses) => unsafe { load_foreign(path, &addresses) },
            None => {
                // SAFETY: as the caller says.
                let handle = unsafe { libloading::Library::new(path) }.map_err(|error| error.to_string())?;
                Ok(Self { handle, hidden: BTreeMap::new() })
            }
        }
    }

    /// A function, or another symbol, by its name.
    ///
    /// # Safety
    /// `F` is a pointer, and its type is that of the symbol.
    pub(super) unsafe fn get<F: Copy>(&self, name: &str) -> Option<F> {
        // SAFETY: the caller vouches for the type; the library is never unloaded.
        if let Ok(symbol) = unsafe { self.handle.get::<F>(name) } {
            return Some(*symbol);
        }
        let address = self.hidden.get(name)?;
        assert_eq!(size_of::<F>(), size_of::<usize>(), "a symbol is a pointer");
        // SAFETY: a pointer of the same size, to the symbol, whose type the caller vouches for.
        Some(unsafe { std::mem::transmute_copy::<usize, F>(address) })
    }
}

/// Loads a library that was made for another program: what it lacks is found missing when it is used.
///
/// # Safety
/// As [`Symbols::load`].
#[cfg(target_os = "linux")]
unsafe fn load_foreign(path: &Path, addresses: &Addresses) -> Result<Symbols, String> {
    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_LAZY, RTLD_LOCAL, RTLD_NOW};
    // A copy made for another C library does not name that of mathematics.
    // SAFETY: the C library's own initialisers are made to run in any process.
    let mathematics = unsafe { Library::open(Some("libm.so.6"), RTLD_NOW | RTLD_GLOBAL) };
    mathematics.into_iter().for_each(std::mem::forget);
    // SAFETY: as the caller says.
    let library = unsafe { Library::open(Some(path), RTLD_LAZY | RTLD_LOCAL) };
    let handle = library.map_err(|error| error.to_string())?.into_raw();
    // SAFETY: the handle of a library that is loaded.
    let base = unsafe { base(handle) }?;
    if addresses.is_fixed && base != 0 {
        return Err("the place that its code is made for is taken in this process".to_owned());
    }
    let place = |(name, address): (&String, &u64)| {
        Some((name.clone(), base.checked_add(usize::try_from(*address).ok()?)?))
    };
    // SAFETY: the same handle, given back.
    let library = unsafe { Library::from_raw(handle) };
    Ok(Symbols { handle: library.into(), hidden: addresses.functions.iter().filter_map(place).collect() })
}

/// What is added to an address of the file: `l_addr` of the loader's entry
/// (<https://man7.org/linux/man-pages/man3/dlinfo.3.html>).
///
/// # Safety
/// `handle` is that of a loaded library.
#[cfg(target_os = "linux")]
unsafe fn base(handle: *mut std::ffi::c_void) -> Result<usize, String> {
    let mut entry: *const usize = std::ptr::null();
    // SAFETY: the request writes one pointer, and there is room for it.
    let refused = unsafe { libc::dlinfo(handle, libc::RTLD_DI_LINKMAP, (&raw mut entry).cast()) };
    if refused != 0 || entry.is_null() {
        return Err("the loader does not say where it is".to_owned());
    }
    // SAFETY: `struct link_map` begins with `l_addr`, and lives as long as the library is loaded.
    Ok(unsafe { *entry })
}

/// Only [`copies`](crate::copies) on Linux write down addresses.
///
/// # Safety
/// None is needed.
#[cfg(not(target_os = "linux"))]
unsafe fn load_foreign(_: &Path, _: &Addresses) -> Result<Symbols, String> {
    Err("it was prepared for another system".to_owned())
}
