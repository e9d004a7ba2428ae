#define NAME svae_math_probe_portable
#include "probe.inc"
