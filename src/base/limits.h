/* Limits on input, each with its reason. */
#ifndef DUYETD_BASE_LIMITS_H
#define DUYETD_BASE_LIMITS_H

/* Bytes of a text. A comment has a few hundred; a longer text is `malformed`. */
#define LIMIT_TEXT_BYTES (64u * 1024u)

/* Fields of one submission: id, text and those that the site adds. More are `malformed`. */
#define LIMIT_FIELDS 256u

/* Bytes of all fields of one submission, and so of one record of a rejected comment. */
#define LIMIT_ENTRY_BYTES (256u * 1024u)

/* Bytes of a comment's id: it becomes part of a key. */
#define LIMIT_ID_BYTES 256u

/* Combining marks on one letter. Vietnamese has two at most; UAX #15's stream-safe format
 * allows 30 in any language. More is `malformed`. */
#define LIMIT_MARKS 30u

/* PCRE2 matching one pattern on one text. A usual pattern takes a few thousand steps on 64 KiB.
 * The shipped ones take up to 200,000 on a text of 4 KiB that is made to slow them; fewer with JIT,
 * which does not count every step. When a limit is reached the rule counts as failing, so it never
 * approves. */
#define LIMIT_PCRE2_MATCH    200000u
#define LIMIT_PCRE2_DEPTH    1000u
#define LIMIT_PCRE2_HEAP_KIB 1024u

/* Atoms (letters, classes) of a pattern with its counts written out: (?:ab{3}){2} has 8. In a
 * larger pattern, + and * replace the counts for libhs: 1,000 of \w took it 7 s, 4,000 a minute and
 * 62 MiB. */
#define LIMIT_HS_ATOMS 300u

/* The time that libhs takes for a pattern grows with the square of its atoms: 0.04 to 0.07 s for
 * 300, 0.6 for 1,800, 10 s for 9,800. Sum of the squares of all patterns of a set: 100 patterns of
 * 300, or 3 of 1,800, take some seconds and 20 MiB. The shipped rules have a tenth of it. */
#define LIMIT_HS_WORK 10000000u

/* Bytes of all patterns of a set as PCRE2 compiles them. 100 patterns of 2,000 alternatives have
 * 60 MiB. */
#define LIMIT_PCRE2_BYTES (64u * 1024u * 1024u)

/* Hits with a place that one rule reports on one comment. Moderators read the first few. */
#define LIMIT_HITS_PER_RULE 16u

/* Bytes of one rules file or word list: half a million phrases. */
#define LIMIT_RULES_BYTES (16u * 1024u * 1024u)

/* Levels of lists and maps in a rules file. Rules have about five; libyaml's time grows with the
 * square of the depth: 100,000 levels took 10 s. */
#define LIMIT_YAML_DEPTH 32u

/* Submission fields, including `text`, that the rules of one set read. */
#define LIMIT_LOOKED_FIELDS 8u

/* Bytes of a rule's name: it becomes a field of a hash and a metric's label. */
#define LIMIT_NAME_BYTES 64u

/* Rules of the kind `repeat` in one set: each is a count in Redis for every comment. */
#define LIMIT_REPEAT_RULES 4u

/* Bytes of the excerpt that `{match}` puts into a message. */
#define LIMIT_QUOTED_BYTES 80u

#endif
