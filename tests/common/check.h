/* cmocka and a few macros, for every unit test. */
#ifndef TESTS_COMMON_CHECK_H
#define TESTS_COMMON_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MIB = 1 << 20 };

#define COUNT(array) (sizeof(array) / sizeof *(array))

#endif
