//! Modules that a program loads for themselves, and functions that it looks up. With RTLD_DEEPBIND (so PHP loads its extensions) a
//! module would find the functions of its own SQLite before ours, so the flag is taken away. Who asks a library for its functions by
//! name (so does Python's `ctypes`) gets ours instead.

use std::arch::naked_asm;
use std::ffi::{CStr, c_char, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::real::{find as find_real, is_ours};

/// The loader's own `dlopen`, once it is known.
static REAL: AtomicPtr<c_void> = AtomicPtr::new(null_mut());
/// The loader's own `dlsym`, once it is known.
static REAL_DLSYM: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

/// `dlopen`: jumps to the loader's own, which looks at the address that called it to know whose search path counts.
///
/// # Safety
/// That of `dlopen`.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn dlopen() {
    naked_asm!(
        "and esi, -9", // RTLD_DEEPBIND is 8
        "mov rax, [rip + {real}]",
        "test rax, rax",
        "jnz 2f",
        "push rdi",
        "push rsi",
        "sub rsp, 8", // the stack of a call is aligned to 16 bytes
        "call {find}",
        "add rsp, 8",
        "pop rsi",
        "pop rdi",
        "2: jmp rax",
        real = sym REAL,
        find = sym find,
    )
}

extern "C" fn find() -> *mut c_void {
    // SAFETY: the name ends.
    let real = unsafe { libc::dlsym(libc::RTLD_NEXT, c"dlopen".as_ptr()) };
    REAL.store(real, Ordering::Relaxed);
    real
}

/// `dlsym`: our function where the program would get that of its SQLite, else what the loader finds. It jumps there, because the
/// loader looks at the address that called it to know what comes behind the caller (`RTLD_NEXT`).
///
/// # Safety
/// That of `dlsym`.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn dlsym() {
    naked_asm!(
        "push rdi",
        "push rsi",
        "sub rsp, 8", // the stack of a call is aligned to 16 bytes
        "call {ours}",
        "add rsp, 8",
        "pop rsi",
        "pop rdi",
        "test rax, rax",
        "jz 2f",
        "ret",
        "2: mov rax, [rip + {real}]",
        "jmp rax",
        ours = sym ours,
        real = sym REAL_DLSYM,
    )
}

/// The recorder's function of this name, where the handle leads to the function to which that passes its calls on: a second SQLite of
/// the process keeps its own.
extern "C" fn ours(handle: *mut c_void, name: *const c_char) -> *mut c_void {
    // Known from here on, also where the loader is to answer.
    let real = real_dlsym();
    if name.is_null() || handle == libc::RTLD_NEXT || handle == libc::RTLD_DEFAULT {
        return null_mut();
    }
    // SAFETY: the name ends, as the loader expects too.
    let text = unsafe { CStr::from_ptr(name) };
    if !text.to_bytes().starts_with(b"sqlite3_") {
        return null_mut();
    }
    // SAFETY: the program's own arguments.
    let theirs = unsafe { real(handle, name) };
    // SAFETY: the name ends.
    let first = unsafe { real(libc::RTLD_DEFAULT, name) };
    let is_recorded = !theirs.is_null() && !is_ours(theirs) && !first.is_null() && is_ours(first);
    let is_passed_on = || text.to_str().ok().and_then(find_real) == Some(theirs);
    if is_recorded && is_passed_on() { first } else { null_mut() }
}

type Dlsym = unsafe extern "C" fn(*mut c_void, *const c_char) -> *mut c_void;

/// The loader's own.
pub(crate) fn real_dlsym() -> Dlsym {
    let mut real = REAL_DLSYM.load(Ordering::Relaxed);
    if real.is_null() {
        // The first version of the symbol, which every later library has too.
        // SAFETY: both texts end.
        real = unsafe { libc::dlvsym(libc::RTLD_NEXT, c"dlsym".as_ptr(), c"GLIBC_2.2.5".as_ptr()) };
        if real.is_null() {
            // Nothing else could be done for the program either.
            std::process::abort();
        }
        REAL_DLSYM.store(real, Ordering::Relaxed);
    }
    // SAFETY: the function of this name has this type.
    unsafe { std::mem::transmute::<*mut c_void, Dlsym>(real) }
}
