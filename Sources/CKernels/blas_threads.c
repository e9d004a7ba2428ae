// Threads are ours (ThreadTeam). OpenBLAS starts its own when it is loaded, one a processor, before
// anything can tell it not to; each asks for 128 MB of address space, again and again until it gets
// them, so that where there are too few a program never ends. As it is loaded it asks this function
// how many threads to have; the program's takes the place of its own.
#if defined(__linux__)
int openblas_num_threads_env(void);
int openblas_num_threads_env(void) { return 1; }
#else
typedef int svae_blas_threads_unused;
#endif
