/* Exit status of a command. */
#ifndef DUYETD_BASE_EXIT_H
#define DUYETD_BASE_EXIT_H

enum exit_status {
	EXIT_DONE = 0,
	EXIT_CHECK_FAILED = 1, /* invalid rules or input, a failing example, nothing to suggest,
				  or interrupted */
	EXIT_USAGE = 2,	       /* invalid command line or environment */
	EXIT_UNAVAILABLE = 3   /* a file, a server or another resource could not be used */
};

#endif
