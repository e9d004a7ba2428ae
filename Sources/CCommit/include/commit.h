#ifndef SVAE_COMMIT_H
#define SVAE_COMMIT_H

/// The commit that this was built from; "" where the build was not told.
const char *svae_commit(void);

#endif
