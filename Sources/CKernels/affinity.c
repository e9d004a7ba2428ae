#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif

#include "cpu.h"

int svae_affinity(void) {
#if defined(__linux__)
  // More processors than any kernel is built for.
  static _Thread_local unsigned long mask[8192 / sizeof(unsigned long)];
  if (sched_getaffinity(0, sizeof mask, (cpu_set_t *)mask) != 0) return 0;
  int count = 0;
  for (unsigned index = 0; index < sizeof mask / sizeof mask[0]; ++index) {
    count += __builtin_popcountl(mask[index]);
  }
  return count;
#else
  return 0;
#endif
}
