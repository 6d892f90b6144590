/* What a command leaves with. */
#ifndef DUYETD_BASE_EXIT_H
#define DUYETD_BASE_EXIT_H

enum exit_status {
	EXIT_DONE = 0,
	EXIT_CHECK_FAILED = 1, /* the answer is no: bad rules, a failing example, a bad line */
	EXIT_USAGE = 2,	       /* the command line or the environment is wrong */
	EXIT_UNAVAILABLE = 3   /* something it needs could not be reached or used */
};

#endif
