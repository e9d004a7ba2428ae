#include "commit.h"

// The only file that another commit compiles again: SVAE_COMMIT is a word, without quotes.
#define TEXT(word) #word
#define TEXT_OF(macro) TEXT(macro)

const char *svae_commit(void) {
#ifdef SVAE_COMMIT
  return TEXT_OF(SVAE_COMMIT);
#else
  return "";
#endif
}
