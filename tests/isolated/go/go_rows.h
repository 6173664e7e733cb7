/* The calls that work. */
#ifndef TESTS_ISOLATED_GO_ROWS_H
#define TESTS_ISOLATED_GO_ROWS_H

#include "go.h"

bool rows_are_well(const struct calls *calls, plugin *p);

#endif
