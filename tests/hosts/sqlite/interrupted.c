/* An extension that calls the newest function that its headers have. */
#include "sqlite3ext.h"
SQLITE_EXTENSION_INIT1

static void interrupted(sqlite3_context *context, int count, sqlite3_value **values)
{
    (void)count, (void)values;
#if SQLITE_VERSION_NUMBER >= 3041000
    sqlite3_result_int(context, sqlite3_is_interrupted(sqlite3_context_db_handle(context)));
#else
    sqlite3_result_int(context, 0);
#endif
}

int sqlite3_interrupted_init(sqlite3 *database, char **error, const sqlite3_api_routines *api)
{
    (void)error;
    SQLITE_EXTENSION_INIT2(api)
    return sqlite3_create_function(database, "interrupted", 0, SQLITE_UTF8, 0, interrupted, 0, 0);
}
