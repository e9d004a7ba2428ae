// For `make sanitize SANITIZE=thread`, linked into what is tested. Where a Mutex of Swift's library
// is held by another thread, the library waits for it in code that the sanitizer does not see: what
// the lock orders would be reported as races. This waits in its place, in sight of the sanitizer.
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

// Synchronization._MutexHandle._lockSlow(UInt32) -> (), as of Swift 6.3 on Linux: a handle is 0 or
// the thread that holds it.
__attribute__((swiftcall)) void
svae_lock_slow(uint32_t thread, __attribute__((swift_context)) _Atomic uint32_t *handle) __asm__(
    "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

__attribute__((swiftcall)) void svae_lock_slow(
    uint32_t thread, __attribute__((swift_context)) _Atomic uint32_t *handle) {
  for (;;) {
    uint32_t expected = 0;
    if (atomic_compare_exchange_weak_explicit(handle, &expected, thread, memory_order_acquire,
                                              memory_order_relaxed))
      return;
    sched_yield();
  }
}
