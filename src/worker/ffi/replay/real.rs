//! The library's functions, each looked up once.

use std::ffi::c_void;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::machine::NotMade;
use crate::worker::ffi::Library;

/// A function of the library.
pub(super) struct Real<F> {
    /// Null before it is looked up, and the address of this value where the library has none.
    address: AtomicPtr<c_void>,
    of: PhantomData<F>,
}

impl<F: Copy> Real<F> {
    pub(super) const fn new() -> Self {
        Self { address: AtomicPtr::new(std::ptr::null_mut()), of: PhantomData }
    }

    /// The function.
    ///
    /// # Safety
    /// `F` is the C signature of the library's function of this name.
    ///
    /// # Errors
    /// When the library has none.
    #[inline]
    pub(super) unsafe fn get(&self, library: &Library, name: &'static str) -> Result<F, NotMade> {
        let known = self.address.load(Ordering::Relaxed);
        let address = if known.is_null() { self.look_up(library, name) } else { known };
        if std::ptr::eq(address, self.none()) {
            return Err(NotMade::Missing);
        }
        // SAFETY: the caller says that it is of this type, and a function's pointer is as large as any.
        Ok(unsafe { std::mem::transmute_copy::<*mut c_void, F>(&address) })
    }

    fn none(&self) -> *mut c_void {
        (&raw const self.address).cast_mut().cast()
    }

    #[cold]
    fn look_up(&self, library: &Library, name: &'static str) -> *mut c_void {
        // SAFETY: the address is not used as anything here.
        let found = unsafe { library.function::<*mut c_void>(name) };
        let address = found.unwrap_or_else(|_| self.none());
        self.address.store(address, Ordering::Relaxed);
        address
    }
}

/// A function of the library that the replay itself needs, where there is one.
macro_rules! real {
    ($library:expr, $name:ident: fn($($kind:ty),*) -> $answer:ty) => {{
        static FUNCTION: $crate::worker::ffi::replay::real::Real<unsafe extern "C" fn($($kind),*) -> $answer> =
            $crate::worker::ffi::replay::real::Real::new();
        // SAFETY: SQLite's own function of this name has this type.
        unsafe { FUNCTION.get($library, stringify!($name)) }.ok()
    }};
}
pub(super) use real;
