/*
** A binding that catches the exception of a user function and returns: the statement goes on with NULL.
*/
#include "mutant.h"

void sqlite3_result_error(sqlite3_context *context, const char *message, int length) {
  (void)message, (void)length;
  sqlite3_result_null(context);
}
