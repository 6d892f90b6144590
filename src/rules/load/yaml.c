#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/parse.h"
#include "base/suggest.h"
#include "base/utf8.h"
#include "rules/load/yaml.h"

struct yaml_file {
	const char *path;
	struct problems *problems;
	yaml_document_t document;
};

/* Parsing. */

/* Returns advice about the most likely mistake, by words of libyaml's message; "" if there is none.
 */
static const char *advice(const char *problem)
{
	static const struct {
		const char *words, *advice;
	} table[] = {
		{"tab character", "; indent with spaces"},
		{"cannot start any token", "; a tab, % @ ` or > begins a value only in quotes"},
		{"mapping values are not allowed", "; a key is indented too far, or a text with a "
						   "colon in it needs quotes"},
		{"expected '-' indicator", "; indent it like the lines beside it"},
		{"expected <block end>", "; indent it like the lines beside it"},
		{"expected key", "; indent it like the lines beside it, put quotes around the "
				 "whole text, or close a quote above it"},
		{"expected ':'", "; a key must be followed by a colon and a space"},
		{"expected ',' or", "; a bracket, a comma or a quote is missing"},
		{"end of stream", "; a quote or a bracket is not closed, or the file ends too "
				  "early"},
		{"unknown escape", "; put a pattern in single quotes"},
		{"alphabetic or numeric", "; * & ! begin a value only in quotes"},
		{"expected whitespace", "; ! begins a value only in quotes"},
		{"undefined alias", "; * begins a value only in quotes"},
		{"<document start>", "; rules: must be the first in its line"},
		{"UTF-8", "; save the file as UTF-8"},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (strstr(problem, table[i].words))
			return table[i].advice;
	return "";
}

/* Whether a place, its line and column counted from 0, is a tab that indents its line. */
static bool is_tab_indent(const char *bytes, size_t line, size_t column)
{
	for (; line; line--) {
		bytes = strchr(bytes, '\n');
		if (!bytes)
			return false;
		bytes++;
	}
	return column < strspn(bytes, " \t") && bytes[column] == '\t';
}

/* For a byte that is not valid UTF-8, libyaml gives an offset and no line. */
static struct place place_at(const char *path, const char *bytes, size_t offset)
{
	struct place place = {path, 1, 1};

	for (size_t i = 0; i < offset; i++) {
		place.column = bytes[i] == '\n' ? 1 : place.column + utf8_begins(bytes[i]);
		place.line += bytes[i] == '\n';
	}
	return place;
}

static void report_parser(const yaml_parser_t *parser, const char *path, const char *bytes,
			  struct problems *problems)
{
	struct place place = {path, parser->problem_mark.line + 1, parser->problem_mark.column + 1};
	const char *problem = parser->problem ? parser->problem : "out of memory";
	bool tab = parser->error == YAML_SCANNER_ERROR &&
		   is_tab_indent(bytes, parser->problem_mark.line, parser->problem_mark.column);

	if (parser->error == YAML_READER_ERROR)
		place = place_at(path, bytes, parser->problem_offset);
	else if (parser->error == YAML_MEMORY_ERROR)
		place = (struct place){path, 0, 0};
	problems_add(problems, PROBLEM_ERROR, place, "invalid YAML: %s%s%s%s", problem,
		     parser->context ? ", " : "", parser->context ? parser->context : "",
		     tab ? "; indent with spaces" : advice(problem));
}

/* Without this, a second document in the file would be ignored silently. */
static bool is_last(yaml_parser_t *parser, const char *path, const char *bytes,
		    struct problems *problems)
{
	yaml_document_t next;
	yaml_node_t *root;
	bool last;

	if (!yaml_parser_load(parser, &next)) {
		report_parser(parser, path, bytes, problems);
		return false;
	}
	root = yaml_document_get_root_node(&next);
	last = !root;
	if (root)
		problems_add(problems, PROBLEM_ERROR,
			     (struct place){path, root->start_mark.line + 1,
					    root->start_mark.column + 1},
			     "a second YAML document; put its rules into the first, or into a "
			     "file of their own");
	yaml_document_delete(&next);
	return last;
}

/* One level more, one less, or none. */
static int step_of(yaml_event_type_t type)
{
	if (type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT)
		return 1;
	return type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT ? -1 : 0;
}

/* Checks the depth. Reports no other error: yaml_parser_load() does. */
static bool is_shallow(yaml_parser_t *parser, const char *path, struct problems *problems)
{
	unsigned depth = 0;
	yaml_event_t event;
	bool ended = false;

	while (!ended && yaml_parser_parse(parser, &event)) {
		struct place place = {path, event.start_mark.line + 1, event.start_mark.column + 1};

		depth += (unsigned)step_of(event.type);
		ended = event.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&event);
		if (depth <= LIMIT_YAML_DEPTH)
			continue;
		problems_add(problems, PROBLEM_ERROR, place,
			     "lists and maps are nested too deep: expected at most %u levels",
			     LIMIT_YAML_DEPTH);
		return false;
	}
	return true;
}

/* Without this, `!= staff` would be read as `staff`. Reports no other error: yaml_parser_load()
 * does.
 */
static bool has_no_tag(yaml_parser_t *parser, const char *path, struct problems *problems)
{
	yaml_token_t token;
	bool ended = false;

	while (!ended && yaml_parser_scan(parser, &token)) {
		struct place place = {path, token.start_mark.line + 1, token.start_mark.column + 1};
		bool tag = token.type == YAML_TAG_TOKEN;

		ended = token.type == YAML_STREAM_END_TOKEN;
		yaml_token_delete(&token);
		if (!tag)
			continue;
		problems_add(problems, PROBLEM_ERROR, place,
			     "invalid YAML: expected a value, not a tag; ! begins a value only in "
			     "quotes");
		return false;
	}
	return true;
}

/* Makes a check of the whole file with a parser of its own. */
static bool check_file(const char *path, const char *bytes, size_t len, struct problems *problems,
		       bool (*check)(yaml_parser_t *, const char *, struct problems *))
{
	yaml_parser_t parser;
	bool good;

	if (!yaml_parser_initialize(&parser)) {
		problems_add(problems, PROBLEM_ERROR, (struct place){path, 0, 0}, "out of memory");
		return false;
	}
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, len);
	good = check(&parser, path, problems);
	yaml_parser_delete(&parser);
	return good;
}

struct yaml_file *yaml_file_parse(const char *path, const char *bytes, size_t len,
				  struct problems *problems)
{
	struct yaml_file *file;
	yaml_parser_t parser;
	bool good = false;

	if (!check_file(path, bytes, len, problems, is_shallow) ||
	    !check_file(path, bytes, len, problems, has_no_tag))
		return NULL;
	file = calloc(1, sizeof *file);
	if (!file || !yaml_parser_initialize(&parser)) {
		problems_add(problems, PROBLEM_ERROR, (struct place){path, 0, 0}, "out of memory");
		free(file);
		return NULL;
	}
	file->path = path;
	file->problems = problems;
	yaml_parser_set_input_string(&parser, (const unsigned char *)bytes, len);
	if (!yaml_parser_load(&parser, &file->document)) {
		report_parser(&parser, path, bytes, problems);
	} else {
		good = !yaml_document_get_root_node(&file->document) ||
		       is_last(&parser, path, bytes, problems);
		if (!good)
			yaml_document_delete(&file->document);
	}
	yaml_parser_delete(&parser);
	if (good)
		return file;
	free(file);
	return NULL;
}

void yaml_file_free(struct yaml_file *file)
{
	if (!file)
		return;
	yaml_document_delete(&file->document);
	free(file);
}

/* Nodes. */

static const yaml_node_t *look(struct node node)
{
	return node.id ? yaml_document_get_node(&node.file->document, node.id) : NULL;
}

static bool is(struct node node, yaml_node_type_t type)
{
	const yaml_node_t *yaml = look(node);

	return yaml && yaml->type == type;
}

struct node yaml_file_root(struct yaml_file *file)
{
	return (struct node){file, yaml_document_get_root_node(&file->document) ? 1 : 0};
}

bool node_given(struct node node)
{
	return node.id;
}

bool node_is_map(struct node node)
{
	return is(node, YAML_MAPPING_NODE);
}

bool node_is_list(struct node node)
{
	return is(node, YAML_SEQUENCE_NODE);
}

bool node_is_scalar(struct node node)
{
	return is(node, YAML_SCALAR_NODE);
}

struct place node_place(struct node node)
{
	const yaml_node_t *yaml = look(node);

	if (!yaml)
		return (struct place){node.file->path, 0, 0};
	return (struct place){node.file->path, yaml->start_mark.line + 1,
			      yaml->start_mark.column + 1};
}

size_t node_count(struct node node)
{
	const yaml_node_t *yaml = look(node);

	if (node_is_list(node))
		return (size_t)(yaml->data.sequence.items.top - yaml->data.sequence.items.start);
	if (node_is_map(node))
		return (size_t)(yaml->data.mapping.pairs.top - yaml->data.mapping.pairs.start);
	return 0;
}

struct node node_item(struct node list, size_t index)
{
	return (struct node){list.file, look(list)->data.sequence.items.start[index]};
}

struct node node_key(struct node map, size_t index)
{
	return (struct node){map.file, look(map)->data.mapping.pairs.start[index].key};
}

struct node node_value(struct node map, size_t index)
{
	return (struct node){map.file, look(map)->data.mapping.pairs.start[index].value};
}

const char *node_bytes(struct node node, size_t *len)
{
	if (!node_is_scalar(node))
		return NULL;
	*len = look(node)->data.scalar.length;
	return (const char *)look(node)->data.scalar.value;
}

struct node node_get(struct node map, const char *key)
{
	for (size_t i = 0; i < node_count(map); i++) {
		size_t len;
		const char *name = node_is_map(map) ? node_bytes(node_key(map, i), &len) : NULL;

		if (name && !strcmp(name, key))
			return node_value(map, i);
	}
	return (struct node){map.file, 0};
}

void node_problem(struct node node, enum severity severity, const char *format, ...)
{
	char message[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof message, format, arguments);
	va_end(arguments);
	problems_add(node.file->problems, severity, node_place(node), "%s", message);
}

/* The text of a scalar, or NULL for another node. */
static const char *scalar(struct node node)
{
	size_t len;

	return node_bytes(node, &len);
}

/* One of U+2018 to U+201F, such as “ and ’. */
static bool is_curly_quote(const char *bytes)
{
	return !memcmp(bytes, "\xe2\x80", 2) && (unsigned char)bytes[2] >= 0x98 &&
	       (unsigned char)bytes[2] <= 0x9f;
}

void node_check_quotes(struct node node)
{
	size_t len;
	const char *bytes = node_bytes(node, &len);

	if (bytes && len >= 6 && look(node)->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	    is_curly_quote(bytes) && is_curly_quote(bytes + len - 3))
		node_problem(node, PROBLEM_WARNING,
			     "%s has the quotes of a word processor, which are part of the text: "
			     "write \" or '",
			     quote(bytes).text);
}

/* Reports a value that is not what was expected. */
__attribute__((format(printf, 2, 3))) static void wrong_value(struct node node, const char *format,
							      ...)
{
	const char *seen = scalar(node);
	char expected[256];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(expected, sizeof expected, format, arguments);
	va_end(arguments);
	if (seen && *seen)
		node_problem(node, PROBLEM_ERROR, "invalid value \"%s\": expected %s",
			     quote(seen).text, expected);
	else if (seen)
		node_problem(node, PROBLEM_ERROR, "no value: expected %s", expected);
	else
		node_problem(node, PROBLEM_ERROR, "expected %s, not a %s", expected,
			     node_is_map(node) ? "map" : "list");
}

const char *node_string(struct node node)
{
	size_t len = 0;
	const char *string = node_bytes(node, &len);

	if (!node_given(node))
		return NULL;
	if (!string || !*string)
		wrong_value(node, "text");
	else if (strlen(string) != len)
		node_problem(node, PROBLEM_ERROR, "this holds a NUL character");
	else
		return string;
	return NULL;
}

bool node_number(struct node node, int64_t least, int64_t most, int64_t *number)
{
	const char *string = scalar(node);
	int64_t value;

	if (!node_given(node))
		return false;
	if (string && parse_number(string, &value) && value >= least && value <= most) {
		*number = value;
		return true;
	}
	wrong_value(node, "a number from %" PRId64 " to %" PRId64, least, most);
	return false;
}

bool node_duration(struct node node, int64_t least, int64_t most, int64_t *milliseconds)
{
	const char *string = scalar(node);
	int64_t value;

	if (!node_given(node))
		return false;
	if (!string || !parse_duration(string, &value) || value < least || value > most) {
		wrong_value(node,
			    "a time such as 30s, 10m or 2h, from %" PRId64 " to %" PRId64
			    " seconds",
			    least / 1000, most / 1000);
		return false;
	}
	if (duration_lacks_unit(string))
		node_problem(node, PROBLEM_WARNING,
			     "%s is read as seconds; write the unit, as in %ss, 10m or 2h", string,
			     string);
	*milliseconds = value;
	return true;
}

/* Not strtod(): its decimal point changes with the locale. */
static bool read_share(const char *string, int64_t *thousandths)
{
	int64_t value = *string - '0', scale = 1000;

	if (value < 0 || value > 1 || (string[1] && (string[1] != '.' || !string[2])))
		return false;
	value *= scale;
	for (const char *digit = string[1] ? string + 2 : string + 1; *digit; digit++) {
		if (*digit < '0' || *digit > '9' || scale == 1)
			return false;
		scale /= 10;
		value += scale * (*digit - '0');
	}
	*thousandths = value;
	return value <= 1000;
}

bool node_share(struct node node, int64_t *thousandths)
{
	const char *string = scalar(node);

	if (!node_given(node))
		return false;
	if (string && read_share(string, thousandths))
		return true;
	wrong_value(node, "a share from 0 to 1, such as 0.35");
	return false;
}

bool node_flag(struct node node, bool *flag)
{
	const char *string = scalar(node);

	if (!node_given(node))
		return false;
	if (string && parse_flag(string, flag))
		return true;
	wrong_value(node, "true or false");
	return false;
}

bool node_choice(struct node node, const char *choices, int *choice)
{
	const char *string = scalar(node);
	struct buf list = {0};

	if (!node_given(node))
		return false;
	if (string && parse_choice(string, choices, choice))
		return true;
	for (; *choices; choices++)
		buf_add_string(&list, *choices == '|' ? ", " : (char[]){*choices, '\0'});
	wrong_value(node, "one of %s", buf_string(&list));
	buf_free(&list);
	return false;
}

bool node_strings(struct node node)
{
	bool good = true;

	if (!node_given(node))
		return false;
	if (!node_is_list(node)) {
		wrong_value(node, "a list, such as [%s]",
			    scalar(node) && *scalar(node) ? quote(scalar(node)).text : "one, two");
		return false;
	}
	for (size_t i = 0; i < node_count(node); i++)
		good = node_string(node_item(node, i)) && good;
	return good;
}

static bool is_among(const char *name, const char *const *known, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(name, known[i]))
			return true;
	return false;
}

enum { TYPO_LETTERS = 4, TYPO_DISTANCE = 2 };

bool node_lacks(struct node map, const char *key)
{
	if (node_given(node_get(map, key)))
		return false;
	for (size_t i = 0; i < node_count(map); i++) {
		const char *name = node_is_map(map) ? scalar(node_key(map, i)) : NULL;

		if (name && strlen(name) >= TYPO_LETTERS &&
		    edit_distance(name, key) <= TYPO_DISTANCE)
			return false;
	}
	return true;
}

static void report_unknown(struct node key, const char *name, const char *const *known,
			   size_t count)
{
	struct buf list = {0};

	for (size_t i = 0; i < count; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", known[i]);
	node_problem(key, PROBLEM_ERROR, "unknown key \"%s\": expected one of %s", name,
		     buf_string(&list));
	buf_free(&list);
}

static void check_key(struct node map, size_t index, const char *const *known, size_t count)
{
	struct node key = node_key(map, index);
	const char *name = node_string(key), *nearest;

	if (!name)
		return;
	for (size_t i = 0; i < index; i++)
		if (scalar(node_key(map, i)) && !strcmp(scalar(node_key(map, i)), name))
			node_problem(key, PROBLEM_ERROR, "\"%s\" is given twice", name);
	if (is_among(name, known, count))
		return;
	nearest = suggest_word(name, known, count);
	if (nearest)
		node_problem(key, PROBLEM_ERROR, "unknown key \"%s\"; did you mean \"%s\"?", name,
			     nearest);
	else
		report_unknown(key, name, known, count);
}

void node_check_keys(struct node map, const char *const *known, size_t count)
{
	for (size_t i = 0; i < node_count(map); i++)
		check_key(map, i, known, count);
}
