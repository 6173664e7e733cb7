/* aarch64 has only the calls that every machine has. */
#include "worker/machine.h"

#include <linux/audit.h>

const struct machine machine = {.architecture = AUDIT_ARCH_AARCH64};
