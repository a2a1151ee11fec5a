//! The C stack of a process that dies: written down by a signal handler, for the engine to read.
//!
//! A handler may interrupt anything, `malloc` with its lock held included, so it only does what POSIX allows it
//! (`man 7 signal-safety`), with one exception: the compiler's unwinder, which reads the tables that every
//! function brings along, so that it also follows code without frame pointers (`-O2`, the C library). Names and
//! lines are found by the engine: here nothing is sound any more.

use std::ffi::{c_int, c_void};
use std::fs::File;
use std::io;
use std::os::fd::IntoRawFd;
use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicUsize, Ordering};

use super::unwind::{Frame, unwind};

/// What a library may die of, and the signal by which the engine asks a hanging worker for its stack.
const SIGNALS: [c_int; 6] =
    [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGABRT, libc::SIGQUIT];
/// Handlers run on a stack of their own, because the usual one may be what is exhausted.
const HANDLER_STACK: usize = 64 * 1024;
/// How many frames of a deep recursion are kept: the innermost, and the outermost, most of which are the driver's.
const INNERMOST: usize = 32;
const OUTERMOST: usize = 48;

static FILE: AtomicI32 = AtomicI32::new(-1);
/// How often the handler was entered: more than once when the unwinder itself fell.
static ENTERED: AtomicUsize = AtomicUsize::new(0);
/// How many frames are in the file.
static WRITTEN: AtomicUsize = AtomicUsize::new(0);
static SIGNAL: AtomicI32 = AtomicI32::new(0);
static INTERRUPTED: AtomicPtr<libc::ucontext_t> = AtomicPtr::new(std::ptr::null_mut());

/// Lets this process write its stack into `file` before it dies by a signal that a library may cause or that
/// the engine sends. It dies by that signal all the same. A sanitizer writes a better report: its handlers stay.
///
/// The file has a line a frame, innermost first: `@` and the address of the call, in hexadecimal; `+` and a
/// number where so many frames are left out. An empty line and `/proc/self/maps` follow.
///
/// # Errors
/// When the system refuses the handlers.
pub(crate) fn save_before_death(file: File) -> io::Result<()> {
    if has_sanitizer() {
        return Ok(());
    }
    FILE.store(file.into_raw_fd(), Ordering::Release);
    // The unwinder prepares itself in its first call.
    unwind(|_| {});
    use_handler_stack()?;
    SIGNALS.iter().try_for_each(|signal| handle(*signal))
}

/// Whether a sanitizer is in this process.
pub(crate) fn has_sanitizer() -> bool {
    let process = libloading::os::unix::Library::this();
    // SAFETY: the symbol is looked up and not used.
    unsafe { process.get::<*const ()>(c"__sanitizer_print_stack_trace") }.is_ok()
}

fn use_handler_stack() -> io::Result<()> {
    let memory: &'static mut [u8] = Box::leak(vec![0; HANDLER_STACK].into_boxed_slice());
    let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: HANDLER_STACK };
    // SAFETY: the memory is never freed and nothing else uses it.
    answer(unsafe { libc::sigaltstack(&stack, std::ptr::null_mut()) })
}

fn handle(signal: c_int) -> io::Result<()> {
    // SAFETY: all zeros is an empty mask and no flag.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = save_and_die as *const () as usize;
    // Not deferred: the unwinder may fall over a broken stack, and then the handler is asked once more.
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER;
    // SAFETY: the handler has the signature that SA_SIGINFO asks for, and does only what a handler may.
    answer(unsafe { libc::sigaction(signal, &action, std::ptr::null_mut()) })
}

fn answer(result: c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

extern "C" fn save_and_die(signal: c_int, _: *mut libc::siginfo_t, context: *mut c_void) {
    if super::copy::waits() {
        return;
    }
    let entered = ENTERED.fetch_add(1, Ordering::AcqRel) + 1;
    if entered == 1 {
        SIGNAL.store(signal, Ordering::Release);
        INTERRUPTED.store(context.cast(), Ordering::Release);
    }
    // A call through a bad pointer stands where no code is: the unwinder knows nothing about it, or falls.
    let at_bad_pointer = if entered == 1 { pc() == Some(0) } else { WRITTEN.load(Ordering::Acquire) == 0 };
    if entered <= 2 && at_bad_pointer {
        write_line(b'@', pc().unwrap_or(0));
        return_to_caller();
    }
    // When it fell later, over a stack that is overwritten, what it wrote before must do.
    if entered == 1 || (entered == 2 && at_bad_pointer) {
        write_frames(entered);
    }
    if entered <= 3 {
        write_mappings();
    }
    super::copy::end_by(SIGNAL.load(Ordering::Acquire));
}

/// Writes the frames below the handler's: those from the signal on that came first, `entered` signals ago.
fn write_frames(entered: usize) {
    let mut signals = 0;
    let mut seen = 0;
    let mut outermost = [0; OUTERMOST];
    unwind(|Frame { call, interrupted }| {
        signals += usize::from(interrupted);
        if signals < entered {
            return;
        }
        if seen < INNERMOST {
            write_line(b'@', call);
        } else {
            outermost[seen % OUTERMOST] = call;
        }
        seen += 1;
    });
    let rest = seen.saturating_sub(INNERMOST);
    if rest > OUTERMOST {
        write_line(b'+', rest - OUTERMOST);
    }
    (seen - rest.min(OUTERMOST)..seen).for_each(|at| write_line(b'@', outermost[at % OUTERMOST]));
}

fn write_line(mark: u8, number: usize) {
    const DIGITS: usize = 2 * size_of::<usize>();
    let mut line = [mark; DIGITS + 2];
    for (at, digit) in line[1..=DIGITS].iter_mut().rev().enumerate() {
        *digit = b"0123456789abcdef"[number >> (4 * at) & 0xf];
    }
    line[DIGITS + 1] = b'\n';
    write(&line);
    WRITTEN.fetch_add(1, Ordering::AcqRel);
}

/// Says which file stands behind which address.
fn write_mappings() {
    write(b"\n");
    // SAFETY: `open` may be called from a handler, and the path ends in NUL.
    let mappings = unsafe { libc::open(c"/proc/self/maps".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
    let mut buffer = [0_u8; 1024];
    loop {
        // SAFETY: `read` may be called from a handler, and the buffer is as large as it says.
        let length = unsafe { libc::read(mappings, buffer.as_mut_ptr().cast(), buffer.len()) };
        match usize::try_from(length) {
            Ok(length @ 1..) => write(&buffer[..length]),
            _ => return,
        }
    }
}

fn write(bytes: &[u8]) {
    // SAFETY: `write` may be called from a handler, and the bytes are as many as it says.
    let _ = unsafe { libc::write(FILE.load(Ordering::Acquire), bytes.as_ptr().cast(), bytes.len()) };
}

/// Where the process was when the first signal came.
///
/// It is the context that the kernel keeps on the handler's stack until the handler returns, which it never does: it
/// ends the process. A handler that interrupts this one (SA_NODEFER) finds it unchanged.
fn interrupted() -> *mut libc::ucontext_t {
    INTERRUPTED.load(Ordering::Acquire)
}

fn pc() -> Option<usize> {
    // SAFETY: see `interrupted`; it is NULL before the first signal.
    let context = unsafe { interrupted().as_ref() }?;
    #[cfg(target_arch = "x86_64")]
    return usize::try_from(context.uc_mcontext.gregs[libc::REG_RIP as usize]).ok();
    #[cfg(target_arch = "aarch64")]
    return usize::try_from(context.uc_mcontext.pc).ok();
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return None;
}

/// Makes the interrupted context that of the caller, whose registers a call that just happened has not changed. Nothing
/// is known of the registers' values: a panic here would only hide what happened.
fn return_to_caller() {
    // SAFETY: see `interrupted`; `pc` has no reference to it any more.
    let Some(context) = (unsafe { interrupted().as_mut() }) else { return };
    #[cfg(target_arch = "x86_64")]
    {
        let registers = &mut context.uc_mcontext.gregs;
        let stack = registers[libc::REG_RSP as usize];
        // SAFETY: a call through a bad pointer has pushed its return address there. When it was no call and no memory is
        // there, this read is another SIGSEGV. It enters the handler again, as SA_NODEFER lets it; that one counts
        // (`ENTERED`), reads once more only while nothing is written, and ends the process without coming back here.
        let return_address = unsafe { (stack as *const i64).read_unaligned() };
        registers[libc::REG_RIP as usize] = return_address.wrapping_sub(1);
        registers[libc::REG_RSP as usize] = stack.wrapping_add(8);
    }
    #[cfg(target_arch = "aarch64")]
    {
        const LINK_REGISTER: usize = 30;
        context.uc_mcontext.pc = context.uc_mcontext.regs[LINK_REGISTER].wrapping_sub(1);
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = context;
}
