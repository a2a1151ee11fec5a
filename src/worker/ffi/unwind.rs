//! Walking the stack with the unwinder that every Rust program on Unix is linked with (the Itanium C++ ABI's,
//! <https://itanium-cxx-abi.github.io/cxx-abi/abi-eh.html>).

use std::ffi::{c_int, c_void};

/// A function that is being executed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// An address within the call that it waits for, or where a signal interrupted it.
    pub(crate) call: usize,
    /// Whether a signal interrupted it.
    pub(crate) interrupted: bool,
}

/// What the unwinder knows of a frame.
#[repr(C)]
struct Context {
    _opaque: [u8; 0],
}

type Trace = extern "C" fn(*mut Context, *mut c_void) -> c_int;

unsafe extern "C" {
    fn _Unwind_Backtrace(trace: Trace, data: *mut c_void) -> c_int;
    fn _Unwind_GetIPInfo(context: *mut Context, before_instruction: *mut c_int) -> usize;
}

const GO_ON: c_int = 0;

/// Calls `each` for every frame of this thread, innermost first. It neither allocates nor locks once it was called.
pub(super) fn unwind<F: FnMut(Frame)>(mut each: F) {
    extern "C" fn trace<F: FnMut(Frame)>(context: *mut Context, each: *mut c_void) -> c_int {
        let mut interrupted = 0;
        // SAFETY: the unwinder hands over its context for the time of this call.
        let address = unsafe { _Unwind_GetIPInfo(context, &mut interrupted) };
        let interrupted = interrupted != 0;
        // Elsewhere the address is where the call returns to, which may be another line.
        let call = if interrupted { address } else { address.saturating_sub(1) };
        // SAFETY: `each` is what was handed over below, and nobody else uses it meanwhile.
        let each = unsafe { &mut *each.cast::<F>() };
        each(Frame { call, interrupted });
        GO_ON
    }
    // SAFETY: the callback has the signature that the ABI asks for, and `each` lives during the call.
    unsafe { _Unwind_Backtrace(trace::<F>, (&raw mut each).cast()) };
}
