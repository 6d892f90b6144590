/*
 * What the fuzzers share. Each fuzz_NAME.c checks one input: its invariants hold for any bytes at
 * all. It is run by libFuzzer (`make fuzz`), or by replay.c, which tries the seeds and a fixed run
 * of changes to them (`make test`). Both are started in the top directory.
 *
 * A fuzzer needs seeds/NAME/, one or more inputs of our own writing, and dict/NAME, the pieces to
 * build others from. The Makefile finds it by the name of its file.
 */
#ifndef DUYETD_TESTS_FUZZ_H
#define DUYETD_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the program, naming what does not hold. */
#define REQUIRE(condition)                                                                         \
	((condition)                                                                               \
		 ? (void)0                                                                         \
		 : (fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition), \
		    abort()))

#endif
