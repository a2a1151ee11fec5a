//! The program's own SQLite: its functions by their names.

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::ptr::{null, null_mut};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

use crate::short::Packed;

/// A function of the interface.
pub(crate) struct Function {
    pub(crate) name: &'static str,
    /// The names of what is written of a call, and of what it came to.
    pub(crate) arguments: &'static [&'static str],
    pub(crate) results: &'static [&'static str],
    address: AtomicPtr<c_void>,
    number: AtomicU32,
    /// The last trace of this process that names it; a fork begins another one.
    named_in: AtomicU32,
    /// How a call of it begins that is one event.
    head: AtomicU64,
}

static NUMBERS: AtomicU32 = AtomicU32::new(0);

impl Function {
    pub(crate) const fn new(
        name: &'static str,
        arguments: &'static [&'static str],
        results: &'static [&'static str],
    ) -> Self {
        let (address, number) = (AtomicPtr::new(null_mut()), AtomicU32::new(u32::MAX));
        let (named_in, head) = (AtomicU32::new(0), AtomicU64::new(0));
        Self { name, arguments, results, address, number, named_in, head }
    }

    /// The function of the program's SQLite. Without one the program ends, as it would without the recorder.
    #[inline]
    pub(crate) fn address(&self) -> *mut c_void {
        match self.address.load(Ordering::Relaxed) {
            address if address.is_null() => self.look_up(),
            address => address,
        }
    }

    /// The same where it was looked up before; nothing else is done, so that a caller needs no register for it.
    #[inline]
    pub(crate) fn known_address(&self) -> *mut c_void {
        self.address.load(Ordering::Relaxed)
    }

    #[cold]
    fn look_up(&self) -> *mut c_void {
        let Some(address) = find(self.name) else { missing(self.name) };
        self.address.store(address, Ordering::Relaxed);
        address
    }

    /// The number by which a trace of this process names it, in the order of their first calls.
    #[inline]
    pub(crate) fn number(&self) -> u32 {
        match self.number.load(Ordering::Relaxed) {
            u32::MAX => {
                self.number.store(NUMBERS.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
                self.number.load(Ordering::Relaxed)
            }
            number => number,
        }
    }
}

impl Function {
    /// Whether this trace names it already.
    #[inline]
    pub(crate) fn is_named_in(&self, trace: u32) -> bool {
        self.named_in.load(Ordering::Relaxed) == trace
    }

    /// This trace names it from now on.
    pub(crate) fn name_in(&self, trace: u32) {
        let (number, arguments) = (self.number(), self.arguments.len());
        // A few hundred functions with a few arguments each.
        let head = Packed::of(|at| at.tuple(3).integer(number.into()).tuple(arguments));
        self.head.store(head.unwrap_or(Packed::NONE).to_bits(), Ordering::Relaxed);
        self.named_in.store(trace, Ordering::Relaxed);
    }

    /// How a call of it begins that is one event: the array, its number, the array of the arguments.
    #[inline]
    pub(crate) fn head(&self) -> Packed {
        Packed::from_bits(self.head.load(Ordering::Relaxed))
    }
}

/// What the loader says and does of a function that is nowhere.
fn missing(name: &str) -> ! {
    eprintln!("symbol lookup error: undefined symbol: {name} (the recorder found no SQLite that has it)");
    // SAFETY: ends the process.
    unsafe { libc::_exit(127) }
}

/// The address of a function in the program's SQLite.
pub(crate) fn find(name: &str) -> Option<*mut c_void> {
    let name = CString::new(name).ok()?;
    // SAFETY: the handle is one of `dlopen`'s or RTLD_NEXT, the name ends.
    let address = unsafe { loader_dlsym(library(), name.as_ptr()) };
    (!address.is_null() && !is_ours(address)).then_some(address)
}

/// The file in which a function lies.
pub(crate) fn file_of(address: *const c_void) -> Option<Vec<u8>> {
    let info = lies_in(address)?;
    // SAFETY: the loader's own text.
    (!info.dli_fname.is_null()).then(|| unsafe { CStr::from_ptr(info.dli_fname) }.to_bytes().to_vec())
}

/// What `dlsym` is asked: what comes after this library, or, for a library that was opened for its opener alone (so
/// Python opens its modules), the first object that leads to a SQLite.
fn library() -> *mut c_void {
    static LIBRARY: OnceLock<usize> = OnceLock::new();
    const ANY: &CStr = c"sqlite3_libversion";
    let find = || {
        // SAFETY: the name ends.
        let next = unsafe { loader_dlsym(libc::RTLD_NEXT, ANY.as_ptr()) };
        match next.is_null() {
            false => Some(libc::RTLD_NEXT as usize),
            true => loaded().into_iter().find_map(|object| leads_to(&object, ANY)),
        }
    };
    let known = LIBRARY.get().copied();
    // Where there is none yet, one may be loaded later.
    let found = known.or_else(|| find().map(|found| *LIBRARY.get_or_init(|| found)));
    found.map_or(libc::RTLD_NEXT, |found| found as *mut c_void)
}

/// The loader's `dlsym`, which is asked for the recorder's own sake: as a program asks, it would be answered with the recorder's
/// functions.
///
/// # Safety
/// That of `dlsym`.
unsafe fn loader_dlsym(handle: *mut c_void, name: *const c_char) -> *mut c_void {
    #[cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
    // SAFETY: as the caller says.
    return unsafe { crate::loader::real_dlsym()(handle, name) };
    #[cfg(not(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64")))]
    // SAFETY: as the caller says.
    unsafe {
        libc::dlsym(handle, name)
    }
}

fn leads_to(object: &CStr, function: &CStr) -> Option<usize> {
    // SAFETY: an object that is loaded already; its handle stays open.
    let handle = unsafe { libc::dlopen(object.as_ptr(), libc::RTLD_LAZY | libc::RTLD_NOLOAD) };
    if handle.is_null() {
        return None;
    }
    // SAFETY: a handle of `dlopen`'s.
    let address = unsafe { loader_dlsym(handle, function.as_ptr()) };
    (!address.is_null() && !is_ours(address)).then_some(handle as usize)
}

/// The files of all objects but the program and this library.
#[cfg(target_os = "linux")]
fn loaded() -> Vec<CString> {
    unsafe extern "C" fn each(info: *mut libc::dl_phdr_info, _: usize, names: *mut c_void) -> c_int {
        // SAFETY: the loader's own, and the vector below.
        let (name, names) = unsafe { ((*info).dlpi_name, &mut *names.cast::<Vec<CString>>()) };
        // SAFETY: the loader's text.
        if !name.is_null() && unsafe { *name } != 0 {
            // SAFETY: the loader's text.
            names.push(unsafe { CStr::from_ptr(name) }.to_owned());
        }
        0
    }
    let mut names: Vec<CString> = Vec::new();
    // SAFETY: the function above gets the vector that it expects.
    unsafe { libc::dl_iterate_phdr(Some(each), (&raw mut names).cast()) };
    names
}

#[cfg(not(target_os = "linux"))]
fn loaded() -> Vec<CString> {
    Vec::new()
}

/// Whether a function is the recorder's.
pub(crate) fn is_ours(address: *const c_void) -> bool {
    let ours = lies_in((is_ours as fn(*const c_void) -> bool) as *const c_void);
    let theirs = lies_in(address);
    ours.zip(theirs).is_some_and(|(ours, theirs)| ours.dli_fbase == theirs.dli_fbase)
}

fn lies_in(address: *const c_void) -> Option<libc::Dl_info> {
    let mut info =
        libc::Dl_info { dli_fname: null(), dli_fbase: null_mut(), dli_sname: null(), dli_saddr: null_mut() };
    // SAFETY: any address may be asked about.
    (unsafe { libc::dladdr(address, &raw mut info) } != 0).then_some(info)
}

/// A function that the recorder itself needs of SQLite, which has the type that `$type` says.
macro_rules! real {
    ($name:ident: fn($($kind:ty),*) -> $answer:ty) => {{
        static FUNCTION: $crate::real::Function = $crate::real::Function::new(stringify!($name), &[], &[]);
        // SAFETY: SQLite's own function of this name has this type.
        unsafe { std::mem::transmute::<*mut std::ffi::c_void, unsafe extern "C" fn($($kind),*) -> $answer>(FUNCTION.address()) }
    }};
}
pub(crate) use real;

/// A text of SQLite's that stays.
pub(crate) fn said(text: *const c_char) -> Vec<u8> {
    match text.is_null() {
        true => Vec::new(),
        // SAFETY: SQLite's texts end.
        false => unsafe { CStr::from_ptr(text) }.to_bytes().to_vec(),
    }
}
