#include <matio.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* HDF5 can crash on a damaged file. These functions read MATLAB 7.3 files in a child process, which
   nothing but a pipe connects with this one: a crash ends the child alone. */

/* Writes all; ends the child where nobody reads any more. */
static inline void svae_matio_send(int output, const void *bytes, size_t count) {
  const char *rest = (const char *)bytes;
  while (count > 0) {
    ssize_t written = write(output, rest, count);
    if (written <= 0) _exit(3);
    rest += written;
    count -= (size_t)written;
  }
}

/* A number, as eight bytes. */
static inline void svae_matio_number(int output, int64_t number) {
  svae_matio_send(output, &number, sizeof number);
}

/* What the child does. For each variable: length of the name, name, class, whether it is complex,
   whether it is logical, rank, then up to eight lengths of axes. After the variable `wanted`: the
   number of bytes, -1 where they cannot be read, and the bytes. */
static inline void svae_matio_child(const char *path, const char *wanted, int output) {
  mat_t *file = Mat_Open(path, MAT_ACC_RDONLY);
  if (!file) _exit(2);
  matvar_t *variable;
  while ((variable = Mat_VarReadNextInfo(file)) != NULL) {
    const char *name = variable->name ? variable->name : "";
    int rank = variable->dims && variable->rank > 0 && variable->rank <= 8 ? variable->rank : 0;
    svae_matio_number(output, (int64_t)strlen(name));
    svae_matio_send(output, name, strlen(name));
    svae_matio_number(output, variable->class_type);
    svae_matio_number(output, variable->isComplex);
    svae_matio_number(output, variable->isLogical);
    svae_matio_number(output, rank);
    for (int axis = 0; axis < rank; axis++)
      svae_matio_number(output, (int64_t)variable->dims[axis]);
    if (wanted && strcmp(name, wanted) == 0) {
      int failed = Mat_VarReadDataAll(file, variable) != 0 || !variable->data;
      svae_matio_number(output, failed ? -1 : (int64_t)variable->nbytes);
      if (!failed) svae_matio_send(output, variable->data, variable->nbytes);
      _exit(0);
    }
    Mat_VarFree(variable);
  }
  _exit(0);
}

/* Starts the child; `input` becomes the pipe's end to read from. -1 where there is none. */
static inline pid_t svae_matio_start(const char *path, const char *wanted, int *input) {
  int ends[2];
  if (pipe(ends) != 0) return -1;
  pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    /* What HDF5 has to say is in its exit status. */
    int nowhere = open("/dev/null", O_WRONLY);
    if (nowhere >= 0) dup2(nowhere, STDERR_FILENO);
    svae_matio_child(path, wanted, ends[1]);
  }
  close(ends[1]);
  if (child < 0) close(ends[0]);
  *input = ends[0];
  return child;
}

/* Waits for the child; 0 where it ended well. */
static inline int svae_matio_wait(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
