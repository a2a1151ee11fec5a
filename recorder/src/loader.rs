//! Modules that a program loads for themselves. With RTLD_DEEPBIND (so PHP loads its extensions) a module would find the
//! functions of its own SQLite before ours, so the flag is taken away.

use std::arch::naked_asm;
use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, Ordering};

/// The loader's own function, once it is known.
static REAL: AtomicPtr<c_void> = AtomicPtr::new(null_mut());

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
